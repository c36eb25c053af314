"""Reads through the cache: one loader a key, and the database whenever in doubt."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Final, TypeVar

from pydantic import TypeAdapter

from ..conditional import condition_on
from ..errors import AppError
from ..logging import get_logger
from .entries import Caching, Entry, guards_of
from .flights import Flights
from .guards import Guards
from .kept import Kept, unpacked
from .outcome import Outcome, is_bypassed, tell
from .states import reading
from .store import Store, StoreAway

LOAD_SECONDS: Final = 5.0
POLL_SECONDS: Final = 0.02

log = get_logger(__name__)

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the answer to one read is kept, and for which item, if it is about one."""

    entry: Entry
    key: str
    item: object

    @property
    def guards(self) -> list[str]:
        return guards_of(self.entry, self.item)


class Cache:
    """The cache of this process; `counts` has what became of reads, by table.

    `loads` counts the times that this process asked the database for what it keeps.
    """

    def __init__(self, store: Store, caching: Caching) -> None:
        self.store = store
        self.guards = Guards(store, caching)
        self.counts: Counter[tuple[str, Outcome]] = Counter()
        self.loads: Counter[str] = Counter()
        self._flights: Flights[Kept] = Flights()

    async def read(
        self,
        place: Place,
        answers: TypeAdapter[Answer],
        load: Callable[[], Awaitable[Answer]],
    ) -> Answer:
        """The answer that is kept there; else what `load` gives, which is kept then."""
        if is_bypassed() or self.guards.owed:
            return await self._bypassed(place, load)
        try:
            kept = await self._look(place)
            self._count(place, "hit" if kept else "miss")
            if kept is None:
                kept = await self._flights.join(
                    place.key, lambda: self._load(place, answers, load)
                )
        except StoreAway:
            return await self._bypassed(place, load)
        condition = condition_on(place.entry.table, place.item)
        if condition is not None and condition.is_read:
            condition.state = kept.state
        return answers.validate_json(kept.text)

    async def fill(
        self,
        place: Place,
        answers: TypeAdapter[Answer],
        load: Callable[[], Awaitable[Answer]],
    ) -> None:
        """Keep what `load` gives now, after a write."""
        if not self.guards.owed:
            try:
                await self._loaded(place, answers, load)
            except AppError as error:
                # gone again; or late: the next read will see
                log.info("cache_not_filled", code=error.code)

    async def close(self) -> None:
        """Stop what goes on in the background."""
        await self.guards.close()

    async def _bypassed(
        self, place: Place, load: Callable[[], Awaitable[Answer]]
    ) -> Answer:
        self._count(place, "bypass")
        return await load()

    async def _look(self, place: Place) -> Kept | None:
        """What is kept and holds."""
        value, tokens = await self.store.look(place.key, place.guards)
        if value is None:
            return None
        kept = unpacked(value)
        return kept if kept.tokens == tuple(tokens) else None

    async def _load(
        self,
        place: Place,
        answers: TypeAdapter[Answer],
        load: Callable[[], Awaitable[Answer]],
    ) -> Kept:
        """Load and keep an answer, or wait for the process that does so already."""
        given_up_at = monotonic() + LOAD_SECONDS
        while not (is_ours := await self._claimed(place)):
            await asyncio.sleep(POLL_SECONDS)
            kept = await self._look_again(place)
            if kept is not None:
                return kept
            if monotonic() > given_up_at:
                break
        try:
            return await self._loaded(place, answers, load)
        finally:
            if is_ours:
                await self._released(place)

    async def _loaded(
        self,
        place: Place,
        answers: TypeAdapter[Answer],
        load: Callable[[], Awaitable[Answer]],
    ) -> Kept:
        tokens = await self._guarded(place)
        self.loads[place.entry.table] += 1
        with reading(place.entry.table, place.item) as condition:
            answer = await load()
        kept = Kept(tokens or (), condition.state, answers.dump_json(answer))
        if tokens is not None:
            with suppress(StoreAway):
                await self.store.keep(place.key, kept.packed(), place.entry.seconds)
        return kept

    async def _guarded(self, place: Place) -> tuple[bytes, ...] | None:
        try:
            return tuple(await self.store.guard(place.guards))
        except StoreAway:
            return None

    async def _claimed(self, place: Place) -> bool:
        try:
            return await self.store.claim(place.key, LOAD_SECONDS)
        except StoreAway:
            return True

    async def _released(self, place: Place) -> None:
        with suppress(StoreAway):
            await self.store.release(place.key)

    async def _look_again(self, place: Place) -> Kept | None:
        try:
            return await self._look(place)
        except StoreAway:
            return None

    def _count(self, place: Place, outcome: Outcome) -> None:
        self.counts[place.entry.table, outcome] += 1
        tell(outcome)
