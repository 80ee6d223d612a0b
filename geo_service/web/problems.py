"""Errors as answers: one table from error class to HTTP status, one shape (RFC 9457 problem details)."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from enum import Enum
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from geo_service import errors
from geo_service.errors import GeoServiceError
from geo_service.i18n import N_

Translate = Callable[[str], str]

STATUS: Final[Mapping[type[GeoServiceError], HTTPStatus]] = MappingProxyType(
    {
        GeoServiceError: HTTPStatus.INTERNAL_SERVER_ERROR,
        errors.InputRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
        errors.FileTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        errors.RulePackRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
        errors.UnknownRulePack: HTTPStatus.UNPROCESSABLE_ENTITY,
        errors.NotMetricError: HTTPStatus.INTERNAL_SERVER_ERROR,
        errors.StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
        errors.NothingToScreen: HTTPStatus.CONFLICT,
        errors.NotFound: HTTPStatus.NOT_FOUND,
        errors.SettingsRefused: HTTPStatus.INTERNAL_SERVER_ERROR,
        errors.PortUnavailable: HTTPStatus.INTERNAL_SERVER_ERROR,
        errors.UnsafeBinding: HTTPStatus.INTERNAL_SERVER_ERROR,
    }
)
"""The status of an error is that of its nearest ancestor here."""

_TITLES: Final[Mapping[int, str]] = MappingProxyType(
    {
        400: N_("The request is malformed"),
        404: N_("Nothing is found here"),
        405: N_("This method is not allowed here"),
        409: N_("Not possible in the present state"),
        413: N_("The request is too large"),
        421: N_("Wrong host name"),
        422: N_("The request has invalid values"),
        500: N_("Internal error"),
        503: N_("The service is not available at the moment"),
    }
)


class Refusal(Enum):
    """Requests that are turned away before any route sees them: status, code, detail, hint."""

    MALFORMED_HOST = (
        HTTPStatus.BAD_REQUEST,
        "malformed-host",
        N_("The Host header is missing or malformed."),
        "",
    )
    FOREIGN_HOST = (
        HTTPStatus.MISDIRECTED_REQUEST,
        "foreign-host",
        N_("This service answers only under the name of this machine itself."),
        N_("Open it as http://127.0.0.1 or http://localhost with its port."),
    )
    BODY_TOO_LARGE = (
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "body-too-large",
        N_("The body of the request is over the limit of 1 MB."),
        "",
    )
    NO_STORE = (
        HTTPStatus.SERVICE_UNAVAILABLE,
        "store",
        N_("The store cannot be read at the moment."),
        N_("Try again in a moment; if it stays, tell the operator the number of this request."),
    )
    INTERNAL = (
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "internal",
        N_("Something went wrong inside the service; nothing was changed."),
        N_("Tell the operator the number of this request: the log has the details."),
    )


class FieldFault(BaseModel):
    """One parameter that was refused."""

    field: str = Field(description="Where it stands and its name, such as query.bbox")
    code: str = Field(description="Stable code of the reason")
    message: str


class Problem(BaseModel):
    """Problem details of RFC 9457, with a stable `code` and a `hint` about the cure."""

    type: str = Field(description="Relative URI of the kind of problem, /problems/{code}")
    title: str
    status: int
    detail: str
    code: str
    hint: str = ""
    instance: str = Field(description="Id of the request, also in the X-Request-ID header and the log")
    errors: list[FieldFault] | None = None


def status_of(kind: type[GeoServiceError]) -> HTTPStatus:
    """Return the HTTP status of a class of errors: that of its nearest ancestor in the table."""
    return next(STATUS[ancestor] for ancestor in kind.__mro__ if ancestor in STATUS)


def problem_of(error: Exception | Refusal, translate: Translate, request_id: str) -> Problem:
    """Describe an error to a client; of an unknown one nothing but the id is told."""
    match error:
        case errors.StoreError():  # its text names files and servers, which is for the log
            detail, hint = Refusal.NO_STORE.value[2:]
            return _problem(
                status_of(type(error)), error.code, translate(detail), translate(hint), translate, request_id
            )
        case GeoServiceError() if status_of(type(error)) != HTTPStatus.INTERNAL_SERVER_ERROR:
            detail, hint = error.render(translate)
            return _problem(status_of(type(error)), error.code, detail, hint, translate, request_id)
        case RequestValidationError():
            return _validation_problem(error, translate, request_id)
        case HTTPException() if error.status_code in _TITLES and error.status_code < 500:
            return _http_problem(error.status_code, translate, request_id)
        case Refusal():
            status, code, detail, hint = error.value
        case _:
            status, code, detail, hint = Refusal.INTERNAL.value
    return _problem(status, code, translate(detail), translate(hint) if hint else "", translate, request_id)


def _problem(
    status: int, code: str, detail: str, hint: str, translate: Translate, request_id: str
) -> Problem:
    return Problem(
        type=f"/problems/{code}",
        title=translate(_TITLES[status]),
        status=int(status),
        detail=detail,
        code=code,
        hint=hint,
        instance=request_id,
    )


def _http_problem(status: int, translate: Translate, request_id: str) -> Problem:
    details = {
        400: N_("The request could not be read."),
        404: N_("There is no page or address of this name."),
        405: N_("The service only answers to reading (GET and HEAD) here."),
    }
    codes = {404: "no-such-address", 405: "method-not-allowed"}
    detail = translate(details[status]) if status in details else ""
    return _problem(status, codes.get(status, "bad-request"), detail, "", translate, request_id)


_FAULT_MESSAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "missing": N_("It is required."),
        "int_parsing": N_("It must be a whole number."),
        "int_from_float": N_("It must be a whole number."),
        "int_parsing_size": N_("It must be a whole number."),
        "float_parsing": N_("It must be a number."),
        "finite_number": N_("It must be a finite number."),
        "bool_parsing": N_("It must be true or false."),
        "greater_than_equal": N_("It must be at least {ge}."),
        "less_than_equal": N_("It must be at most {le}."),
        "string_too_long": N_("It must have at most {max_length} characters."),
        "string_too_short": N_("It must have at least {min_length} characters."),
        "string_pattern_mismatch": N_("It contains characters that are not allowed."),
        "literal_error": N_("It must be one of {expected}."),
        "enum": N_("It must be one of {expected}."),
        "bbox": N_(
            "It must be west,south,east,north in degrees (WGS 84), with west < east and south < north."
        ),
        "unknown_keys": N_("It must be one of {expected}."),
        "too_many_rows": N_("The result has {total} rows and the limit is {limit}; narrow it by a filter."),
    }
)


def invalid(field: str, code: str, **context: object) -> RequestValidationError:
    """Return the error for a query parameter that only a handler can judge."""
    return RequestValidationError([{"type": code, "loc": ("query", field), "msg": code, "ctx": context}])


def _validation_problem(error: RequestValidationError, translate: Translate, request_id: str) -> Problem:
    faults = []
    for fault in list(error.errors())[:20]:
        code = str(fault["type"])
        pattern = _FAULT_MESSAGES.get(code, N_("Its value is not allowed."))
        message = translate(pattern).format_map(defaultdict(str, fault.get("ctx") or {}))
        field = ".".join(str(part)[:60] for part in fault["loc"][:4])
        faults.append(FieldFault(field=field, code=code.replace("_", "-"), message=message))
    problem = _problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "invalid-parameters",
        translate(N_("Some parameters of the request are not allowed; see the list.")),
        "",
        translate,
        request_id,
    )
    return problem.model_copy(update={"errors": faults})
