"""The district boundaries that ship with the service, and how an operator puts his own in their place."""

from pathlib import Path

from geo_service.crs import System, resolve_system
from geo_service.errors import FileUnreadable
from geo_service.i18n import N_
from geo_service.store import Store
from geo_service.workflows.import_layer import Imported, import_reading, read_file
from geo_service.workflows.progress import Progress, silent

_PACKAGE = Path(__file__).resolve().parents[1]
SHIPPED_FILE = "yueyang.geojson"
SHIPPED_CRS = "cgcs2000"


def shipped_boundaries() -> Path:
    """Return the path of the shipped boundaries, in an installed package or in a checkout."""
    for folder in (_PACKAGE / "data" / "boundaries", _PACKAGE.parent / "data" / "boundaries"):
        if (folder / SHIPPED_FILE).is_file():
            return folder / SHIPPED_FILE
    raise FileUnreadable(
        N_("The boundary file {path} is missing from the installation."),
        hint=N_("Install the package again."),
        path=SHIPPED_FILE,
    )


def replace_boundaries(store: Store, path: Path, system: System, *, progress: Progress = silent) -> Imported:
    """Put the districts of a file in place of all that the store has.

    Records that are stored already keep the district they were given.

    Raises
    ------
    InputRefused
        The file is refused; the store is unchanged.
    """
    progress(N_("Reading and checking"))
    reading = read_file("boundaries", path, system)
    return import_reading(store, reading, replace_boundaries=True, progress=progress)["boundaries"]


def load_shipped_boundaries(store: Store) -> Imported:
    """Put the nine counties of Yueyang in place of all districts of a store."""
    return replace_boundaries(store, shipped_boundaries(), resolve_system(SHIPPED_CRS))


def open_store(address: str, *, create: bool = False) -> Store:
    """Open a store; a newly created one starts with the shipped boundaries.

    Raises
    ------
    StoreMissing
        There is none and `create` is off.
    """
    store = Store.open(address, create=create)
    if create and not store.count("boundaries"):
        load_shipped_boundaries(store)
    return store
