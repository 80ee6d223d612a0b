"""The table of colours, shapes and icons, shared by the map and by printed documents.

Urgency has one colour everywhere, for schools and for places: red for leads, amber for borderline, blue for "to
be surveyed". Shape or hatching repeats what colour says, so that the map also works in grey print and for
colour-blind readers. Nothing that is unknown is ever green. `tests/render` computes the contrasts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from geo_service.i18n import N_

Shape = Literal["diamond", "triangle", "square", "ring", "circle", "door"]


@dataclass(frozen=True, slots=True)
class Style:
    """How one word of the vocabulary looks.

    `color` fills areas and markers, `ink` (darker) draws outlines and text on paper, `on` is text upon `color`.
    """

    color: str
    ink: str
    on: str = "#FFFFFF"
    shape: Shape = "circle"
    hatched: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A family of place categories in the legend; `label` is a message id."""

    label: str
    color: str


@dataclass(frozen=True, slots=True)
class CategoryStyle:
    """A category's family and its icon, the name of an SVG file on the 15 px grid."""

    group: str
    icon: str


@dataclass(frozen=True, slots=True)
class StyleTable:
    """All styles by the keys of the vocabulary."""

    paper: str
    ink: str
    states: Mapping[str, Style]
    standings: Mapping[str, Style]
    gates: Mapping[str, Style]
    posts: Mapping[str, CategoryStyle]
    post_color: str
    groups: Mapping[str, Group]
    categories: Mapping[str, CategoryStyle]

    def category_color(self, category: str) -> str:
        """Return the colour of a category: that of its family."""
        return self.groups[self.categories[category].group].color


_LEADS = Style("#B42318", "#8E1B12", shape="diamond")
_BORDERLINE = Style("#E39A12", "#7F4A00", on="#1F2A37", shape="triangle")
_SURVEY = Style("#2E6FB7", "#1F5590", shape="square")
_UNKNOWN = Style("#525B68", "#454D59", shape="ring", hatched=True)
_CLEAN = Style("#5DB39C", "#1D6B58", on="#10261F", shape="circle")

STYLE_TABLE: Final = StyleTable(
    paper="#F7F5F0",
    ink="#1F2A37",
    states=MappingProxyType(
        {
            "leads": _LEADS,
            "borderline": _BORDERLINE,
            "unknown": _UNKNOWN,
            "clean": _CLEAN,
        }
    ),
    # Of a place: its band, or "survey" where only an inspection campaign reaches it.
    standings=MappingProxyType(
        {
            "inside": _LEADS,
            "borderline": _BORDERLINE,
            "survey": _SURVEY,
            "outside": Style("#6E7683", "#454D59"),
        }
    ),
    gates=MappingProxyType(
        {
            "covered": Style("#1E4E79", "#163A5A", shape="door"),
            "uncovered": Style("#FFFFFF", "#163A5A", on="#163A5A", shape="door"),
            "unchecked": Style("#C9CED6", "#454D59", on="#1F2A37", shape="door", hatched=True),
        }
    ),
    posts=MappingProxyType(
        {
            "escort": CategoryStyle("post", "temaki-shield"),
            "peak_duty": CategoryStyle("post", "maki-police"),
            "police_post": CategoryStyle("post", "temaki-police_officer"),
        }
    ),
    post_color="#1E4E79",
    groups=MappingProxyType(
        {
            "leisure": Group(N_("Culture and leisure"), "#6D3C8F"),
            "lodging": Group(N_("Lodging and rental"), "#3A5470"),
            "tobacco": Group(N_("Tobacco, alcohol, lottery"), "#8A3B5E"),
            "retail": Group(N_("Retail"), "#77562B"),
            "catering": Group(N_("Food and after-school care"), "#586820"),
            "hazard": Group(N_("Hazardous goods"), "#343B46"),
        }
    ),
    categories=MappingProxyType(
        {
            "net_cafe": CategoryStyle("leisure", "net_cafe"),
            "arcade": CategoryStyle("leisure", "maki-gaming"),
            "ktv": CategoryStyle("leisure", "maki-karaoke"),
            "bar": CategoryStyle("leisure", "maki-bar"),
            "rental": CategoryStyle("lodging", "maki-home"),
            "hotel_budget": CategoryStyle("lodging", "maki-lodging"),
            "esports_hotel": CategoryStyle("lodging", "temaki-bunk_beds"),
            "shop": CategoryStyle("retail", "maki-convenience"),
            "tobacco": CategoryStyle("tobacco", "tobacco"),
            "ecig": CategoryStyle("tobacco", "ecig"),
            "alcohol": CategoryStyle("tobacco", "maki-alcohol-shop"),
            "lottery": CategoryStyle("tobacco", "temaki-ticket"),
            "chess_mahjong": CategoryStyle("leisure", "temaki-dice"),
            "billiards": CategoryStyle("leisure", "billiards"),
            "adult": CategoryStyle("retail", "maki-heart"),
            "stall": CategoryStyle("catering", "maki-fast-food"),
            "book_av": CategoryStyle("retail", "maki-library"),
            "aftercare": CategoryStyle("catering", "maki-restaurant-noodle"),
            "firework": CategoryStyle("hazard", "temaki-rocket_firework"),
            "hazchem": CategoryStyle("hazard", "temaki-storage_drum"),
            "fuel": CategoryStyle("hazard", "maki-fuel"),
        }
    ),
)
