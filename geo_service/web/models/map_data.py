"""Data of the map, as the page's script draws it; short keys and bare rows where there are many."""

from typing import Any, Literal

from pydantic import Field

from geo_service.web.models.output import Count, Flag, Number, Output, Text

Geometry = dict[str, Any]


class MapSchool(Output):
    """A school with its campus and state."""

    id: str
    name: str
    stage: Text
    district: Text
    lon: float
    lat: float
    state: Text
    inspected: Flag
    inspected_on: Text
    score: Number
    inside: Count
    borderline: Count
    survey: Count
    boundary: Text
    geometry: Geometry = Field(description="GeoJSON")


class MapSchools(Output):
    """All schools."""

    data_version: int
    schools: list[MapSchool]


class MapZone(Output):
    """A zone of equal distance around a school."""

    school_id: str
    state: Text
    inspected: Flag
    distance_m: int
    geometry: Geometry = Field(description="GeoJSON")


class MapZones(Output):
    """Zones, the largest first, so that smaller ones are drawn above."""

    zones: list[MapZone]


class MapPlaceFeatures(Output):
    """Places as they are."""

    mode: Literal["features"]
    total: int
    places: list[tuple[str, float, float, str, Text, str]] = Field(
        description="id, lon, lat, category, band (inside, borderline, survey or null), name"
    )


class MapPlaceClusters(Output):
    """Places as clusters, where they are too many to be drawn one by one."""

    mode: Literal["clusters"]
    total: int
    clusters: list[tuple[float, float, int, int, int]] = Field(
        description="lon, lat, number of places, of these inside, of these borderline"
    )


class MapGate(Output):
    """A gate."""

    id: str
    school_id: Text
    name: Text
    main: Flag
    lon: float
    lat: float
    covered: Flag
    post_distance_m: Number


class MapGates(Output):
    """All gates."""

    gates: list[MapGate]


class MapPost(Output):
    """A duty post with numbers per force."""

    id: str
    name: Text
    kind: Text
    lon: float
    lat: float
    windows: Text
    radius_m: Number
    required: dict[str, int]
    actual: dict[str, int]


class MapPosts(Output):
    """All duty posts."""

    posts: list[MapPost]


class MapRoad(Output):
    """A road: class and line."""

    c: Text
    p: list[tuple[float, float]]


class MapRoads(Output):
    """Roads of an extent, the important first, major ones only when zoomed out."""

    roads: list[MapRoad]
    left_out: int = Field(description="How many of the least important roads did not fit into the answer")


class DistrictProperties(Output):
    """Adcode, name, and the adcode of what it is a part of."""

    id: str
    name: str
    parent: Text


class DistrictFeature(Output):
    """A district as GeoJSON."""

    type: Literal["Feature"]
    properties: DistrictProperties
    geometry: Geometry


class Districts(Output):
    """Districts as a GeoJSON FeatureCollection."""

    type: Literal["FeatureCollection"]
    features: list[DistrictFeature]
