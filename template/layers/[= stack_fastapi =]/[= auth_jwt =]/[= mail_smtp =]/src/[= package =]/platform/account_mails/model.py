"""The tables of mails to accounts: resets that go on, and welcomes that are due."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ..columns import NAMING, UtcDateTime


class Base(DeclarativeBase):
    """What the migrations of these tables compare the database with."""

    metadata = MetaData(naming_convention=NAMING)


class ResetRow(Base):
    """The one reset of an account that goes on, with the hash of its token.

    It is gone when it was used, and after its time. `request_id` is of the request that
    the token was made for; `sent_at` is empty until a mail server has it.
    """

    __tablename__ = "account_mails_resets"

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[str] = mapped_column(String(64))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class WelcomeRow(Base):
    """An account that was not welcomed yet, and may not be there yet.

    Whoever welcomes it notes that first: `is_taken`. From `due_at` on, others may.
    """

    __tablename__ = "account_mails_welcomes"

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    is_taken: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
