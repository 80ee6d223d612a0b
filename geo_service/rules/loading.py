"""Reading rule packs: TOML in, a checked RulePack out; a bad pack is refused with file, key and reason."""

import hashlib
import tomllib
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from pydantic import ValidationError

from geo_service.errors import RulePackRefused
from geo_service.i18n import N_
from geo_service.rules.pack import RulePack

DEFAULT_PACK = "yueyang.toml"
MAX_BYTES = 1_000_000


def default_pack_file() -> Traversable:
    """Return the file of the pack that ships with the service."""
    return files(__package__).joinpath("packs", DEFAULT_PACK)


def load_pack(path: Path | None = None) -> RulePack:
    """Load a rule pack; without a path the default pack that ships with the service.

    Raises
    ------
    RulePackRefused
        The file cannot be read, is no TOML, or breaks the format; names file, key and reason,
        all faults together.
    """
    name = DEFAULT_PACK if path is None else path.name
    source = default_pack_file() if path is None else path
    try:
        raw = source.read_bytes()
    except OSError as error:
        raise RulePackRefused(
            N_("The rule pack {file} cannot be read: {reason}."),
            hint=N_("Check the path and the file's permissions."),
            file=name,
            reason=error.strerror or type(error).__name__,
        ) from error
    if len(raw) > MAX_BYTES:
        raise RulePackRefused(
            N_("The rule pack {file} has {size} bytes; the limit is {limit}."),
            file=name,
            size=len(raw),
            limit=MAX_BYTES,
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _no_toml(name, str(error)) from error
    return parse_pack(text, name)


def parse_pack(text: str, name: str) -> RulePack:
    """Read a rule pack from the text of a file called `name`.

    Raises
    ------
    RulePackRefused
        The text is no TOML, or breaks the format; names file, key and reason, all faults together.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _no_toml(name, str(error)) from error
    content |= {"text": text, "sha256": hashlib.sha256(text.encode()).hexdigest()}
    try:
        return RulePack.model_validate(content)
    except ValidationError as error:
        faults = "; ".join(_fault_line(fault["loc"], fault["msg"], content) for fault in error.errors())
        raise RulePackRefused(
            N_("The rule pack {file} is refused: {reason}."),
            hint=N_("Start from a copy of the default pack: geo-service rules --export FILE."),
            file=name,
            reason=faults,
        ) from error


def _no_toml(name: str, reason: str) -> RulePackRefused:
    return RulePackRefused(
        N_("The rule pack {file} is not valid TOML in UTF-8: {reason}."),
        hint=N_("Start from a copy of the default pack: geo-service rules --export FILE."),
        file=name,
        reason=reason,
    )


def _fault_line(location: tuple[int | str, ...], reason: str, content: dict[str, object]) -> str:
    """Name a fault by rule id where there is one: `NET-200.distance_m: …` tells more than `rules.3.distance_m`."""
    keys = [str(part) for part in location]
    rules = content.get("rules")
    if (
        len(location) >= 2
        and location[0] == "rules"
        and isinstance(location[1], int)
        and isinstance(rules, list)
    ):
        rule = rules[location[1]]
        if isinstance(rule, dict) and isinstance(rule.get("id"), str):
            keys[:2] = [rule["id"]]
    return f"{'.'.join(keys) or 'pack'}: {reason.removeprefix('Value error, ')}"
