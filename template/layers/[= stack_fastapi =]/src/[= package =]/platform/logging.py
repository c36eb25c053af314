"""Structured logs: one JSON object a line, or colours where people develop.

Every line carries the id of the request in hand, its place in a trace, and a pseudonym
of its caller. Values whose key names a secret are replaced at any depth.
"""

import json
import logging
import re
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from types import NoneType
from typing import Any, Final, Literal, Protocol, cast

import orjson
import structlog
from pydantic import BaseModel
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

from .context import caller, request_id
from .trace_context import trace_ids

LEVELS: Final[dict[str, int]] = {
    "trace": 5,
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
    "fatal": logging.CRITICAL,
}
# They log the full URL of every call: what it asks for, and the password in it.
TALKATIVE: Final = ("httpx", "httpcore")
REDACTED: Final = "[redacted]"
PLAIN: Final = (str, int, float, NoneType)
SECRET_KEYS: Final = re.compile(
    r"passw(or)?d|pwd|token|authorization|api[_-]?key|private[_-]?key|secret"
    r"|credential|cookie",
    re.IGNORECASE,
)
DEEPEST: Final = 20


class Logger(FilteringBoundLogger, Protocol):
    """What code logs with: a method a level."""

    def trace(self, event: str, **values: object) -> None:
        """A line that only the level below `debug` shows."""


def get_logger(name: str) -> Logger:
    """A logger: `log.info("order_placed", order=order.id)`; the event is a constant."""
    return cast(Logger, structlog.get_logger(module=name))


def configure_logging(level: str, style: Literal["json", "console"]) -> None:
    """Send every log line of the process, libraries' included, to standard output."""
    processors: list[Processor] = [
        add_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_context,
        redact_secrets,
    ]
    if style == "json":
        processors += [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=to_json_line),
        ]
        factory: structlog.BytesLoggerFactory | structlog.PrintLoggerFactory = (
            structlog.BytesLoggerFactory(sys.stdout.buffer)
        )
    else:
        processors.append(plain_console())
        factory = structlog.PrintLoggerFactory()
    structlog.configure(
        processors=processors,
        wrapper_class=logger_class(level),
        logger_factory=factory,
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        handlers=[StructlogHandler()],
        level=max(LEVELS[level], logging.INFO),
        force=True,
    )
    for library in TALKATIVE:
        logging.getLogger(library).setLevel(logging.WARNING)


def logger_class(level: str) -> type[Logger]:
    """Loggers whose methods below the level do nothing."""
    lowest = max(LEVELS[level], logging.DEBUG)
    trace = write_trace if level == "trace" else write_nothing
    base = structlog.make_filtering_bound_logger(lowest)
    return cast(type[Logger], type("Logger", (base,), {"trace": trace}))


def write_trace(self: Any, event: str, **values: object) -> None:
    # structlog's loggers end at debug: the line is one of these by another name
    self.debug(event, level="trace", **values)


def write_nothing(self: Any, event: str, **values: object) -> None:
    """Stands for a method below the level."""


def add_level(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Name the level of the line."""
    if event.get("level") == "trace":
        return event
    return structlog.processors.add_log_level(logger, method, event)


def add_context(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Name the request that the line belongs to, its trace and its caller."""
    if (current := request_id.get()) is not None:
        event["request_id"] = current
    if (pseudonym := caller.get()) is not None:
        event["caller"] = pseudonym
    event.update(trace_ids())
    return event


def redact_secrets(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Replace what a key such as `password` or `authorization` holds."""
    for key, value in event.items():
        if is_secret(key):
            event[key] = REDACTED
        elif key != "exc_info" and not isinstance(value, PLAIN):
            event[key] = redacted(value)
    return event


def redacted(value: object, depth: int = 0) -> object:
    """A copy without secrets, however deep they are, of what a line can hold."""
    if isinstance(value, PLAIN):
        return value
    if depth == DEEPEST:
        return "..."
    if isinstance(value, BaseModel):
        value = {name: getattr(value, name) for name in type(value).model_fields}
    elif is_dataclass(value) and not isinstance(value, type):
        value = {part.name: getattr(value, part.name) for part in fields(value)}
    if isinstance(value, Mapping):
        return {
            str(key): REDACTED if is_secret(str(key)) else redacted(item, depth + 1)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [redacted(item, depth + 1) for item in value]
    return str(value)


@lru_cache(maxsize=1024)
def is_secret(key: str) -> bool:
    """Whether a key names something that no log may hold."""
    return SECRET_KEYS.search(key) is not None


def to_json_line(event: EventDict, **options: object) -> bytes:
    """A line of JSON, whatever is in it: no log line makes a request fail."""
    try:
        return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:
        # half of a surrogate pair, or an integer beyond 64 bits
        return json.dumps(event, default=str).encode()


def plain_console() -> structlog.dev.ConsoleRenderer:
    """Colours for a terminal; tracebacks do not show what variables held."""
    return structlog.dev.ConsoleRenderer(
        colors=sys.stdout.isatty(), exception_formatter=structlog.dev.plain_traceback
    )


class StructlogHandler(logging.Handler):
    """Hands the standard library's records (uvicorn, SQLAlchemy) to structlog."""

    def emit(self, record: logging.LogRecord) -> None:
        log = get_logger(record.name)
        level = min(max(record.levelno // 10 * 10, logging.DEBUG), logging.CRITICAL)
        log.log(level, record.getMessage(), exc_info=record.exc_info)
