"""OpenStreetMap ways as roads: class, direction, who may use them, and speed limit."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_CLASSES: Final[Mapping[str, str]] = {
    "motorway": "motorway",
    "motorway_link": "motorway",
    "trunk": "trunk",
    "trunk_link": "trunk",
    "primary": "primary",
    "primary_link": "primary",
    "secondary": "secondary",
    "secondary_link": "secondary",
    "tertiary": "tertiary",
    "tertiary_link": "tertiary",
    "unclassified": "residential",
    "residential": "residential",
    "living_street": "residential",
    "road": "residential",
    "service": "service",
    "services": "service",
    "track": "service",
    "busway": "service",
    "footway": "path",
    "path": "path",
    "steps": "path",
    "pedestrian": "path",
    "cycleway": "path",
    "bridleway": "path",
    "corridor": "path",
    "crossing": "path",
}
_FORBIDDEN: Final = frozenset(
    {"no", "private", "agricultural", "forestry", "military", "permit", "emergency"}
)
_FREE: Final = frozenset(
    {"yes", "permissive", "designated", "destination", "customers", "delivery", "official"}
)
_MILES_KM: Final = 1.609344


@dataclass(frozen=True, slots=True)
class Road:
    """One way as a road; `reverse` says that its geometry runs against the permitted direction."""

    road_class: str
    oneway: bool
    foot: bool
    car: bool
    maxspeed_kmh: int | None
    reverse: bool


def read_road(tags: Mapping[str, str]) -> Road | None:
    """Read the tags of a `highway=*` way; None if it is no road in use (a building site, a platform …).

    Access follows the hierarchy of the OpenStreetMap wiki: the most special tag decides (`foot`; `motorcar`,
    `motor_vehicle`, `vehicle`; then `access`), else the default of the class. Walkers have no right on
    motorways and motor roads; cars none on paths, bus ways, and on tracks unless these are opened to them.
    """
    highway = tags.get("highway", "")
    road_class = _CLASSES.get(highway)
    if road_class is None:
        return None
    oneway = tags.get("oneway", "")
    reverse = oneway in {"-1", "reverse"}
    is_oneway = (
        reverse
        or oneway in {"yes", "true", "1"}
        or (oneway == "" and (highway == "motorway" or tags.get("junction") in {"roundabout", "circular"}))
    )
    return Road(
        road_class=road_class,
        oneway=is_oneway,
        foot=_may_walk(tags, road_class),
        car=_may_drive(tags, highway, road_class),
        maxspeed_kmh=read_speed(tags.get("maxspeed", "")),
        reverse=reverse,
    )


def read_speed(text: str) -> int | None:
    """Return a speed limit in km/h, or None for `none`, `walk`, `CN:urban` and what is no number."""
    match = re.fullmatch(r"\s*(\d{1,3})(?:\.\d+)?\s*(km/h|kmh|kph|mph)?\s*", text)
    if not match:
        return None
    speed = round(int(match[1]) * (_MILES_KM if match[2] == "mph" else 1))
    return speed if 1 <= speed <= 140 else None


def _may_walk(tags: Mapping[str, str], road_class: str) -> bool:
    foot = tags.get("foot")
    if foot is not None:
        return foot not in _FORBIDDEN
    if tags.get("access") in _FORBIDDEN:
        return False
    return road_class != "motorway" and tags.get("motorroad") != "yes"


def _may_drive(tags: Mapping[str, str], highway: str, road_class: str) -> bool:
    allowed = road_class != "path" and highway not in {"busway", "track"}
    for key in ("motorcar", "motor_vehicle", "vehicle", "access"):
        value = tags.get(key)
        if value is None:
            continue
        if value in _FORBIDDEN:
            return False
        # a path does not become a road because bicycles (vehicle, access) may use it
        return allowed or (value in _FREE and key in {"motorcar", "motor_vehicle"})
    return allowed
