"""The tables of those whom the issuer knows, and of their logins in browsers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ..columns import NAMING, UtcDateTime


class Base(DeclarativeBase):
    """What the migrations of these tables compare the database with."""

    metadata = MetaData(naming_convention=NAMING)


class IdentityRow(Base):
    """Which account is whose: a subject of an issuer has one."""

    __tablename__ = "auth_identities"

    issuer: Mapped[str] = mapped_column(String(500), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BrowserSessionRow(Base):
    """A browser that is logged in: the hash of its cookie, and what was granted.

    Roles and scopes are separated by spaces. `login_hash` is of the state that it was
    begun with, which is good for one login. The refresh token is encrypted; from
    `renew_at` on it is exchanged.
    """

    __tablename__ = "auth_browser_sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    login_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[UUID] = mapped_column(index=True)
    roles: Mapped[str] = mapped_column(String(100))
    scopes: Mapped[str] = mapped_column(Text)
    refresh_token: Mapped[str] = mapped_column(Text)
    renew_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
