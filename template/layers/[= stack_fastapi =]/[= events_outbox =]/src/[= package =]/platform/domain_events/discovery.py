"""Which contexts listen to events: those with a module `consumers.py`."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

from ...contexts import CONTEXTS
from .consumer import Consumer

PACKAGE: Final = __name__.partition(".")[0]


def consumers_in(contexts: Iterable[str]) -> list[Consumer[Any, Any]]:
    """The `CONSUMERS` of each context's `consumers.py`.

    Raises ValueError where one is there twice, or has another context's name.
    """
    consumers: list[Consumer[Any, Any]] = []
    for context in contexts:
        if find_spec(f"{PACKAGE}.{context}.consumers") is None:
            continue
        for consumer in import_module(f"{PACKAGE}.{context}.consumers").CONSUMERS:
            if consumer.context != context:
                raise ValueError(
                    f"{context}/consumers.py: {consumer.name} is another context's"
                )
            consumers.append(consumer)
    if len({consumer.name for consumer in consumers}) < len(consumers):
        raise ValueError("two consumers have the same name")
    return consumers


@lru_cache(maxsize=1)
def consumers_by_event() -> Mapping[str, tuple[Consumer[Any, Any], ...]]:
    """Who is to be told of an event, by its name: consumers of all contexts."""
    listening: dict[str, tuple[Consumer[Any, Any], ...]] = {}
    for consumer in consumers_in(CONTEXTS):
        for event in consumer.events:
            listening[event.name] = (*listening.get(event.name, ()), consumer)
    return listening
