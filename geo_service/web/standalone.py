"""The map as one file: the answers of the API for a whole store, inlined into a page that asks no server."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

from geo_service.i18n import N_, Language, translator
from geo_service.render import standalone_page
from geo_service.store import Page, Store
from geo_service.web.facts import FactKeeper, Facts
from geo_service.web.gates_and_posts import gate_rows, post_rows
from geo_service.web.map_layers import (
    PLACE_FIELDS,
    map_districts,
    map_gates,
    map_posts,
    map_schools,
    place_features,
)
from geo_service.web.models.exposures import ExposureList, ExposureOut
from geo_service.web.models.map_data import MapPlaceFeatures
from geo_service.web.models.output import Output
from geo_service.web.models.places import PlaceDetail
from geo_service.web.models.schools import GateOut, SchoolDetail, SchoolResult, SchoolRow
from geo_service.web.models.summary import Summary
from geo_service.web.road_layer import drawn_roads, read_roads
from geo_service.web.shaping import exposure_out
from geo_service.workflows.zones import zones_of

STANDALONE_PLACES: Final = 20_000
"""More places than this do not fit into a page that an old computer opens; those in zones come first."""
STANDALONE_ROADS: Final = 40_000
"""Some 4 MB; the most important come first."""
_SHOWN_EXPOSURES: Final = 12
"""As many as `static/map.js` lists for a school; the places tell about all others."""
_READ_AT_ONCE: Final = 1000
_STREETS_ZOOM: Final = 14

Row = dict[str, Any]


def write_standalone_map(store: Store, out: Path, *, language: Language) -> None:
    """Write the map of a store as one HTML file; the file appears whole or not at all."""
    facts = FactKeeper(store).now()
    page = standalone_page(
        standalone_data(store, facts, language=language),
        title=translator(language)(N_("Cleanup map of school surroundings")),
        language=language,
        demo=facts.demo,
        bounds=facts.bounds,
        stale=facts.stale_because == "data",  # the age is judged by the page, on the day it is read
        as_of=facts.as_of,
    )
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_name(f".{out.name}.partial")
    try:
        partial.write_text(page, "utf-8")
        os.replace(partial, out)  # noqa: PTH105 - the atomic call, named for what it does
    finally:
        partial.unlink(missing_ok=True)


def standalone_data(store: Store, facts: Facts, *, language: Language) -> Row:
    """Return what the map's script would have fetched, as JSON types.

    All schools, zones, gates and posts are in it. Places and roads are bounded: those that matter most come
    first, and how many there are in all is stated.
    """
    assert facts.pack is not None
    gates = gate_rows(store)
    gates_by_school = defaultdict(list)
    for gate in gates:
        gates_by_school[gate["school_id"]].append(GateOut.of(gate))
    by_school, by_place = defaultdict(list), defaultdict(list)
    for row in _exposures(store):
        described = exposure_out(row, facts.pack, language)
        by_school[row["school_id"]].append(described)
        by_place[row["place_id"]].append(described)
    schools = list(_pages(store.list_schools))
    reached = list(islice(_reached_places(store), STANDALONE_PLACES))
    answers: dict[str, Output] = {
        "schools": map_schools(store, facts, limit=len(schools)),
        "places": _places(store, reached),
        "gates": map_gates(gates, limit=len(gates)),
        "posts": map_posts(post_rows(store), limit=store.count("posts")),
        "roads": drawn_roads(read_roads(store), _STREETS_ZOOM, limit=STANDALONE_ROADS),
        "districts": map_districts(store),
        "summary": Summary.model_validate(store.summary()),
    }
    return {name: answer.model_dump(mode="json") for name, answer in answers.items()} | {
        "zones": {"zones": zones_of(store, bbox=None, limit=len(schools))},
        "table": [SchoolRow.of(row).model_dump(mode="json") for row in schools],
        "schoolDetails": {
            row["id"]: _school(row, by_school[row["id"]], gates_by_school[row["id"]]) for row in schools
        },
        "placeDetails": {
            row["id"]: PlaceDetail.of(row, exposures=by_place[row["id"]]).model_dump(mode="json")
            for row in reached
        },
    }


def _pages(read: Callable[..., Page[Row]], **filters: object) -> Iterator[Row]:
    """Yield all rows of a list of the store."""
    offset = 0
    while items := read(limit=_READ_AT_ONCE, offset=offset, **filters).items:
        yield from items
        offset += len(items)


def _exposures(store: Store) -> Iterator[Row]:
    return _pages(store.list_exposures)


def _reached_places(store: Store) -> Iterator[Row]:
    """Yield the places that a rule reaches, the gravest first."""
    for band in ("inside", "borderline", "survey"):
        yield from _pages(store.list_places, band=band)


def _places(store: Store, reached: list[Row]) -> MapPlaceFeatures:
    """Return the places to draw: the reached ones, then others while there is room."""
    rows = [tuple(row[name] for name in PLACE_FIELDS) for row in reached]
    known = {row["id"] for row in reached}
    others = store.place_points(limit=STANDALONE_PLACES + len(known))
    if room := STANDALONE_PLACES - len(rows):
        unreached = others[~others["id"].isin(known)].head(room)
        rows += unreached[list(PLACE_FIELDS)].itertuples(index=False, name=None)
    return place_features(rows, total=store.place_count())


def _school(row: Row, exposures: list[ExposureOut], gates: list[GateOut]) -> Row:
    """Return a school's detail with as many exposures as the page shows."""
    return SchoolDetail.of(
        row,
        result=SchoolResult.of(row, terms=row["terms"] or []) if row["state"] else None,
        exposures=ExposureList(total=len(exposures), items=exposures[:_SHOWN_EXPOSURES]),
        gates=gates,
    ).model_dump(mode="json")
