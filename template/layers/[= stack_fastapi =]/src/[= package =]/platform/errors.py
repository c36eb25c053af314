"""Errors by the rule that was broken; platform/web.py turns them into responses."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldError:
    """One broken rule.

    The pointer (RFC 6901) starts with the part of the request: `/body/items/0/price`,
    `/query/limit`, `/path/productId`.
    """

    pointer: str
    message: str
    code: str


class AppError(Exception):
    """The base: a status, a stable machine code and a title for people."""

    status: int = 500
    code: str = "internal_error"
    title: str = "Internal Server Error"

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})

    def problem(self, request_id: str | None) -> dict[str, object]:
        """The problem document (RFC 9457) that tells a client about this error."""
        document: dict[str, object] = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "code": self.code,
        }
        if self.detail:
            document["detail"] = self.detail
        if request_id:
            document["requestId"] = request_id
        if self.errors:
            document["errors"] = [asdict(error) for error in self.errors]
        return document


class BadRequest(AppError):
    status = 400
    code = "malformed_request"
    title = "Bad Request"


class Unauthorized(AppError):
    status = 401
    code = "unauthorized"
    title = "Unauthorized"

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        challenge = {"WWW-Authenticate": "Bearer"}
        super().__init__(detail, errors=errors, headers=challenge | dict(headers or {}))


class PaymentRequired(AppError):
    status = 402
    code = "payment_required"
    title = "Payment Required"


class Forbidden(AppError):
    status = 403
    code = "forbidden"
    title = "Forbidden"


class NotFound(AppError):
    status = 404
    code = "not_found"
    title = "Not Found"


class MethodNotAllowed(AppError):
    status = 405
    code = "method_not_allowed"
    title = "Method Not Allowed"


class Conflict(AppError):
    status = 409
    code = "conflict"
    title = "Conflict"


class PayloadTooLarge(AppError):
    status = 413
    code = "payload_too_large"
    title = "Content Too Large"


class UnsupportedMediaType(AppError):
    status = 415
    code = "unsupported_media_type"
    title = "Unsupported Media Type"


class Unprocessable(AppError):
    status = 422
    code = "validation_failed"
    title = "Unprocessable Content"


class TooManyRequests(AppError):
    status = 429
    code = "too_many_requests"
    title = "Too Many Requests"


class OperationNotImplemented(AppError):
    """An operation of the contract that nobody has written yet, and why not."""

    status = 501
    code = "not_implemented"
    title = "Not Implemented"

    def __init__(self, operation: str, reason: str) -> None:
        super().__init__(f"{operation} is not implemented: {reason}")
        self.operation = operation
        self.reason = reason

    def problem(self, request_id: str | None) -> dict[str, object]:
        members = {"operation": self.operation, "reason": self.reason}
        return super().problem(request_id) | members


class BadGateway(AppError):
    status = 502
    code = "bad_gateway"
    title = "Bad Gateway"


class Unavailable(AppError):
    status = 503
    code = "unavailable"
    title = "Service Unavailable"


class UpstreamTimeout(AppError):
    status = 504
    code = "upstream_timeout"
    title = "Gateway Timeout"


BY_STATUS: dict[int, type[AppError]] = {
    error.status: error
    for error in (
        AppError,
        BadRequest,
        Unauthorized,
        PaymentRequired,
        Forbidden,
        NotFound,
        MethodNotAllowed,
        Conflict,
        PayloadTooLarge,
        UnsupportedMediaType,
        Unprocessable,
        TooManyRequests,
        OperationNotImplemented,
        BadGateway,
        Unavailable,
        UpstreamTimeout,
    )
}

PROBLEM: dict[str, object] = {
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


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """FastAPI's `responses=` for an operation that may answer these statuses."""
    content = {"application/problem+json": {"schema": PROBLEM}}
    return {
        status: {"description": _title(status), "content": content}
        for status in statuses
    }


def _title(status: int) -> str:
    """The name of a status, also of one that no class here stands for."""
    if status in BY_STATUS:
        return BY_STATUS[status].title
    known = status in HTTPStatus.__members__.values()
    return HTTPStatus(status).phrase if known else f"Status {status}"


def error_from_response(status: int, body: bytes) -> AppError:
    """The error that a peer answered with, as the class it was raised as there.

    A failure of the peer itself (500, or a status that no class stands for) is a
    BadGateway here.
    """
    try:
        document = json.loads(body)
    except ValueError:
        document = None
    problem = document if isinstance(document, dict) else {}
    detail = problem.get("detail")
    detail = detail if isinstance(detail, str) else None
    error_type = BY_STATUS.get(status, BadGateway)
    if error_type is AppError:
        return BadGateway("A service behind this one failed")
    if error_type is OperationNotImplemented:
        error: AppError = OperationNotImplemented(
            str(problem.get("operation")), str(problem.get("reason"))
        )
    else:
        error = error_type(detail, errors=_field_errors(problem.get("errors")))
    code = problem.get("code")
    if isinstance(code, str):
        error.code = code
    return error


def _field_errors(items: object) -> tuple[FieldError, ...]:
    if not isinstance(items, list):
        return ()
    return tuple(
        FieldError(
            pointer=str(item.get("pointer", "")),
            message=str(item.get("message", "")),
            code=str(item.get("code", "")),
        )
        for item in items
        if isinstance(item, dict)
    )
