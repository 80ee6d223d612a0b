"""The table of styles: legible by WCAG's figures, told apart by colour-blind readers, repeated in the style sheet."""

import colorsys
import itertools
import re

import numpy as np
import pytest

from geo_service.model.vocabulary import CATEGORIES, POST_KINDS, SCHOOL_STATES
from geo_service.render import STYLE_TABLE, asset_text
from geo_service.render.assets_manifest import icon_path_data

# Machado, Oliveira, Fernandes 2009, severity 1.0, on linear RGB.
SIGHT = {
    "ordinary": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
WHITE = "#FFFFFF"


def linear(color):
    channels = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def luminance(color):
    return float(linear(color) @ [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    """WCAG 2.2, contrast ratio."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(color, sight):
    rgb = np.clip(SIGHT[sight] @ linear(color), 0, 1)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ rgb
    x, y, z = (
        v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in xyz / np.array([0.9505, 1.0, 1.089])
    )
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_every_key_of_the_vocabulary_has_a_style_and_no_other_has():
    assert set(STYLE_TABLE.states) == set(SCHOOL_STATES)
    assert set(STYLE_TABLE.categories) == set(CATEGORIES)
    assert set(STYLE_TABLE.posts) == set(POST_KINDS)
    assert {style.group for style in STYLE_TABLE.categories.values()} == set(STYLE_TABLE.groups)


@pytest.mark.parametrize("style", [*STYLE_TABLE.states.values(), *STYLE_TABLE.standings.values()])
def test_text_and_outlines_are_legible(style):
    assert contrast(style.ink, STYLE_TABLE.paper) >= 4.5
    assert contrast(style.ink, WHITE) >= 4.5
    assert contrast(style.on, style.color) >= 4.5


@pytest.mark.parametrize("group", STYLE_TABLE.groups.values(), ids=STYLE_TABLE.groups)
def test_icons_of_categories_are_legible(group):
    assert contrast(group.color, WHITE) >= 4.5
    assert contrast(group.color, STYLE_TABLE.paper) >= 4.5


@pytest.mark.parametrize("sight", SIGHT)
def test_states_differ_for_every_kind_of_sight(sight):
    # A difference of about 2 is just seen side by side (CIE 1976); markers lie apart, so ten times that.
    for (one, a), (other, b) in itertools.combinations(STYLE_TABLE.states.items(), 2):
        assert np.linalg.norm(lab(a.color, sight) - lab(b.color, sight)) >= 20, (one, other)


def test_states_differ_without_any_colour():
    looks = [(style.shape, style.hatched) for style in STYLE_TABLE.states.values()]
    assert len(set(looks)) == len(looks)


def test_unknown_is_hatched_and_never_green():
    for color in (STYLE_TABLE.states["unknown"].color, STYLE_TABLE.states["unknown"].ink):
        red, green, blue = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
        hue, _, saturation = colorsys.rgb_to_hls(red, green, blue)
        assert not (0.2 < hue < 0.5 and saturation > 0.1)
    assert STYLE_TABLE.states["unknown"].hatched


def test_style_sheet_uses_the_colours_of_the_table():
    named = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", asset_text("app.css")))
    for key, style in {**STYLE_TABLE.states, "survey": STYLE_TABLE.standings["survey"]}.items():
        assert named[key] == style.color.lower()
        assert named[f"{key}-ink"] == style.ink.lower()
    assert named["paper"] == STYLE_TABLE.paper.lower()
    assert named["ink"] == STYLE_TABLE.ink.lower()
    for tint in ("leads", "borderline", "survey", "clean"):
        assert contrast(named[f"{tint}-ink"], named[f"{tint}-tint"]) >= 4.5
    for paper in ("paper", "panel", "tint"):
        for text in ("ink", "soft", "accent"):
            assert contrast(named[text], named[paper]) >= 4.5, (text, paper)


@pytest.mark.parametrize(
    "icon",
    sorted({style.icon for style in [*STYLE_TABLE.categories.values(), *STYLE_TABLE.posts.values()]}),
)
def test_icons_are_outlines_on_the_grid(icon):
    path = icon_path_data(icon)
    assert re.fullmatch(r"[MmLlHhVvCcSsQqTtAaZz0-9eE,.\-\s]+", path)
    assert len(path) > 40
