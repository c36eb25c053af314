"""Structured logs: one JSON object a line, or colours where people develop.

Every line carries the id of the request in hand. Values whose key names a secret are
replaced at any depth.
"""

import logging
import re
import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, Literal, cast

import orjson
import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

from .context import request_id

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
SECRET_KEYS: Final = re.compile(
    r"passw(or)?d|token|authorization|api[_-]?key|secret|cookie", re.IGNORECASE
)


def get_logger(name: str) -> FilteringBoundLogger:
    """A logger: `log.info("order_placed", order=order.id)`; the event is a constant."""
    return cast(FilteringBoundLogger, structlog.get_logger(module=name))


def configure_logging(level: str, style: Literal["json", "console"]) -> None:
    """Send every log line of the process, libraries' included, to standard output."""
    processors: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_request_id,
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
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
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


def add_request_id(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Name the request that the line belongs to, if there is one."""
    if (current := request_id.get()) is not None:
        event["request_id"] = current
    return event


def redact_secrets(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Replace what a key such as `password` or `authorization` holds."""
    for key, value in event.items():
        if is_secret(key):
            event[key] = REDACTED
        elif isinstance(value, Mapping | list | tuple):
            event[key] = redacted(value)
    return event


def redacted(value: object) -> object:
    """A copy without secrets, however deep they are."""
    if isinstance(value, Mapping):
        return {
            key: REDACTED if is_secret(str(key)) else redacted(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [redacted(item) for item in value]
    return value


@lru_cache(maxsize=1024)
def is_secret(key: str) -> bool:
    """Whether a key names something that no log may hold."""
    return SECRET_KEYS.search(key) is not None


def to_json_line(event: EventDict, **options: object) -> bytes:
    return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS)


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
