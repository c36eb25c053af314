"""The tables of events; they are in the database of every context.

Each row belongs to the context that it names, whose transactions write it.
"""

from datetime import datetime
from typing import Final

from pydantic import JsonValue
from sqlalchemy import JSON, BigInteger, Index, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ..columns import NAMING, UtcDateTime

LONGEST_AGGREGATE: Final = 200


class Base(DeclarativeBase):
    """What the migrations of events compare the database with."""

    metadata = MetaData(naming_convention=NAMING)


class OutboxRow(Base):
    """An event for one consumer, until it is handed to the queue."""

    __tablename__ = "domain_events_outbox"
    __table_args__ = (
        Index("ix_domain_events_outbox_oldest", "context", "published_at"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    context: Mapped[str] = mapped_column(String(40))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    number: Mapped[int] = mapped_column(BigInteger)
    envelope: Mapped[JsonValue] = mapped_column(JSON, nullable=False)


class ParkedRow(Base):
    """An event that has come before its predecessor was handled.

    `context` is the consumer's, `source` the one that published. Somebody has begun to
    send it at `woken_at`.
    """

    __tablename__ = "domain_events_parked"
    __table_args__ = (
        Index(
            "ix_domain_events_parked_stream",
            "context",
            "consumer",
            "source",
            "aggregate",
            "number",
        ),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    context: Mapped[str] = mapped_column(String(40))
    consumer: Mapped[str] = mapped_column(String(100))
    source: Mapped[str] = mapped_column(String(40))
    aggregate: Mapped[str] = mapped_column(String(LONGEST_AGGREGATE))
    number: Mapped[int] = mapped_column(BigInteger)
    envelope: Mapped[JsonValue] = mapped_column(JSON, nullable=False)
    woken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StreamRow(Base):
    """How many events of an aggregate were published for a consumer."""

    __tablename__ = "domain_events_streams"

    context: Mapped[str] = mapped_column(String(40), primary_key=True)
    consumer: Mapped[str] = mapped_column(String(100), primary_key=True)
    aggregate: Mapped[str] = mapped_column(String(LONGEST_AGGREGATE), primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger)


class ConsumedRow(Base):
    """The number of the last event of an aggregate that a consumer has handled.

    `context` is the consumer's, `source` the one that published.
    """

    __tablename__ = "domain_events_consumed"

    context: Mapped[str] = mapped_column(String(40), primary_key=True)
    consumer: Mapped[str] = mapped_column(String(100), primary_key=True)
    source: Mapped[str] = mapped_column(String(40), primary_key=True)
    aggregate: Mapped[str] = mapped_column(String(LONGEST_AGGREGATE), primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger)
