"""The folium page shell: panes, scale and start view. No text of a user ever passes through folium or branca.

branca compiles rendered text a second time as a template, so only constants and numbers go in here; the data are
drawn by `static/map.js`, to which the shell hands its Leaflet map.
"""

import math
from dataclasses import dataclass
from functools import cache, lru_cache
from html.parser import HTMLParser
from typing import Final

import folium
from branca.element import Figure, MacroElement
from folium.elements import JSCSSMixin
from folium.map import CustomPane
from folium.template import Template

from geo_service.i18n import Language
from geo_service.render.assets_manifest import asset_manifest, content_hash, static_url

Bounds = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

# Lower to higher. Only the canvas of the places takes pointer events as a whole; SVG panes take them by shape.
PANES: Final[tuple[tuple[str, int, bool], ...]] = (
    ("geo-districts", 210, False),
    ("geo-roads", 220, False),
    ("geo-zones", 230, False),
    ("geo-names", 240, False),
    ("geo-places", 410, True),
    ("geo-campus", 420, False),
    ("geo-evidence", 430, False),
    ("geo-gates", 440, False),
    ("geo-posts", 445, False),
    ("geo-schools", 450, False),
    ("geo-labels", 460, False),
)

# Leaflet's scale knows "m" and "km" only. These are constants, so they may pass through the template.
_UNITS: Final[dict[Language, tuple[str, str]]] = {"zh": ("米", "公里"), "en": ("m", "km")}


@dataclass(frozen=True, slots=True)
class MapShell:
    """What folium contributes to a page: the map's element, its script and its style as separate texts."""

    body_html: str
    script: str
    style: str

    @property
    def script_url(self) -> str:
        """Return the address under which the script is to be served."""
        return static_url("shell.js", content_hash(self.script.encode()))

    @property
    def style_url(self) -> str:
        """Return the address under which the style is to be served."""
        return static_url("shell.css", content_hash(self.style.encode()))


class _HandOver(MacroElement):
    """Adds the scale and gives the Leaflet map to our own script."""

    _template = Template("""
        {% macro script(this, kwargs) %}
            const scale = L.control.scale({metric: true, imperial: false, maxWidth: 140, position: "bottomleft"});
            scale._updateMetric = (most) => {
                const metres = scale._getRoundNum(most);
                const text = 1000 > metres ? `${metres} {{ this.metre }}` : `${metres / 1000} {{ this.kilometre }}`;
                scale._updateScale(scale._mScale, text, metres / most);
            };
            scale.addTo({{ this._parent.get_name() }});
            {{ this._parent.get_name() }}.setMinZoom(5).setMaxZoom(19);
            {{ this._parent.get_name() }}.attributionControl.setPrefix(false);
            {{ this._parent.get_name() }}.fitBounds({{ this.corners | tojson }}, {animate: false});
            globalThis.geoShell = {{ this._parent.get_name() }};
        {% endmacro %}
    """)

    def __init__(self, bounds: Bounds, language: Language) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca leaves it without types
        self.metre, self.kilometre = _UNITS[language]
        self._name = "HandOver"
        west, south, east, north = bounds
        self.corners = [[south, west], [north, east]]


@lru_cache(maxsize=32)
def map_shell(*, bounds: Bounds, language: Language) -> MapShell:
    """Return the shell of a map page.

    Parameters
    ----------
    bounds
        West, south, east, north of the start view in degrees.
    language
        Of the units of the scale, the only text in the shell.

    Raises
    ------
    ValueError
        If the bounds are not finite lon/lat with west < east and south < north.
    """
    west, south, east, north = (round(float(value), 6) for value in bounds)
    if not all(map(math.isfinite, (west, south, east, north))):
        raise ValueError("bounds are not finite")
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise ValueError("bounds are not west, south, east, north in degrees")
    _localise_folium()
    shell = folium.Map(
        location=[(south + north) / 2, (west + east) / 2],
        tiles=None,
        zoom_control=False,
        zoom_start=10,
        fade_animation=False,
        zoom_snap=0.5,
        zoom_delta=1,
        wheel_px_per_zoom_level=90,
    )
    shell._id = "geo"
    for name, z_index, takes_pointer in PANES:
        pane = CustomPane(name, z_index=z_index, pointer_events=takes_pointer)
        pane._id = name.replace("-", "_")
        shell.add_child(pane)
    hand_over = _HandOver((west, south, east, north), language)
    hand_over._id = "geo"
    shell.add_child(hand_over)
    figure = shell.get_root()
    assert isinstance(figure, Figure)
    figure._id = "geo"
    figure.render()
    parts = _Parts()
    parts.feed(figure.header.render())
    return MapShell(
        body_html=figure.html.render().strip(),
        script=_tidy(figure.script.render()),
        style=_tidy("\n".join(parts.styles)),
    )


@cache
def _localise_folium() -> None:
    """Point every folium class to our own files, once: as delivered they load from four foreign hosts."""
    manifest = asset_manifest()
    waiting = [JSCSSMixin]
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        kind.default_js = []
        kind.default_css = []
    folium.Map.default_js = [("leaflet", manifest["leaflet.js"].url)]
    folium.Map.default_css = [("leaflet_css", manifest["leaflet.css"].url)]


class _Parts(HTMLParser):
    """Collects the text of the style elements of folium's page head."""

    def __init__(self) -> None:
        super().__init__()
        self.styles: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "style"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.styles.append(data)


def _tidy(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines() if line.strip()) + "\n"
