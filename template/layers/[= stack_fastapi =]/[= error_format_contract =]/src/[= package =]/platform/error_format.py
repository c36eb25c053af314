"""Errors as the contract declares them."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import unquote

from fastapi import Response
from fastapi.routing import iter_route_contexts
from starlette.types import Scope

from . import context
from .error_report import ErrorBody, ErrorReport, FieldReport
from .errors import BY_STATUS, AppError, Told, field_errors_of, title_of
from .generated.error_bodies import DEFAULT, OPERATIONS
from .route_table import route_path

# The machine code of an error: not every body of a contract has a place for it.
CODE_HEADER: Final = "x-error-code"
CODE: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}")
TEXTS: Final = (
    *("detail", "message", "description", "error_description", "reason"),
    *("msg", "text", "details", "error", "title"),
)


def error_response(error: AppError, scope: Scope) -> Response:
    """The answer to a request that ended in an error."""
    body = error_body(operation_of(scope), error.status)
    coded = {CODE_HEADER: error.code} if CODE.fullmatch(error.code) else {}
    return Response(
        body.content(report_of(error, scope)),
        status_code=error.status,
        headers=coded | error.headers,
        media_type=body.media_type,
    )


def error_responses(
    *statuses: int | str, operation: str | None = None
) -> dict[int | str, dict[str, Any]]:
    """FastAPI's `responses=` for an operation that may answer these statuses.

    `operation` names one that declares bodies of its own.
    """
    bodies = {status: error_body(operation, status) for status in statuses}
    return {
        status: {
            "description": title_of(status),
            "content": {body.media_type: {"schema": body.schema}},
        }
        for status, body in bodies.items()
    }


def error_body(operation: str | None, status: int | str) -> ErrorBody:
    """The body that the contract declares for a status of an operation.

    What it declares for the status itself goes before `4XX`, and that before `default`.
    """
    own = OPERATIONS.get(operation or "", {})
    for key in (str(status), f"{str(status)[0]}XX", "default"):
        if key in own:
            return own[key]
    return DEFAULT


def operation_of(scope: Scope) -> str | None:
    """The id of the operation that a request is for, as the contract has it."""
    if route := scope.get("route"):
        return operation_id(route, scope)
    path = route_path(scope)
    matching = (
        operation_id(candidate, scope)
        for candidate in iter_route_contexts(scope["app"].routes)
        if (pattern := getattr(candidate, "path_regex", None)) and pattern.match(path)
    )
    return next(filter(None, matching), None)


def operation_id(route: object, scope: Scope) -> str | None:
    """The operation that a route stands for, where the method is one of its own."""
    if scope["method"] not in (getattr(route, "methods", None) or ()):
        return None
    found: str | None = getattr(route, "operation_id", None)
    return found


def report_of(error: AppError, scope: Scope) -> ErrorReport:
    """What there is to say about an error."""
    general = BY_STATUS[400 if error.status < 500 else 500]
    return ErrorReport(
        status=error.status,
        code=error.code,
        kind=BY_STATUS.get(error.status, general).code,
        title=error.title,
        text=error.detail or error.title,
        request_id=context.request_id.get() or "",
        method=scope["method"],
        path=_requested_path(scope),
        time=datetime.now(UTC),
        fields=tuple(
            FieldReport(item.pointer, item.message, item.code) for item in error.errors
        ),
    )


def read_error(headers: Mapping[str, str], body: bytes) -> Told:
    """What an error response says: its code, and the first text in it."""
    try:
        told = json.loads(body)
    except ValueError:
        told = body.decode(errors="replace")
    listed = told.get("errors") if isinstance(told, dict) else None
    pointed = [
        item
        for item in (listed if isinstance(listed, list) else ())
        if isinstance(item, dict) and "pointer" in item
    ]
    return Told(
        headers.get(CODE_HEADER), next(texts(told), None), field_errors_of(pointed)
    )


def texts(told: object) -> Iterator[str]:
    """The texts of an error body, what is named like one before all others."""
    if isinstance(told, str):
        yield told
    elif isinstance(told, list):
        if joined := "; ".join(text for item in told for text in texts(item)):
            yield joined
    elif isinstance(told, dict):
        for name in TEXTS:
            if isinstance(told.get(name), str):
                yield told[name]
        for value in told.values():
            if isinstance(value, dict | list):
                yield from texts(value)


def _requested_path(scope: Scope) -> str:
    """The path that the client has asked for, whatever route it has led to."""
    raw: bytes = scope.get("raw_path") or b""
    return unquote(raw.decode("latin-1")) or str(scope["path"])
