"""How the command line speaks: click classes whose help is translated when it is shown, and one-line errors."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import click

from geo_service.errors import GeoServiceError
from geo_service.i18n import DEFAULT_LANGUAGE, N_, Language, as_language, translator

_chosen: ContextVar[str | None] = ContextVar("language", default=None)
HEADINGS = (N_("Options"), N_("Commands"), N_("Usage: "))


def language() -> Language:
    """Return the language chosen by --lang, else by GEO_SERVICE_LANGUAGE, else Chinese."""
    return (
        as_language(_chosen.get()) or as_language(os.environ.get("GEO_SERVICE_LANGUAGE")) or DEFAULT_LANGUAGE
    )


def tr(text: str) -> str:
    """Translate a message id into the language of this call."""
    return translator(language())(text) if text else text


def printable(text: str) -> str:
    """Make control characters visible: text from files must not steer the terminal."""
    return "".join(sign if sign.isprintable() or sign == "\n" else f"\\x{ord(sign):02x}" for sign in text)


def say(text: str, /, **params: object) -> None:
    """Print one translated line for the user; results go to stdout only where a file is asked for."""
    click.echo(printable(tr(text).format(**params)), err=True)


def set_language(_context: click.Context, _parameter: click.Parameter, value: str | None) -> None:
    """Keep the language of --lang for the whole call, errors after it included."""
    _chosen.set(value)


class _Formatter(click.HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, tr("Usage: ") if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        super().write_heading(tr(heading))


class _Context(click.Context):
    formatter_class = _Formatter


class Option(click.Option):
    """An option whose help is a message id."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return names and translated help."""
        original, self.help = self.help, tr(self.help or "")
        try:
            return super().get_help_record(ctx)
        finally:
            self.help = original


class _Translated(click.Command):
    """What commands and groups share: a context of our own, and help that is a message id."""

    context_class = _Context

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return --help with a translated help."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = tr(N_("Show this help and exit."))
        return option

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first line of the translated help."""
        return tr(self.help or "").split("\n")[0]

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the translated help line by line as it stands: examples must not be rewrapped."""
        formatter.write_paragraph()
        with formatter.indentation():
            for line in tr(self.help or "").split("\n"):
                formatter.write(f"{'':>{formatter.current_indent}}{line}\n" if line else "\n")


class Command(_Translated):
    """A command whose help is a message id."""


class Group(_Translated, click.Group):
    """A group of commands whose help is a message id."""

    command_class = Command


def option(*names: str, **attributes: Any) -> Callable[[Any], Any]:
    """Declare an option with a translated help."""
    return click.option(*names, cls=Option, **attributes)


@contextmanager
def progress_bar(steps: int) -> Iterator[Callable[[str], None]]:
    """Show a bar of named steps on a terminal; elsewhere nothing."""
    if not sys.stderr.isatty():
        yield lambda _step: None
        return
    with click.progressbar(length=steps, file=sys.stderr, show_eta=False) as bar:
        begun = False

        def begin(step: str) -> None:
            nonlocal begun
            bar.label = tr(step)
            bar.update(int(begun))  # what begins now is not done yet
            begun = True

        yield begin
        bar.update(1)


def error_line(error: GeoServiceError) -> str:
    """Return an error as one line: code, message, cure."""
    message, hint = error.render(tr)
    return one_line(N_("Error [{code}]: {text}"), code=error.code, text=f"{message} {hint}".strip())


def system_error_line(error: OSError) -> str:
    """Return a refusal of the operating system as one line."""
    name = error.filename if error.filename is not None else "-"
    return one_line(N_("Error [system]: {name}: {reason}"), name=name, reason=error.strerror or str(error))


def one_line(text: str, /, **params: object) -> str:
    """Return a translated text as a single printable line."""
    return printable(" ".join(tr(text).format(**params).split()))


def usage_line(error: click.ClickException) -> str:
    """Return a fault of the call as one line that says where its help is."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    command = context.command_path if context else "geo-service"
    return one_line(
        N_("Error [usage]: {text} Help: {command} --help"), text=_fault_of(error), command=command
    )


def _fault_of(error: click.ClickException) -> str:
    parameter = error.param if isinstance(error, click.BadParameter) else None
    if isinstance(error, click.NoSuchOption):
        return tr(N_("There is no option {name}.")).format(name=error.option_name)
    if parameter is None:
        return error.format_message()
    name = parameter.opts[0] if isinstance(parameter, click.Option) else (parameter.name or "").upper()
    if isinstance(error, click.MissingParameter):
        return tr(N_("{name} is missing.")).format(name=name)
    if isinstance(parameter.type, click.Choice):
        allowed = ", ".join(map(str, parameter.type.choices))
        return tr(N_("{name} is one of: {allowed}.")).format(name=name, allowed=allowed)
    return f"{name}: {error.message}"
