"""A believable city of invented schools and places, as the payloads of the map contract."""

import json
import math
from typing import Any

import numpy as np
import shapely
from render.render_payloads import City

from geo_service.model.vocabulary import CATEGORIES, FORCES, STAGES

BOUNDS = (112.9, 29.15, 113.35, 29.5)
DEGREE_M = 111_320.0
SURVEY = {"rental", "hotel_budget", "shop", "chess_mahjong", "billiards", "book_av", "aftercare"}
RULES = {
    "net_cafe": ("NET-200", "中小学校园周围 200 米内不得设立网吧", 200, "law", "boundary_straight"),
    "tobacco": ("TOB-50", "校园周边 50 米烟草零售点", 50, "local_unverified", "gate_radius"),
    "stall": ("STALL-100", "校门口 100 米流动摊贩", 100, "local_unverified", "gate_radius"),
    "firework": ("FIRE-100", "学校周边 100 米烟花爆竹零售点", 100, "law", "boundary_straight"),
    **dict.fromkeys(
        ("ktv", "arcade", "bar", "esports_hotel"),
        ("ENT-200", "校园周边 200 米娱乐场所", 200, "local_unverified", "boundary_straight"),
    ),
    **dict.fromkeys(
        SURVEY, ("SURVEY-200", "校园周边 200 米清理整治排查", 200, "campaign", "boundary_straight")
    ),
}


class _Frame:
    """Metres east and north about a centre."""

    def __init__(self, lon: float, lat: float, turn: float) -> None:
        self.lon, self.lat = lon, lat
        self.cos, self.sin = math.cos(turn), math.sin(turn)

    def to_degrees(self, metres: Any) -> Any:
        x, y = np.asarray(metres, dtype=float).T
        east, north = x * self.cos - y * self.sin, x * self.sin + y * self.cos
        lon = self.lon + east / (DEGREE_M * math.cos(math.radians(self.lat)))
        return np.column_stack([lon, self.lat + north / DEGREE_M])

    def geometry(self, shape: Any) -> dict[str, Any]:
        moved = shapely.transform(shape, self.to_degrees)
        return json.loads(shapely.to_geojson(shapely.set_precision(moved, 1e-6)))

    def point(self, x: float, y: float) -> tuple[float, float]:
        lon, lat = self.to_degrees([[x, y]])[0]
        return round(float(lon), 6), round(float(lat), 6)


def build_city(seed: int = 7, schools_per_town: int = 18, places_per_town: int = 667) -> City:
    """Nine towns with a street grid each; schools in the blocks, places along the streets."""
    random = np.random.default_rng(seed)
    city = City()
    centres = [
        (
            112.98 + 0.145 * (i % 3) + random.uniform(-0.02, 0.02),
            29.21 + 0.115 * (i // 3) + random.uniform(-0.015, 0.015),
        )
        for i in range(9)
    ]
    _add_districts(city, centres)
    for town, (lon, lat) in enumerate(centres):
        frame = _Frame(lon, lat, random.uniform(-0.5, 0.5))
        xs, ys = _add_streets(city, frame, random)
        _add_town(city, frame, random, town, (xs, ys), schools_per_town, places_per_town)
    for i in range(9):
        for j in (i + 1, i + 3):
            if j < 9 and not (j == i + 1 and i % 3 == 2):
                middle = (np.array(centres[i]) + np.array(centres[j])) / 2 + random.uniform(-0.01, 0.01, 2)
                line = [list(centres[i]), [round(v, 6) for v in middle.tolist()], list(centres[j])]
                city.roads.append({"c": "trunk" if i % 2 else "motorway", "p": line})
    return city


def _add_districts(city: City, centres: list[tuple[float, float]]) -> None:
    west, south, east, north = BOUNDS
    hull = shapely.box(west - 0.03, south - 0.03, east + 0.03, north + 0.03).segmentize(0.02)
    wobble = shapely.transform(
        hull, lambda c: c + 0.008 * np.column_stack([np.sin(c[:, 1] * 190), np.cos(c[:, 0] * 170)])
    )
    cells = shapely.voronoi_polygons(shapely.MultiPoint(centres))
    names = ["湖滨区", "云岭区", "君北区", "东陵县", "华阳县", "湘渚县", "平山县", "汨水市", "临川市"]
    features = []
    for index, centre in enumerate(centres):
        cell = next(part for part in cells.geoms if part.contains(shapely.Point(centre)))
        shape = json.loads(shapely.to_geojson(shapely.set_precision(cell.intersection(wobble), 1e-6)))
        properties = {"id": f"4306{index + 1:02d}", "name": f"演示{names[index]}"}
        features.append({"type": "Feature", "properties": properties, "geometry": shape})
    city.districts = {"type": "FeatureCollection", "features": features}


def _add_streets(city: City, frame: _Frame, random: np.random.Generator) -> tuple[Any, Any]:
    xs = np.cumsum(random.uniform(170, 290, 13))
    ys = np.cumsum(random.uniform(170, 290, 11))
    xs, ys = xs - xs.mean(), ys - ys.mean()
    for axis, lines in enumerate((xs, ys)):
        across = ys if axis == 0 else xs
        for index, at in enumerate(lines):
            middle = len(lines) // 2
            kind = (
                "primary"
                if index == middle
                else "secondary"
                if index % 4 == 2
                else "tertiary"
                if index % 2
                else "residential"
            )
            stretch = np.linspace(across[0] - 120, across[-1] + 120, 8)
            bend = at + 14 * np.sin(stretch / 500 + index)
            points = np.column_stack([bend, stretch] if axis == 0 else [stretch, bend])
            city.roads.append({"c": kind, "p": np.round(frame.to_degrees(points), 6).tolist()})
    return xs, ys


def _campus(random: np.random.Generator, x0: float, x1: float, y0: float, y1: float) -> Any:
    inset = random.uniform(18, 40, 4)
    box = shapely.box(x0 + inset[0], y0 + inset[1], x1 - inset[2], y1 - inset[3])
    if random.random() < 0.6:
        width, height = (x1 - x0) * random.uniform(0.25, 0.45), (y1 - y0) * random.uniform(0.25, 0.45)
        corner = shapely.box(x1 - inset[2] - width, y1 - inset[3] - height, x1, y1)
        box = box.difference(corner)
    return box


def _add_town(
    city: City,
    frame: _Frame,
    random: np.random.Generator,
    town: int,
    grid: tuple[Any, Any],
    schools: int,
    places: int,
) -> None:
    xs, ys = grid
    blocks = [(i, j) for i in range(len(xs) - 1) for j in range(len(ys) - 1)]
    random.shuffle(blocks)
    campuses = []
    for number, (i, j) in enumerate(blocks[:schools]):
        stage = random.choice(list(STAGES), p=[0.3, 0.32, 0.12, 0.06, 0.06, 0.04, 0.02, 0.05, 0.01, 0.02])
        campus = _campus(random, xs[i], xs[i + 1], ys[j], ys[j + 1])
        campuses.append((f"{STAGES[stage].code_prefix}43{town}{number:05d}", str(stage), campus))
    points = _street_points(random, xs, ys, places)
    keys = list(CATEGORIES)
    weights = np.array([3, 2, 3, 3, 16, 7, 2, 24, 12, 3, 5, 3, 5, 2, 1, 8, 4, 7, 1, 0.5, 1.5])
    chosen = random.choice(keys, size=places, p=weights / weights.sum())
    shapes = shapely.points(points)
    exposures: dict[int, list[dict[str, Any]]] = {}
    for number, (school_id, stage, campus) in enumerate(campuses):
        _add_school(
            city, frame, random, town, number, (school_id, stage, campus), (shapes, chosen, exposures)
        )
    for index in range(places):
        _add_place(
            city, frame, random, town, index, (points[index], str(chosen[index]), exposures.get(index, []))
        )


def _street_points(random: np.random.Generator, xs: Any, ys: Any, number: int) -> Any:
    spread = random.normal(0, 620, (number, 2))
    vertical = random.random(number) < 0.5
    side = random.choice([-14.0, 14.0], number) + random.normal(0, 2, number)
    nearest_x = xs[np.abs(spread[:, :1] - xs).argmin(axis=1)] + side
    nearest_y = ys[np.abs(spread[:, 1:] - ys).argmin(axis=1)] + side
    return np.where(
        vertical[:, None],
        np.column_stack([nearest_x, spread[:, 1]]),
        np.column_stack([spread[:, 0], nearest_y]),
    )


def _add_school(
    city: City,
    frame: _Frame,
    random: np.random.Generator,
    town: int,
    number: int,
    school: tuple[str, str, Any],
    around: tuple[Any, Any, dict[int, list[dict[str, Any]]]],
) -> None:
    school_id, stage, campus = school
    shapes, chosen, exposures = around
    inspected = random.random() < 0.72
    ring = np.array(campus.exterior.coords)
    gates = [(ring[0] + ring[1]) / 2, (ring[2] + ring[3]) / 2][: 1 + int(random.random() < 0.6)]
    name = f"演示{'一二三四五六七八九'[town]}区第{number + 1}{STAGES[stage].zh.removesuffix('学校')}"
    distances = shapely.distance(campus, shapes)
    near = np.flatnonzero(distances <= 215)
    items, counts = [], {"inside": set(), "borderline": set(), "survey": set()}
    quiet = random.random() < 0.25
    for index in near.tolist():
        category = str(chosen[index])
        if category not in RULES or (quiet and category not in SURVEY):
            continue
        rule, title, limit, status, method = RULES[category]
        start = (
            shapely.Point(gates[0])
            if method == "gate_radius"
            else shapely.shortest_line(campus, shapes[index]).interpolate(0)
        )
        distance = float(shapely.distance(start, shapes[index]))
        spread = 10.0 if index % 3 else 25.0
        if distance - spread > limit:
            continue
        band = "inside" if distance + spread <= limit else "borderline"
        meaning = {"law": "suspected_ban", "campaign": "survey_area"}.get(status, "lead")
        counts["survey" if meaning == "survey_area" else band].add(index)
        from_lon, from_lat = frame.point(start.x, start.y)
        to_lon, to_lat = frame.point(shapes[index].x, shapes[index].y)
        exposure = {
            "rule_id": rule,
            "rule_version": 1,
            "rule_status": status,
            "rule_title": title,
            "citation": "《互联网上网服务营业场所管理条例》第九条"
            if status == "law"
            else "《中华人民共和国未成年人保护法》第五十八条",
            "school_id": school_id,
            "school_name": name,
            "place_id": f"P{town}-{index:04d}",
            "place_name": f"演示{CATEGORIES[category].zh}{town + 1}-{index}",
            "category": category,
            "method": method,
            "distance_m": round(distance, 2),
            "limit_m": limit,
            "margin_m": round(limit - distance, 2),
            "uncertainty_m": spread,
            "from_uncertainty_m": 5.0,
            "to_uncertainty_m": spread - 5,
            "band": band,
            "meaning": meaning,
            "from_lon": from_lon,
            "from_lat": from_lat,
            "to_lon": to_lon,
            "to_lat": to_lat,
            "from_what": "gate" if method == "gate_radius" else "boundary",
            "departments": list(CATEGORIES[category].departments),
            "note": None,
        }
        items.append(exposure)
        exposures.setdefault(index, []).append(exposure)
    order = {"inside": 0, "borderline": 1}
    items.sort(key=lambda row: (row["meaning"] == "survey_area", order[row["band"]], row["distance_m"]))
    numbers = {key: len(value) for key, value in counts.items()}
    state = next((s for s, key in (("leads", "inside"), ("borderline", "borderline")) if numbers[key]), None)
    state = state or ("clean" if inspected else "unknown")
    weights = {"inside": 3.0, "borderline": 1.0, "survey": 0.2}
    labels = {
        "inside": ("疑似线索", "Leads"),
        "borderline": ("临界线索", "Borderline"),
        "survey": ("待排查场所", "To survey"),
    }
    terms = [
        {
            "key": key,
            "label_zh": labels[key][0],
            "label_en": labels[key][1],
            "count": numbers[key],
            "weight": weight,
            "value": round(weight * numbers[key], 2),
        }
        for key, weight in weights.items()
    ]
    if not inspected:
        terms.append(
            {
                "key": "never",
                "label_zh": "从未检查",
                "label_en": "Never inspected",
                "count": 1,
                "weight": 2.0,
                "value": 2.0,
            }
        )
    score = round(sum(term["value"] for term in terms), 1)
    inside_point = campus.representative_point()
    lon, lat = frame.point(inside_point.x, inside_point.y)
    boundary = "estimated" if number % 6 == 0 else "surveyed"
    inspected_on = f"2026-{1 + number % 9:02d}-{3 + number:02d}" if inspected else None
    row = {
        "id": school_id,
        "name": name,
        "stage": stage,
        "district": f"4306{town + 1:02d}",
        "lon": lon,
        "lat": lat,
        "state": state,
        "inspected": inspected,
        "inspected_on": inspected_on,
        "score": score,
        **numbers,
        "boundary": boundary,
        "geometry": frame.geometry(campus),
    }
    city.schools.append(row)
    for distance in (200, 100, 50):
        zone = campus.buffer(distance, quad_segs=8)
        city.zones.append(
            {
                "school_id": school_id,
                "state": state,
                "inspected": inspected,
                "distance_m": distance,
                "geometry": frame.geometry(zone),
            }
        )
    city.zones.sort(key=lambda item: -item["distance_m"])
    _add_gates(city, frame, random, row, gates)
    city.school_details[school_id] = {
        **{key: row[key] for key in ("id", "name", "stage", "district", "lon", "lat")},
        "address": f"演示路 {number + 1} 号",
        "pupils": 400 + 37 * number,
        "last_inspected_on": inspected_on,
        "result": {
            "state": state,
            "inspected": inspected,
            "score": score,
            "terms": terms,
            **numbers,
            "boundary_kind": boundary,
        },
        "exposures": {"total": len(items), "items": items[:200]},
        "gates": [gate for gate in city.gates if gate["school_id"] == school_id],
    }


def _add_gates(
    city: City, frame: _Frame, random: np.random.Generator, school: dict[str, Any], gates: list[Any]
) -> None:
    for number, gate in enumerate(gates):
        lon, lat = frame.point(*gate)
        covered = bool(random.random() < 0.55)
        city.gates.append(
            {
                "id": f"{school['id']}-{number}",
                "school_id": school["id"],
                "name": "正门" if number == 0 else "东门",
                "main": number == 0,
                "lon": lon,
                "lat": lat,
                "covered": covered,
                "post_distance_m": 12.5 if covered else None,
            }
        )
        if not covered:
            continue
        lon, lat = frame.point(gate[0] + 9, gate[1] + 8)
        required = dict.fromkeys(list(FORCES)[:4], 1)
        city.posts.append(
            {
                "id": f"post-{school['id']}-{number}",
                "name": f"{school['name']}护学岗",
                "kind": "escort" if number == 0 else "peak_duty",
                "lon": lon,
                "lat": lat,
                "windows": "07:20-08:10;16:30-17:20",
                "radius_m": 50,
                "required": required,
                "actual": required | {"police": 0},
            }
        )


def _add_place(
    city: City,
    frame: _Frame,
    random: np.random.Generator,
    town: int,
    index: int,
    place: tuple[Any, str, list[dict[str, Any]]],
) -> None:
    point, category, exposures = place
    lon, lat = frame.point(*point)
    key = f"P{town}-{index:04d}"
    ranks = ["survey" if row["meaning"] == "survey_area" else row["band"] for row in exposures]
    band = next((rank for rank in ("inside", "borderline", "survey") if rank in ranks), None)
    name = f"演示{CATEGORIES[category].zh}{town + 1}-{index}"
    city.places.append([key, lon, lat, category, band, name])
    if exposures or index % 40 == 0:
        city.place_details[key] = {
            "id": key,
            "name": name,
            "category": category,
            "district": f"4306{town + 1:02d}",
            "address": f"演示街 {index} 号",
            "licence_status": "licensed" if random.random() < 0.8 else "unlicensed",
            "licence_expiry": "2027-03-31",
            "accuracy_m": 10.0,
            "lon": lon,
            "lat": lat,
            "exposures": exposures,
        }
