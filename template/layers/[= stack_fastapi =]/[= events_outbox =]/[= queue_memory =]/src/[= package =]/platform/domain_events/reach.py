"""Whether consumers can be reached: a queue in memory is its own process's."""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ...settings import BAD_CONFIGURATION, PREFIX
from .consumer import Consumer

if TYPE_CHECKING:
    from ...settings import Settings


def check_reach(consumers: Iterable[Consumer[Any, Any]], settings: "Settings") -> None:
    """Exit with status 78 where an event that is published here cannot be handled.

    That is where its context is served by this process, and its consumer's is not.
    """
    lost = {
        (event.name, consumer.name, consumer.context)
        for consumer in consumers
        for event in consumer.events
        if event.name.partition(".")[0] in settings.served
        and consumer.context not in settings.served
    }
    if not lost:
        return
    print("The configuration is wrong:", file=sys.stderr)
    for event, consumer, context in sorted(lost):
        print(
            f"  {PREFIX}CONTEXTS: {event} is published here and cannot reach"
            f" {consumer}, whose context {context} is not served here",
            file=sys.stderr,
        )
    print(
        "Serve both in one process, or take a queue that processes share.",
        file=sys.stderr,
    )
    raise SystemExit(BAD_CONFIGURATION)
