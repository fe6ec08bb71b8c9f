"""The tables of warnings: each with what was seen and what became of it, and the weekly looks that gave them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.core.store import Base


class EarlyWarning(Base):
    """One place and category with more complaints in a week than usual.

    `week`: its Monday; `count`: complaints of that week; `usual`: complaints that a week lets expect; `chance`: how
    likely chance alone gives so many; `by_chance`: how likely chance alone brings at least one more within 14 days.

    `chart`: `since` (the first Monday), `counts` by week up to this one, `high` (where the usual ends), `homes`
    (occupied, 0: not known). `hours`: when its complaints came (`engine.warnings.hours`).

    `found`: what a patrol said; `followed`: whether another complaint came within 14 days; `hit`: either of them, None
    until the 14 days are over. `repeats`: in how many weeks it was seen again while it was open; `repeated_week`: in
    which last.
    """

    __tablename__ = "warnings"
    __table_args__ = (
        UniqueConstraint("community_id", "category", "week"),
        Index("ix_warnings_opened_at", "opened_at", "community_id"),
        Index("ix_warnings_community_id_opened_at", "community_id", "opened_at"),
        Index(
            "ix_warnings_unsettled",
            "opened_at",
            sqlite_where=text("settled_at is null"),
            postgresql_where=text("settled_at is null"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(60), unique=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), unique=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    category: Mapped[str] = mapped_column(String(8))
    week: Mapped[date]
    count: Mapped[int]
    usual: Mapped[float]
    chance: Mapped[float]
    by_chance: Mapped[float]
    chart: Mapped[dict[str, Any]]
    hours: Mapped[dict[str, Any]]
    opened_at: Mapped[datetime]
    stage: Mapped[str] = mapped_column(String(10), default="look")
    repeats: Mapped[int] = mapped_column(default=0)
    repeated_week: Mapped[date | None]
    patrolled_at: Mapped[datetime | None]
    found: Mapped[bool | None]
    followed: Mapped[bool | None]
    hit: Mapped[bool | None]
    settled_at: Mapped[datetime | None]
    result: Mapped[str | None] = mapped_column(String(20))
    improvement_id: Mapped[int | None] = mapped_column(ForeignKey("improvements.id"))
    ended_at: Mapped[datetime | None]


class WarningLook(Base):
    """One week looked at: how many charts, how many of them stood out together, and what became of those.

    `by_id`: who asked for it; None for the schedule.
    """

    __tablename__ = "warning_looks"

    week: Mapped[date] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    charts: Mapped[int]
    signals: Mapped[int]
    opened: Mapped[int]
    repeated: Mapped[int]
    left_out: Mapped[int]
