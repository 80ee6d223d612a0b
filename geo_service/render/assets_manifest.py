"""The browser files that the service carries, each with an address that changes when its content does."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final
from xml.etree import ElementTree

from geo_service.errors import FileUnreadable
from geo_service.i18n import N_

STATIC: Final = Path(__file__).parent / "static"

_MEDIA_TYPES: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}

_FILES: Final = (
    "app.css",
    "map.js",
    "api-docs.js",
    "favicon.svg",
    "vendor/leaflet.js",
    "vendor/leaflet.css",
    "vendor/swagger-ui-bundle.js",
    "vendor/swagger-ui.css",
)


@dataclass(frozen=True, slots=True)
class Asset:
    """One static file; `url` carries the first eight digits of its hash, so it may be cached for ever."""

    name: str
    path: Path
    media_type: str
    sha256: str

    @property
    def url(self) -> str:
        """Return the path under which the service answers with the file."""
        return static_url(self.name, self.sha256)


def static_url(name: str, sha256: str) -> str:
    """Return the address of a static file by name and content."""
    return f"/static/{sha256[:8]}/{name}"


def content_hash(content: bytes) -> str:
    """Return the SHA-256 of a file's content as hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


@cache
def asset_manifest() -> Mapping[str, Asset]:
    """Return the static files by name (`map.js`, `leaflet.css` …).

    Raises
    ------
    FileUnreadable
        A file is missing: the package was not built.
    """
    assets = {}
    for relative in _FILES:
        path = STATIC / relative
        digest = content_hash(_read(path))
        assets[path.name] = Asset(path.name, path, _MEDIA_TYPES[path.suffix], digest)
    return MappingProxyType(assets)


def asset_text(name: str) -> str:
    """Return the text of a static file."""
    return asset_manifest()[name].path.read_text(encoding="utf-8")


@cache
def icon_path_data(icon: str) -> str:
    """Return the outline of an icon on the 15 px grid, as SVG path data.

    Raises
    ------
    FileUnreadable
        The icon is missing, or is not a drawing of paths only.
    """
    folder = STATIC / "vendor" / "icons" if "-" in icon else STATIC / "icons"
    path = folder / f"{icon}.svg"
    root = ElementTree.fromstring(_read(path))  # noqa: S314 - a file of the package itself
    drawn = [node for node in root.iter() if not node.tag.endswith("}svg")]
    if root.get("viewBox") != "0 0 15 15" or not all(node.tag.endswith("}path") for node in drawn):
        raise FileUnreadable(N_("The icon {path} is not made of paths on the 15 px grid."), path=path.name)
    return " ".join((node.get("d") or "").strip() for node in drawn)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise FileUnreadable(
            N_("The browser file {name} is missing from the installation."),
            hint=N_("Install the package again: pip install fetches these files with npm."),
            name=path.name,
        ) from error
