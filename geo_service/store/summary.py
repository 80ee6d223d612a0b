"""The figures of the start page, each counted by the database."""

from typing import Any, Final

import sqlalchemy as sa

from geo_service.model.vocabulary import CATEGORIES, MEANINGS, SCHOOL_STATES
from geo_service.store.batches import data_version, is_demo
from geo_service.store.schema import EXPOSURES, GATE_RESULTS, LAYERS, PLACE_RESULTS, SCHOOL_RESULTS
from geo_service.store.standing import STANDINGS, counted

_SCHOOLS: Final = LAYERS["schools"]
_PLACES: Final = LAYERS["places"]
NOT_SCREENED: Final = "not_screened"
"""State of a school that the current screening did not see, or of all where there was none."""


def summary(connection: sa.Connection) -> dict[str, Any]:
    """Return the figures; see `Store.summary`."""
    return {
        "data_version": data_version(connection),
        "demo": is_demo(connection),
        "schools": _schools(connection),
        "places": _places(connection),
        "exposures": _exposures(connection),
        "gates": _gates(connection),
        "posts": _posts(connection),
    }


def _schools(connection: sa.Connection) -> dict[str, Any]:
    boundaries = LAYERS["boundaries"]
    state = sa.func.coalesce(SCHOOL_RESULTS.c.state, NOT_SCREENED)
    query = (
        sa.select(_SCHOOLS.c.district, boundaries.c.name, state, sa.func.count())
        .select_from(
            _SCHOOLS.outerjoin(SCHOOL_RESULTS, SCHOOL_RESULTS.c.school_id == _SCHOOLS.c.id).outerjoin(
                boundaries, boundaries.c.id == _SCHOOLS.c.district
            )
        )
        .group_by(_SCHOOLS.c.district, boundaries.c.name, state)
        .order_by(_SCHOOLS.c.district.nulls_last())
    )
    by_state = dict.fromkeys([*SCHOOL_STATES, NOT_SCREENED], 0)
    by_district: dict[str | None, dict[str, Any]] = {}
    for district, name, key, number in connection.execute(query):
        by_state[key] += number
        row = by_district.setdefault(
            district, {"district": district, "name": name, "total": 0, "by_state": dict.fromkeys(by_state, 0)}
        )
        row["total"] += number
        row["by_state"][key] += number
    return {
        "total": sum(by_state.values()),
        "by_state": by_state,
        "by_district": list(by_district.values()),
    }


def _places(connection: sa.Connection) -> dict[str, Any]:
    totals = sa.select(_PLACES.c.category, sa.func.count()).group_by(_PLACES.c.category)
    ranked = sa.select(PLACE_RESULTS.c.category, *(counted(standing) for standing in STANDINGS)).group_by(
        PLACE_RESULTS.c.category
    )
    numbers = {category: int(number) for category, number in connection.execute(totals)}
    standings = {row["category"]: row for row in connection.execute(ranked).mappings()}
    # In the order of the vocabulary; only categories that occur.
    order = [key for key in CATEGORIES if key in numbers] + sorted(numbers.keys() - CATEGORIES.keys())
    by_category = {
        category: {
            "total": numbers[category],
            **{
                key: int(standings[category][key]) if category in standings else 0
                for key in reversed(STANDINGS)
            },
        }
        for category in order
    }
    return {key: sum(row[key] for row in by_category.values()) for key in ("total", *reversed(STANDINGS))} | {
        "by_category": by_category
    }


def _exposures(connection: sa.Connection) -> dict[str, Any]:
    query = sa.select(EXPOSURES.c.meaning, EXPOSURES.c.band, sa.func.count()).group_by(
        EXPOSURES.c.meaning, EXPOSURES.c.band
    )
    by_band = {"inside": 0, "borderline": 0}
    by_meaning = dict.fromkeys(MEANINGS, 0)
    for meaning, band, number in connection.execute(query):
        by_band[band] += number
        by_meaning[meaning] += number
    return {"total": sum(by_band.values()), "by_band": by_band, "by_meaning": by_meaning}


def _gates(connection: sa.Connection) -> dict[str, int]:
    total = sa.select(sa.func.count()).select_from(LAYERS["gates"])
    known = sa.select(GATE_RESULTS.c.covered, sa.func.count()).group_by(GATE_RESULTS.c.covered)
    numbers = {covered: int(number) for covered, number in connection.execute(known)}
    gates = int(connection.execute(total).scalar_one())
    covered, uncovered = numbers.get(True, 0), numbers.get(False, 0)
    return {
        "total": gates,
        "covered": covered,
        "uncovered": uncovered,
        "unknown": gates - covered - uncovered,
    }


def _posts(connection: sa.Connection) -> dict[str, Any]:
    posts = LAYERS["posts"]
    query = (
        sa.select(posts.c.kind, sa.func.count()).group_by(posts.c.kind).order_by(posts.c.kind.nulls_last())
    )
    by_kind = {kind or "": int(number) for kind, number in connection.execute(query)}
    return {"total": sum(by_kind.values()), "by_kind": by_kind}
