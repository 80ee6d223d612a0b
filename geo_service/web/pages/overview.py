"""Pages: the map, the rules, about, and the documentation of the API."""

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import Response

from geo_service.render import page_config
from geo_service.web.dependencies import PackDep, StoreDep
from geo_service.web.map_shells import MapShells
from geo_service.web.openapi import OPENAPI_URL
from geo_service.web.pages.page import PageDep
from geo_service.web.shaping import batch_out, pack_out

_BATCHES_SHOWN = 20

router = APIRouter(include_in_schema=False)


@router.get("/")
def show_map(page: PageDep, request: Request) -> Response:
    """Show the map. The page holds the frame only; its script asks for the data."""
    shells: MapShells = request.app.state.shells
    shell = shells.shell(page.facts.bounds, page.language)
    config = page_config(
        language=page.language,
        demo=page.facts.demo,
        stale=page.facts.stale,
        as_of=page.facts.as_of,
        bounds=page.facts.bounds,
    )
    return page.show(
        "map.html",
        "map",
        {
            "config": config,
            "shell": shell,
            "shell_html": Markup(shell.body_html),  # noqa: S704 - made of constants and numbers by render
            "shell_script_url": shell.script_url,
            "shell_style_url": shell.style_url,
        },
    )


@router.get("/rules")
def show_rules(page: PageDep, pack: PackDep) -> Response:
    """Show the rules: every figure with its status and source."""
    described = pack_out(pack, page.language).model_dump()
    run = page.facts.screening
    return page.show(
        "rules.html",
        "rules",
        {
            "pack": described,
            "rules": described["rules"],
            "screened_with": {"id": run.rule_pack, "version": run.rule_pack_version} if run else None,
        },
    )


@router.get("/about")
def show_about(page: PageDep, store: StoreDep) -> Response:
    """Show what this is, what it holds, where that came from, and its limits."""
    batches = [batch_out(batch).model_dump() for batch in store.batches(_BATCHES_SHOWN)]
    return page.show(
        "about.html",
        "about",
        {"summary": store.summary(), "batches": batches, "schema_url": OPENAPI_URL},
    )


@router.get("/docs")
def show_docs(page: PageDep) -> Response:
    """Show the documentation of the API, with files of our own only."""
    return page.show("docs.html", "api", {"openapi_url": OPENAPI_URL})
