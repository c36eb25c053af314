"""Errors as flat objects: statusCode, message, error, timestamp, path, details."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import unquote

from fastapi import Response
from pydantic_core import to_json
from starlette.types import Scope

from .errors import AppError, Told, field_errors_of, title_of

MEDIA_TYPE: Final = "application/json"
SCHEMA: Final[dict[str, object]] = {
    "title": "Error",
    "type": "object",
    "required": ["statusCode", "message", "error", "timestamp", "path"],
    "properties": {
        "statusCode": {"type": "integer"},
        "message": {"type": "string"},
        "error": {"type": "string"},
        "timestamp": {"type": "string", "format": "date-time"},
        "path": {"type": "string"},
        "details": {
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


def body_of(error: AppError, path: str) -> dict[str, object]:
    """What a client is told about an error; `error` is its machine code."""
    told: dict[str, object] = {
        "statusCode": error.status,
        "message": error.detail or error.title,
        "error": error.code,
        "timestamp": datetime.now(UTC),
        "path": path,
    }
    if error.errors:
        told["details"] = [asdict(item) for item in error.errors]
    return told


def error_response(error: AppError, scope: Scope) -> Response:
    """The answer to a request that ended in an error."""
    return Response(
        to_json(body_of(error, _requested_path(scope))),
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
    code, message = told.get("error"), told.get("message")
    return Told(
        code if isinstance(code, str) else None,
        message if isinstance(message, str) else None,
        field_errors_of(told.get("details")),
    )


def _requested_path(scope: Scope) -> str:
    """The path that the client has asked for, whatever route it has led to."""
    raw: bytes = scope.get("raw_path") or b""
    return unquote(raw.decode("latin-1")) or str(scope["path"])
