"""The tables of an improvement: the loop itself, its actions, and the complaints it started from."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, Index, Numeric, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.core.store import Base

FIGURE = Numeric(14, 4)


class Improvement(Base):
    """One loop of plan, do, check, act on a cause of complaints.

    `baseline`, `target` and `measured` are figures of `measure`; `lower_is_better` says which way is good.
    """

    __tablename__ = "improvements"
    __table_args__ = (Index("ix_improvements_community_id_status", "community_id", "status"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(60), unique=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), unique=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    department: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    cause: Mapped[str | None] = mapped_column(String(20))
    measure: Mapped[str | None] = mapped_column(String(20))
    lower_is_better: Mapped[bool] = mapped_column(default=True)
    baseline: Mapped[Decimal | None] = mapped_column(FIGURE)
    target: Mapped[Decimal | None] = mapped_column(FIGURE)
    measured: Mapped[Decimal | None] = mapped_column(FIGURE)
    check_on: Mapped[date | None] = mapped_column(Date)
    round: Mapped[int] = mapped_column(default=1)
    stage: Mapped[str] = mapped_column(String(10), default="plan")
    status: Mapped[str] = mapped_column(String(12), default="running")
    outcome: Mapped[str | None] = mapped_column(String(20))
    started_at: Mapped[datetime]
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    ended_at: Mapped[datetime | None]

    @property
    def reached(self) -> bool | None:
        """Return whether the measured figure is as good as the target; None while one of them is unknown."""
        if self.measured is None or self.target is None:
            return None
        return self.measured <= self.target if self.lower_is_better else self.measured >= self.target


class ImprovementAction(Base):
    """One action of an improvement, with an owner and a due day."""

    __tablename__ = "improvement_actions"

    id: Mapped[int] = mapped_column(primary_key=True)
    improvement_id: Mapped[int] = mapped_column(ForeignKey("improvements.id"), index=True)
    round: Mapped[int] = mapped_column(default=1)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    due_on: Mapped[date | None] = mapped_column(Date)
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    result: Mapped[str | None] = mapped_column(String(20))


class ImprovementComplaint(Base):
    """A complaint that an improvement started from."""

    __tablename__ = "improvement_complaints"

    improvement_id: Mapped[int] = mapped_column(ForeignKey("improvements.id"), primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"), primary_key=True, index=True)
