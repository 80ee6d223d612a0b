"""Conditional answers: an ETag by the version of the data, 304 to who has it, compressed bytes from memory."""

import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Annotated, Final

from fastapi import Depends, Request
from pydantic import BaseModel
from starlette.responses import Response

from geo_service import __version__
from geo_service.web.answer_cache import AnswerCache
from geo_service.web.facts import Facts

_GZIP: Final = re.compile(r"(?:^|,)\s*(?:gzip|\*)\s*(?:;\s*q=(?P<quality>[0-9.]+)\s*)?(?=,|$)", re.IGNORECASE)
JSON_TYPE: Final = "application/json"


class ConditionalAnswers:
    """Answers of one request about the map: from memory where possible, not at all where the client has them."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._cache: AnswerCache = request.app.state.answers

    def answer(
        self, facts: Facts, parameters: Mapping[str, object], compute: Callable[[], BaseModel]
    ) -> Response:
        """Return 304, or the JSON of what `compute` gives for these (checked, normalised) parameters.

        The facts were read before the data: if an import comes in between, the answer is newer than its tag,
        and the client's next question gets the new tag.
        """
        key = answer_key(facts, self._request.url.path, parameters)
        tag = f'W/"{sha256(f"{__version__} {key}".encode()).hexdigest()[:20]}"'
        headers = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if has_tag(self._request.headers.get("if-none-match", ""), tag):
            return Response(status_code=304, headers=headers)
        found = self._cache.get(key, lambda: json_bytes(compute()))
        if accepts_gzip(self._request):
            return Response(
                found.gzipped, headers=headers | {"Content-Encoding": "gzip"}, media_type=JSON_TYPE
            )
        return Response(found.plain, headers=headers, media_type=JSON_TYPE)


def answer_key(facts: Facts, path: str, parameters: Mapping[str, object]) -> str:
    """Return the name under which an answer about the data is kept."""
    question = "&".join(f"{name}={value}" for name, value in sorted(parameters.items()))
    return f"{facts.version} {path}?{question}"


def json_bytes(answer: BaseModel) -> bytes:
    """Return an answer as it is sent."""
    return answer.model_dump_json().encode()


async def _conditional(request: Request) -> ConditionalAnswers:
    return ConditionalAnswers(request)


ConditionalDep = Annotated[ConditionalAnswers, Depends(_conditional)]


def has_tag(if_none_match: str, tag: str) -> bool:
    """Whether an If-None-Match header names a tag; weak comparison, as RFC 9110 wants it for GET."""
    wanted = tag.removeprefix("W/")
    candidates = (part.strip().removeprefix("W/") for part in if_none_match[:4000].split(","))
    return any(candidate in {wanted, "*"} for candidate in candidates)


def accepts_gzip(request: Request) -> bool:
    """Whether the client takes gzip."""
    match = _GZIP.search(request.headers.get("accept-encoding", "")[:500])
    if match is None:
        return False
    try:
        return float(match["quality"] or 1) > 0
    except ValueError:
        return False
