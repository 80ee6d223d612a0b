"""Query parameters shared by pages and API: what is accepted, so that only good values reach the store."""

import math
from collections.abc import Collection
from typing import Annotated, Final, Literal

from fastapi import Path, Query

from geo_service.model.vocabulary import CATEGORIES, SCHOOL_STATES, STAGES
from geo_service.web.problems import invalid
from geo_service.web.shaping import COORDINATE_DECIMALS

BBox = tuple[float, float, float, float]

PAGE_LIMIT: Final = 200
_PLAIN_TEXT: Final = r"^[^\x00-\x1f\x7f]*$"

RecordId = Annotated[str, Path(description="Any text; what no record is called is not found")]
IdFilter = Annotated[str | None, Query(min_length=1, max_length=80, pattern=_PLAIN_TEXT)]
Search = Annotated[
    str | None, Query(max_length=100, pattern=_PLAIN_TEXT, description="Part of the name or address")
]
District = Annotated[
    str | None, Query(max_length=20, pattern=r"^[0-9A-Za-z_-]*$", description="District code (adcode)")
]
Limit = Annotated[int, Query(ge=1, le=PAGE_LIMIT)]
Offset = Annotated[int, Query(ge=0, le=10_000_000)]
Sort = Literal["remaining", "name"]
StageFilter = Annotated[str | None, Query(max_length=40, description=f"One of {', '.join(STAGES)}")]
StateFilter = Annotated[str | None, Query(max_length=40, description=f"One of {', '.join(SCHOOL_STATES)}")]
CategoryFilter = Annotated[str | None, Query(max_length=40, description=f"One of {', '.join(CATEGORIES)}")]
BandFilter = Annotated[Literal["inside", "borderline"] | None, Query()]
PlaceBandFilter = Annotated[Literal["inside", "borderline", "survey"] | None, Query()]
BBoxText = Annotated[
    str,
    Query(
        max_length=120,
        description="west,south,east,north in degrees (WGS 84)",
        examples=["113.0,29.3,113.2,29.5"],
    ),
]
Zoom = Annotated[int, Query(ge=0, le=22)]


def one_of(field: str, value: str | None, vocabulary: Collection[str]) -> str | None:
    """Return a key of a vocabulary; empty (an unused form field) means no filter."""
    if not value:
        return None
    if value not in vocabulary:
        raise invalid(field, "unknown_keys", expected=", ".join(vocabulary))
    return value


def some_of(field: str, value: str | None, vocabulary: Collection[str]) -> tuple[str, ...]:
    """Return the keys of a comma-separated list in the order of the vocabulary; empty means no filter."""
    keys = set((value or "").split(",")) - {""}
    if not keys <= set(vocabulary):
        raise invalid(field, "unknown_keys", expected=", ".join(vocabulary))
    return tuple(key for key in vocabulary if key in keys)


def bbox_of(text: str) -> BBox | None:
    """Return an extent as `required_bbox_of` does; empty means everywhere."""
    return required_bbox_of(text) if text else None


def required_bbox_of(text: str) -> BBox:
    """Return an extent, cut to the world: a map zoomed far out asks for more than there is.

    Anything but four finite numbers with west < east and south < north, in part at least on the globe, is
    refused; an extent across the 180th meridian therefore too.
    """
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise invalid("bbox", "bbox") from None
    if not all(math.isfinite(value) for value in (west, south, east, north)):
        raise invalid("bbox", "bbox")
    west, east = max(west, -180.0), min(east, 180.0)
    south, north = max(south, -90.0), min(north, 90.0)
    # To 0.1 m: finer differences would be other questions to the memory of answers, not to a map.
    west, south, east, north = (round(value, COORDINATE_DECIMALS) for value in (west, south, east, north))
    if not (west < east and south < north):
        raise invalid("bbox", "bbox")
    return west, south, east, north
