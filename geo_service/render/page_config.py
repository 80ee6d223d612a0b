"""The data block that tells the map script where its data are, how things are called and how they look."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any, Final

from geo_service.i18n import Language, translator
from geo_service.model.vocabulary import (
    BANDS,
    CATEGORIES,
    DEPARTMENTS,
    EVIDENCE_NOTES,
    FORCES,
    LICENCE_STATUSES,
    MEANINGS,
    METHODS,
    POST_KINDS,
    RULE_STATUSES,
    SCHOOL_STATES,
    STAGES,
    Term,
)
from geo_service.render.assets_manifest import icon_path_data
from geo_service.render.script_texts import SCRIPT_TEXTS
from geo_service.render.shell import Bounds
from geo_service.render.style import STYLE_TABLE

FEATURE_LIMIT: Final = 2_000

MAP_URLS: Final[Mapping[str, str]] = {
    **{
        name: f"/api/v1/map/{name}"
        for name in ("schools", "zones", "places", "gates", "posts", "roads", "districts", "summary")
    },
    "school": "/api/v1/schools/{id}",
    "place": "/api/v1/places/{id}",
    "table": "/api/v1/schools",
    "school_page": "/schools/{id}",
}
"""Where the script finds its data; `{id}` is replaced by the percent-encoded id."""


def page_config(
    *,
    language: Language,
    bounds: Bounds,
    urls: Mapping[str, str] = MAP_URLS,
    demo: bool = False,
    stale: bool = False,
    as_of: dt.date | str | None = None,
    feature_limit: int = FEATURE_LIMIT,
) -> dict[str, Any]:
    """Return the configuration of a map page; it holds nothing that a user has typed.

    Parameters
    ----------
    language
        Of all labels and texts.
    bounds
        West, south, east, north of the whole area in degrees.
    urls
        Addresses by name, see `MAP_URLS`; empty for a page that stands alone.
    demo, stale
        Whether the data are invented, and whether they changed after the screening.
    as_of
        Day of the screening, None before the first.
    feature_limit
        Number of places up to which the service sends single ones.
    """
    translate = translator(language)
    table = STYLE_TABLE

    def terms(words: Iterable[Term]) -> list[dict[str, Any]]:
        return [{"key": term.key, "label": term.label(language)} for term in words]

    return {
        "lang": language,
        "demo": demo,
        "stale": stale,
        "as_of": as_of.isoformat() if isinstance(as_of, dt.date) else as_of,
        "bounds": [float(edge) for edge in bounds],
        "urls": dict(urls),
        "limits": {"features": feature_limit},
        "vocabulary": {
            "categories": [
                {
                    "key": term.key,
                    "label": term.label(language),
                    "group": table.categories[term.key].group,
                    "color": table.category_color(term.key),
                    "icon": icon_path_data(table.categories[term.key].icon),
                }
                for term in CATEGORIES.values()
            ],
            "groups": [
                {"key": key, "label": translate(group.label), "color": group.color}
                for key, group in table.groups.items()
            ],
            "stages": terms(STAGES.values()),
            "states": [
                {"key": term.key, "label": term.label(language), "color": table.states[term.key].color}
                for term in SCHOOL_STATES.values()
            ],
            "post_kinds": [
                {
                    "key": term.key,
                    "label": term.label(language),
                    "icon": icon_path_data(table.posts[term.key].icon),
                }
                for term in POST_KINDS.values()
            ],
            "bands": terms(BANDS.values()),
            "methods": terms(METHODS.values()),
            "meanings": terms(MEANINGS.values()),
            "departments": terms(DEPARTMENTS.values()),
            "rule_statuses": terms(RULE_STATUSES.values()),
            "evidence_notes": terms(EVIDENCE_NOTES.values()),
            "licence_statuses": terms(LICENCE_STATUSES.values()),
            "forces": terms(FORCES.values()),
        },
        "look": {
            "states": {key: asdict(style) for key, style in table.states.items()},
            "standings": {key: asdict(style) for key, style in table.standings.items()},
            "gates": {key: asdict(style) for key, style in table.gates.items()},
            "post_color": table.post_color,
            "shield": icon_path_data("temaki-shield"),
        },
        "texts": {msgid: translate(msgid) for msgid in SCRIPT_TEXTS},
    }
