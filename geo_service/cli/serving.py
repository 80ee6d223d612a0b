"""Commands that show the service: serve, demo."""

from pathlib import Path

import click

from geo_service.cli.importing import store_option
from geo_service.cli.outputs import FILE, writable
from geo_service.cli.speech import Command, language, option, progress_bar, say, tr
from geo_service.i18n import N_
from geo_service.settings import read_settings
from geo_service.web.server import serve as serve_app
from geo_service.web.standalone import write_standalone_map
from geo_service.workflows.boundaries import open_store
from geo_service.workflows.load_demo import STEPS, load_demo, write_demo_files

port_option = option(
    "--port",
    type=click.IntRange(0, 65535),
    help=N_("Port (default: 8000, or GEO_SERVICE_PORT); 0 takes a free one."),
)


@click.command(
    "map",
    cls=Command,
    help=N_(
        "Write the map as one page into maps/, to open by double-click: no server, no network.\n\n"
        "  geo-service map\n"
        "  geo-service map --out briefing.html"
    ),
)
@option(
    "--out", type=FILE, default=Path("maps/cleanup.html"), show_default=True, help=N_("The page to write.")
)
@store_option
def map_command(out: Path, store: str) -> None:
    """Write the standalone map."""
    if out.parent == Path("maps"):
        out.parent.mkdir(exist_ok=True)
    writable(out)
    with open_store(store) as opened:
        write_standalone_map(opened, out, language=language())
    say(N_("Map written to {file} ({size} kB)."), file=out, size=round(out.stat().st_size / 1000))


@click.command(cls=Command, help=N_("Serve the maps of the store in the browser, on this machine only."))
@option(
    "--host",
    help=N_("Address to listen on; only loopback until there are users."),
)
@port_option
@store_option
def serve(host: str | None, port: int | None, store: str) -> None:
    """Serve the store."""
    open_store(store).close()
    _serve(host, port, store)


def _serve(host: str | None, port: int | None, store: str) -> None:
    given = {"host": host, "port": port}
    chosen = {name: value for name, value in given.items() if value is not None}
    settings = read_settings(store=store, language=language(), **chosen)
    serve_app(
        settings,
        ready=lambda address: say(N_("Open {address} in a browser. Stop with Ctrl+C."), address=address),
    )


@click.command(
    cls=Command,
    help=N_(
        "A made-up city in the shape of Yueyang, to look around in. Every page says that it is demo data.\n\n"
        "  geo-service demo --serve\n"
        "  geo-service demo --files sample/     writes its input files as samples of the formats"
    ),
)
@option("--serve", "then_serve", is_flag=True, help=N_("Serve it afterwards."))
@option("--files", type=FILE, metavar="FOLDER", help=N_("Write the input files and stop."))
@port_option
@option(
    "--store",
    default="geo-service-demo.sqlite",
    show_default=True,
    metavar="PATH|URL",
    help=N_("Store for the demo, apart from your own."),
)
def demo(then_serve: bool, files: Path | None, port: int | None, store: str) -> None:
    """Load the demo city."""
    with open_store(store, create=True) as opened:
        if files is not None:
            files.mkdir(parents=True, exist_ok=True)
            write_demo_files(opened, files)
            say(N_("Demo files written to {folder}."), folder=files)
            return
        if opened.count("schools") and not opened.is_demo():
            raise click.UsageError(tr(N_("This store holds real data; give the demo a store of its own.")))
        if opened.current_screening() is None:
            with progress_bar(STEPS) as progress:
                done = load_demo(opened, progress=progress)
            say(
                N_("Demo city loaded: {schools} schools, {places} places."),
                schools=done.schools,
                places=done.places,
            )
    if then_serve:
        _serve("127.0.0.1", port, store)
