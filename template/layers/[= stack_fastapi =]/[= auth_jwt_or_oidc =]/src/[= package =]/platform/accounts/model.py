"""The tables of accounts, their logins and their API keys."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ..columns import NAMING, UtcDateTime


class Base(DeclarativeBase):
    """What the migrations of the accounts compare the database with."""

    metadata = MetaData(naming_convention=NAMING)


class AccountRow(Base):
    """Somebody who can log in. The e-mail address is kept in lower case.

    The hash is empty where no password is known.
    """

    __tablename__ = "auth_accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    role: Mapped[str] = mapped_column(String(20), default="USER")
    created_at: Mapped[datetime] = mapped_column(
        UtcDateTime, default=lambda: datetime.now(UTC)
    )


class SessionRow(Base):
    """A login that goes on, with the hash of the one refresh token that renews it."""

    __tablename__ = "auth_sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("auth_accounts.id", ondelete="CASCADE"), index=True
    )
    token_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ApiKeyRow(Base):
    """A key with which a service acts for an account; its secret is kept as a hash.

    The networks that it may be used from are separated by spaces; none means any.
    """

    __tablename__ = "auth_api_keys"

    prefix: Mapped[str] = mapped_column(String(12), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("auth_accounts.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(20))
    secret_hash: Mapped[str] = mapped_column(String(64))
    networks: Mapped[str] = mapped_column(String(1000), server_default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
