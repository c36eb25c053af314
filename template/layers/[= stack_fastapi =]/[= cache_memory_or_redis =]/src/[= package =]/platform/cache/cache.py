"""Reads through the cache: one loader a key, and the database whenever in doubt."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Final, TypeVar

from pydantic import TypeAdapter, ValidationError

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
from .tokens import Claim, Tokens, text_of

LOAD_SECONDS: Final = 5.0
POLL_SECONDS: Final = 0.02

log = get_logger(__name__)

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the answer to one read is kept, and for which item, if it is about one.

    `form` stands for the type of the answer: what is kept in another one is no answer.
    """

    entry: Entry
    key: str
    item: object
    form: str = ""

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
        *,
        parse: Callable[[bytes], Answer] | None = None,
    ) -> Answer:
        """The answer that is kept there; else what `load` gives, which is kept then.

        `parse` makes an answer of its JSON; by default that is validated.
        """
        if is_bypassed() or self.guards.owed:
            return await self._bypassed(place, load)
        try:
            value, tokens = await self.store.look(place.key, place.guards)
            kept = _holding(place, value, tokens)
            self._count(place, "hit" if kept else "miss")
            if kept is None:
                kept = await self._missed(place, tokens, answers, load)
            answer = (parse or answers.validate_json)(kept.text)
        except StoreAway:
            self.guards.distrust()
            return await self._bypassed(place, load)
        except ValidationError:
            log.warning("cache_unreadable", key=place.key)
            return await self._bypassed(place, load)
        condition = condition_on(place.entry.table, place.item)
        if condition is not None and condition.is_read:
            condition.state = kept.state
        return answer

    async def fill(
        self,
        place: Place,
        answers: TypeAdapter[Answer],
        load: Callable[[], Awaitable[Answer]],
    ) -> None:
        """Keep what `load` gives now, after a write."""
        if not self.guards.owed:
            try:
                tokens = await self.store.guard(place.guards)
                await self._loaded(place, tokens, answers, load)
            except StoreAway:
                self.guards.distrust()
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

    async def _missed(
        self,
        place: Place,
        tokens: Tokens,
        answers: TypeAdapter[Answer],
        load: Callable[[], Awaitable[Answer]],
    ) -> Kept:
        """Load, or wait for the one who does so already: under the same guards.

        What began to be loaded before a write is not for those who come after it.
        """
        if None in tokens:
            tokens = await self.store.guard(place.guards)
        flight = f"{place.key}:{text_of(tokens)}"
        return await self._flights.join(
            flight, lambda: self._load(place, flight, answers, load)
        )

    async def _load(
        self,
        place: Place,
        flight: str,
        answers: TypeAdapter[Answer],
        load: Callable[[], Awaitable[Answer]],
    ) -> Kept:
        """Load and keep an answer, or wait for the process that does so already."""
        given_up_at = monotonic() + LOAD_SECONDS
        while True:
            claim = await self._claimed(place, flight)
            kept = _holding(place, claim.value, claim.tokens)
            if kept is not None or claim.is_ours or monotonic() > given_up_at:
                break
            await asyncio.sleep(POLL_SECONDS)
        if kept is not None:
            return kept
        ours = flight if claim.is_ours else None
        return await self._loaded(place, claim.tokens, answers, load, ours)

    async def _loaded(
        self,
        place: Place,
        tokens: Tokens,
        answers: TypeAdapter[Answer],
        load: Callable[[], Awaitable[Answer]],
        flight: str | None = None,
    ) -> Kept:
        """Load an answer, and keep it under guards that were read before.

        The claim of `flight` ends with it.
        """
        self.loads[place.entry.table] += 1
        try:
            with reading(place.entry.table, place.item) as condition:
                answer = await load()
            text = answers.dump_json(answer)
        except BaseException:
            await self._release(flight)
            raise
        kept = Kept(place.form, tokens, condition.state, text)
        if None in tokens:
            await self._release(flight)
            return kept
        seconds = place.entry.seconds
        with suppress(StoreAway):
            await self.store.keep(place.key, kept.packed(), seconds, flight)
        return kept

    async def _release(self, flight: str | None) -> None:
        if flight is not None:
            with suppress(StoreAway):
                await self.store.release(flight)

    async def _claimed(self, place: Place, flight: str) -> Claim:
        try:
            return await self.store.claim(flight, LOAD_SECONDS, place.key, place.guards)
        except StoreAway:
            return Claim(is_ours=True, value=None, tokens=(None,))

    def _count(self, place: Place, outcome: Outcome) -> None:
        self.counts[place.entry.table, outcome] += 1
        tell(outcome)


def _holding(place: Place, value: bytes | None, tokens: Tokens) -> Kept | None:
    """What is kept, if it holds."""
    if value is None:
        return None
    try:
        kept = unpacked(value)
    except ValueError:
        return None
    is_valid = (kept.form, kept.tokens) == (place.form, tokens)
    return kept if is_valid else None
