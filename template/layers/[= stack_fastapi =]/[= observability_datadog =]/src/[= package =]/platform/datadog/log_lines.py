"""Log lines that Datadog shows beside the span that they belong to."""

from typing import TYPE_CHECKING, Final

import structlog
from structlog.typing import EventDict, WrappedLogger

from ..trace_context import trace_ids

if TYPE_CHECKING:
    from ...settings import Settings

MOST_OF_64_BITS: Final = 2**64 - 1


def tag_lines(settings: "Settings", version: str) -> None:
    """Have every line from now on carry Datadog's names; `version` is the service's.

    Lines for people stay as they are. It adds to what `configure_logging` has set up.
    """
    if settings.log_format == "json":
        tags = Tags(settings.tags(version))
        structlog.configure(processors=[tags, *structlog.get_config()["processors"]])


class Tags:
    """Adds `dd.service` and the like to a line, and the ids of its trace and span."""

    def __init__(self, tags: dict[str, str]) -> None:
        self._tags = {f"dd.{name}": value for name, value in tags.items()}

    def __call__(
        self, logger: WrappedLogger, method: str, event: EventDict
    ) -> EventDict:
        """The line with the tags; without ids where no trace is known."""
        event.update(self._tags)
        ids = trace_ids()
        if trace_id := ids.get("trace_id"):
            event["dd.trace_id"] = trace_id_of(trace_id)
        if span_id := ids.get("span_id"):
            event["dd.span_id"] = str(int(span_id, 16))
        return event


def trace_id_of(trace_id: str) -> str:
    """A trace's id, of 32 hexadecimal digits, as Datadog's own tracers write it.

    One of 64 bits is decimal, as all of them were once.
    """
    number = int(trace_id, 16)
    return trace_id if number > MOST_OF_64_BITS else str(number)
