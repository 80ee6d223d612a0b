"""The one classification of a place by its exposures: inside, borderline, survey, or nothing."""

from typing import Any, Final, Literal

import sqlalchemy as sa

from geo_service.store.schema import EXPOSURES, LAYERS, PLACE_RESULTS

Standing = Literal["inside", "borderline", "survey"]

STANDINGS: Final[dict[Standing, int]] = {"survey": 1, "borderline": 2, "inside": 3}
"""Stored numbers, the stronger the greater. A campaign rule (meaning `survey_area`) never counts as more
than `survey`, however near the place is."""


def standing_of_exposure() -> sa.ColumnElement[int]:
    """Return the stored number of one exposure."""
    return sa.case(
        (EXPOSURES.c.meaning == "survey_area", STANDINGS["survey"]),
        (EXPOSURES.c.band == "inside", STANDINGS["inside"]),
        else_=STANDINGS["borderline"],
    )


def standing_label(standing: sa.ColumnElement[int]) -> sa.ColumnElement[Any]:
    """Return the word of a stored number; NULL stays NULL."""
    return sa.case(
        *((standing == number, word) for word, number in STANDINGS.items()), else_=sa.null()
    ).label("band")


def counted(standing: Standing) -> sa.ColumnElement[int]:
    """Return the number of place results of one standing (0 for no rows)."""
    hit = sa.case((PLACE_RESULTS.c.standing == STANDINGS[standing], 1), else_=0)
    return sa.func.coalesce(sa.func.sum(hit), 0).label(standing)


def rank_places(connection: sa.Connection) -> None:
    """Fill the results of places from the exposures that are stored; there must be none."""
    places = LAYERS["places"]
    strongest = (
        sa.select(EXPOSURES.c.place_id, sa.func.max(standing_of_exposure()).label("standing"))
        .group_by(EXPOSURES.c.place_id)
        .subquery()
    )
    columns = [strongest.c.place_id, strongest.c.standing, places.c.category, places.c.lon, places.c.lat]
    rows = sa.select(*columns).select_from(strongest.join(places, places.c.id == strongest.c.place_id))
    connection.execute(sa.insert(PLACE_RESULTS).from_select([column.name for column in columns], rows))


def follow_places(connection: sa.Connection) -> None:
    """Bring category and position in the results of places up to those of the places."""
    places = LAYERS["places"]
    values = {
        name: sa.select(places.c[name]).where(places.c.id == PLACE_RESULTS.c.place_id).scalar_subquery()
        for name in ("category", "lon", "lat")
    }
    connection.execute(sa.update(PLACE_RESULTS).values(values))
