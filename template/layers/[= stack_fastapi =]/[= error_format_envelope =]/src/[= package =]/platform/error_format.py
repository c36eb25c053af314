"""Errors in an envelope: `{"error": {"code", "message", "details", "request_id"}}`."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from fastapi import Response
from pydantic_core import to_json
from starlette.types import Scope

from . import context
from .errors import AppError, Told, field_errors_of, title_of

MEDIA_TYPE: Final = "application/json"
SCHEMA: Final[dict[str, object]] = {
    "title": "ErrorEnvelope",
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
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
                "request_id": {"type": "string"},
            },
        },
    },
}


def body_of(error: AppError) -> dict[str, object]:
    """What a client is told about an error."""
    told: dict[str, object] = {
        "code": error.code,
        "message": error.detail or error.title,
    }
    if error.errors:
        told["details"] = [asdict(item) for item in error.errors]
    if request_id := context.request_id.get():
        told["request_id"] = request_id
    return {"error": told}


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
    error = told.get("error") if isinstance(told, dict) else None
    if not isinstance(error, dict):
        return Told()
    code, message = error.get("code"), error.get("message")
    return Told(
        code if isinstance(code, str) else None,
        message if isinstance(message, str) else None,
        field_errors_of(error.get("details")),
    )
