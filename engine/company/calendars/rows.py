"""The tables of working calendars."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.core.store import Base


class Calendar(Base):
    """Working hours of a place, and of all below it without their own; without a place: of the company."""

    __tablename__ = "calendars"

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"), unique=True)
    hours: Mapped[dict[str, Any]]
    zone: Mapped[str] = mapped_column(String(40), default="Asia/Shanghai")
    public_holidays: Mapped[bool] = mapped_column(default=True)


class CalendarException(Base):
    """A day on which a calendar differs; without hours nobody works."""

    __tablename__ = "calendar_exceptions"
    __table_args__ = (UniqueConstraint("calendar_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendars.id"))
    day: Mapped[date]
    hours: Mapped[list[Any]]
    name: Mapped[str] = mapped_column(String(80), default="")


class CalendarSubscription(Base):
    """An address that a calendar takes days from once a day. `means`: what its events mean, as for a file.

    `tag` and `changed` are what the other side said of its answer (ETag, Last-Modified), so that it can say that nothing
    is new. `failed` (Chinese, English) says why the last fetch brought nothing; what was fetched before stays.
    """

    __tablename__ = "calendar_subscriptions"

    id: Mapped[int] = mapped_column(primary_key=True)
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendars.id"), unique=True)
    address: Mapped[str] = mapped_column(String(500))
    means: Mapped[str] = mapped_column(String(8))
    tag: Mapped[str] = mapped_column(String(200), default="")
    changed: Mapped[str] = mapped_column(String(60), default="")
    due_at: Mapped[datetime] = mapped_column(index=True)
    fetched_at: Mapped[datetime | None]
    failed: Mapped[list[str]] = mapped_column(default=list)
    passed_over: Mapped[int] = mapped_column(default=0)


class SubscribedDay(Base):
    """A day on which a calendar differs because its subscription says so; an exception of its own wins over it."""

    __tablename__ = "subscribed_days"
    __table_args__ = (UniqueConstraint("subscription_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subscription_id: Mapped[int] = mapped_column(ForeignKey("calendar_subscriptions.id"))
    day: Mapped[date]
    hours: Mapped[list[Any]]
    name: Mapped[str] = mapped_column(String(80), default="")
