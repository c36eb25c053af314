"""Carries a request out once for a key, however often and wherever it comes."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from weakref import WeakValueDictionary

from fastapi import Response

from ..database import Database, DatabaseFailure
from ..errors import AppError
from ..logging import get_logger
from .answers import Answers, Kept
from .errors import AnswerNotKept, KeyReused, RequestInProgress

if TYPE_CHECKING:
    from ...settings import Settings

# Longer than a request lasts: who holds a key for longer is not there any more.
MARGIN_SECONDS: Final = 5
FIRST_PAUSE_SECONDS: Final = 0.02
LONGEST_PAUSE_SECONDS: Final = 0.5

log = get_logger(__name__)


class IdempotencyKeys:
    """The keys of this service's callers."""

    def __init__(self, database: Database, settings: "Settings") -> None:
        self.is_on = settings.idempotency_hours > 0
        self._answers = Answers(
            database,
            kept_hours=settings.idempotency_hours,
            held_seconds=settings.request_timeout_seconds + MARGIN_SECONDS,
        )
        # there is to be time for an answer
        self._wait_seconds = min(
            settings.idempotency_wait_seconds, settings.request_timeout_seconds / 2
        )
        self._most_bytes = settings.idempotency_max_answer_bytes
        # of one process, only one request asks the database what has become of a key
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def once(
        self,
        identity: str,
        fingerprint: str,
        carry_out: Callable[[], Awaitable[Response]],
    ) -> Response:
        """The answer to a request, which is carried out unless its key is known.

        Raises KeyReused for another request, RequestInProgress where the first one
        takes too long to wait for, AnswerNotKept where its answer is not there.
        """
        given_up = time.monotonic() + self._wait_seconds
        turn = self._turns.setdefault(identity, asyncio.Lock())
        try:
            async with asyncio.timeout(self._wait_seconds):
                await turn.acquire()
        except TimeoutError:
            raise RequestInProgress from None
        try:
            claimed = await self._claimed(identity, fingerprint, given_up)
            if isinstance(claimed, Kept):
                if claimed.body is None:
                    raise AnswerNotKept
                return claimed.response()
            return await self._carried_out(identity, claimed, carry_out)
        finally:
            turn.release()

    async def _claimed(
        self, identity: str, fingerprint: str, given_up: float
    ) -> str | Kept:
        """The name under which the request may be carried out, or its answer."""
        pause = FIRST_PAUSE_SECONDS
        while True:
            known = await self._answers.find(identity)
            if known is None or known.is_free(datetime.now(UTC)):
                holder = await self._answers.claim(identity, fingerprint, known)
                if holder is not None:
                    return holder
                continue
            if known.fingerprint != fingerprint:
                raise KeyReused
            if known.status is not None:
                return known
            if time.monotonic() + pause > given_up:
                raise RequestInProgress
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _carried_out(
        self,
        identity: str,
        holder: str,
        carry_out: Callable[[], Awaitable[Response]],
    ) -> Response:
        """The answer, which is kept; what failed may be tried again."""
        try:
            response = await carry_out()
        except BaseException:
            await self._release(identity, holder)
            raise
        if response.status_code >= 500:
            await self._release(identity, holder)
            return response
        body = getattr(response, "body", None)
        if not isinstance(body, bytes) or len(body) > self._most_bytes:
            body = None
        try:
            kept = await self._answers.keep(identity, holder, response, body)
        except (AppError, DatabaseFailure):
            kept = False
        if not kept:
            log.warning("idempotency_answer_lost", status=response.status_code)
        return response

    async def _release(self, identity: str, holder: str) -> None:
        try:
            await self._answers.release(identity, holder)
        except (AppError, DatabaseFailure):
            log.warning("idempotency_key_held")  # until its time is over
