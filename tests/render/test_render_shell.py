"""The folium shell: constants only, one hand-over, nothing that points off the machine."""

import math

import folium
import pytest
from folium.elements import JSCSSMixin
from hypothesis import given
from hypothesis import strategies as st

from geo_service.render import asset_manifest, map_shell
from geo_service.render.shell import PANES

BOUNDS = (112.25, 28.38, 114.17, 29.87)


def _kinds(kind=JSCSSMixin):
    for child in kind.__subclasses__():
        yield child
        yield from _kinds(child)


def test_shell_has_no_address_and_no_inline_parts():
    shell = map_shell(bounds=BOUNDS, language="zh")
    for part in (shell.body_html, shell.script, shell.style):
        assert "http" not in part.lower()
        assert "//" not in part
    assert "<script" not in shell.body_html
    assert "style" not in shell.body_html
    assert "<" not in shell.script
    assert "<" not in shell.style


def test_every_folium_class_is_pointed_to_our_files_or_to_none():
    map_shell(bounds=BOUNDS, language="zh")
    ours = {asset.url for asset in asset_manifest().values()}
    kinds = list(_kinds())
    assert folium.Map in kinds
    assert len(kinds) >= 4
    for kind in kinds:
        addresses = [url for _, url in [*kind.default_js, *kind.default_css]]
        assert set(addresses) <= ours, kind


def test_a_whole_folium_page_names_no_foreign_host():
    map_shell(bounds=BOUNDS, language="zh")
    page = folium.Map(location=[29.3, 113.1], tiles=None)
    folium.Marker([29.3, 113.1]).add_to(page)
    assert "://" not in page.get_root().render()


def test_shell_is_the_same_each_time_and_its_address_follows_its_content():
    first = map_shell(bounds=BOUNDS, language="zh")
    map_shell.cache_clear()
    again = map_shell(bounds=BOUNDS, language="zh")
    assert first == again
    assert first.script_url == again.script_url
    other = map_shell(bounds=(100.0, 20.0, 101.0, 21.0), language="zh")
    assert other.script_url != first.script_url
    assert other.style_url == first.style_url


def test_panes_scale_and_hand_over_are_in_the_script():
    script = map_shell(bounds=BOUNDS, language="zh").script
    for name, z_index, _ in PANES:
        assert f'"{name}"' in script
        assert f"zIndex = {z_index}" in script
    assert "imperial: false" in script
    assert "setPrefix(false)" in script
    assert script.rstrip().endswith("globalThis.geoShell = map_geo;")


@pytest.mark.parametrize(
    "bounds",
    [
        (113.0, 29.0, 113.0, 30.0),
        (114.0, 29.0, 113.0, 30.0),
        (113.0, 30.0, 114.0, 29.0),
        (math.nan, 29.0, 114.0, 30.0),
        (113.0, 29.0, math.inf, 30.0),
        (-190.0, 29.0, 114.0, 30.0),
        (113.0, 29.0, 114.0, 91.0),
    ],
)
def test_bounds_that_are_none_are_refused(bounds):
    with pytest.raises(ValueError, match="bounds"):
        map_shell(bounds=bounds, language="zh")


@given(
    west=st.floats(-180, 179, allow_nan=False),
    south=st.floats(-90, 89, allow_nan=False),
    size=st.floats(0.001, 1),
)
def test_any_good_bounds_make_a_script_of_plain_numbers(west, south, size):
    script = map_shell(bounds=(west, south, west + size, south + size), language="en").script
    assert "http" not in script
    assert "{{" not in script
    assert "nan" not in script.lower()
