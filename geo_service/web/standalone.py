"""The map as one file: the answers of the API for a whole store, inlined into a page that asks no server."""

import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from geo_service.i18n import N_, Language, translator
from geo_service.render import standalone_page
from geo_service.store import Store
from geo_service.web.facts import FactKeeper, Facts
from geo_service.web.gates_and_posts import gate_rows, post_rows
from geo_service.web.map_layers import (
    map_districts,
    map_gates,
    map_posts,
    map_roads,
    map_schools,
    place_features,
)
from geo_service.web.models.exposures import ExposureList, ExposureOut
from geo_service.web.models.output import Output
from geo_service.web.models.places import PlaceDetail
from geo_service.web.models.schools import GateOut, SchoolDetail, SchoolResult, SchoolRow
from geo_service.web.models.summary import Summary
from geo_service.web.shaping import exposure_out
from geo_service.workflows.zones import zones_of

_WORLD: Final = (-180.0, -90.0, 180.0, 90.0)
STANDALONE_PLACES: Final = 20_000
"""More places than this do not fit into a page that an old computer opens; those in zones come first."""
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
        stale=facts.stale,
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
    """Return what the map's script would have fetched, as JSON types."""
    assert facts.pack is not None
    gates = gate_rows(store)
    by_school, by_place = defaultdict(list), defaultdict(list)
    for row in _exposures(store):
        described = exposure_out(row, facts.pack, language)
        by_school[row["school_id"]].append(described)
        by_place[row["place_id"]].append(described)
    schools = list(_schools(store))
    answers: dict[str, Output] = {
        "schools": map_schools(store, facts),
        "places": place_features(store, limit=STANDALONE_PLACES),
        "gates": map_gates(gates),
        "posts": map_posts(post_rows(store)),
        "roads": map_roads(store, _WORLD, _STREETS_ZOOM),
        "districts": map_districts(store),
        "summary": Summary.model_validate(store.summary()),
    }
    return {name: answer.model_dump(mode="json") for name, answer in answers.items()} | {
        "zones": {"zones": zones_of(store, bbox=None)},
        "table": [SchoolRow.of(row).model_dump(mode="json") for row in schools],
        "schoolDetails": {row["id"]: _school(row, by_school[row["id"]], gates) for row in schools},
        "placeDetails": {key: _place(store, key, found) for key, found in by_place.items()},
    }


def _exposures(store: Store) -> Iterator[Row]:
    offset = 0
    while page := store.list_exposures(limit=_READ_AT_ONCE, offset=offset).items:
        yield from page
        offset += len(page)


def _schools(store: Store) -> Iterator[Row]:
    offset = 0
    while page := store.list_schools(limit=_READ_AT_ONCE, offset=offset).items:
        yield from page
        offset += len(page)


def _school(row: Row, exposures: list[ExposureOut], gates: list[Row]) -> Row:
    return SchoolDetail.of(
        row,
        result=SchoolResult.of(row, terms=row["terms"] or []) if row["state"] else None,
        exposures=ExposureList(total=len(exposures), items=exposures),
        gates=[GateOut.of(gate) for gate in gates if gate["school_id"] == row["id"]],
    ).model_dump(mode="json")


def _place(store: Store, key: str, exposures: list[ExposureOut]) -> Row:
    return PlaceDetail.of(store.get_place(key) or {}, exposures=exposures).model_dump(mode="json")
