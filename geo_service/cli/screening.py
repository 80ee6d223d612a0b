"""Commands that measure and show: screen, map, rules."""

import datetime as dt
import shutil
from pathlib import Path

import click

from geo_service.cli.importing import crs_option, store_option
from geo_service.cli.outputs import FILE, Metres, writable
from geo_service.cli.speech import Command, language, option, progress_bar, say, tr
from geo_service.crs import resolve_system
from geo_service.i18n import N_
from geo_service.ingest import ImportReport
from geo_service.model.vocabulary import EVIDENCE_NOTES, METHODS, SCHOOL_STATES
from geo_service.perimeter.screening import MEASURED_METHODS, SkippedRule
from geo_service.rules import default_pack_file, load_pack
from geo_service.workflows.boundaries import open_store
from geo_service.workflows.screen import STEPS, run_screening
from geo_service.workflows.screen_files import PAIR_FORMATS, screen_files, write_pairs

_SKIP_REASONS = {
    "needs-local-value": N_("it needs a local value"),
    "method-not-measured": N_("its method is not measured yet"),
    "no-district": N_("it is local, and the schools state no district"),
}


_TOLD_NOTES = frozenset({"no_gates", "no_main_gate", "stage_unknown", "estimated_boundary", "point_campus"})


def _day(_context: click.Context, _parameter: click.Parameter, value: dt.datetime | None) -> dt.date:
    return dt.datetime.now().astimezone().date() if value is None else value.date()


on_option = option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), callback=_day, metavar="DATE",
    help=N_("Screen by the rules in force on this day (default: today)."),
)  # fmt: skip
rules_option = option(
    "--rules",
    "pack_file",
    type=FILE,
    metavar="PACK.toml",
    help=N_("Your own rule pack in place of the default one."),
)


@click.command(
    "screen",
    cls=Command,
    help=N_(
        "Measure places against schools by the rules in force.\n\n"
        "Without files: screens the store and keeps the results for map and serve.\n"
        "With two files: screens them, writes the pairs to --out and stores nothing. Ids come from an\n"
        "id column, else from the row number; --method and --limit-m run one rule over all places.\n\n"
        "  geo-service screen\n"
        "  geo-service screen schools.geojson places.csv --crs wgs84 --out pairs.csv\n"
        "  geo-service screen schools.parquet places.parquet --crs wgs84 --method boundary_straight \\\n"
        "      --limit-m 200 --out pairs.parquet"
    ),
)
@click.argument("schools", type=FILE, required=False)
@click.argument("places", type=FILE, required=False)
@option("--out", type=FILE, metavar="PAIRS", help=N_("Write the pairs as .csv, .parquet or .geojson."))
@option("--gates", type=FILE, help=N_("Gates, with school_id, for the rules measured from a gate."))
@option("--roads", type=FILE, help=N_("Roads, for the rules measured along ways."))
@crs_option
@rules_option
@on_option
@option(
    "--method",
    type=click.Choice(list(METHODS)),
    help=N_("Measure all places by this method (with --limit-m)."),
)
@option("--limit-m", type=Metres(0, 10_000, min_open=True), help=N_("Limit in metres (with --method)."))
@option(
    "--default-accuracy-m", type=Metres(0, 100_000), default=0.0, show_default=True,
    help=N_("Position accuracy where a record of a file states none."),
)  # fmt: skip
@store_option
def screen_command(
    schools: Path | None,
    places: Path | None,
    out: Path | None,
    gates: Path | None,
    roads: Path | None,
    crs_name: str | None,
    pack_file: Path | None,
    on: dt.date,
    method: str | None,
    limit_m: float | None,
    default_accuracy_m: float,
    store: str,
) -> None:
    """Screen the store or two files."""
    if schools is None:
        _refuse_file_options(out=out, gates=gates, roads=roads, crs=crs_name, method=method, limit_m=limit_m)
        _screen_store(store, on, pack_file)
        return
    if places is None or out is None:
        raise click.UsageError(
            tr(N_("Two files and --out belong together: geo-service screen SCHOOLS PLACES --out PAIRS"))
        )
    if crs_name is None:
        raise click.UsageError(
            tr(
                N_(
                    "Say the coordinate system of the files with --crs: wgs84, cgcs2000, gcj02, bd09 or EPSG:n."
                )
            )
        )
    if (method is None) != (limit_m is None):
        raise click.UsageError(tr(N_("--method and --limit-m belong together.")))
    if (method is not None and method not in MEASURED_METHODS) or roads is not None:
        raise click.UsageError(
            tr(N_("Ways along roads are not measured yet; choose one of {methods}.")).format(
                methods=", ".join(MEASURED_METHODS)
            )
        )
    for given in (schools, places, gates, pack_file):
        writable(out, given)
    if out.suffix.lower() not in PAIR_FORMATS:
        formats = ", ".join(PAIR_FORMATS)
        raise click.UsageError(
            tr(N_("{file}: pairs are written as {formats}.")).format(file=out.name, formats=formats)
        )
    result = screen_files(
        schools, places, resolve_system(crs_name), pack=load_pack(pack_file), on=on, gates_file=gates,
        ad_hoc=None if method is None or limit_m is None else (method, limit_m), default_accuracy_m=default_accuracy_m,
    )  # fmt: skip
    write_pairs(result.pairs, out)
    for report in result.reports:
        _tell_faults(report)
    for note, count in result.notes.items():
        if note in _TOLD_NOTES:
            say(N_("  {count} pairs: {note}."), count=count, note=EVIDENCE_NOTES[note].label(language()))
    _tell_skipped(result.screening.skipped)
    say(N_("{count} pairs written to {file}."), count=len(result.pairs), file=out)


def _tell_faults(report: ImportReport) -> None:
    if report.dropped:
        columns = "、".join(item.column for item in report.dropped)
        say(N_("  Columns about people were dropped: {columns}."), columns=columns)
    if report.faults:
        first = report.faults[0]
        say(
            N_("{file}: {count} of {rows} rows have faults and were left out; row {row}: {reason}"),
            file=report.file_name,
            count=report.rows_read - report.rows_good,
            rows=report.rows_read,
            row=first.row,
            reason=first.render(tr)[0],
        )


def _refuse_file_options(**given: object) -> None:
    names = ", ".join(f"--{name.replace('_', '-')}" for name, value in given.items() if value is not None)
    if names:
        raise click.UsageError(
            tr(N_("{options} go with two files: geo-service screen SCHOOLS PLACES --out PAIRS")).format(
                options=names
            )
        )


def _screen_store(store: str, on: dt.date, pack_file: Path | None) -> None:
    pack = load_pack(pack_file)
    with open_store(store) as opened, progress_bar(STEPS) as progress:
        done = run_screening(opened, on=on, pack=pack, progress=progress)
    say(
        N_("{schools} schools and {places} places screened by {pack} {version} as of {day}: {pairs} results."),
        schools=done.schools, places=done.places, pack=pack.title(language()), version=pack.version, day=on, pairs=done.run.exposure_count,
    )  # fmt: skip
    for state in SCHOOL_STATES.values():
        say(
            N_("  {label}: {count} schools"),
            label=state.label(language()),
            count=done.states.get(state.key, 0),
        )
    _tell_skipped(done.screening.skipped)
    say(N_("Results are leads for a measured on-site check. Next: geo-service serve"))


def _tell_skipped(skipped: tuple[SkippedRule, ...]) -> None:
    for rule in skipped:
        say(
            N_("  Rule {rule} gave no result: {reason}."),
            rule=rule.rule_id,
            reason=tr(_SKIP_REASONS[rule.reason]),
        )


@click.command(
    "rules",
    cls=Command,
    help=N_(
        "List the rules of a pack with status, distance and source, or export the default pack as a start."
    ),
)
@rules_option
@option("--export", type=FILE, metavar="FILE", help=N_("Write a copy of the default pack."))
def rules(pack_file: Path | None, export: Path | None) -> None:
    """List or export rules."""
    if export is not None:
        writable(export)
        with default_pack_file().open("rb") as source, export.open("xb") as target:
            shutil.copyfileobj(source, target)
        say(N_("Default pack written to {file}."), file=export)
        return
    pack = load_pack(pack_file)
    say(N_("{title}, version {version}"), title=pack.title(language()), version=pack.version)
    for rule in pack.rules:
        metres = "-" if rule.distance_m is None else f"{rule.distance_m:g} m"
        click.echo(
            f"{rule.id}\t{metres}\t{rule.method or '-'}\t{rule.status}\t{rule.title(language())}\t{rule.citation()}"
        )
