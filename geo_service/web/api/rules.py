"""API: the rules and where they come from, the current screening, the imports, and counts."""

from typing import Annotated

from fastapi import APIRouter, Query

from geo_service.errors import NotFound
from geo_service.i18n import N_
from geo_service.web.api import API
from geo_service.web.dependencies import FactsDep, LanguageDep, PackDep, StoreDep
from geo_service.web.models.output import Output
from geo_service.web.models.rules import BatchOut, RulePackOut, ScreeningOut
from geo_service.web.parameters import PAGE_LIMIT
from geo_service.web.shaping import batch_out, pack_out

router = APIRouter(prefix=API, tags=["rules"])


class Batches(Output):
    """The newest imports."""

    items: list[BatchOut]
    limit: int


@router.get("/rules")
def list_rules(pack: PackDep, language: LanguageDep) -> RulePackOut:
    """Return the rule pack: every figure with its status and source."""
    return pack_out(pack, language)


@router.get("/screening")
def get_screening(facts: FactsDep) -> ScreeningOut:
    """Return the screening whose results are shown; 404 `not-found` before the first one."""
    run = facts.screening
    if run is None:
        raise NotFound(N_("Nothing has been screened yet."), hint=N_("Run geo-service screen first."))
    return ScreeningOut(
        id=run.id,
        on=run.on,
        rule_pack=run.rule_pack,
        rule_pack_version=run.rule_pack_version,
        rule_pack_sha256=run.rule_pack_sha256,
        data_version=run.data_version,
        finished_at=run.finished_at,
        seconds=run.seconds,
        exposure_count=run.exposure_count,
        stale=facts.stale,
    )


@router.get("/batches")
def list_batches(store: StoreDep, limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = 50) -> Batches:
    """List the newest imports, with the names of the columns about people that were not stored."""
    return Batches(items=[batch_out(batch) for batch in store.batches(limit)], limit=limit)
