"""The program: its commands, and how errors become one line and an exit code."""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Final

import click

from geo_service import __version__
from geo_service.cli.speech import (
    Group,
    Option,
    error_line,
    one_line,
    set_language,
    system_error_line,
    usage_line,
)
from geo_service.errors import GeoServiceError, InputRefused, SettingsRefused, UnknownCrs
from geo_service.i18n import LANGUAGES, N_

EXIT_USAGE: Final = 2
EXIT_REFUSED: Final = 3
EXIT_STOPPED: Final = 130
COMMANDS: Final = {
    "init": "importing:init",
    "import": "importing:import_command",
    "boundaries": "importing:boundaries",
    "screen": "screening:screen_command",
    "rules": "screening:rules",
    "map": "serving:map_command",
    "serve": "serving:serve",
    "demo": "serving:demo",
}
"""Where each command lives; it is imported when it is asked for, so that `import` does not load the web."""


class _Program(Group):
    """The group of all commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order of the work."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(import_module(f"geo_service.cli.{module}"), name)
        return command


@click.group(
    cls=_Program,
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


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 done, 1 failed, 2 wrong usage, 3 input refused."""
    try:
        program.main(arguments, prog_name="geo-service", standalone_mode=False)
    except GeoServiceError as error:
        click.echo(error_line(error), err=True)
        return _exit_code(error)
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.ClickException as error:
        click.echo(usage_line(error), err=True)
        return error.exit_code
    except click.Abort:
        click.echo(one_line(N_("Stopped.")), err=True)
        return EXIT_STOPPED
    except OSError as error:
        click.echo(system_error_line(error), err=True)
        return 1
    return 0


def _exit_code(error: GeoServiceError) -> int:
    if isinstance(error, UnknownCrs | SettingsRefused):
        return EXIT_USAGE
    return EXIT_REFUSED if isinstance(error, InputRefused) else 1
