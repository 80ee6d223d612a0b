"""The description of the API: errors in their real shape and media type."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.responses import JSONResponse, Response

from geo_service.web.api import API
from geo_service.web.problems import Problem

OPENAPI_URL: Final = f"{API}/openapi.json"

_ERRORS = {
    "404": "There is no such record",
    "422": "A parameter is not allowed; `errors` lists them",
    "503": "The store cannot be read at the moment",
}
_DESCRIPTION = (
    "Read-only. Coordinates are longitude, latitude in WGS 84 (EPSG:4326), distances in metres. Results are leads "
    "for a measured on-site check, never a finding. Errors are problem details (RFC 9457) with a stable `code`."
)


def describe_api(app: FastAPI) -> None:
    """Let the app describe itself with our errors instead of FastAPI's, which it never sends."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(
                title=app.title,
                version=app.version,
                description=_DESCRIPTION,
                routes=app.routes,
            )
            app.openapi_schema = _with_problems(schema)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend its description

    @app.get(OPENAPI_URL, include_in_schema=False)
    def get_openapi_description() -> Response:
        return JSONResponse(app.openapi(), headers={"Cache-Control": "no-cache"})


def _with_problems(schema: dict[str, Any]) -> dict[str, Any]:
    components = schema.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        components.pop(name, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    components |= problem.pop("$defs", {})
    components["Problem"] = problem
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in schema["paths"].values():
        for operation in operations.values():
            for status, description in _ERRORS.items():
                if status == "404" and not any(p["in"] == "path" for p in operation.get("parameters", [])):
                    continue
                operation["responses"][status] = {"description": description, "content": content}
    return schema
