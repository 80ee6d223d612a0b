"""Peak duty: which gates have a post near them."""

from geo_service.duty.coverage import gate_coverage

__all__ = ["gate_coverage"]
