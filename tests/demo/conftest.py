"""The demo city, written once, and read back with plain pandas and geopandas, not with the product's import."""

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from geo_service.demo import write_demo
from geo_service.model.tables import TABLES
from geo_service.model.vocabulary import CATEGORIES, LICENCE_STATUSES, POST_KINDS, STAGES

BOUNDARIES = Path(__file__).parents[2] / "data" / "boundaries" / "yueyang.geojson"
_CHOICES = {
    "category": CATEGORIES,
    "licence_status": LICENCE_STATUSES,
    "kind": POST_KINDS,
    "stage": STAGES,
}


@pytest.fixture(scope="session")
def boundaries():
    frame = gpd.read_file(BOUNDARIES)
    return frame.set_index("id").set_crs("EPSG:4326", allow_override=True)


@pytest.fixture(scope="session")
def demo_files(boundaries, tmp_path_factory):
    return write_demo(tmp_path_factory.mktemp("demo") / "not yet there", boundaries)


@pytest.fixture(scope="session")
def tables(demo_files):
    return {kind: read(kind, path) for kind, path in demo_files.items()}


def read(kind, path):
    """A table of the contract from a file of the demo, by the labels and aliases of the contract."""
    if path.suffix == ".geojson":
        features = json.loads(path.read_text("utf-8"))["features"]
        frame = gpd.GeoDataFrame.from_features(features, crs="EPSG:4326")
    else:
        plain = pd.read_csv(path, encoding="utf-8-sig", dtype=str, keep_default_na=False)
        points = gpd.points_from_xy(plain.pop("经度").astype(float), plain.pop("纬度").astype(float))
        frame = gpd.GeoDataFrame(plain, geometry=points, crs="EPSG:4326").rename(columns=headers(kind))
    for column in TABLES[kind].columns:
        if column.name not in frame.columns:
            continue
        if column.type in {"number", "integer"}:
            frame[column.name] = pd.to_numeric(frame[column.name])
        elif column.name in _CHOICES:
            frame[column.name] = frame[column.name].map(words(_CHOICES[column.name]))
        elif column.type == "boolean" and path.suffix == ".csv":
            frame[column.name] = frame[column.name].map({"是": True, "否": False})
    return frame.set_index("id")


def headers(kind):
    return {name: column.name for column in TABLES[kind].columns for name in (column.zh, *column.aliases)}


def words(terms):
    return {word: term.key for term in terms.values() for word in (term.zh, *term.aliases)}
