"""API: the layers that the map's script draws. Each answer has an ETag by the version of the data."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from geo_service.model.vocabulary import CATEGORIES
from geo_service.web.api import API
from geo_service.web.caching import ConditionalDep
from geo_service.web.dependencies import FactsDep, GateRowsDep, MajorRoadsDep, PostRowsDep, StoreDep
from geo_service.web.map_layers import (
    map_districts,
    map_gates,
    map_places,
    map_posts,
    map_schools,
    map_zones,
)
from geo_service.web.models.map_data import (
    Districts,
    MapGates,
    MapPlaceClusters,
    MapPlaceFeatures,
    MapPosts,
    MapRoads,
    MapSchools,
    MapZones,
)
from geo_service.web.models.summary import Summary
from geo_service.web.parameters import BBox, BBoxText, Zoom, bbox_of, required_bbox_of, some_of
from geo_service.web.road_layer import map_roads

router = APIRouter(prefix=f"{API}/map", tags=["map"])


@router.get("/schools", response_model=MapSchools)
def get_map_schools(answers: ConditionalDep, store: StoreDep, facts: FactsDep) -> Response:
    """Return all schools with campus and state."""
    return answers.answer(facts, {}, lambda: map_schools(store, facts))


@router.get("/zones", response_model=MapZones)
def get_map_zones(answers: ConditionalDep, store: StoreDep, facts: FactsDep, bbox: BBoxText = "") -> Response:
    """Return the 50, 100 and 200 m zones of the schools in an extent, the largest first."""
    area = bbox_of(bbox)
    if area is not None and _holds(area, facts.bounds):
        area = None  # the start view differs with every screen; its zones are those of all schools
    return answers.answer(facts, {"bbox": area}, lambda: map_zones(store, area))


@router.get("/places", response_model=MapPlaceFeatures | MapPlaceClusters)
def get_map_places(
    answers: ConditionalDep,
    store: StoreDep,
    facts: FactsDep,
    bbox: BBoxText,
    zoom: Zoom,
    categories: Annotated[
        str, Query(max_length=400, description=f"Some of {', '.join(CATEGORIES)}, separated by commas")
    ] = "",
) -> Response:
    """Return the places of an extent: up to 2 000 as they are, more as clusters by zoom."""
    area, chosen = required_bbox_of(bbox), some_of("categories", categories, CATEGORIES)
    parameters = {"bbox": area, "zoom": zoom, "categories": chosen}
    return answers.answer(facts, parameters, lambda: map_places(store, area, zoom, chosen))


@router.get("/gates", response_model=MapGates)
def get_map_gates(answers: ConditionalDep, gates: GateRowsDep, facts: FactsDep) -> Response:
    """Return all gates, and whether a duty post stands near each."""
    return answers.answer(facts, {}, lambda: map_gates(gates))


@router.get("/posts", response_model=MapPosts)
def get_map_posts(answers: ConditionalDep, posts: PostRowsDep, facts: FactsDep) -> Response:
    """Return all duty posts with numbers per force."""
    return answers.answer(facts, {}, lambda: map_posts(posts))


@router.get("/roads", response_model=MapRoads)
def get_map_roads(
    answers: ConditionalDep,
    store: StoreDep,
    facts: FactsDep,
    bbox: BBoxText,
    zoom: Zoom,
    major: MajorRoadsDep,
) -> Response:
    """Return the roads of an extent, below zoom 13 the major ones only; at most 5 000, important ones first."""
    area = required_bbox_of(bbox)
    return answers.answer(facts, {"bbox": area, "zoom": zoom}, lambda: map_roads(store, major, area, zoom))


@router.get("/districts", response_model=Districts)
def get_map_districts(answers: ConditionalDep, store: StoreDep, facts: FactsDep) -> Response:
    """Return the districts as GeoJSON."""
    return answers.answer(facts, {}, lambda: map_districts(store))


@router.get("/summary", response_model=Summary)
def get_map_summary(answers: ConditionalDep, store: StoreDep, facts: FactsDep) -> Response:
    """Return the counts of the legend."""
    return answers.answer(facts, {}, lambda: Summary.model_validate(store.summary()))


def _holds(area: BBox, bounds: BBox) -> bool:
    """Whether an extent holds the start view, and with it the campuses of all schools."""
    return area[0] <= bounds[0] and area[1] <= bounds[1] and area[2] >= bounds[2] and area[3] >= bounds[3]
