"""The demo city: generated as files, brought in through the ordinary import, screened."""

import tempfile
from pathlib import Path

from geo_service.crs import resolve_system
from geo_service.demo import REFERENCE_DATE, write_demo
from geo_service.i18n import N_
from geo_service.ingest import ImportResult
from geo_service.model.tables import Kind
from geo_service.rules import load_pack
from geo_service.store import Store
from geo_service.workflows.import_layer import Reading, import_reading, read_file
from geo_service.workflows.progress import Progress, silent
from geo_service.workflows.screen import Screened, run_screening

_ORDER: tuple[Kind, ...] = ("schools", "gates", "places", "posts", "roads")
STEPS = 9
"""Steps that loading the demo reports."""


def load_demo(store: Store, *, progress: Progress = silent) -> Screened:
    """Fill a store with the demo city, all of it or nothing, and screen it as of the demo's reference date."""
    with tempfile.TemporaryDirectory(prefix="geo-service-demo-") as folder:
        progress(N_("Generating the demo city"))
        files = write_demo_files(store, Path(folder))
        results: dict[Kind, ImportResult] = {}
        for kind in _ORDER:
            progress(N_("Reading and checking"))
            results |= read_file(kind, files[kind], resolve_system("wgs84")).results
        import_reading(store, Reading(results, resolve_system("wgs84")), demo=True, progress=progress)
    progress(N_("Measuring"))
    return run_screening(store, on=REFERENCE_DATE, pack=load_pack())


def write_demo_files(store: Store, folder: Path) -> dict[Kind, Path]:
    """Write the demo's input files, which also serve as samples of the formats."""
    return write_demo(folder, store.load_layer("boundaries"))
