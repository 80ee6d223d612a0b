"""Languages of the interface: gettext catalogues, one `.po` file per room, read when first asked for.

Message ids are English; Simplified Chinese is the default language of every entrance.
"""

import gettext as _gettext
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Literal

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
DEFAULT_LANGUAGE: Language = "zh"
HTML_LANG: dict[Language, str] = {"zh": "zh-Hans", "en": "en"}


def N_(message: str) -> str:  # noqa: N802 - the name that gettext's extractors look for
    """Mark a message id for extraction without translating it."""
    return message


@cache
def catalogue(language: Language) -> _gettext.NullTranslations:
    """Return the catalogue of a language; English is the message ids themselves."""
    if language == "en":
        return _gettext.NullTranslations()
    merged = Catalog(locale="zh_Hans_CN")
    for room in sorted(files(__package__).joinpath(language).iterdir(), key=lambda file: file.name):
        with room.open("rb") as source:
            for message in read_po(source, locale="zh_Hans_CN", abort_invalid=True):
                if message.id:
                    merged.add(message.id, message.string, context=message.context)
    compiled = BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return _gettext.GNUTranslations(compiled)


def translator(language: Language) -> Callable[[str], str]:
    """Return the `gettext` function of a language."""
    return catalogue(language).gettext


def as_language(text: str | None) -> Language | None:
    """Return the language named by a tag such as `zh-CN` or `en`, or None."""
    head = (text or "").lower().replace("_", "-").split("-")[0]
    return next((language for language in LANGUAGES if language == head), None)
