"""What goes in and out of the store besides tables: import batches, screening runs, pages of records."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo_service.model.tables import Kind

BBox = tuple[float, float, float, float]
"""West, south, east, north in degrees (EPSG:4326)."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Batch:
    """One import: which file the rows of a layer came from, and what was read and dropped.

    `crs` is the coordinate system the file was declared in; `dropped_columns` are the names of the columns
    that describe people and were not stored. `id` and `imported_at` (UTC) are given by the store.
    """

    kind: Kind
    file_name: str
    sha256: str
    crs: str
    format: str
    rows_read: int
    rows_good: int
    dropped_columns: list[str]
    demo: bool
    id: int | None = None
    imported_at: datetime | None = None

    def __post_init__(self) -> None:
        _check_moments(self.imported_at)


@dataclass(frozen=True, slots=True)
class ScreeningRun:
    """One screening: the rules and the data it was computed on, and how long it took.

    `on` is the day whose rules were applied, `data_version` the version of the store's data that was read,
    `current_data_version` the version the store has now (filled in when a run is read back).
    """

    on: date
    rule_pack: str
    rule_pack_version: str
    rule_pack_sha256: str
    data_version: int
    started_at: datetime
    finished_at: datetime
    seconds: float
    exposure_count: int
    id: int | None = None
    current_data_version: int | None = None

    def __post_init__(self) -> None:
        _check_moments(self.started_at, self.finished_at)

    @property
    def stale(self) -> bool:
        """Whether layers were saved after the data of this run had been read."""
        return self.current_data_version is not None and self.current_data_version != self.data_version


@dataclass(frozen=True, slots=True)
class LayerPart:
    """A table on its way into the store, with the batch it came in and the row numbers in its source."""

    frame: gpd.GeoDataFrame
    kind: Kind
    batch: Batch
    source_rows: NDArray[np.int64] | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """How many records of a layer are new and how many replaced an older state, and the batch's id."""

    created: int
    updated: int
    batch_id: int


@dataclass(frozen=True, slots=True)
class Page(Generic[_T]):
    """A bounded part of a list: `items` from `offset` on, of `total` that match."""

    items: list[_T]
    total: int
    limit: int
    offset: int


def _check_moments(*moments: datetime | None) -> None:
    if any(moment is not None and moment.tzinfo is None for moment in moments):
        raise ValueError("a moment needs a time zone")
