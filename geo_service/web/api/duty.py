"""API: school gates with their coverage, and duty posts."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Query

from geo_service.model.vocabulary import POST_KINDS
from geo_service.web.api import API
from geo_service.web.dependencies import GateRowsDep, PostRowsDep
from geo_service.web.gates_and_posts import Rows
from geo_service.web.models.output import Output, Page
from geo_service.web.models.schools import GateOut, PostOut
from geo_service.web.parameters import District, IdFilter, Limit, Offset, one_of

router = APIRouter(prefix=API, tags=["duty"])

_Out = TypeVar("_Out", bound=Output)


@router.get("/gates")
def list_gates(
    gates: GateRowsDep,
    school_id: IdFilter = None,
    covered: Annotated[bool | None, Query(description="Whether a duty post stands within its radius")] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Page[GateOut]:
    """List school gates, ordered by id."""
    rows = _chosen(gates, school_id=school_id, covered=covered)
    return _page(rows, GateOut.of, limit, offset)


@router.get("/posts")
def list_posts(
    posts: PostRowsDep,
    school_id: IdFilter = None,
    district: District = None,
    kind: Annotated[str | None, Query(max_length=40, description=f"One of {', '.join(POST_KINDS)}")] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Page[PostOut]:
    """List duty posts, ordered by id, with numbers per force."""
    wanted_kind = one_of("kind", kind, POST_KINDS)
    rows = _chosen(posts, school_id=school_id, district=district or None, kind=wanted_kind)
    return _page(rows, PostOut.of, limit, offset)


def _chosen(rows: Rows, **wanted: object) -> Rows:
    given = {name: value for name, value in wanted.items() if value is not None}
    return [row for row in rows if all(row[name] == value for name, value in given.items())]


def _page(rows: Rows, of: Callable[[dict[str, Any]], _Out], limit: int, offset: int) -> Page[_Out]:
    items = [of(row) for row in rows[offset : offset + limit]]
    return Page(items=items, total=len(rows), limit=limit, offset=offset)
