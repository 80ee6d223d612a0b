"""Pages: the table of schools, what remains first, and one page per school."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.responses import Response

from geo_service.errors import NotFound
from geo_service.i18n import N_, translator
from geo_service.model.vocabulary import SCHOOL_STATES, STAGES
from geo_service.web.dependencies import DistrictRowsDep, GateRowsDep, PackDep, StoreDep
from geo_service.web.models.schools import SchoolRow
from geo_service.web.pages.page import PageDep
from geo_service.web.parameters import (
    District,
    Offset,
    RecordId,
    Search,
    Sort,
    StageFilter,
    StateFilter,
    one_of,
)
from geo_service.web.school_details import school_detail

ROWS_PER_PAGE = 50
_SORTS: dict[Sort, str] = {"remaining": N_("What remains first"), "name": N_("By name")}

router = APIRouter(include_in_schema=False)


@router.get("/schools")
def show_schools(
    page: PageDep,
    store: StoreDep,
    districts: DistrictRowsDep,
    q: Search = None,
    district: District = None,
    stage: StageFilter = None,
    state: StateFilter = None,
    sort: Annotated[Sort, Query()] = "remaining",
    offset: Offset = 0,
) -> Response:
    """Show the table of schools."""
    found = store.list_schools(
        q=q or None,
        district=district or None,
        stage=one_of("stage", stage, STAGES),
        state=one_of("state", state, SCHOOL_STATES),
        sort=sort,
        limit=ROWS_PER_PAGE,
        offset=offset,
    )
    filters = {
        "q": q or "",
        "district": district or "",
        "stage": stage or "",
        "state": state or "",
        "sort": sort,
    }

    def url(start: int) -> str:
        return "/schools?" + urlencode(
            {**{key: value for key, value in filters.items() if value}, "offset": start}
        )

    following = offset + ROWS_PER_PAGE
    translate, language = translator(page.language), page.language
    return page.show(
        "schools.html",
        "schools",
        {
            "items": [SchoolRow.of(row).model_dump() for row in found.items],
            "total": found.total,
            "limit": ROWS_PER_PAGE,
            "offset": offset,
            "filters": filters,
            "previous_url": url(max(offset - ROWS_PER_PAGE, 0)) if offset else None,
            "next_url": url(following) if following < found.total else None,
            "stages": [{"key": key, "label": term.label(language)} for key, term in STAGES.items()],
            "states": [{"key": key, "label": term.label(language)} for key, term in SCHOOL_STATES.items()],
            "district_options": districts,
            "sorts": [{"key": key, "label": translate(label)} for key, label in _SORTS.items()],
        },
    )


@router.get("/schools/{school_id:path}")
def show_school(
    page: PageDep, school_id: RecordId, store: StoreDep, gates: GateRowsDep, pack: PackDep
) -> Response:
    """Show one school: what it is, what lies around it and why that matters."""
    detail = school_detail(store, gates, school_id, pack, page.language)
    if detail is None:
        raise NotFound(N_("There is no such school."))
    return page.show("school.html", "schools", {"school": detail.model_dump()})
