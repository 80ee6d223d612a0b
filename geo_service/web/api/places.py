"""API: places and what they expose."""

from fastapi import APIRouter

from geo_service.errors import NotFound
from geo_service.i18n import N_
from geo_service.model.vocabulary import CATEGORIES
from geo_service.web.api import API
from geo_service.web.dependencies import LanguageDep, PackDep, StoreDep
from geo_service.web.models.output import Page
from geo_service.web.models.places import PlaceDetail, PlaceRow
from geo_service.web.parameters import (
    PAGE_LIMIT,
    BBoxText,
    CategoryFilter,
    District,
    Limit,
    Offset,
    PlaceBandFilter,
    RecordId,
    Search,
    bbox_of,
    one_of,
)
from geo_service.web.shaping import exposure_out

router = APIRouter(prefix=API, tags=["places"])


@router.get("/places")
def list_places(
    store: StoreDep,
    q: Search = None,
    category: CategoryFilter = None,
    district: District = None,
    band: PlaceBandFilter = None,
    bbox: BBoxText = "",
    limit: Limit = 50,
    offset: Offset = 0,
) -> Page[PlaceRow]:
    """List places; `band` is the strongest standing of a place in the current screening."""
    page = store.list_places(
        q=q or None,
        category=one_of("category", category, CATEGORIES),
        district=district or None,
        band=band,
        bbox=bbox_of(bbox),
        limit=limit,
        offset=offset,
    )
    items = [PlaceRow.of(row) for row in page.items]
    return Page(items=items, total=page.total, limit=limit, offset=offset)


@router.get("/places/{place_id:path}")
def get_place(place_id: RecordId, store: StoreDep, pack: PackDep, language: LanguageDep) -> PlaceDetail:
    """Return a place with the exposures it causes and the rule behind each; 404 `not-found`."""
    row = store.get_place(place_id)
    if row is None:
        raise NotFound(N_("There is no such place."))
    page = store.list_exposures(place_id=place_id, limit=PAGE_LIMIT)
    return PlaceDetail.of(row, exposures=[exposure_out(exposure, pack, language) for exposure in page.items])
