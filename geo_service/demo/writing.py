"""Writes the demo city as the five input files that the ordinary import reads."""

import datetime as dt
from pathlib import Path
from typing import Final

import geopandas as gpd

from geo_service.demo.city import build_city
from geo_service.demo.files import write_csv, write_geojson
from geo_service.demo.rows import (
    GATE_HEADER,
    PLACE_HEADER,
    POST_HEADER,
    gate_rows,
    place_rows,
    post_rows,
    road_features,
    school_features,
)
from geo_service.errors import EmptyInput
from geo_service.i18n import N_
from geo_service.model.tables import Kind

REFERENCE_DATE: Final = dt.date(2026, 10, 31)
DEFAULT_SEED: Final = 430600


def write_demo(
    folder: Path,
    boundaries: gpd.GeoDataFrame,
    *,
    seed: int = DEFAULT_SEED,
    reference_on: dt.date = REFERENCE_DATE,
) -> dict[Kind, Path]:
    """Write the input files of the demo city, which the service then imports like anybody's files.

    The same seed, date and boundaries give the same bytes. All coordinates are WGS 84 longitude and latitude.

    Parameters
    ----------
    folder
        Where to write; it is created if need be, and files of the same names are replaced.
    boundaries
        The districts in EPSG:4326, with their codes in the column or index `id` (or a column `adcode`).
    seed
        Another seed gives another city.
    reference_on
        The day that inspections lie before and expiries of licences lie around.

    Returns
    -------
    files
        `schools.geojson`, `gates.csv`, `places.csv`, `posts.csv`, `roads.geojson` by kind, in the order of import.

    Raises
    ------
    EmptyInput
        If there are no districts to put towns into.
    """
    if not len(boundaries):
        raise EmptyInput(
            N_("The demo city needs district boundaries, and there are none."),
            hint=N_("Import the boundaries first."),
        )
    city = build_city(boundaries, seed=seed, reference_on=reference_on)
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[Kind, Path] = {
        "schools": folder / "schools.geojson",
        "gates": folder / "gates.csv",
        "places": folder / "places.csv",
        "posts": folder / "posts.csv",
        "roads": folder / "roads.geojson",
    }
    write_geojson(files["schools"], school_features(city))
    write_csv(files["gates"], GATE_HEADER, gate_rows(city))
    write_csv(files["places"], PLACE_HEADER, place_rows(city))
    write_csv(files["posts"], POST_HEADER, post_rows(city))
    write_geojson(files["roads"], road_features(city))
    return files
