"""Zones, screening and priority: which places are how far from which school, and what remains to be done."""

from geo_service.perimeter.campus import Campuses, campuses_of
from geo_service.perimeter.pairs import Pairs, pairs_within
from geo_service.perimeter.priority import Weights, load_weights, school_results
from geo_service.perimeter.screening import Screening, screen
from geo_service.perimeter.zones import zone_polygons

__all__ = [
    "Campuses",
    "Pairs",
    "Screening",
    "Weights",
    "campuses_of",
    "load_weights",
    "pairs_within",
    "school_results",
    "screen",
    "zone_polygons",
]
