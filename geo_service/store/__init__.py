"""Tables, migrations, queries: the only room with SQL."""

from geo_service.store.records import Batch, BBox, LayerPart, Page, Saved, ScreeningRun
from geo_service.store.store import Store

__all__ = ["BBox", "Batch", "LayerPart", "Page", "Saved", "ScreeningRun", "Store"]
