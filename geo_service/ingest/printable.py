"""Names and cells that are safe to print: no control characters, no marks that turn the text, no halves."""

import unicodedata
from pathlib import Path
from typing import Final

from geo_service.ingest.personal_numbers import mask_text

_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Zl", "Zp"})  # controls, format marks (bidi too), line separators
_NUMBER_CHARS: Final = 60  # a number that begins within a name is seen whole
_NAME_CHARS: Final = 300  # a name is shown in messages; longer ones are cut


def printable(text: str, filler: str = _REPLACEMENT) -> str:
    """Return a text in which invisible characters are replaced by a filler, and lone surrogates by U+FFFD.

    A terminal obeys control characters and a page obeys bidirectional marks; lone surrogates (bytes of a file
    name that are not UTF-8, `\\ud800` in JSON) can be written neither as JSON nor into a database.
    """
    if text.isascii() and text.isprintable():
        return text
    kinds = [unicodedata.category(letter) for letter in text]
    return "".join(
        filler if kind in _INVISIBLE else _REPLACEMENT if kind == "Cs" else letter
        for letter, kind in zip(text, kinds, strict=True)
    )


def shown_name(text: str, longest: int = _NAME_CHARS) -> str:
    """Return a name that a file brought along as it may be shown and stored: printable, numbers masked."""
    return mask_text(printable(text[: longest + _NUMBER_CHARS]))[:longest]


def shown_file(path: Path) -> str:
    """Return the name of a file as it may be shown and stored."""
    return shown_name(path.name or str(path))
