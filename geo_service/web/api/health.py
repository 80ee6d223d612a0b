"""Health: whether the service can answer, for supervisors and scripts."""

from fastapi import APIRouter
from starlette.responses import Response

from geo_service import __version__
from geo_service.web.dependencies import StoreDep
from geo_service.web.models.rules import Health

router = APIRouter(tags=["health"])


@router.get("/healthz")
def get_health(store: StoreDep, response: Response) -> Health:
    """Return 200 when the store can be read, else 503 `store-unavailable`."""
    response.headers["Cache-Control"] = "no-store"
    return Health(
        status="ok",
        version=__version__,
        data_version=store.data_version(),
    )
