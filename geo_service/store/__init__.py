"""Tables, migrations, queries: the only room with SQL."""

from geo_service.store.records import Batch, BBox, Page, Saved, ScreeningRun
from geo_service.store.store import Store

__all__ = ["BBox", "Batch", "Page", "Saved", "ScreeningRun", "Store"]
