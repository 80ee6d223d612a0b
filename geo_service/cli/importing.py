"""Commands that bring data in: init, import, boundaries."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from geo_service.cli.outputs import FILE, writable
from geo_service.cli.speech import Command, Group, language, option, progress_bar, say, tr
from geo_service.crs import resolve_system
from geo_service.errors import InputRefused, StoreMissing
from geo_service.i18n import N_
from geo_service.model.tables import TABLES, Kind
from geo_service.settings import read_settings
from geo_service.store import Store
from geo_service.workflows.boundaries import load_shipped_boundaries, open_store, replace_boundaries
from geo_service.workflows.import_layer import STEPS, Imported, import_reading, read_file, read_osm_file

_SAY_CRS = N_(
    "Say the file's coordinate system with --crs: wgs84, cgcs2000, gcj02, bd09 or EPSG:n. It is never guessed."
)
store_option = option(
    "--store", default=lambda: read_settings().store, metavar="PATH|URL",
    help=N_("Store: a SQLite file or postgresql://… (default: geo-service.sqlite here, or GEO_SERVICE_STORE)."),
)  # fmt: skip
crs_option = option(
    "--crs", "crs_name", metavar="NAME",
    help=N_("Coordinate system of the file: wgs84, cgcs2000, gcj02 (高德/腾讯), bd09 (百度) or EPSG:n. Never guessed."),
)  # fmt: skip


@click.command(cls=Command, help=N_("Create the store, with the district boundaries of Yueyang."))
@store_option
def init(store: str) -> None:
    """Create the store."""
    with open_store(store, create=True) as opened:
        say(
            N_("The store is ready: {address} ({boundaries} districts)."),
            address=opened.address,
            boundaries=opened.count("boundaries"),
        )
    say(N_("Next: geo-service import schools FILE --crs NAME"))


@click.command(
    "import",
    cls=Command,
    help=N_(
        "Bring a file into the store.\n\n"
        "KIND is schools, gates, places, posts, roads, boundaries or osm. FILE is CSV, XLSX, GeoJSON,\n"
        "GeoPackage, Shapefile (.shp or .zip), GeoParquet, or for osm: .osm or .osm.pbf.\n"
        "Good rows are stored, bad rows are reported with row, column, value and cure; columns about\n"
        "people are dropped and named. The coordinate system must be said; osm knows its own.\n\n"
        "  geo-service import schools 学校.xlsx --crs gcj02 --dry-run --report report.json\n"
        "  geo-service import places 场所.csv --crs EPSG:4547\n"
        "  geo-service import osm area.osm.pbf"
    ),
)
@click.argument("kind", type=click.Choice([*TABLES, "osm"]))
@click.argument("file", type=FILE)
@crs_option
@option("--dry-run", is_flag=True, help=N_("Check everything, store nothing."))
@option("--report", "report_file", type=FILE, metavar="OUT.json", help=N_("Write the full report as JSON."))
@store_option
def import_command(
    kind: str, file: Path, crs_name: str | None, dry_run: bool, report_file: Path | None, store: str
) -> None:
    """Bring a file into the store."""
    if kind == "osm":
        if crs_name is not None and resolve_system(crs_name).key != "wgs84":
            raise click.UsageError(tr(N_("OpenStreetMap files are always wgs84; leave --crs out.")))
    elif crs_name is None:
        raise click.UsageError(tr(_SAY_CRS))
    system = resolve_system(crs_name or "wgs84")
    writable(report_file, file)
    try:
        with progress_bar(STEPS) as progress:
            progress(N_("Reading and checking"))
            if kind == "osm":
                reading = read_osm_file(file)
            else:
                table: Kind = TABLES[kind].kind  # type: ignore[index]  # click.Choice has checked it
                reading = read_file(table, file, system)
            with _store_for(store, dry_run=dry_run) as opened:
                done = import_reading(opened, reading, dry_run=dry_run, progress=progress)
    except InputRefused as error:
        message, hint = error.render(tr)
        refused = {"code": error.code, "message": message, "hint": hint}
        _write_report(report_file, {"file": file.name, "stored": False, "refused": refused})
        raise
    _write_report(report_file, _report_of(kind, done))
    for part in done.values():
        _tell(part)


@contextmanager
def _store_for(address: str, *, dry_run: bool) -> Iterator[Store]:
    """Open the store, created if need be; a dry run that finds none checks against a passing one."""
    if not dry_run:
        with open_store(address, create=True) as opened:
            yield opened
        return
    try:
        found = open_store(address)
    except StoreMissing:
        with (
            tempfile.TemporaryDirectory() as folder,
            open_store(f"{folder}/dry.sqlite", create=True) as passing,
        ):
            yield passing
        return
    with found:
        yield found


def _report_of(kind: str, done: Mapping[Kind, Imported]) -> dict[str, Any]:
    reports = {name: _one_report(part) for name, part in done.items()}
    if kind != "osm":
        return next(iter(reports.values()))
    return {"kind": "osm", "stored": any(part.saved for part in done.values()), "layers": reports}


def _one_report(part: Imported) -> dict[str, Any]:
    saved = {"created": part.saved.created, "updated": part.saved.updated} if part.saved else None
    return part.report.to_json(tr) | {
        "stored": part.saved is not None,
        "saved": saved,
        "outside_districts": part.outside_districts,
        "district_conflicts": part.district_conflicts,
        "gates_without_school": part.gates_without_school,
    }


def _write_report(path: Path | None, content: dict[str, Any]) -> None:
    if path is not None:
        text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
        path.write_bytes(text.encode("utf-8", "backslashreplace"))


def _tell(part: Imported) -> None:
    report = part.report
    label = TABLES[report.kind].label(language())
    if not report.rows_good:
        say(N_("{label}: none found."), label=label)
    elif part.saved is None:
        say(
            N_("{label}: {good} of {rows} rows are good; nothing was stored (dry run)."),
            label=label,
            good=report.rows_good,
            rows=report.rows_read,
        )
    else:
        say(
            N_("{label}: {good} of {rows} rows stored ({created} new, {updated} updated)."),
            label=label, good=report.rows_good, rows=report.rows_read, created=part.saved.created, updated=part.saved.updated,
        )  # fmt: skip
    if report.dropped:
        say(
            N_("  Columns about people were dropped: {columns}."),
            columns="、".join(item.column for item in report.dropped),
        )
    if report.fault_count:
        say(N_("  {count} rows have faults; the first ones:"), count=report.rows_bad)
        for fault in report.faults[:3]:
            message, hint = fault.render(tr)
            say(
                N_("    row {row}, {column}: {reason}"),
                row=fault.row,
                column=fault.column or "-",
                reason=f"{message} {hint}".strip(),
            )
    if report.cell_fault_count:
        say(
            N_("  {count} unreadable cells were left empty and their rows kept; the first ones:"),
            count=report.cell_fault_count,
        )
        for fault in report.cell_faults[:3]:
            say(
                N_("    row {row}, {column}: {reason}"),
                row=fault.row,
                column=fault.column or "-",
                reason=" ".join(fault.render(tr)).strip(),
            )
    for note in report.notes:
        say(N_("  Note: {note}"), note=note.render(tr))
    if part.outside_districts:
        say(N_("  {count} rows lie outside every district of the store."), count=part.outside_districts)
    if part.district_conflicts:
        say(
            N_("  {count} rows state a district in which they do not lie; the stated one was kept."),
            count=part.district_conflicts,
        )
    if part.gates_without_school:
        say(
            N_(
                "  {count} gates name a school that is not in the store; they find it when the school is imported."
            ),
            count=part.gates_without_school,
        )


@click.group(cls=Group, help=N_("District boundaries: put your own in place of the shipped ones."))
def boundaries() -> None:
    """Group the commands about boundaries."""


@boundaries.command(
    "import", help=N_("Put the districts of a file (code, name, polygons) in place of all that are there.")
)
@click.argument("file", type=FILE)
@crs_option
@store_option
def boundaries_import(file: Path, crs_name: str | None, store: str) -> None:
    """Bring district boundaries into the store."""
    if crs_name is None:
        raise click.UsageError(tr(_SAY_CRS))
    system = resolve_system(crs_name)
    with progress_bar(STEPS) as progress, open_store(store, create=True) as opened:
        done = replace_boundaries(opened, file, system, progress=progress)
    _tell(done)
    say(N_("Records that are stored already keep their district; import them again to find it anew."))


@boundaries.command("reset", help=N_("Load the shipped boundaries of Yueyang again."))
@store_option
def boundaries_reset(store: str) -> None:
    """Load the shipped boundaries."""
    with open_store(store, create=True) as opened:
        _tell(load_shipped_boundaries(opened))
