"""Labels of the vocabulary for pages and exports, in the language of the reader."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from geo_service.i18n import Language
from geo_service.model.vocabulary import (
    BANDS,
    CATEGORIES,
    DEPARTMENTS,
    FORCES,
    LICENCE_STATUSES,
    MEANINGS,
    METHODS,
    POST_KINDS,
    ROAD_CLASSES,
    RULE_STATUSES,
    SCHOOL_STATES,
    STAGES,
    Term,
)

VOCABULARIES: Final[Mapping[str, Mapping[str, Term]]] = MappingProxyType(
    {
        "bands": BANDS,
        "categories": CATEGORIES,
        "departments": DEPARTMENTS,
        "forces": FORCES,
        "licence_statuses": LICENCE_STATUSES,
        "meanings": MEANINGS,
        "methods": METHODS,
        "post_kinds": POST_KINDS,
        "road_classes": ROAD_CLASSES,
        "rule_statuses": RULE_STATUSES,
        "stages": STAGES,
        "states": SCHOOL_STATES,
    }
)


def label_of(vocabulary: Mapping[str, Term], key: str | None, language: Language) -> str:
    """Return the label of a key; nothing for None, and an unknown key as it is."""
    if key is None:
        return ""
    term = vocabulary.get(key)
    return term.label(language) if term else key
