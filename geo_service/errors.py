"""The tree of errors: each class has a stable code, a message that names the place, and a cure.

GeoServiceError
├── InputRefused            a whole file or table is refused, nothing of it is stored
│   ├── FileUnreadable      it cannot be opened or parsed, or is cut off
│   ├── FormatMismatch      its content is not what its name says, or no format we read
│   ├── FileTooLarge        it is over a stated limit
│   ├── EmptyInput          it has no data rows, or none of them is good
│   ├── UnknownColumns      the columns this kind of table needs were not found
│   ├── CrsError            coordinates and the declared system do not belong together
│   │   ├── UnknownCrs      no such system
│   │   ├── UnsupportedCrs  a system that needs local parameters (Xi'an 80, Beijing 54, city grids)
│   │   └── CrsMismatch     declared system against file or values
│   └── ContractError       a table breaks its contract; all faults together
├── RulePackRefused         a rule pack is invalid; file, key and reason
├── UnknownRulePack         no pack covers the district and date
├── NotMetricError          metres were asked of a geometry that has none
├── StoreError
│   ├── StoreMissing        there is no store at the address yet
│   ├── StoreNewer          the store was written by a newer version
│   └── StoreUnavailable    it cannot be reached or written
├── NothingToScreen         a screening lacks schools, places or rules
├── NotFound                no such record (or not in the caller's scope)
├── SettingsRefused         a setting has a value that is not allowed; names it, never the value
├── PortUnavailable         the port is taken or may not be used
└── UnsafeBinding           the service would be reachable from outside without users
"""

from collections.abc import Callable
from typing import ClassVar


class GeoServiceError(Exception):
    """An error with a stable `code`, an English message pattern, its parameters and a hint.

    Patterns are gettext message ids: entrances translate them with `render`, logs use `str(error)`.

    Parameters
    ----------
    message
        Pattern for `str.format`, marked with `N_` where it is written.
    hint
        What the user can do about it; a pattern too, may be empty.
    params
        Values for both patterns.
    """

    code: ClassVar[str] = "internal"

    def __init__(self, message: str, *, hint: str = "", **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.params = params

    def render(self, translate: Callable[[str], str]) -> tuple[str, str]:
        """Return message and hint in the language of `translate`, with the parameters filled in."""
        hint = translate(self.hint).format(**self.params) if self.hint else ""
        return translate(self.message).format(**self.params), hint

    def __str__(self) -> str:
        message, hint = self.render(lambda text: text)
        return f"{message} {hint}".strip()


class InputRefused(GeoServiceError):
    """A file or table is refused as a whole; nothing of it is stored."""

    code = "input-refused"


class FileUnreadable(InputRefused):
    """The file cannot be opened or parsed, or is cut off."""

    code = "file-unreadable"


class FormatMismatch(InputRefused):
    """The content is not what the name says, or is of no format that is read."""

    code = "format-mismatch"


class FileTooLarge(InputRefused):
    """The file, or what it unpacks to, is over a stated limit."""

    code = "file-too-large"


class EmptyInput(InputRefused):
    """The file has no data rows, or none of them is good."""

    code = "empty-input"


class UnknownColumns(InputRefused):
    """Columns that this kind of table needs were not found."""

    code = "unknown-columns"


class CrsError(InputRefused):
    """Coordinates and the declared coordinate system do not belong together."""

    code = "crs-error"


class UnknownCrs(CrsError):
    """No coordinate system of that name."""

    code = "unknown-crs"


class UnsupportedCrs(CrsError):
    """A known system that cannot be converted without local parameters."""

    code = "unsupported-crs"


class CrsMismatch(CrsError):
    """The declared system contradicts the file or its values."""

    code = "crs-mismatch"


class ContractError(InputRefused):
    """A table breaks its contract. `faults` lists every fault found, not only the first."""

    code = "contract"

    def __init__(self, message: str, *, faults: list[str], hint: str = "", **params: object) -> None:
        super().__init__(message, hint=hint, faults_text="; ".join(faults), **params)
        self.faults = faults


class RulePackRefused(GeoServiceError):
    """A rule pack is invalid; the message names file, key and reason."""

    code = "rule-pack-refused"


class UnknownRulePack(GeoServiceError):
    """No rule pack covers the district and date."""

    code = "unknown-rule-pack"


class NotMetricError(GeoServiceError):
    """Metres were asked of a geometry whose coordinates have none."""

    code = "not-metric"


class StoreError(GeoServiceError):
    """The store cannot do what was asked."""

    code = "store"


class StoreMissing(StoreError):
    """There is no store at the address yet."""

    code = "store-missing"


class StoreNewer(StoreError):
    """The store was written by a newer version of the program."""

    code = "store-newer"


class StoreUnavailable(StoreError):
    """The store cannot be reached or written."""

    code = "store-unavailable"


class NothingToScreen(GeoServiceError):
    """A screening lacks schools, places or rules."""

    code = "nothing-to-screen"


class NotFound(GeoServiceError):
    """No such record, or not in the caller's scope: both look alike."""

    code = "not-found"


class SettingsRefused(GeoServiceError):
    """A setting has a value that is not allowed; the message names the setting, never the value."""

    code = "settings-refused"


class PortUnavailable(GeoServiceError):
    """The port to listen on is taken or may not be used."""

    code = "port-unavailable"


class UnsafeBinding(GeoServiceError):
    """The service would be reachable from outside although it has no users yet."""

    code = "unsafe-binding"
