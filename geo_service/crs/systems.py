"""The coordinate systems that are accepted, by name or from a file, and why others are refused."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

import pyproj
from pyproj.enums import WktVersion
from pyproj.exceptions import CRSError

from geo_service.errors import UnknownCrs, UnsupportedCrs
from geo_service.i18n import N_

SystemKind = Literal["geographic", "projected", "gcj02", "bd09"]

ACCEPTED_NAMES: Final = "wgs84, cgcs2000, gcj02, bd09, EPSG:n (EPSG:4547, EPSG:4526, EPSG:32649, EPSG:3857 …)"


@dataclass(frozen=True, slots=True)
class System:
    """A coordinate system that can be converted to WGS 84.

    Parameters
    ----------
    key
        Stable name that `resolve_system` understands: `wgs84`, `cgcs2000`, `gcj02`, `bd09`, `EPSG:n`, or the WKT
        of a system that a file defines itself.
    zh, en
        Labels.
    accuracy_m
        What conversion to WGS 84 may add to the position, in metres. CGCS2000 is fixed at the epoch 2000.0
        while WGS 84 moves with the world: about 3 cm a year in China. GCJ-02 and BD-09 hide their true
        formulas; the public ones are met within about 1 m and 2 m.
    kind
        `projected` coordinates are metres, all others degrees.
    epsg
        EPSG code, if it has one.
    """

    key: str
    zh: str
    en: str
    accuracy_m: float
    kind: SystemKind
    epsg: int | None


_CGCS2000_ACCURACY_M: Final = 1.0

WGS84: Final = System("wgs84", "WGS 84 经纬度", "WGS 84 longitude/latitude", 0.0, "geographic", 4326)
CGCS2000: Final = System(
    "cgcs2000",
    "CGCS2000 经纬度（2000国家大地坐标系）",
    "CGCS2000 longitude/latitude",
    _CGCS2000_ACCURACY_M,
    "geographic",
    4490,
)
GCJ02: Final = System(
    "gcj02", "GCJ-02（高德、腾讯地图坐标）", "GCJ-02 (Amap, Tencent maps)", 1.0, "gcj02", None
)
BD09: Final = System("bd09", "BD-09（百度地图坐标）", "BD-09 (Baidu maps)", 2.0, "bd09", None)

_ALIASES: Final = {
    "wgs84": WGS84,
    "wgs1984": WGS84,
    "crs84": WGS84,
    "cgcs2000": CGCS2000,
    "国家2000": CGCS2000,
    "2000国家大地坐标系": CGCS2000,
    "gcj02": GCJ02,
    "火星坐标": GCJ02,
    "火星坐标系": GCJ02,
    "高德": GCJ02,
    "腾讯": GCJ02,
    "bd09": BD09,
    "bd09ll": BD09,
    "百度": BD09,
}
_BY_EPSG: Final = {4326: WGS84, 4490: CGCS2000}
_NEEDS_PARAMETERS: Final = re.compile(
    r"xi'?an|西安|beijing|北京|bj54|krass?ow?sky|克拉索夫斯基|地方|独立坐标|城市坐标|^local|engineering",
    re.IGNORECASE,
)
_EPSG: Final = re.compile(r"(?:urn:ogc:def:crs:)?(?:epsg[:/\s]*(?:[\d.]*:)?)?(\d{4,6})", re.IGNORECASE)
_CRS84: Final = re.compile(r"(?:urnogcdefcrs)?ogc[\d.]*crs84")
_ZONE_FAMILIES: Final = (
    range(4491, 4502),  # CGCS2000 6-degree zones 13-23 with zone number
    range(4502, 4513),  # the same by central meridian
    range(4513, 4534),  # CGCS2000 3-degree zones 25-45 with zone number
    range(4534, 4555),  # the same by central meridian
    range(32601, 32661),  # WGS 84 / UTM north
)
_WKT: Final = re.compile(r"(?:PROJ|GEOG|GEOD|BOUND|COMPOUND|ENG)[A-Z]*\s*\[", re.IGNORECASE)


def resolve_system(name: str) -> System:
    """Return the system of a name given by a user.

    Parameters
    ----------
    name
        `wgs84`, `cgcs2000`, `gcj02`, `bd09` (spaces, dashes and case do not matter), `EPSG:n` or `n`, or WKT.

    Raises
    ------
    UnknownCrs
        If nothing is called so; the hint lists the names.
    UnsupportedCrs
        If it is a system of another datum (Xi'an 80, Beijing 54, city grids): these need local parameters.
    """
    text = name.strip()
    known = _ALIASES.get(_CRS84.sub("crs84", re.sub(r"[\s_:/-]", "", text).lower()))
    if known is not None:
        return known
    code = _EPSG.fullmatch(text)
    if code is not None:
        return _of_epsg(int(code[1]), text)
    if _WKT.match(text):
        return _of_wkt(text)
    if _NEEDS_PARAMETERS.search(text):
        raise _needs_parameters(text)
    raise _unknown(text)


def neighbouring_zones(system: System) -> tuple[System, ...]:
    """Return the zones of the same family up to two zones away, nearest first; none for other systems."""
    family = next((codes for codes in _ZONE_FAMILIES if system.epsg in codes), None)
    if family is None or system.epsg is None:
        return ()
    wanted = (system.epsg + step for step in (-1, 1, -2, 2))
    return tuple(resolve_system(f"EPSG:{code}") for code in wanted if code in family)


def system_of_crs(crs: pyproj.CRS) -> System:
    """Return the system of a CRS that a file carries, by its EPSG code where it has one.

    Raises
    ------
    UnsupportedCrs
        If its datum is neither WGS 84 nor CGCS2000, or it is not a horizontal system.
    """
    plain = _horizontal(crs)
    code = plain.to_epsg(min_confidence=70)
    if code is not None:
        return _of_epsg(code, f"EPSG:{code}")
    if plain.is_geographic and not _refused(plain):
        return CGCS2000 if _is_cgcs2000(plain) else WGS84
    return _of_wkt(plain.to_wkt(WktVersion.WKT2_2019))


@lru_cache(maxsize=256)
def crs_of(system: System) -> pyproj.CRS:
    """Return the pyproj CRS of a geographic or projected system."""
    return pyproj.CRS.from_epsg(system.epsg) if system.epsg is not None else pyproj.CRS.from_wkt(system.key)


@lru_cache(maxsize=256)
def _of_epsg(code: int, name: str) -> System:
    if code in _BY_EPSG:
        return _BY_EPSG[code]
    try:
        crs = pyproj.CRS.from_epsg(code)
    except CRSError:
        raise _unknown(name) from None
    return _checked(crs, f"EPSG:{code}", code)


@lru_cache(maxsize=256)
def _of_wkt(wkt: str) -> System:
    try:
        crs = _horizontal(pyproj.CRS.from_wkt(wkt))
    except CRSError:
        raise _unknown(f"{wkt[:60]}…") from None
    return _checked(crs, wkt, None)


def _checked(crs: pyproj.CRS, key: str, code: int | None) -> System:
    if _refused(crs):
        if not (crs.is_geographic or crs.is_projected):
            raise UnsupportedCrs(
                N_("The coordinate system {name} is neither longitude/latitude nor a map projection."),
                hint=N_("Give one of: {names}."),
                name=crs.name,
                names=ACCEPTED_NAMES,
            )
        datum = crs.datum.name if crs.datum is not None else crs.name
        if _NEEDS_PARAMETERS.search(datum) or _NEEDS_PARAMETERS.search(crs.name):
            raise _needs_parameters(crs.name)
        raise UnsupportedCrs(
            N_("The coordinate system {name} ({datum}) is neither WGS 84 nor CGCS2000."),
            hint=N_("Convert the coordinates to CGCS2000 or WGS 84 first, then import them again."),
            name=crs.name,
            datum=datum,
        )
    return System(
        key=key,
        zh=_zh_label(crs),
        en=crs.name,
        accuracy_m=_CGCS2000_ACCURACY_M if _is_cgcs2000(crs) else 0.0,
        kind="projected" if crs.is_projected else "geographic",
        epsg=code,
    )


def _horizontal(crs: pyproj.CRS) -> pyproj.CRS:
    """Strip the height of a 3D or compound CRS and a binding that states a conversion to WGS 84."""
    if crs.is_compound and crs.sub_crs_list:
        crs = crs.sub_crs_list[0]
    if crs.is_bound and crs.source_crs is not None:
        crs = crs.source_crs
    has_height = len(crs.axis_info) == 3 and (crs.is_geographic or crs.is_projected)
    return crs.to_2d() if has_height else crs


def _is_cgcs2000(crs: pyproj.CRS) -> bool:
    name = crs.datum.name.lower() if crs.datum is not None else ""
    return name.replace("_", " ").removeprefix("d ") in {
        "china 2000",
        "china geodetic coordinate system 2000",
    }


def _refused(crs: pyproj.CRS) -> bool:
    """Tell whether a CRS is of another datum, or is no longitude/latitude or map plane at all."""
    if crs.datum is None or not (crs.is_geographic or crs.is_projected):
        return True
    name = crs.datum.name.replace("_", " ")
    return not (_is_cgcs2000(crs) or name.startswith(("World Geodetic System 1984", "WGS 1984", "WGS 84")))


def _zh_label(crs: pyproj.CRS) -> str:
    if crs.to_epsg() == 3857:
        return "Web 墨卡托"
    utm = re.fullmatch(r"WGS 84 / UTM zone (\d+)([NS])", crs.name)
    if utm:
        return f"WGS 84 UTM {utm[1]}{utm[2]} 带"
    width = "3" if "3-degree" in crs.name else "6"
    numbered = re.fullmatch(r"CGCS2000 / (?:3-degree )?Gauss-Kruger zone (\d+)", crs.name)
    if numbered:
        return f"CGCS2000 {width}度带高斯投影 第{numbered[1]}带（横坐标含带号）"
    meridian = re.fullmatch(r"CGCS2000 / (?:3-degree )?Gauss-Kruger CM (\d+)E", crs.name)
    if meridian:
        return f"CGCS2000 {width}度带高斯投影 中央经线{meridian[1]}°E（横坐标不含带号）"
    return crs.name


def _unknown(name: str) -> UnknownCrs:
    return UnknownCrs(
        N_("There is no coordinate system called {name}."),
        hint=N_("Give one of: {names}."),
        name=name or '""',
        names=ACCEPTED_NAMES,
    )


def _needs_parameters(name: str) -> UnsupportedCrs:
    return UnsupportedCrs(
        N_("The coordinate system {name} cannot be converted without local parameters."),
        hint=N_(
            "Ask the surveying department for the data in CGCS2000 (for Yueyang EPSG:4547 or EPSG:4526), "
            "then import them again."
        ),
        name=name,
    )
