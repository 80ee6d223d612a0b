"""GeoParquet, and plain Parquet with coordinate columns, by pyarrow."""

import json
import math
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from geo_service.errors import FormatMismatch
from geo_service.i18n import N_
from geo_service.ingest.columns import make_plan
from geo_service.ingest.content import cut_off, damaged
from geo_service.ingest.table import Findings, RawTable, flatten, refuse_too_many_rows
from geo_service.model.tables import Kind

_NO_CRS: Final = "OGC:CRS84"  # what GeoParquet means where the key is absent


def read_parquet(path: Path, kind: Kind, *, metric: bool, max_rows: int) -> RawTable:
    """Read a Parquet file; with `geo` metadata its primary column, in WKB, is the geometry.

    Raises
    ------
    FileUnreadable
        If it is cut off or damaged.
    FormatMismatch
        If the geometry is encoded in another way than WKB.
    """
    with path.open("rb") as file:
        file.seek(-4, 2)
        if file.read(4) != b"PAR1":
            raise cut_off(path)
    try:
        return _read(path, kind, metric=metric, max_rows=max_rows)
    except (pa.ArrowException, OSError, shapely.errors.GEOSException):
        raise damaged(path) from None


def _read(path: Path, kind: Kind, *, metric: bool, max_rows: int) -> RawTable:
    with pq.ParquetFile(path) as file:
        refuse_too_many_rows(file.metadata.num_rows, max_rows)
        schema = file.schema_arrow
        geo = _geo_metadata(path, schema.metadata)
        primary, crs = _primary(path, geo)
        names = [name for name in schema.names if name != primary]
        texts = [name for name in names if _is_scalar(schema.field(name).type)]
        findings = Findings()
        if nested := [name for name in names if name not in texts]:
            findings.note("nested", columns="、".join(nested[:20]))
        plan = make_plan(texts, kind, metric=metric, has_geometry=primary is not None)
        wanted = [*texts, *([primary] if primary else [])]
        table = file.read(columns=wanted, use_threads=False)
    cells = {place: _text(table.column(name)) for place, name in enumerate(texts)}
    rows = np.arange(1, table.num_rows + 1, dtype=np.int64)
    raw = RawTable("GeoParquet" if primary else "Parquet", plan, cells, rows, rows, table.num_rows, findings)
    if primary:
        values = table.column(primary).to_numpy(zero_copy_only=False)
        raw.geometry = flatten(shapely.from_wkb(values), findings)
        raw.crs = crs
    return raw


def _geo_metadata(path: Path, metadata: dict[bytes, bytes] | None) -> dict[str, Any]:
    try:
        geo = json.loads((metadata or {}).get(b"geo", b"{}"))
    except (ValueError, RecursionError):
        raise damaged(path) from None
    if not isinstance(geo, dict):
        raise damaged(path)
    return geo


def _primary(path: Path, geo: dict[str, Any]) -> tuple[str | None, str | None]:
    """Return the name of the geometry column and its CRS as text (None where it is stated as unknown)."""
    if not geo:
        return None, None
    primary = geo.get("primary_column")
    columns = geo.get("columns")
    column = columns.get(primary) if isinstance(columns, dict) and isinstance(primary, str) else None
    if not isinstance(column, dict) or not isinstance(primary, str):
        raise damaged(path)
    if column.get("encoding") != "WKB":
        raise FormatMismatch(
            N_("The geometry of {file} is encoded as {encoding}; WKB is read."),
            hint=N_("Write it again as GeoParquet with WKB."),
            file=path.name,
            encoding=str(column.get("encoding"))[:40],
        )
    crs = column.get("crs", _NO_CRS)
    if isinstance(crs, dict):
        return primary, json.dumps(crs)
    return primary, crs if isinstance(crs, str) else None


def _is_scalar(kind: Any) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return not (pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _text(column: Any) -> Any:
    """Return a column as text: whole numbers without a point, dates in ISO form."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_floating(kind):
        numbers = np.array(column.to_numpy(), dtype=np.float64)
        whole = (numbers % 1 == 0) & (np.abs(numbers) <= 2**53)
        texts = [
            None if math.isnan(number) else str(int(number)) if is_whole else repr(number)
            for number, is_whole in zip(numbers.tolist(), whole.tolist(), strict=True)
        ]
        return pa.chunked_array([pa.array(texts, pa.string())])
    if pa.types.is_timestamp(kind):
        texts = pc.strftime(column.cast(pa.timestamp("s", kind.tz), safe=False), format="%Y-%m-%d %H:%M:%S")
        return pc.replace_substring_regex(texts, r" 00:00:00$", "")
    return column.cast(pa.string())
