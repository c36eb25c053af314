"""The answers in their table: claimed by who carries a request out, then kept."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, Final, cast
from uuid import uuid4

from fastapi import Response
from sqlalchemy import (
    CursorResult,
    Select,
    Update,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.sql.dml import UpdateBase

from ..database import Database
from ..errors import Conflict
from .model import AnswerRow

FOUND: Final = cast(
    Select[Any],
    select(
        AnswerRow.fingerprint,
        AnswerRow.holder,
        AnswerRow.held_until,
        AnswerRow.expires_at,
        AnswerRow.status,
        AnswerRow.headers,
        AnswerRow.body,
    ).where(AnswerRow.id == bindparam("id")),
)
# What belongs to the one answer that was sent, and not to its copies.
NOT_KEPT: Final = (b"content-length", b"set-cookie")
CLEANUP_SECONDS: Final = 60
CLEANUP_ROWS: Final = 1000


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a key: the request that it came with, and perhaps the answer."""

    fingerprint: str
    holder: str
    held_until: datetime
    expires_at: datetime
    status: int | None
    headers: str | None
    body: bytes | None

    def is_free(self, now: datetime) -> bool:
        """Whether it may be claimed: too old, or left by who was at work on it."""
        is_left = self.status is None and self.held_until <= now
        return is_left or self.expires_at <= now

    def response(self) -> Response:
        """The answer once more."""
        response = Response(self.body, status_code=self.status or 200)
        response.raw_headers += [
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in json.loads(self.headers or "[]")
        ]
        response.headers["idempotency-replayed"] = "true"
        return response


class Answers:
    """The kept answers of one database."""

    def __init__(
        self, database: Database, *, kept_hours: int, held_seconds: float
    ) -> None:
        self._database = database
        self._kept_for = timedelta(hours=kept_hours)
        self._held_for = timedelta(seconds=held_seconds)
        self._clean_at = monotonic() + CLEANUP_SECONDS

    async def find(self, identity: str) -> Kept | None:
        """What is known of a key."""
        rows = await self._database.fetch(FOUND, {"id": identity})
        return Kept(*cast(Sequence[Any], rows[0])) if rows else None

    async def claim(
        self, identity: str, fingerprint: str, known: Kept | None
    ) -> str | None:
        """Be who carries a request out; None where somebody else was faster.

        `known` is the claim that this one takes the place of, if there is one. It ends
        by itself when nothing is kept in time.
        """
        holder, now = uuid4().hex, datetime.now(UTC)
        values: dict[str, object] = {
            "fingerprint": fingerprint,
            "holder": holder,
            "held_until": now + self._held_for,
            "expires_at": now + self._kept_for,
            "status": None,
            "headers": None,
            "body": None,
        }
        if known is not None:
            taken = _held(identity, known.holder).values(values)
            return holder if await self._changed(taken) else None
        try:
            async with self._database.transaction() as session:
                await session.execute(insert(AnswerRow).values(id=identity, **values))
        except Conflict:
            return None
        return holder

    async def keep(
        self, identity: str, holder: str, response: Response, body: bytes | None
    ) -> bool:
        """Keep an answer; False where the claim had ended before."""
        headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in response.raw_headers
            if name not in NOT_KEPT
        ]
        kept = await self._changed(
            _held(identity, holder).values(
                status=response.status_code, headers=json.dumps(headers), body=body
            )
        )
        await self._clean_up()
        return kept > 0

    async def release(self, identity: str, holder: str) -> None:
        """Give a claim back: nothing was done that would have to be known."""
        await self._changed(
            delete(AnswerRow).where(
                AnswerRow.id == identity, AnswerRow.holder == holder
            )
        )

    async def _clean_up(self) -> None:
        """Remove what has expired, some of it: at once again where there is more."""
        if monotonic() < self._clean_at:
            return
        self._clean_at = monotonic() + CLEANUP_SECONDS
        expired = (
            select(AnswerRow.id)
            .where(AnswerRow.expires_at <= datetime.now(UTC))
            .limit(CLEANUP_ROWS)
        )
        removed = await self._changed(
            delete(AnswerRow).where(AnswerRow.id.in_(expired))
        )
        if removed == CLEANUP_ROWS:
            self._clean_at = 0.0

    async def _changed(self, statement: UpdateBase) -> int:
        """How many rows a statement has changed."""
        async with self._database.transaction() as session:
            done = await session.execute(statement)
        return cast(CursorResult[Any], done).rowcount


def _held(identity: str, holder: str) -> Update:
    return update(AnswerRow).where(AnswerRow.id == identity, AnswerRow.holder == holder)
