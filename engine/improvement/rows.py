"""The tables of an improvement: the loop itself, its goals and results, its actions, and the complaints it started from."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.core.store import Base


class Improvement(Base):
    """One loop of plan, do, check, act on a cause of complaints.

    `check_on`: the next day on which its effect is measured; `verdict`: the latest one; `origin`: what started it
    (`words.ORIGINS`); `parent_id`: the improvement that it rolls out. `typed`: figures that people typed in before
    figures were computed (measure, baseline, target, measured, lower_is_better); they prove nothing. `answers_seen`: the
    last answer of its tasks that was taken over.
    """

    __tablename__ = "improvements"
    __table_args__ = (Index("ix_improvements_community_id_status", "community_id", "status"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(60), unique=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), unique=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    department: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    origin: Mapped[str] = mapped_column(String(20), default="person")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("improvements.id"), index=True)
    cause: Mapped[str | None] = mapped_column(String(20))
    check_on: Mapped[date | None] = mapped_column(Date)
    verdict: Mapped[str | None] = mapped_column(String(20))
    round: Mapped[int] = mapped_column(default=1)
    stage: Mapped[str] = mapped_column(String(10), default="plan")
    status: Mapped[str] = mapped_column(String(12), default="running")
    outcome: Mapped[str | None] = mapped_column(String(20))
    started_at: Mapped[datetime]
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    standard_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    typed: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    answers_seen: Mapped[int] = mapped_column(default=0)


class ImprovementGoal(Base):
    """What shall move in one round, and how it will be told whether it did.

    `measure`: a code of `engine.measures`; `category`, `building` and `hours` narrow it ("" for all). `hoped`: by how
    many percent for the better. `compared`: the communities where nothing will change, which the effect is compared
    with; None for all others. `baseline`: what was counted before, as the page draws it, with the power of each
    window. `weeks`: the window chosen, with its `power`. `changed_on`: the Monday from which the change counts;
    `check_on`: the day on which the window is over and its figures are known.
    """

    __tablename__ = "improvement_goals"
    __table_args__ = (UniqueConstraint("improvement_id", "round"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    improvement_id: Mapped[int] = mapped_column(ForeignKey("improvements.id"))
    round: Mapped[int]
    measure: Mapped[str] = mapped_column(String(40))
    category: Mapped[str] = mapped_column(String(8), default="")
    building: Mapped[str] = mapped_column(String(40), default="")
    hours: Mapped[str] = mapped_column(String(10), default="")
    hoped: Mapped[int]
    compared: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    baseline_since: Mapped[date | None] = mapped_column(Date)
    baseline_until: Mapped[date | None] = mapped_column(Date)
    baseline: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    weeks: Mapped[int | None]
    power: Mapped[float | None]
    changed_on: Mapped[date | None] = mapped_column(Date)
    check_on: Mapped[date | None] = mapped_column(Date)


class ImprovementResult(Base):
    """What was measured after a change, by the rule stated before; kept as it was computed.

    `again`: how many times it had been measured before, 0 at the end of the window, 1 and more at the milestones; -1 and
    less at the end of a window that was given once more, which counts no more.
    `lasting`: at a milestone, whether the effect still holds.
    """

    __tablename__ = "improvement_results"
    __table_args__ = (UniqueConstraint("goal_id", "again"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("improvement_goals.id"))
    again: Mapped[int]
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date] = mapped_column(Date)
    verdict: Mapped[str] = mapped_column(String(20))
    lasting: Mapped[bool | None]
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime]


class ImprovementAction(Base):
    """One action of an improvement, with an owner and a due day.

    `evidence`: what will show that it is done; `cost`: what it is expected to cost, in yuan. `turn`: its place among
    the actions that are being carried out now.
    """

    __tablename__ = "improvement_actions"

    id: Mapped[int] = mapped_column(primary_key=True)
    improvement_id: Mapped[int] = mapped_column(ForeignKey("improvements.id"), index=True)
    round: Mapped[int] = mapped_column(default=1)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    due_on: Mapped[date | None] = mapped_column(Date)
    evidence: Mapped[str | None] = mapped_column(Text)
    cost: Mapped[int | None]
    turn: Mapped[int | None]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    result: Mapped[str | None] = mapped_column(String(20))


class ImprovementVersion(Base):
    """A version of a process that belongs to an improvement: what it changed in a diagram, table or form."""

    __tablename__ = "improvement_versions"

    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"), primary_key=True)
    improvement_id: Mapped[int] = mapped_column(ForeignKey("improvements.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]


class ImprovementComplaint(Base):
    """A complaint that an improvement started from."""

    __tablename__ = "improvement_complaints"

    improvement_id: Mapped[int] = mapped_column(ForeignKey("improvements.id"), primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"), primary_key=True, index=True)
