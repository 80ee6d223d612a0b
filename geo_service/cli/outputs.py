"""Files that a command is to write: looked at before the work, so that no work is lost."""

import math
from pathlib import Path
from typing import Any

import click

from geo_service.cli.speech import tr
from geo_service.i18n import N_

FILE = click.Path(path_type=Path)


def writable(out: Path | None, *inputs: Path | None) -> None:
    """Refuse an output that cannot be written, or that is one of the inputs.

    Raises
    ------
    click.UsageError
        Names the file and the reason.
    """
    if out is None:
        return
    if out.is_dir():
        raise click.UsageError(tr(N_("{file} is a folder; name a file.")).format(file=out))
    if not out.absolute().parent.is_dir():
        raise click.UsageError(tr(N_("The folder of {file} does not exist.")).format(file=out))
    for given in inputs:
        if given is not None and given.exists() and out.exists() and out.samefile(given):
            raise click.UsageError(tr(N_("{file} is an input; it would be overwritten.")).format(file=out))


class Metres(click.FloatRange):
    """A finite number of metres within a range; click's own range lets NaN through."""

    name = "metres"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number."""
        number = float(click.FLOAT.convert(value, param, ctx))
        low, high = self.min or 0.0, self.max or math.inf
        if not (low <= number <= high) or (self.min_open and number == low):
            message = tr(N_("{value} is not between {low} and {high} metres."))
            self.fail(message.format(value=value, low=f"{low:g}", high=f"{high:g}"), param, ctx)
        return number
