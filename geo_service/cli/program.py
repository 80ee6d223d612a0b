"""The program: its commands, and how errors become one line and an exit code."""

import sys
from collections.abc import Sequence

import click

from geo_service import __version__
from geo_service.cli.importing import boundaries, import_command, init
from geo_service.cli.screening import map_command, rules, screen_command
from geo_service.cli.serving import demo, serve
from geo_service.cli.speech import Group, Option, error_line, set_language, tr, usage_line
from geo_service.errors import GeoServiceError, InputRefused, SettingsRefused, UnknownCrs
from geo_service.i18n import LANGUAGES, N_

EXIT_USAGE = 2
EXIT_REFUSED = 3


@click.group(
    cls=Group,
    help=N_(
        "Perimeter safety zones of schools: which surroundings still need cleanup.\n\n"
        "The way through, on your own files:\n"
        "  geo-service init\n"
        "  geo-service import schools 学校.xlsx --crs gcj02\n"
        "  geo-service import places 场所.csv --crs wgs84 --report report.json\n"
        "  geo-service screen\n"
        "  geo-service serve\n\n"
        "To look around first: geo-service demo --serve\n"
        "Every command has --help. Exit codes: 0 done, 2 wrong usage, 3 input refused and nothing stored."
    ),
)
@click.option(
    "--lang", type=click.Choice(LANGUAGES), is_eager=True, expose_value=False, callback=set_language,
    cls=Option, help=N_("Language of the messages (default: zh)."),
)  # fmt: skip
@click.version_option(__version__, prog_name="geo-service", cls=Option, help=N_("Show the version and exit."))
def program() -> None:
    """Group all commands; the help text is above."""


for command in (init, import_command, boundaries, screen_command, map_command, rules, serve, demo):
    program.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 done, 1 failed, 2 wrong usage, 3 input refused."""
    try:
        program.main(arguments, prog_name="geo-service", standalone_mode=False)
    except GeoServiceError as error:
        return _report(error)
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.ClickException as error:
        click.echo(usage_line(error), err=True)
        return error.exit_code
    except click.Abort:
        click.echo(tr(N_("Stopped; nothing was stored.")), err=True)
        return 130
    return 0


def _report(error: GeoServiceError) -> int:
    click.echo(error_line(error), err=True)
    if isinstance(error, UnknownCrs | SettingsRefused):
        return EXIT_USAGE
    return EXIT_REFUSED if isinstance(error, InputRefused) else 1
