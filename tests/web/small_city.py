"""A small city with honest and hostile records, and a screening of it: the second opinion on all that is served."""

import datetime as dt

import geopandas as gpd
import pandas as pd
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from geo_service.model.tables import Kind
from geo_service.store import Batch, ScreeningRun, Store

BASE = "http://127.0.0.1:8000"
HOSTILE_NAMES = (
    "{{7*7}}",
    "{% raw",
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "${alert(1)}",
    "'\"`",
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "＝1+1",
    'a\tb,c;d"e\r\nf',
    "\u202eevil",
    "学校' OR 1=1 --",
)
CROWD = 2_300
"""Places in one quarter: more than are drawn one by one."""


def _frame(rows: list[dict[str, object]]) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(pd.DataFrame(rows).set_index("id"), geometry="geometry", crs="EPSG:4326")
    frame.index = pd.Index([str(key) for key in frame.index], name="id", dtype="object")
    return frame


def _square(lon: float, lat: float, half: float = 0.001) -> Polygon:
    return box(lon - half, lat - half, lon + half, lat + half)


def layers() -> dict[Kind, gpd.GeoDataFrame]:
    """Return the layers of the small city."""
    schools = [
        {
            "id": "S1",
            "name": "演示小学",
            "stage": "primary",
            "district": "430602",
            "pupils": 900,
            "key_supervision": True,
            "last_inspected_on": "2026-05-04",
            "geometry": _square(113.10, 29.37),
        },
        {
            "id": "S2",
            "name": "演示中学",
            "stage": "senior",
            "district": "430602",
            "pupils": None,
            "key_supervision": None,
            "last_inspected_on": None,
            "geometry": MultiPolygon([_square(113.12, 29.37), _square(113.125, 29.37)]),
        },
        {
            "id": "S/3 #?",
            "name": "演示幼儿园",
            "stage": None,
            "district": None,
            "pupils": 80,
            "key_supervision": False,
            "last_inspected_on": None,
            "geometry": Point(113.14, 29.38),
        },
    ]
    schools += [
        {
            "id": f"H{number}",
            "name": name,
            "stage": "junior",
            "district": "430603",
            "pupils": 10,
            "key_supervision": None,
            "last_inspected_on": None,
            "geometry": Point(113.2 + number * 0.002, 29.45),
        }
        for number, name in enumerate(HOSTILE_NAMES)
    ]
    gates = [
        {"id": "G1", "school_id": "S1", "name": "南门", "is_main": True, "geometry": Point(113.10, 29.369)},
        {"id": "G2", "school_id": "S1", "name": None, "is_main": False, "geometry": Point(113.10, 29.371)},
        {
            "id": "G3",
            "school_id": "S2",
            "name": "<b>门</b>",
            "is_main": None,
            "geometry": Point(113.12, 29.369),
        },
    ]
    places = [
        {
            "id": f"P{number}",
            "name": name,
            "category": "net_cafe",
            "district": "430602",
            "address": name,
            "licence_status": "unknown",
            "geometry": Point(113.1 + number * 0.0001, 29.3715),
        }
        for number, name in enumerate(HOSTILE_NAMES)
    ]
    places += [
        {
            "id": "P/x y%",
            "name": "平安网吧",
            "category": "net_cafe",
            "district": None,
            "address": None,
            "licence_status": None,
            "geometry": Point(113.1012345678, 29.3707654321),
        }
    ]
    places += [
        {
            "id": f"C{number:05}",
            "name": f"小店{number}",
            "category": "shop",
            "district": "430603",
            "address": None,
            "licence_status": None,
            "geometry": Point(113.3 + (number % 50) * 0.002, 29.3 + (number // 50) * 0.002),
        }
        for number in range(CROWD)
    ]
    posts = [
        {
            "id": "D1",
            "name": "南门护学岗",
            "kind": "escort",
            "school_id": "S1",
            "radius_m": 50.0,
            "windows": "07:20-08:10",
            "required_police": 2,
            "actual_police": 1,
            "geometry": Point(113.1001, 29.369),
        },
    ]
    roads = [
        {
            "id": "R1",
            "name": "大道",
            "road_class": "primary",
            "geometry": LineString([(113.0, 29.36), (113.3, 29.36)]),
        },
        {
            "id": "R2",
            "name": None,
            "road_class": "service",
            "geometry": LineString([(113.1, 29.36), (113.1, 29.37)]),
        },
    ]
    boundaries = [
        {"id": "430602", "name": "岳阳楼区", "geometry": box(113.0, 29.3, 113.18, 29.5)},
        {"id": "430603", "name": "云溪区", "geometry": box(113.18, 29.3, 113.5, 29.5)},
    ]
    return {
        "boundaries": _frame(boundaries),
        "schools": _frame(schools),
        "gates": _frame(gates),
        "places": _frame(places),
        "posts": _frame(posts),
        "roads": _frame(roads),
    }


def _exposure(school_id: str, place_id: str, **other: object) -> dict[str, object]:
    return {
        "rule_id": "NET-200", "rule_version": "1", "rule_status": "law", "school_id": school_id,
        "place_id": place_id, "method": "boundary_straight", "distance_m": 56.123456, "limit_m": 200.0,
        "margin_m": 143.876544, "uncertainty_m": 5.0, "from_uncertainty_m": 3.0, "to_uncertainty_m": 4.0,
        "band": "inside", "meaning": "suspected_ban", "from_lon": 113.1, "from_lat": 29.371,
        "to_lon": 113.1, "to_lat": 29.3715, "from_what": "boundary", "departments": ["culture", "police"],
        "note": "-2+3",
    } | other  # fmt: skip


def screening_results() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return exposures, schools and gates of a screening."""
    exposures = [_exposure("S1", f"P{number}") for number in range(len(HOSTILE_NAMES))]
    exposures += [
        _exposure("S1", "P/x y%", rule_id="GONE-1", band="borderline", meaning="lead", margin_m=-1.5,
                  rule_status="local_unverified", from_lon=None, from_lat=None),
        _exposure("H6", "P0", meaning="survey_area", rule_status="campaign", distance_m=0.0, note=None),
    ]  # fmt: skip
    frame = layers()["schools"]
    schools = pd.DataFrame(
        {
            "school_id": frame.index,
            "state": ["leads", "clean", *["unknown"] * (len(frame) - 2)],
            "inspected": [True, True, *[False] * (len(frame) - 2)],
            "score": [12.5, 0.0, *[1.0] * (len(frame) - 2)],
            "terms": [
                [
                    {
                        "key": "inside",
                        "label_zh": "疑似",
                        "label_en": "Inside",
                        "count": 3,
                        "weight": 4,
                        "value": 12.0,
                    }
                ]
            ]
            * len(frame),
            "inside": [3, *[0] * (len(frame) - 1)],
            "borderline": [1, *[0] * (len(frame) - 1)],
            "survey": [0] * len(frame),
            "boundary_kind": ["surveyed", "surveyed", *["point"] * (len(frame) - 2)],
        }
    )
    gates = pd.DataFrame(
        {
            "gate_id": ["G1", "G2", "G3"],
            "covered": [True, False, None],
            "post_id": ["D1", None, None],
            "post_distance_m": [9.7, None, None],
        }
    )
    return pd.DataFrame(exposures), schools, gates


def fill(store: Store, *, demo: bool = True, screened: bool = True) -> None:
    """Save the small city and a screening of it."""
    for kind, frame in layers().items():
        batch = Batch(
            kind=kind, file_name=f"{kind}.csv", sha256="0" * 64, crs="wgs84", format="csv",
            rows_read=len(frame), rows_good=len(frame), dropped_columns=["法人姓名"], demo=demo,
        )  # fmt: skip
        store.save_layer(frame, kind, batch)
    if screened:
        save_screening(store)


def save_screening(store: Store) -> None:
    """Save a screening of the small city."""
    exposures, schools, gates = screening_results()
    moment = dt.datetime(2026, 11, 23, 8, 0, tzinfo=dt.UTC)
    run = ScreeningRun(
        on=dt.date(2026, 11, 23), rule_pack="yueyang-default", rule_pack_version="2026.1",
        rule_pack_sha256="0" * 64, data_version=store.data_version(), started_at=moment, finished_at=moment,
        seconds=0.5, exposure_count=len(exposures),
    )  # fmt: skip
    store.save_screening(run, exposures, schools, gates)
