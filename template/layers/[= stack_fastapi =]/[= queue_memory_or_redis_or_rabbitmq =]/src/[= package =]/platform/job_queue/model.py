"""The tables of jobs: dead letters, results, what is done, and schedules."""

from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import JSON, Float, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ..columns import NAMING, UtcDateTime


class Base(DeclarativeBase):
    """What the migrations of jobs compare the database with."""

    metadata = MetaData(naming_convention=NAMING)


class DeadLetterRow(Base):
    """A job that failed for good; `replay_at` says when another try was asked for."""

    __tablename__ = "job_queue_dead_letters"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    queue: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(100))
    envelope: Mapped[JsonValue] = mapped_column(JSON, nullable=False)
    error: Mapped[str] = mapped_column(String(1000))
    attempts: Mapped[int]
    failed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    replay_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


class OutcomeRow(Base):
    """How a job is doing, from its first progress to some time after its end."""

    __tablename__ = "job_queue_outcomes"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(20))
    progress: Mapped[float] = mapped_column(Float)
    result: Mapped[JsonValue] = mapped_column(JSON, nullable=False)
    error: Mapped[str | None] = mapped_column(String(1000))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class DoneRow(Base):
    """A job one of whose transactions was committed."""

    __tablename__ = "job_queue_done"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    done_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class ScheduleRow(Base):
    """The newest slot of a schedule that was taken; `zone` where it has one a zone."""

    __tablename__ = "job_queue_schedules"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    zone: Mapped[str] = mapped_column(String(64), primary_key=True)
    last_slot: Mapped[datetime] = mapped_column(UtcDateTime)
