"""Errors as problem documents (RFC 9457)."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from fastapi import Response
from pydantic_core import to_json
from starlette.types import Scope

from . import context
from .errors import AppError, OperationNotImplemented, Told, field_errors_of, title_of

MEDIA_TYPE: Final = "application/problem+json"
SCHEMA: Final[dict[str, object]] = {
    "title": "Problem",
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "requestId": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "message", "code"],
                "properties": {
                    "pointer": {"type": "string"},
                    "message": {"type": "string"},
                    "code": {"type": "string"},
                },
            },
        },
    },
}


def body_of(error: AppError) -> dict[str, object]:
    """What a client is told about an error."""
    told: dict[str, object] = {
        "type": "about:blank",
        "title": error.title,
        "status": error.status,
        "code": error.code,
    }
    if error.detail:
        told["detail"] = error.detail
    if request_id := context.request_id.get():
        told["requestId"] = request_id
    if error.errors:
        told["errors"] = [asdict(item) for item in error.errors]
    if isinstance(error, OperationNotImplemented):
        told |= {"operation": error.operation, "reason": error.reason}
    return told


def error_response(error: AppError, scope: Scope) -> Response:
    """The answer to a request that ended in an error."""
    return Response(
        to_json(body_of(error)),
        status_code=error.status,
        headers=error.headers,
        media_type=MEDIA_TYPE,
    )


def error_responses(*statuses: int | str) -> dict[int | str, dict[str, Any]]:
    """FastAPI's `responses=` for an operation that may answer these statuses."""
    content = {MEDIA_TYPE: {"schema": SCHEMA}}
    return {
        status: {"description": title_of(status), "content": content}
        for status in statuses
    }


def read_error(headers: Mapping[str, str], body: bytes) -> Told:
    """What an error response says; nothing where it is in another format."""
    try:
        told = json.loads(body)
    except ValueError:
        return Told()
    if not isinstance(told, dict):
        return Told()
    code, detail = told.get("code"), told.get("detail")
    return Told(
        code if isinstance(code, str) else None,
        detail if isinstance(detail, str) else None,
        field_errors_of(told.get("errors")),
    )
