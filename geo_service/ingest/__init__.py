"""Files into checked tables: read, map columns, declare the CRS, drop what is personal, check every row.

The names below are loaded when first asked for: the reading child imports its own part of this room only.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from geo_service.ingest.districts import (
        DISTRICT_CONFLICTS,
        UNKNOWN_DISTRICTS,
        assign_districts,
        refuse_wrong_zone,
    )
    from geo_service.ingest.layer import read_layer
    from geo_service.ingest.limits import Limits
    from geo_service.ingest.osm import read_osm
    from geo_service.ingest.printable import shown_file
    from geo_service.ingest.report import (
        DroppedColumn,
        Fault,
        ImportReport,
        ImportResult,
        MappedColumn,
        Note,
    )

__all__ = [
    "DISTRICT_CONFLICTS",
    "UNKNOWN_DISTRICTS",
    "DroppedColumn",
    "Fault",
    "ImportReport",
    "ImportResult",
    "Limits",
    "MappedColumn",
    "Note",
    "assign_districts",
    "read_layer",
    "read_osm",
    "refuse_wrong_zone",
    "shown_file",
]

_HOMES: Final = {
    "DISTRICT_CONFLICTS": "districts",
    "UNKNOWN_DISTRICTS": "districts",
    "Limits": "limits",
    "assign_districts": "districts",
    "read_layer": "layer",
    "read_osm": "osm",
    "refuse_wrong_zone": "districts",
    "shown_file": "printable",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'report')}"), name)
