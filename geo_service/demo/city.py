"""The whole demo city, built from district boundaries and a seed."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import geopandas as gpd

from geo_service.demo.campuses import site_campuses
from geo_service.demo.dice import Dice
from geo_service.demo.frontage import find_slots, street_bustle
from geo_service.demo.lanes import cut_lanes
from geo_service.demo.network import Road, link_roads, town_roads
from geo_service.demo.place_records import complete_records
from geo_service.demo.places import Place, site_places, town_counts
from geo_service.demo.posts import Post, place_posts
from geo_service.demo.scenario import TownScene, set_goals, survey
from geo_service.demo.school_records import complete_record
from geo_service.demo.schools import School, SchoolNames, plan_schools
from geo_service.demo.settlements import Districts, Settlement, settle
from geo_service.demo.special_cases import (
    place_across_border,
    place_at_exact_limit,
    place_inside_campus,
    place_shared_by_two,
)
from geo_service.demo.streets import lay_streets

_LANES: Final = {"city": 150, "seat": 32, "border": 6, "township": 3}


@dataclass(slots=True)
class City:
    """Everything that was generated; positions of schools, places and posts in metres about their towns."""

    towns: list[Settlement]
    schools: list[School]
    places: list[Place]
    posts: list[Post]
    roads: list[Road]
    districts: Districts


def build_city(boundaries: gpd.GeoDataFrame, *, seed: int, reference_on: dt.date) -> City:
    """Build the city: towns, streets, campuses, sites, goals of the schools, places, posts."""
    districts = Districts(boundaries)
    towns = settle(districts, seed)
    planned = plan_schools(towns, seed)
    counts = town_counts(towns)
    names = SchoolNames(seed)
    roads: dict[str, list[Road]] = {}
    schools: list[School] = []
    places: list[Place] = []
    scenes: dict[str, TownScene] = {}
    for town in towns:
        wanted = planned[town.key]
        areas = [school.wanted_area_m2 for school in wanted]
        plan = lay_streets(town, areas, seed)
        campuses = site_campuses(
            plan,
            areas,
            [school.gate_count for school in wanted],
            [school.in_two_parts for school in wanted],
            [school.stage for school in wanted],
            seed,
            town.key,
        )
        cut_lanes(town, plan, seed, at_most=_LANES[town.tier])
        roads[town.key] = town_roads(town, plan, seed)
        built = []
        for school, campus in zip(wanted, campuses, strict=True):
            if campus is None:
                continue
            school.campus = campus
            middle = campus.shape.representative_point()
            lon, lat = town.to_degrees([middle.x], [middle.y])
            school.district = str(districts.of_points(lon, lat)[0]) or town.district
            school.land_area_m2 = float(round(campus.shape.area, -1)) if school.area_is_known else None
            campus.gates = campus.gates if school.gates_are_known else []
            names.name(school)
            built.append(school)
        slots = find_slots(town, plan, seed)
        scene = survey(built, slots, street_bustle(slots, town, seed))
        set_goals(scene, town, districts, seed)
        for school in built:
            complete_record(school, Dice(seed, school.key, "record"), reference_on)
        places += site_places(town, scene, counts[town.key], seed)
        schools += built
        scenes[town.key] = scene
    places += _special_places(towns, scenes, districts, seed)
    complete_records(places, seed, reference_on)
    links = link_roads(towns, roads, districts, seed)
    all_roads = [road for town in towns for road in roads[town.key]] + links
    return City(towns, schools, places, place_posts(schools, seed), all_roads, districts)


def _special_places(
    towns: list[Settlement], scenes: dict[str, TownScene], districts: Districts, seed: int
) -> list[Place]:
    dice = Dice(seed, "special")
    urban = [town for town in towns if town.tier in {"city", "seat"}]
    makers: tuple[Callable[[Settlement, TownScene, Dice], Place | None], ...] = (
        place_inside_campus,
        place_shared_by_two,
        place_at_exact_limit,
    )
    found: list[Place | None] = []
    for make in makers:
        tries = (make(town, scenes[town.key], dice) for town in urban)
        found.append(next((place for place in tries if place is not None), None))
    border = [town for town in towns if town.tier == "border"]
    found += [place_across_border(town, scenes[town.key], districts, dice) for town in border]
    return [place for place in found if place is not None]
