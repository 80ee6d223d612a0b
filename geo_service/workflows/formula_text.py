"""Text that a spreadsheet program would run as a formula, made plain."""

from typing import Final

# Beside the ASCII signs the full-width ones, which Chinese and Japanese spreadsheet programs also take.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def formula_safe(value: object) -> object:
    """Return text that begins like a formula with a leading apostrophe; all else, numbers too, as it is."""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value
