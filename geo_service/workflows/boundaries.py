"""The district boundaries that ship with the service, and how an operator puts his own in their place."""

from pathlib import Path

from geo_service.crs import resolve_system
from geo_service.errors import FileUnreadable
from geo_service.i18n import N_
from geo_service.store import Store
from geo_service.workflows.import_layer import Imported, import_layer

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


def load_shipped_boundaries(store: Store) -> Imported:
    """Load the nine counties of Yueyang into a store."""
    return import_layer(store, "boundaries", shipped_boundaries(), resolve_system(SHIPPED_CRS))


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
