"""Ports whose reads go through the cache, in the process that serves their context."""

import inspect
from collections.abc import Awaitable, Callable
from functools import wraps
from hashlib import sha256
from typing import Final, Protocol, TypeVar, cast, get_type_hints
from urllib.parse import quote

from pydantic import TypeAdapter
from pydantic_core import to_json

from ..conditional import digest
from .cache import Cache, Place
from .entries import Caching, Entries, Entry, Fill
from .shown import as_response, is_shown

LONGEST_KEY: Final = 200

Port = TypeVar("Port")


class Topology(Protocol):
    """Which contexts run elsewhere."""

    def remote_url(self, context: str) -> str | None: ...


class Wired(Protocol):
    """What the wiring has that ports go through."""

    @property
    def settings(self) -> Topology: ...
    @property
    def cache(self) -> Cache: ...


Wiring = TypeVar("Wiring", bound=Wired)
Operation = Callable[..., Awaitable[object]]


def cached_reads(
    caching: Caching,
) -> Callable[[Callable[[Wiring], Port]], Callable[[Wiring], Port]]:
    """Let the reads of a context go through the cache where this process serves it.

    What a service asks of itself is read from the database.
    """

    def decorate(member: Callable[[Wiring], Port]) -> Callable[[Wiring], Port]:
        @wraps(member)
        def port_of(wiring: Wiring) -> Port:
            port = member(wiring)
            entries = caching.get(member.__name__, {})
            if not entries or wiring.settings.remote_url(member.__name__):
                return port
            name = member.__name__
            return cast(Port, CachedPort(name, port, entries, wiring.cache))

        return port_of

    return decorate


class CachedPort:
    """A port in front of another one: what is not cached is passed on."""

    def __init__(
        self, context: str, port: object, entries: Entries, cache: Cache
    ) -> None:
        self.__wrapped__ = port
        reads = {
            name: Read(f"{context}.{name}", getattr(port, name), entry, cache)
            for name, entry in entries.items()
            if isinstance(entry, Entry)
        }
        for name, entry in entries.items():
            if isinstance(entry, Fill):
                write = Write(getattr(port, name), reads[entry.read], entry.item)
                setattr(self, name, write.call)
        for name, read in reads.items():
            setattr(self, name, read.call)

    def __getattr__(self, name: str) -> object:
        return getattr(self.__wrapped__, name)


class Read:
    """A read of a port, and where its answers are kept."""

    def __init__(
        self, name: str, operation: Operation, entry: Entry, cache: Cache
    ) -> None:
        self._name = name
        self._operation = operation
        self._entry = entry
        self.cache = cache
        parameters = inspect.signature(operation).parameters.values()
        self._names = [one.name for one in parameters]
        self._defaults = {
            one.name: one.default for one in parameters if one.default is not one.empty
        }
        returns = get_type_hints(operation)["return"]
        self.answers: TypeAdapter[object] = TypeAdapter(returns)
        schema = self.answers.json_schema(mode="serialization")
        self._form = digest(to_json(schema))

    async def call(self, *arguments: object, **named: object) -> object:
        """The answer of the operation, or the one that was kept."""
        return await self.cache.read(
            self._place(*arguments, **named),
            self.answers,
            lambda: self._operation(*arguments, **named),
            parse=as_response if is_shown(self._name) else None,
        )

    async def fill(self, item: object) -> None:
        """Read an item and keep it."""
        place = self._place(item)
        await self.cache.fill(place, self.answers, lambda: self._operation(item))

    def _place(self, *arguments: object, **named: object) -> Place:
        by_place = zip(self._names, arguments, strict=False)
        given = self._defaults | dict(by_place) | named
        item = given.get(self._entry.item) if self._entry.item else None
        key = key_of(self._entry.pattern, given)
        return Place(self._entry, key, item, self._form)


class Write:
    """A write of a port, after which an item is read and kept."""

    def __init__(self, operation: Operation, read: Read, item: str) -> None:
        self._operation = operation
        self._read = read
        self._item = item
        self._signature = inspect.signature(operation)

    async def call(self, *arguments: object, **named: object) -> object:
        """Do it, and keep the item as it is then."""
        answer = await self._operation(*arguments, **named)
        bound = self._signature.bind(*arguments, **named)
        await self._read.fill(bound.arguments[self._item])
        return answer


def key_of(pattern: str, given: dict[str, object]) -> str:
    """The key of a read: `products:{product_id}`, with what else was asked for last."""
    parts, left = [], dict(given)
    for part in pattern.split(":"):
        if part.startswith("{"):
            parts.append(quote(str(left.pop(part[1:-1])), safe=""))
        else:
            parts.append(part)
    asked = {name: value for name, value in left.items() if value is not None}
    if asked:
        parts.append(sha256(to_json(asked)).hexdigest()[:32])
    key = ":".join(parts)
    if len(key) > LONGEST_KEY:
        return f"{pattern.partition(':')[0]}:{sha256(key.encode()).hexdigest()}"
    return key
