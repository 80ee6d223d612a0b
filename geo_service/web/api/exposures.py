"""API: exposures, as pages of JSON and whole as CSV or GeoJSON."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import StreamingResponse

from geo_service.web.api import API
from geo_service.web.dependencies import LanguageDep, PackDep, StoreDep
from geo_service.web.exposure_export import ExposureExport, ExposureFilter
from geo_service.web.models.exposures import ExposureOut
from geo_service.web.models.output import Page
from geo_service.web.parameters import BandFilter, IdFilter, Limit, Offset
from geo_service.web.shaping import exposure_out

router = APIRouter(prefix=API, tags=["exposures"])


async def _filter(
    school_id: IdFilter = None, place_id: IdFilter = None, rule_id: IdFilter = None, band: BandFilter = None
) -> ExposureFilter:
    return ExposureFilter(school_id, place_id, rule_id, band)


FilterDep = Annotated[ExposureFilter, Depends(_filter)]


@router.get("/exposures")
def list_exposures(
    store: StoreDep,
    pack: PackDep,
    language: LanguageDep,
    chosen: FilterDep,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Page[ExposureOut]:
    """List which place lies in reach of which school, by which rule, with the evidence."""
    page = store.list_exposures(
        school_id=chosen.school_id,
        place_id=chosen.place_id,
        rule_id=chosen.rule_id,
        band=chosen.band,
        limit=limit,
        offset=offset,
    )
    items = [exposure_out(row, pack, language) for row in page.items]
    return Page(items=items, total=page.total, limit=limit, offset=offset)


@router.get(
    "/exposures.csv",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {}}, "description": "UTF-8 with byte order mark"}},
)
def export_exposures_csv(
    store: StoreDep, pack: PackDep, language: LanguageDep, chosen: FilterDep
) -> StreamingResponse:
    """Return all matching exposures as CSV; no cell of it runs as a formula."""
    export = ExposureExport(store, chosen, pack, language)
    return StreamingResponse(
        export.csv(), headers=_as_file("exposures.csv"), media_type="text/csv; charset=utf-8"
    )


@router.get(
    "/exposures.geojson",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/geo+json": {}}, "description": "Evidence lines"}},
)
def export_exposures_geojson(
    store: StoreDep, pack: PackDep, language: LanguageDep, chosen: FilterDep
) -> StreamingResponse:
    """Return all matching exposures as lines between the two points that were measured."""
    export = ExposureExport(store, chosen, pack, language)
    return StreamingResponse(
        export.geojson(), headers=_as_file("exposures.geojson"), media_type="application/geo+json"
    )


def _as_file(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
