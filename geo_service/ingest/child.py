"""The process that parses one untrusted file: reads a request, writes an Arrow file and an outcome, and ends.

Run as `python -m geo_service.ingest.child` with the request as JSON on standard input. Limits on memory,
processor time and the clock are set before anything is read. Nothing about the content is printed or logged.
"""

import contextlib
import errno
import json
import resource
import signal
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import shapely

from geo_service.errors import FileTooLarge, FileUnreadable, FormatMismatch, GeoServiceError
from geo_service.i18n import N_
from geo_service.ingest.columns import header_unit, require_columns
from geo_service.ingest.content import Format, content_format
from geo_service.ingest.limits import CLOCK_FACTOR
from geo_service.ingest.table import (
    RawTable,
    drop_personal_values,
    mask_kept_cells,
    read_wkt_column,
    refuse_no_rows,
)
from geo_service.model.tables import Kind

_SPARE_SECONDS = 5


def set_limits(memory_mb: int, seconds: int) -> None:
    """Limit this process: address space, processor time, clock, open files, sizes of files, no core dump.

    RLIMIT_NPROC is left alone: it counts all threads of the user, in other programs and containers too, so
    that a value low enough to help would refuse files for what else is running; and root is exempt.
    """
    size = memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + _SPARE_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))  # it writes no more than it holds
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
    signal.alarm(
        CLOCK_FACTOR * seconds + _SPARE_SECONDS
    )  # ends this process even if nobody waits for it any more


def read_raw(path: Path, kind: Kind, *, metric: bool, max_rows: int) -> RawTable:
    """Read a file of any table format into text cells and geometries."""
    found: Format = content_format(path)
    if found == "csv":
        from geo_service.ingest.delimited import read_delimited  # noqa: PLC0415 - load only what the file needs

        return read_delimited(path, kind, metric=metric, max_rows=max_rows)
    if found == "xlsx":
        from geo_service.ingest.workbook import read_workbook  # noqa: PLC0415 - as above

        return read_workbook(path, kind, metric=metric, max_rows=max_rows)
    if found == "geojson":
        from geo_service.ingest.geojson import read_geojson  # noqa: PLC0415 - as above

        return read_geojson(path, kind, max_rows=max_rows)
    if found == "parquet":
        from geo_service.ingest.parquet import read_parquet  # noqa: PLC0415 - as above

        return read_parquet(path, kind, metric=metric, max_rows=max_rows)
    if found in {"gpkg", "shp", "shp.zip"}:
        from geo_service.ingest import vector  # noqa: PLC0415 - as above

        if found == "gpkg":
            return vector.read_geopackage(path, kind, max_rows=max_rows)
        if found == "shp":
            return vector.read_shapefile(path, kind, max_rows=max_rows)
        return vector.read_zipped_shapefile(path, kind, max_rows=max_rows)
    raise FormatMismatch(
        N_("{file} is an OpenStreetMap file, which holds all kinds of objects."),
        hint=N_("Import it with the kind “osm”."),
        file=path.name,
    )


def read_table(request: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Read one table, drop and mask what is personal, and write the Arrow file."""
    path, kind = Path(request["path"]), request["kind"]
    raw = read_raw(path, kind, metric=request["metric"], max_rows=request["max_rows"])
    drop_personal_values(raw)
    require_columns(raw.plan, kind, request["required"], file=path.name, located=raw.geometry is not None)
    refuse_no_rows(raw, path.name)
    mask_kept_cells(raw, kind)
    read_wkt_column(raw)
    _write(folder / "table.arrow", raw)
    plan, findings = raw.plan, raw.findings
    return {
        "format": raw.format,
        "encoding": raw.encoding,
        "crs": describe_crs(raw),
        "rows_read": raw.rows_read,
        "columns": {target: plan.headers[place] for target, place in plan.targets.items()},
        "units": {target: header_unit(plan.headers[place]) for target, place in plan.targets.items()},
        "reasons": plan.reasons,
        "coordinates": [plan.headers[place] if place is not None else None for place in (plan.x, plan.y)],
        "wkt": plan.headers[plan.wkt] if plan.wkt is not None else None,
        "ignored": plan.ignored(),
        "dropped": [[plan.headers[place], reason] for place, reason in sorted(plan.dropped.items())],
        "losers": [[plan.headers[place], target, plan.headers[won]] for place, target, won in plan.losers],
        "notes": findings.notes,
        "faults": [[item.row, item.column, item.value, item.code, item.params] for item in findings.faults],
        "fault_count": findings.fault_count,
    }


def describe_crs(raw: RawTable) -> dict[str, str] | None:
    """Return the file's own system in the form that PROJ writes, or None if it names none."""
    if raw.crs is None:
        return None
    from pyproj import CRS  # noqa: PLC0415 - most files name no system
    from pyproj.exceptions import CRSError  # noqa: PLC0415 - as above

    try:
        crs = CRS.from_user_input(raw.crs)
    except (CRSError, UnicodeError):
        raw.findings.note("projection-sidefile", text=" ".join(raw.crs.split())[:60])
        return None
    if not (crs.is_geographic or crs.is_projected):
        return None
    return {"wkt": crs.to_wkt(), "name": crs.name[:80]}


def _write(path: Path, raw: RawTable) -> None:
    arrays = {"row": pa.array(raw.rows), "ordinal": pa.array(raw.ordinals)}
    for target, used in raw.plan.targets.items():
        arrays[f"text:{target}"] = raw.cells[used]
    for axis, place in (("x", raw.plan.x), ("y", raw.plan.y)):
        if place is not None:
            arrays[axis] = raw.cells[place]
    if raw.geometry is not None:
        arrays["geometry"] = pa.array(shapely.to_wkb(raw.geometry), pa.large_binary())
    table = pa.table(arrays)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=100_000)


def _answer(request: dict[str, Any], folder: Path) -> dict[str, Any]:
    try:
        if request["task"] == "osm":
            from geo_service.ingest.osm_objects import read_objects  # noqa: PLC0415 - as above

            return {"result": read_objects(Path(request["path"]), folder, request["max_rows"])}
        return {"result": read_table(request, folder)}
    except (MemoryError, pa.ArrowMemoryError, ImportError):  # a library that does not fit cannot be loaded
        return _refusal(_too_large(request))
    except GeoServiceError as error:
        return _refusal(error)
    except PermissionError:
        return _refusal(
            FileUnreadable(
                N_("{file} may not be read."),
                hint=N_("Give the service the right to read it, or copy it elsewhere."),
                file=Path(request["path"]).name,
            )
        )
    except OSError as error:
        if error.errno == errno.EFBIG:
            return _refusal(_too_large(request))
        return {"crash": type(error).__name__}
    except (
        Exception
    ) as error:  # a hostile file may raise anything; the text may quote cells, so only its kind is told
        return {"crash": type(error).__name__}


def _too_large(request: dict[str, Any]) -> FileTooLarge:
    return FileTooLarge(
        N_("{file} needs more memory than the {memory_mb} MB that reading a file may use."),
        hint=N_("Split it into several files, or save it as CSV."),
        file=Path(request["path"]).name,
        memory_mb=request["memory_mb"],
    )


def _refusal(error: GeoServiceError) -> dict[str, Any]:
    return {"error": error.code, "message": error.message, "hint": error.hint, "params": error.params}


class _WithoutPandas:
    """Makes pandas absent: pyarrow would load it at the first array, a third of this process's start."""

    @staticmethod
    def find_spec(name: str, _path: object = None, _target: object = None) -> None:
        """Refuse pandas; leave every other module to the usual finders."""
        if name == "pandas":
            raise ModuleNotFoundError(name=name)


def main() -> None:
    """Serve the one request on standard input."""
    sys.meta_path.insert(0, _WithoutPandas())
    request = json.load(sys.stdin)
    set_limits(request["memory_mb"], request["seconds"])
    pa.set_cpu_count(1)
    folder = Path(request["folder"])
    with contextlib.suppress(BrokenPipeError):
        outcome = _answer(request, folder)
        (folder / "outcome.json").write_text(json.dumps(outcome), encoding="utf-8")


if __name__ == "__main__":
    main()
