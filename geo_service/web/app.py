"""The application: built from settings, nothing at import; it opens the store when it starts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware.gzip import GZipMiddleware

from geo_service import __version__
from geo_service.errors import GeoServiceError
from geo_service.settings import Settings
from geo_service.store import Store
from geo_service.web import static_files
from geo_service.web.answer_cache import GZIP_LEVEL, AnswerCache
from geo_service.web.api import duty, exposures, health, places, rules, schools
from geo_service.web.api import map as map_api
from geo_service.web.binding import HostGuard, require_loopback
from geo_service.web.district_choices import district_rows
from geo_service.web.error_answers import install_error_answers
from geo_service.web.facts import FactKeeper
from geo_service.web.gates_and_posts import gate_rows, post_rows
from geo_service.web.map_shells import MapShells
from geo_service.web.openapi import describe_api
from geo_service.web.pages import overview
from geo_service.web.pages import schools as school_pages
from geo_service.web.request_limits import BodyLimit, HeadAsGet
from geo_service.web.request_scope import RequestScope
from geo_service.web.road_layer import major_roads
from geo_service.web.security_headers import SecurityHeaders
from geo_service.web.templating import Templates
from geo_service.web.versioned import Versioned


def create_app(settings: Settings) -> FastAPI:
    """Build the application: pages, JSON API, browser files, errors, logs.

    The store is opened when the application starts (lifespan), once for all threads, and closed when it ends;
    `StoreMissing` and the like then come out of the start.

    Raises
    ------
    UnsafeBinding
        The settings name a host that other machines could reach.
    """
    require_loopback(settings.host)
    app = FastAPI(
        title="geo_service",
        version=__version__,
        lifespan=_lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.settings = settings
    app.state.templates = Templates()
    app.state.shells = MapShells()
    app.state.answers = AnswerCache()
    # The last added is the outermost.
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=GZIP_LEVEL)
    app.add_middleware(HeadAsGet)
    app.add_middleware(BodyLimit)
    app.add_middleware(HostGuard)
    app.add_middleware(RequestScope)
    app.add_middleware(SecurityHeaders)
    install_error_answers(app)
    for topic in (schools, places, exposures, duty, rules, map_api, health):
        app.include_router(topic.router)
    for pages in (overview, school_pages, static_files):
        app.include_router(pages.router)
    describe_api(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    try:
        store = await run_in_threadpool(Store.open, settings.store)
    except GeoServiceError as error:
        app.state.start_error = error  # for `serve`, which has uvicorn between itself and us
        raise
    with store:
        app.state.store = store
        app.state.facts = FactKeeper(store)
        app.state.gates = Versioned(lambda: gate_rows(store))
        app.state.posts = Versioned(lambda: post_rows(store))
        app.state.districts = Versioned(lambda: district_rows(store))
        app.state.major_roads = Versioned(lambda: major_roads(store))
        yield
