"""Geometries against the contract: type, emptiness, validity with repair, and size."""

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_service.crs import area_m2
from geo_service.ingest.faultlog import FaultLog
from geo_service.ingest.report import Note, note
from geo_service.model.tables import TABLES, Kind

_SAME_AREA: Final = 0.01
_MAX_CAMPUS_M2: Final = 5_000_000
_MIN_CAMPUS_M2: Final = 100

_Geometries = NDArray[np.object_]


def check_shapes(
    geometry: _Geometries,
    needed: NDArray[np.bool_],
    kind: Kind,
    column: str,
    log: FaultLog,
    notes: list[Note],
) -> _Geometries:
    """Check geometries in the system of the file, and repair what can be repaired without guessing.

    Parameters
    ----------
    geometry
        n geometries in two dimensions, None allowed.
    needed
        Flags of the rows whose geometry must be there; the others may be None.

    Returns
    -------
    geometry
        n geometries: valid and of the contract's types, or None where the row is faulty.
    """
    geometry = geometry.copy()
    empty = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    log.add("empty-geometry", column, empty & needed)
    geometry[empty] = None
    types = shapely.get_type_id(geometry)
    single = (types == shapely.GeometryType.MULTIPOINT) & (shapely.get_num_geometries(geometry) == 1)
    if single.any():
        geometry[single] = shapely.get_geometry(geometry[single], 0)
        types[single] = shapely.GeometryType.POINT
        notes.append(note("single-part", count=int(single.sum())))
    allowed = TABLES[kind].geometry_types
    for found in np.unique(types[types >= 0]):
        name = shapely.GeometryType(found).name.title().replace("string", "String")
        name = {"Multipoint": "MultiPoint", "Multipolygon": "MultiPolygon", "MultilineString": "MultiLineString",
                "LineString": "LineString", "Geometrycollection": "GeometryCollection",
                "Linearring": "LineString"}.get(name, name)  # fmt: skip
        if name not in allowed:
            params = {"found": name, "allowed": ", ".join(sorted(allowed))}
            log.add("wrong-geometry", column, types == found, None, params)
            geometry[types == found] = None
    _repair(geometry, column, log, notes)
    return geometry


def _repair(geometry: _Geometries, column: str, log: FaultLog, notes: list[Note]) -> None:
    """Replace invalid polygons by their repaired form where that keeps the area, else set them to None."""
    invalid = np.flatnonzero(~shapely.is_missing(geometry) & ~shapely.is_valid(geometry))
    repaired = 0
    refused: dict[str, list[int]] = {}
    for place in invalid:
        original = geometry[place]
        whole = _polygonal(shapely.make_valid(original))
        if whole is not None and _keeps_area(original, whole):
            geometry[place] = whole
            repaired += 1
            continue
        reason = shapely.is_valid_reason(original).split("[")[0].strip()
        refused.setdefault(reason, []).append(int(place))
        geometry[place] = None
    for reason, places in refused.items():
        mask = np.zeros(len(geometry), dtype=bool)
        mask[places] = True
        log.add("invalid-geometry", column, mask, None, {"reason": reason})
    if repaired:
        notes.append(note("repaired", count=repaired))


def _polygonal(geometry: shapely.Geometry) -> shapely.Geometry | None:
    """Return the one polygonal part of a repair; lines and points that fell off a spike are left out."""
    if geometry.geom_type in {"Polygon", "MultiPolygon"}:
        return geometry
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type in {"Polygon", "MultiPolygon"}]
    return parts[0] if len(parts) == 1 else None


def _keeps_area(original: shapely.Geometry, repaired: shapely.Geometry) -> bool:
    if original.geom_type == "Polygon" and repaired.geom_type != "Polygon":
        return False
    # the shoelace sum of a bow-tie cancels out, so its area differs from that of the repair
    before, after = abs(shapely.area(original)), shapely.area(repaired)
    return bool(after > 0 and abs(before - after) <= _SAME_AREA * after)


def check_campus_areas(geometry: _Geometries, column: str, log: FaultLog, notes: list[Note]) -> None:
    """Refuse campus polygons (lon/lat) over 5 km², and note those under 100 m²."""
    polygons = np.isin(
        shapely.get_type_id(geometry), (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
    )
    if not polygons.any():
        return
    area = np.zeros(len(geometry))
    area[polygons] = area_m2(geometry[polygons])
    large = area > _MAX_CAMPUS_M2
    if large.any():
        shown = [f"{value / 1e6:.1f}" if flag else "" for value, flag in zip(area, large, strict=True)]
        params = {text: {"area_km2": text} for text in shown}
        log.add("campus-too-large", column, large, shown, params, by_value=True)
    small = int((polygons & (area < _MIN_CAMPUS_M2)).sum())
    if small:
        notes.append(note("small-campus", count=small))
