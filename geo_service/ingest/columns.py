"""Which column of a file becomes which column of the table."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from geo_service.errors import FileTooLarge, UnknownColumns
from geo_service.i18n import N_
from geo_service.ingest.headers import clean_header, looks_like_header, shown_headers
from geo_service.ingest.limits import HEADER_SEARCH_ROWS, MAX_COLUMNS
from geo_service.ingest.personal_headers import is_personal_header
from geo_service.model.tables import TABLES, Column, Kind

_DEGREES: Final = (
    ("lon", "lat"),
    ("lng", "lat"),
    ("longitude", "latitude"),
    ("long", "lat"),
    ("经度", "纬度"),
    ("东经", "北纬"),
    ("经度坐标", "纬度坐标"),
    ("经", "纬"),
)
_METRES: Final = (
    ("x", "y"),
    ("坐标x", "坐标y"),
    ("x坐标", "y坐标"),
    ("横坐标", "纵坐标"),
    ("东坐标", "北坐标"),
    ("easting", "northing"),
    ("pointx", "pointy"),
    ("coordx", "coordy"),
    ("xcoord", "ycoord"),
)
_GEOMETRY: Final = (
    "wkt",
    "geometry",
    "geom",
    "几何",
    "边界",
    "边界坐标",
    "wktgeometry",
    "thegeom",
    "shape",
    "范围",
    "几何wkt",
)
_SYSTEM_WORDS: Final = re.compile(
    r"wgs84|wgs|gcj02|gcj|bd09ll|bd09|bd|cgcs2000|天地图|(?:百度|高德|腾讯|火星)(?:地图)?|gps|baidu|amap|gaode|tencent"
    r"|国家2000|西安80|北京54|xian80|beijing54|bj54"
)
_UNSHIFTED: Final = ("wgs84", "wgs", "gps", "cgcs2000", "国家2000", "天地图")
_BRACKETS: Final = re.compile(r"[(\[【<〔].*?[)\]】>〕]")
_DATA_CELL: Final = re.compile(r"[+-]?\d+(\.\d+)?|\d{4}[-/年]\d{1,2}[-/月]\d{1,2}日?|[\d\-+() ]{7,}")


@dataclass(slots=True)
class Plan:
    """Which column of a file is used for what; positions are indices into `headers`.

    `winners` names, for each column that lost to another one, the target and the winner.
    """

    headers: list[str]
    targets: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    x: int | None = None
    y: int | None = None
    wkt: int | None = None
    dropped: dict[int, str] = field(default_factory=dict)
    losers: list[tuple[int, str, int]] = field(default_factory=list)

    def used(self) -> set[int]:
        """Return the positions of the columns whose cells are needed."""
        places = {place for place in (self.x, self.y, self.wkt) if place is not None}
        return places | set(self.targets.values())

    def ignored(self) -> list[str]:
        """Return the headers that are neither used nor dropped."""
        used = self.used()
        return [
            header
            for place, header in enumerate(self.headers)
            if header and place not in used and place not in self.dropped
        ]

    def drop(self, place: int, reason: str) -> None:
        """Take a column out because it is about people."""
        self.dropped[place] = reason
        for target in [target for target, used in self.targets.items() if used == place]:
            del self.targets[target], self.reasons[target]
        self.losers = [loser for loser in self.losers if loser[0] != place]


def normal_header(text: str) -> str:
    """Return a header without case, width, blanks, brackets (units, remarks) and punctuation."""
    wide = unicodedata.normalize("NFKC", text).replace("\ufeff", "")
    outside = _BRACKETS.sub("", wide) or wide
    return re.sub(r"[\s_\-.:：*＊#/、]+", "", outside).casefold()


def header_unit(text: str) -> str:
    """Return what stands in the last brackets of a header, such as 亩 in 占地面积（亩）, or nothing."""
    found = re.findall(r"[(\[【](.*?)[)\]】]", unicodedata.normalize("NFKC", text))
    return found[-1].strip().casefold() if found else ""


@cache
def _aliases(kind: Kind) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    return tuple((column.name, tuple(_names(column))) for column in TABLES[kind].columns)


def _names(column: Column) -> Iterator[tuple[str, str]]:
    yield normal_header(column.name), "name"
    for label in (column.zh, column.en):
        yield normal_header(label), "label"
    for alias in column.aliases:
        yield normal_header(alias), "alias"


@cache
def _all_words() -> frozenset[str]:
    """Return every header that is known in some table."""
    words = {name for kind in TABLES for _target, names in _aliases(kind) for name, _reason in names}
    return frozenset(words.union(_GEOMETRY, *_DEGREES, *_METRES))


def make_plan(headers: Sequence[str], kind: Kind, *, metric: bool, has_geometry: bool) -> Plan:
    """Map the headers of a file to the columns of a table.

    Where two headers fit one column, the earlier name of the contract wins (own name, labels, aliases in
    their order) and the other is reported. With `metric`, pairs such as X/Y go before longitude/latitude.

    Raises
    ------
    UnknownColumns
        If two headers are the same.
    FileTooLarge
        If there are more than 2 000.
    """
    plan = Plan([clean_header(header) for header in headers])
    _refuse_repeated(plan.headers)
    normal = [normal_header(header) for header in plan.headers]
    known = {name for _target, names in _aliases(kind) for name, _reason in names}
    known.update(_GEOMETRY)
    for place, header in enumerate(plan.headers):
        if normal[place] not in known and is_personal_header(header):
            plan.dropped[place] = "personal-header"
    free = {place for place, name in enumerate(normal) if name and place not in plan.dropped}
    for target, names in _aliases(kind):
        order = dict.fromkeys(
            (place, reason) for name, reason in names for place in sorted(free) if normal[place] == name
        )
        places = list(dict.fromkeys(place for place, _reason in order))
        if places:
            plan.targets[target], plan.reasons[target] = next(iter(order))
            free.difference_update(places)
            plan.losers += [(place, target, places[0]) for place in places[1:]]
    if not has_geometry:
        _find_coordinates(plan, normal, free, metric=metric)
    return plan


def _find_coordinates(plan: Plan, normal: list[str], free: set[int], *, metric: bool) -> None:
    by_name = {normal[place]: place for place in sorted(free, reverse=True)}
    plan.wkt = next((by_name[name] for name in _GEOMETRY if name in by_name), None)
    pairs = _METRES + _DEGREES if metric else _DEGREES + _METRES
    systems = {place: system_word(plan.headers[place]) for place in free}
    for wanted in dict.fromkeys((None, *_UNSHIFTED, *systems.values())):
        # both columns of a pair must be of one system; one of them may leave it out
        fitting = [place for place in free if systems[place] in {None, wanted}]
        fitting.sort(key=lambda place: (systems[place] == wanted, -place))
        names = {_SYSTEM_WORDS.sub("", normal[place]): place for place in fitting}
        for x, y in pairs:
            if x in names and y in names:
                plan.x, plan.y = names[x], names[y]
                return


def require_columns(plan: Plan, kind: Kind, required: Collection[str], *, file: str, located: bool) -> None:
    """Refuse a file in which required columns or the coordinates cannot be found.

    Raises
    ------
    UnknownColumns
        Naming what is missing and the headers that are there; headers that look like data are not shown.
    """
    table = TABLES[kind]
    missing = [
        f"{table.by_name[name].zh} ({name})"
        for name in table.by_name
        if name in required and name not in plan.targets
    ]
    if not (located or plan.wkt is not None or plan.x is not None):
        missing.append("经度/纬度 (lon, lat)")
    if not missing:
        return
    words = _all_words()
    known = [header for header in plan.headers if normal_header(header) in words]
    if not known and any(not looks_like_header(header) for header in plan.headers if header):
        raise UnknownColumns(
            N_("{file} has no row of column names: its first row looks like data. Missing: {missing}."),
            hint=N_("Put a row of column names on top."),
            file=file,
            missing="、".join(missing),
        )
    others = [header for place, header in enumerate(plan.headers) if header and place not in plan.dropped]
    raise UnknownColumns(
        N_("{file} lacks the columns {missing}. It has: {headers}."),
        hint=N_("Rename the columns, or add the missing ones."),
        file=file,
        missing="、".join(missing),
        headers="、".join(shown_headers(others, known)[:40]) or "–",
    )


def find_header(rows: Sequence[Sequence[str]], kind: Kind) -> int:
    """Return the position of the header among the first rows: the first that names the most columns."""
    known = {name for _target, names in _aliases(kind) for name, _reason in names}
    known.update(name for pair in _DEGREES + _METRES for name in pair)
    known.update(_GEOMETRY)
    scores = [
        len({normal_header(cell) for cell in row if len(cell) <= 60} & known)
        for row in rows[:HEADER_SEARCH_ROWS]
    ]
    return scores.index(max(scores)) if scores and max(scores) > 1 else 0


def system_word(header: str) -> str | None:
    """Return the word of a header that names a coordinate system, also in brackets, or None."""
    plain = re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFKC", header)).casefold()
    found = _SYSTEM_WORDS.search(plain)
    return found.group() if found else None


def _refuse_repeated(headers: list[str]) -> None:
    if len(headers) > MAX_COLUMNS:
        raise FileTooLarge(
            N_("The table has {columns} columns; at most {maximum} are read."),
            hint=N_("Delete the columns that are not needed."),
            columns=len(headers),
            maximum=MAX_COLUMNS,
        )
    seen: dict[str, str] = {}
    for header in headers:
        key = unicodedata.normalize("NFKC", header).casefold()
        if key and key in seen:
            raise UnknownColumns(
                N_("Two columns have the same name: {header}."),
                hint=N_("Give every column a name of its own."),
                header=header[:60] if looks_like_header(header) else "…",
            )
        seen[key] = header
