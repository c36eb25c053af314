"""Errors by the rule that was broken; error_format.py makes responses of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus


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


class RequestTimeout(AppError):
    """The request itself did not come in time, unlike an answer that is late."""

    status = 408
    code = "request_timeout"
    title = "Request Timeout"


class Conflict(AppError):
    status = 409
    code = "conflict"
    title = "Conflict"


class PreconditionFailed(AppError):
    status = 412
    code = "precondition_failed"
    title = "Precondition Failed"


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

    @classmethod
    def told(cls, detail: str | None) -> "OperationNotImplemented":
        """The error that was told of by this text."""
        operation, _, reason = (detail or "").partition(" is not implemented: ")
        return cls(operation, reason)


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
        RequestTimeout,
        Conflict,
        PreconditionFailed,
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


def title_of(status: int | str) -> str:
    """The name of a status, also of one that no class here stands for.

    OpenAPI speaks of several together as `4XX` and `default`.
    """
    if isinstance(status, str):
        return "Error"
    if status in BY_STATUS:
        return BY_STATUS[status].title
    known = status in HTTPStatus.__members__.values()
    return HTTPStatus(status).phrase if known else f"Status {status}"


@dataclass(frozen=True, slots=True)
class Told:
    """What an error response says: as much of an error as its format carries."""

    code: str | None = None
    detail: str | None = None
    errors: tuple[FieldError, ...] = ()


def reason_of(error: BaseException) -> str:
    """What led to an error, for the log: its cause, or else its own words."""
    cause = error.__cause__ or error
    return f"{type(cause).__name__}: {cause}"


def field_errors_of(items: object) -> tuple[FieldError, ...]:
    """Field errors as they were read from JSON; none where the JSON is something else.

    `items` is a list of objects with `pointer`, `message` and `code`.
    """
    return tuple(
        FieldError(
            pointer=str(item.get("pointer", "")),
            message=str(item.get("message", "")),
            code=str(item.get("code", "")),
        )
        for item in (items if isinstance(items, list) else ())
        if isinstance(item, dict)
    )


def received(status: int, told: Told) -> AppError:
    """The error that a peer answered with, as the class it was raised as there.

    A failure of the peer itself (500, or a status that no class stands for) is a
    BadGateway here.
    """
    kind = BY_STATUS.get(status, BadGateway)
    if kind is AppError:
        return BadGateway("A service behind this one failed")
    if kind is OperationNotImplemented:
        error: AppError = OperationNotImplemented.told(told.detail)
    else:
        error = kind(told.detail, errors=told.errors)
    error.code = told.code or error.code
    return error
