"""The rows of the five files: contract names in the GeoJSON files, Chinese headers in the CSV files."""

from collections.abc import Iterable
from typing import Final

import numpy as np
import shapely

from geo_service.demo.city import City
from geo_service.demo.posts import duty_windows, shift
from geo_service.demo.schools import School
from geo_service.model.vocabulary import FORCES, POST_KINDS


def school_features(city: City) -> Iterable[tuple[shapely.Geometry, dict[str, object]]]:
    """Return the schools; those given as a point keep their land area."""
    for school in city.schools:
        assert school.campus is not None
        shape = school.campus.shape.centroid if school.as_point else school.campus.shape
        town = school.town
        geometry = shapely.transform(
            shape, lambda xy, town=town: np.column_stack(town.to_degrees(xy[:, 0], xy[:, 1]))
        )
        yield geometry, {"id": school.id, "name": school.name, **school.properties}


GATE_HEADER: Final = (
    "校门编号",
    "学校标识码",
    "学校名称",
    "校门名称",
    "是否正门",
    "开放时段",
    "通行学生数",
    "经度",
    "纬度",
    "位置精度（米）",
)


def gate_rows(city: City) -> Iterable[list[object]]:
    """Return the gates of all schools, numbered in the order of the schools."""
    number = 0
    for school in city.schools:
        assert school.campus is not None
        gates = school.campus.gates
        lon, lat = school.town.to_degrees((g.at[0] for g in gates), (g.at[1] for g in gates))
        through = _split_pupils(school.pupils, len(gates))
        seen: dict[str, int] = {}
        for place, gate in enumerate(gates):
            number += 1
            seen[gate.side] = seen.get(gate.side, 0) + 1
            label = f"{gate.side}门" if seen[gate.side] == 1 else f"{gate.side}{seen[gate.side]}门"
            yield [
                f"DEMO-G-{number:04d}",
                school.id,
                school.name,
                label,
                "是" if gate.is_main else "否",
                _open_windows(school),
                through[place],
                float(lon[place]),
                float(lat[place]),
                school.properties["accuracy_m"],
            ]


def _split_pupils(pupils: int, gates: int) -> list[int]:
    if gates == 0:
        return []
    aside = [pupils // (gates + 2)] * (gates - 1)
    return [pupils - sum(aside), *aside]


def _open_windows(school: School) -> str:
    """Return when gates open: from 15 minutes before the duty windows to 10 minutes after them."""
    windows = [window.split("-") for window in duty_windows(school).split(";")]
    return ";".join(f"{shift(start, -15)}-{shift(end, 10)}" for start, end in windows)


PLACE_HEADER: Final = (
    "场所编号",
    "场所名称",
    "类别",
    "区县代码",
    "详细地址",
    "许可证号",
    "证照状态",
    "证照到期日",
    "经度",
    "纬度",
    "位置精度（米）",
)


def place_rows(city: City) -> Iterable[list[object]]:
    """Return the places town by town; one that would lie outside every district is left out."""
    number = 0
    for town in city.towns:
        mine = [place for place in city.places if place.town is town]
        lon, lat = town.to_degrees((place.x_m for place in mine), (place.y_m for place in mine))
        district = city.districts.of_points(lon, lat)
        for position, place in enumerate(mine):
            number += 1
            if not district[position]:
                continue
            yield [
                f"DEMO-P-{number:05d}",
                place.name,
                place.category_text,
                district[position],
                place.address,
                place.licence_no,
                place.licence_status,
                place.licence_expiry,
                float(lon[position]),
                float(lat[position]),
                f"{place.accuracy_m:g}",
            ]


POST_HEADER: Final = (
    "岗位编号",
    "岗位名称",
    "岗位类型",
    "学校编号",
    "区县代码",
    "勤务时段",
    "覆盖半径（米）",
    *(f"应到{force.zh}人数" for force in FORCES.values()),
    *(f"实到{force.zh}人数" for force in FORCES.values()),
    "经度",
    "纬度",
    "位置精度（米）",
)


def post_rows(city: City) -> Iterable[list[object]]:
    """Return the duty posts."""
    for number, post in enumerate(city.posts, start=1):
        lon, lat = post.school.town.to_degrees([post.x_m], [post.y_m])
        yield [
            f"DEMO-D-{number:03d}",
            post.name,
            POST_KINDS[post.kind].zh,
            post.school.id,
            post.school.district,
            post.windows,
            post.radius_m,
            *(post.required[force] for force in FORCES),
            *(post.actual[force] for force in FORCES),
            float(lon[0]),
            float(lat[0]),
            3,
        ]


def road_features(city: City) -> Iterable[tuple[shapely.Geometry, dict[str, object]]]:
    """Return the pieces of road from junction to junction."""
    for number, road in enumerate(city.roads, start=1):
        yield (
            shapely.LineString(road.points),
            {
                "id": f"DEMO-R-{number:05d}",
                "name": road.name,
                "road_class": road.road_class,
                "oneway": road.oneway,
                "foot": road.road_class != "trunk",
                "car": road.road_class != "path",
                "maxspeed_kmh": road.maxspeed_kmh,
            },
        )
