"""Coordinate systems: the only door between systems, and metres on the ellipsoid for lon/lat geometries."""

from geo_service.crs.convert import from_wgs84, geometries_to_wgs84, to_wgs84
from geo_service.crs.local_metric import from_local_m, to_local_m
from geo_service.crs.measure import TOLERANCE_M, area_m2, buffer_m, distance_m
from geo_service.crs.plausible import FaultHint, value_faults
from geo_service.crs.systems import System, neighbouring_zones, resolve_system, system_of_crs

__all__ = [
    "TOLERANCE_M",
    "FaultHint",
    "System",
    "area_m2",
    "buffer_m",
    "distance_m",
    "from_local_m",
    "from_wgs84",
    "geometries_to_wgs84",
    "neighbouring_zones",
    "resolve_system",
    "system_of_crs",
    "to_local_m",
    "to_wgs84",
    "value_faults",
]
