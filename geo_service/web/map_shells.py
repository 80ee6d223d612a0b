"""The folium shells that pages refer to: built once per extent and language, found again by their address."""

from collections import OrderedDict
from threading import Lock
from typing import Final

from geo_service.i18n import Language
from geo_service.render import MapShell, map_shell

_KEPT: Final = 16
_SCRIPT: Final = "text/javascript; charset=utf-8"
_STYLE: Final = "text/css; charset=utf-8"

Bounds = tuple[float, float, float, float]


class MapShells:
    """Shells by extent and language; the newest few are kept, enough for pages that are just being loaded."""

    def __init__(self) -> None:
        self._shells: OrderedDict[tuple[Bounds, Language], MapShell] = OrderedDict()
        self._lock = Lock()

    def shell(self, bounds: Bounds, language: Language) -> MapShell:
        """Return the shell of a page; folium is not thread-safe, so only one is built at a time."""
        key = (bounds, language)
        with self._lock:
            found = self._shells.get(key)
            if found is None:
                found = self._shells[key] = map_shell(bounds=bounds, language=language)
            self._shells.move_to_end(key)
            while len(self._shells) > _KEPT:
                self._shells.popitem(last=False)
        return found

    def text_of(self, url: str) -> tuple[bytes, str] | None:
        """Return content and media type of a shell's script or style by its address, or None."""
        with self._lock:
            shells = list(self._shells.values())
        for shell in shells:
            if url == shell.script_url:
                return shell.script.encode(), _SCRIPT
            if url == shell.style_url:
                return shell.style.encode(), _STYLE
        return None
