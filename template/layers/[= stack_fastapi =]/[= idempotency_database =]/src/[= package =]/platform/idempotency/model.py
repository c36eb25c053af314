"""The table of answers that are kept for their keys."""

from datetime import datetime

from sqlalchemy import LargeBinary, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ..columns import NAMING, UtcDateTime


class Base(DeclarativeBase):
    """What the migrations of the kept answers compare the database with."""

    metadata = MetaData(naming_convention=NAMING)


class AnswerRow(Base):
    """A key of a caller, as a digest, and the answer to what came with it.

    Without a status somebody is at work on it, until `held_until` at the latest. With a
    status and without a body, the answer was too large to be kept.
    """

    __tablename__ = "idempotency_answers"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    holder: Mapped[str] = mapped_column(String(32))
    held_until: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    status: Mapped[int | None]
    headers: Mapped[str | None] = mapped_column(Text)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
