"""The check of a table against its contract, once, at the door; inside, a table is trusted."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo_service.errors import ContractError
from geo_service.i18n import N_
from geo_service.model.tables import STORAGE_CRS, TABLES, Kind, Table


def check_table(frame: gpd.GeoDataFrame, kind: Kind) -> gpd.GeoDataFrame:
    """Check a table against its contract, once, at the door; inside, it is trusted.

    Parameters
    ----------
    frame
        n rows in EPSG:4326, indexed by `id`. Columns that the contract does not name are a fault;
        optional columns that are absent are allowed.
    kind
        Which contract.

    Returns
    -------
    frame
        The same object.

    Raises
    ------
    ContractError
        With every fault found: CRS, index, unknown or missing columns, values out of vocabulary or
        range, missing, empty, invalid, or wrongly typed geometry, coordinates that are not finite lon/lat.
    """
    table = TABLES[kind]
    faults = [*_index_faults(frame), *_column_faults(frame, table), *_geometry_faults(frame, table)]
    if faults:
        raise ContractError(
            N_("The table {kind} breaks its contract: {faults_text}."), faults=faults, kind=kind
        )
    return frame


def _index_faults(frame: gpd.GeoDataFrame) -> list[str]:
    faults = []
    if frame.index.name != "id":
        faults.append("index is not named id")
    if not frame.index.is_unique:
        faults.append(f"{int(frame.index.duplicated().sum())} duplicate ids")
    if len(frame) and (
        pd.api.types.infer_dtype(frame.index, skipna=False) != "string" or (frame.index == "").any()
    ):
        faults.append("ids are not all non-empty text")
    return faults


def _column_faults(frame: gpd.GeoDataFrame, table: Table) -> list[str]:
    present = set(frame.columns) - {"geometry"}
    known = set(table.by_name) - {"id"}
    faults = [f"unknown column {name}" for name in sorted(present - known)]
    for column in table.columns:
        if column.name == "id":
            continue
        if column.name not in present:
            if column.required:
                faults.append(f"missing column {column.name}")
            continue
        values = frame[column.name]
        missing = values.isna()
        if column.required and missing.any():
            faults.append(f"{column.name}: {int(missing.sum())} missing values")
        if column.choices is not None:
            strange = sorted({str(value) for value in values[~missing].unique()} - set(column.choices))
            if strange:
                faults.append(f"{column.name}: not in the vocabulary: {', '.join(strange[:5])}")
        if column.type in {"integer", "number"}:
            numbers = pd.to_numeric(values[~missing], errors="coerce")
            low = numbers.isna() | ~np.isfinite(numbers.astype(float))
            low |= (numbers < column.minimum) if column.minimum is not None else False
            low |= (numbers > column.maximum) if column.maximum is not None else False
            if low.any():
                faults.append(f"{column.name}: {int(low.sum())} values out of range")
    return faults


def _geometry_faults(frame: gpd.GeoDataFrame, table: Table) -> list[str]:
    if "geometry" not in frame.columns:
        return ["missing geometry"]
    faults = []
    if frame.crs is None or frame.crs != STORAGE_CRS:
        faults.append("CRS is not EPSG:4326")
    geometry = frame.geometry.to_numpy()
    missing = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    if missing.any():
        faults.append(f"{int(missing.sum())} missing or empty geometries")
    present = geometry[~missing]
    types = {
        shapely.GeometryType(number).name.replace("_", "")
        for number in np.unique(shapely.get_type_id(present))
    }
    strange = sorted(types - {name.upper() for name in table.geometry_types})
    if strange:
        faults.append(f"geometry types {', '.join(strange)}")
    if not shapely.is_valid(present).all():
        faults.append("invalid geometries")
    if len(present):
        lon_min, lat_min, lon_max, lat_max = shapely.total_bounds(present)
        if not (lon_min >= -180 and lat_min >= -90 and lon_max <= 180 and lat_max <= 90):
            faults.append("coordinates are not finite lon/lat")
    return faults
