"""Results → pages: the folium shell, its script and styles, and map pages that stand alone."""

from geo_service.render.assets_manifest import Asset, asset_manifest, asset_text
from geo_service.render.page_config import FEATURE_LIMIT, MAP_URLS, page_config
from geo_service.render.shell import Bounds, MapShell, map_shell
from geo_service.render.standalone import json_block, standalone_page
from geo_service.render.style import STYLE_TABLE, CategoryStyle, Group, Style, StyleTable

__all__ = [
    "FEATURE_LIMIT",
    "MAP_URLS",
    "STYLE_TABLE",
    "Asset",
    "Bounds",
    "CategoryStyle",
    "Group",
    "MapShell",
    "Style",
    "StyleTable",
    "asset_manifest",
    "asset_text",
    "json_block",
    "map_shell",
    "page_config",
    "standalone_page",
]
