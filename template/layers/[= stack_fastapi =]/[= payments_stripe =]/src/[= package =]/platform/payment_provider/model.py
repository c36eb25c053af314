"""The table of the events that were received."""

from datetime import datetime

from sqlalchemy import MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ..columns import NAMING, UtcDateTime


class Base(DeclarativeBase):
    """What the migrations of the deliveries compare the database with."""

    metadata = MetaData(naming_convention=NAMING)


class DeliveryRow(Base):
    """An event that was taken: a second delivery of it changes nothing."""

    __tablename__ = "payment_provider_deliveries"

    event_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
