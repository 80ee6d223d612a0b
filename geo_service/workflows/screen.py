"""Screening of a store: measure, sum up per school, check the gates, and keep the results."""

import datetime as dt
import time
from dataclasses import dataclass

from geo_service.duty import gate_coverage
from geo_service.errors import NothingToScreen, UnknownRulePack
from geo_service.i18n import N_
from geo_service.perimeter import Screening, school_results, screen
from geo_service.rules import Rule, RulePack
from geo_service.store import ScreeningRun, Store
from geo_service.workflows.progress import Progress, silent

STEPS = 4
"""Steps that a screening reports."""

_PLACE_COLUMNS = ["category", "licence_status", "accuracy_m"]


@dataclass(frozen=True, slots=True)
class Screened:
    """What a screening of a store found."""

    run: ScreeningRun
    screening: Screening
    schools: int
    places: int
    states: dict[str, int]


def run_screening(store: Store, *, on: dt.date, pack: RulePack, progress: Progress = silent) -> Screened:
    """Screen all places of the store by the rules in force on a day, and replace the current results.

    Raises
    ------
    NothingToScreen
        The store has no schools or no places.
    UnknownRulePack
        No rule of the pack is in force on that day.
    """
    started, clock = dt.datetime.now(dt.UTC), time.perf_counter()
    progress(N_("Loading"))
    data_version = store.data_version()
    schools = store.load_layer("schools")
    gates = store.load_layer("gates")
    posts = store.load_layer("posts")
    places = store.load_layer("places", columns=_PLACE_COLUMNS)
    if schools.empty or places.empty:
        raise NothingToScreen(
            N_("There is nothing to screen: {schools} schools and {places} places in the store."),
            hint=N_("Import both first: geo-service import schools FILE --crs NAME"),
            schools=len(schools),
            places=len(places),
        )
    rules = rules_in_force(pack, on)
    progress(N_("Measuring"))
    screening = screen(schools, places, rules, gates=gates)
    progress(N_("Summing up"))
    gate_results = gate_coverage(gates, posts)
    results = school_results(schools, places, screening.exposures, gate_results, on=on)
    run = ScreeningRun(
        on=on,
        rule_pack=pack.id,
        rule_pack_version=pack.version,
        rule_pack_sha256=pack.sha256,
        data_version=data_version,
        started_at=started,
        finished_at=dt.datetime.now(dt.UTC),
        seconds=time.perf_counter() - clock,
        exposure_count=len(screening.exposures),
    )
    progress(N_("Saving"))
    store.save_screening(
        run, screening.exposures, results, gate_results.drop(columns="school_id"), rule_pack=pack.text
    )
    states = results["state"].value_counts().to_dict()
    return Screened(
        run, screening, len(schools), len(places), {str(key): int(n) for key, n in states.items()}
    )


def rules_in_force(pack: RulePack, on: dt.date) -> tuple[Rule, ...]:
    """Return the rules about places in force on a day."""
    rules = pack.rules_for(on=on)
    if not rules:
        raise UnknownRulePack(
            N_("No rule of the pack {pack} is in force on {date}."),
            hint=N_("Choose another date (--on) or another pack (--rules)."),
            pack=pack.id,
            date=on.isoformat(),
        )
    return rules
