"""One school with everything about it, for the API and for its page."""

from geo_service.i18n import Language
from geo_service.rules import RulePack
from geo_service.store import Store
from geo_service.web.gates_and_posts import Rows
from geo_service.web.models.exposures import ExposureList
from geo_service.web.models.schools import GateOut, SchoolDetail, SchoolResult
from geo_service.web.parameters import PAGE_LIMIT
from geo_service.web.shaping import exposure_out


def school_detail(
    store: Store, gates: Rows, school_id: str, pack: RulePack, language: Language
) -> SchoolDetail | None:
    """Return a school with its result, its exposures (at most 200) and its gates; None if there is none."""
    row = store.get_school(school_id)
    if row is None:
        return None
    page = store.list_exposures(school_id=school_id, limit=PAGE_LIMIT)
    exposures = [exposure_out(exposure, pack, language) for exposure in page.items]
    return SchoolDetail.of(
        row,
        result=SchoolResult.of(row, terms=row["terms"] or []) if row["state"] else None,
        exposures=ExposureList(total=page.total, items=exposures),
        gates=[GateOut.of(gate) for gate in gates if gate["school_id"] == school_id],
    )
