"""API: schools with what remains around them."""

from typing import Annotated

from fastapi import APIRouter, Query

from geo_service.errors import NotFound
from geo_service.i18n import N_
from geo_service.model.vocabulary import SCHOOL_STATES, STAGES
from geo_service.web.api import API
from geo_service.web.dependencies import GateRowsDep, LanguageDep, PackDep, StoreDep
from geo_service.web.models.output import Page
from geo_service.web.models.schools import SchoolDetail, SchoolRow
from geo_service.web.parameters import (
    District,
    Limit,
    Offset,
    RecordId,
    Search,
    Sort,
    StageFilter,
    StateFilter,
    one_of,
)
from geo_service.web.school_details import school_detail

router = APIRouter(prefix=API, tags=["schools"])


@router.get("/schools")
def list_schools(
    store: StoreDep,
    q: Search = None,
    district: District = None,
    stage: StageFilter = None,
    state: StateFilter = None,
    sort: Annotated[Sort, Query(description="What remains to be cleaned up first, or by name")] = "remaining",
    limit: Limit = 50,
    offset: Offset = 0,
) -> Page[SchoolRow]:
    """List schools with what remains around them."""
    page = store.list_schools(
        q=q or None,
        district=district or None,
        stage=one_of("stage", stage, STAGES),
        state=one_of("state", state, SCHOOL_STATES),
        sort=sort,
        limit=limit,
        offset=offset,
    )
    items = [SchoolRow.of(row) for row in page.items]
    return Page(items=items, total=page.total, limit=limit, offset=offset)


@router.get("/schools/{school_id:path}")
def get_school(
    school_id: RecordId, store: StoreDep, gates: GateRowsDep, pack: PackDep, language: LanguageDep
) -> SchoolDetail:
    """Return a school with its result, its exposures (the first 200) and gates; 404 `not-found`."""
    detail = school_detail(store, gates, school_id, pack, language)
    if detail is None:
        raise NotFound(N_("There is no such school."))
    return detail
