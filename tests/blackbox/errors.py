"""The error formats, and the codes that programs rely on."""

from collections.abc import Callable
from datetime import datetime

from .client import Answer

CODES = {
    400: "malformed_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    412: "precondition_failed",
    413: "payload_too_large",
    415: "unsupported_media_type",
    422: "validation_failed",
    429: "too_many_requests",
    503: "unavailable",
}
# What would tell how the service is made, or what went wrong inside of it.
TELLTALE = ("Traceback", 'File "', "sqlalchemy", "asyncpg", "sqlite3", "SELECT ")
SECURITY_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
}


def check_error(
    answer: Answer, errors: str, status: int | None = None, code: str | None = None
) -> None:
    """The answer is an error in the format, with the status and the code for it."""
    if status is not None:
        assert answer.status == status, answer
    assert answer.status >= 400, answer
    found = FORMATS[errors](answer)
    assert found == (code or CODES[answer.status]), answer
    assert answer.headers["cache-control"] == "no-store", answer
    check_headers(answer)
    assert not [word for word in TELLTALE if word in answer.text], answer


def check_headers(answer: Answer) -> None:
    """What every answer carries."""
    assert answer.headers["x-request-id"], answer
    assert answer.headers.items() >= SECURITY_HEADERS.items(), answer
    assert "server" not in answer.headers, answer


def _problem(answer: Answer) -> str:
    assert answer.headers["content-type"] == "application/problem+json", answer
    body = answer.object
    assert body["status"] == answer.status, answer
    assert body["type"] and body["title"], answer
    assert body["requestId"] == answer.headers["x-request-id"], answer
    return str(body["code"])


def _envelope(answer: Answer) -> str:
    assert answer.headers["content-type"] == "application/json", answer
    assert set(answer.object) == {"error"}, answer
    error = answer.object["error"]
    assert isinstance(error, dict) and error["message"], answer
    assert error["request_id"] == answer.headers["x-request-id"], answer
    return str(error["code"])


def _flat(answer: Answer) -> str:
    assert answer.headers["content-type"] == "application/json", answer
    body = answer.object
    assert body["statusCode"] == answer.status, answer
    assert body["message"] and str(body["path"]).startswith("/"), answer
    told = datetime.fromisoformat(str(body["timestamp"]))
    assert told.tzinfo is not None, answer
    return str(body["error"])


def _contract(answer: Answer) -> str:
    """The contract says what the body is like; the code is in a header."""
    assert answer.headers["content-type"], answer
    assert answer.text, answer
    return answer.headers["x-error-code"]


FORMATS: dict[str, Callable[[Answer], str]] = {
    "problem": _problem,
    "envelope": _envelope,
    "flat": _flat,
    "contract": _contract,
}
