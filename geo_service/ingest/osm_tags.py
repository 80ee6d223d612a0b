"""The OpenStreetMap tags that mean schools, places of the vocabulary, and gates."""

from typing import Any, Final

from geo_service.model.vocabulary import CATEGORIES

SCHOOL_TAGS: Final = frozenset({("amenity", "school"), ("amenity", "kindergarten")})
PLACE_TAGS: Final[dict[tuple[str, str], str]] = {
    pair: category.key for category in CATEGORIES.values() for pair in category.osm
}
PLACE_KEYS: Final = ("amenity", "tourism", "leisure", "shop", "sport")  # the first that fits decides
GATE_BARRIERS: Final = frozenset({"gate", "lift_gate", "swing_gate", "sliding_gate", "entrance"})


def place_category(tags: Any) -> str | None:
    """Return the category of a place by the first of its tags that the vocabulary knows."""
    for key in PLACE_KEYS:
        if key in tags and (category := PLACE_TAGS.get((key, tags[key]))) is not None:
            return category
    return None


def area_role(tags: Any) -> str | None:
    """Return `school` or `place` for tags that mean one, on a point or an area; else None."""
    if "amenity" in tags and ("amenity", tags["amenity"]) in SCHOOL_TAGS:
        return "school"
    return "place" if place_category(tags) is not None else None


def is_gate(tags: Any) -> bool:
    """Say whether the tags of a point mean an opening or an entrance."""
    return tags.get("barrier", "") in GATE_BARRIERS or tags.get("entrance", "no") != "no"
