"""The first answers, computed before anybody asks: else the first visitor waits for them."""

import threading
from collections.abc import Callable

from fastapi import FastAPI
from pydantic import BaseModel

from geo_service.i18n import LANGUAGES
from geo_service.web.answer_cache import AnswerCache
from geo_service.web.api import API
from geo_service.web.caching import answer_key, json_bytes
from geo_service.web.logs import LOG
from geo_service.web.map_layers import map_districts, map_schools, map_zones
from geo_service.web.models.summary import Summary


def warm_up(app: FastAPI) -> None:
    """Compute what the start page asks for, into the same memory that requests are answered from."""
    state = app.state
    store, facts = state.store, state.facts.now()
    answers: AnswerCache = state.answers

    def keep(name: str, parameters: dict[str, object], compute: Callable[[], BaseModel]) -> None:
        key = answer_key(facts, f"{API}/map/{name}", parameters)
        answers.get(key, lambda: json_bytes(compute()))

    for language in LANGUAGES:
        state.shells.shell(facts.bounds, language)
    keep("schools", {}, lambda: map_schools(store, facts))
    keep("zones", {"bbox": None}, lambda: map_zones(store, None))
    keep("districts", {}, lambda: map_districts(store))
    keep("summary", {}, lambda: Summary.model_validate(store.summary()))
    for rows in (state.major_roads, state.gates, state.posts):
        rows.of(facts.version)


def warm_up_in_background(app: FastAPI) -> threading.Thread:
    """Warm up beside the first requests; what fails is logged, and the request that needs it tells it again."""

    def work() -> None:
        try:
            warm_up(app)
        except Exception:  # nobody waits for this thread
            LOG.exception("warm_up_failed")

    thread = threading.Thread(target=work, name="warm-up", daemon=True)
    thread.start()
    return thread
