"""The tables of facts: one row a complaint, one a round, one a callback, and the days whose sums have to be told anew.

Days are dates of the company's own time zone. What nobody can know is None, never 0.
"""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.complaints.core.complaint import COST
from engine.core.store import Base


class CaseFact(Base):
    """One complaint, as figures count it.

    Copied, to group by: `community_id` to `level`, as the complaint's row says now. `building` is the building of its
    home or the one named; "" when none is. `person_id`: who did the last task of the handling.

    `loop_day`: the day on which the resolve limit plus the callback window ends, as measured. `loop_closed`: it ended
    with an outcome, feedback and callback (or three failed attempts), all in time; None while undecided. `due_day`: the
    day on which the resolve limit ends, as measured. `again_home`, `again_place`: complained of a second time, by the
    household, or at the building. `missed`: the kinds of limits not kept, of all rounds.
    """

    __tablename__ = "case_facts"
    __table_args__ = (
        *(
            Index(f"ix_case_facts_{day}", day, "community_id")
            for day in ("received_day", "closed_day", "due_day", "loop_day", "answered_day")
        ),
        *(
            Index(f"ix_case_facts_community_{day}", "community_id", day)
            for day in ("received_day", "closed_day", "due_day", "loop_day", "answered_day")
        ),
    )

    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"), primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    region_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    building: Mapped[str] = mapped_column(String(40))
    household_id: Mapped[int | None] = mapped_column(ForeignKey("households.id"))
    kind: Mapped[str] = mapped_column(String(12))
    category: Mapped[str] = mapped_column(String(8))
    department: Mapped[str | None] = mapped_column(String(20))
    urgency: Mapped[str | None] = mapped_column(String(10))
    channel: Mapped[str] = mapped_column(String(10))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    past: Mapped[bool]
    level: Mapped[int]
    rounds: Mapped[int]
    outcome: Mapped[str | None] = mapped_column(String(20))

    received_at: Mapped[datetime]
    received_day: Mapped[date]
    received_hour: Mapped[int]
    closed_at: Mapped[datetime | None]
    closed_day: Mapped[date | None]
    due_day: Mapped[date | None]
    loop_day: Mapped[date | None]
    answered_day: Mapped[date | None]

    first_response_seconds: Mapped[int | None]
    resolve_seconds: Mapped[int | None]
    due_kept: Mapped[bool | None]
    loop_closed: Mapped[bool | None]
    missed: Mapped[list[str]]
    again_home: Mapped[bool]
    again_place: Mapped[bool]
    owes_callback: Mapped[bool]
    callbacks: Mapped[int]
    reached: Mapped[bool]
    last_outcome: Mapped[str | None] = mapped_column(String(20))
    last_score: Mapped[int | None]
    dispatches: Mapped[int]
    returns: Mapped[int]
    paused_seconds: Mapped[int]
    planned_cost: Mapped[Decimal | None] = mapped_column(COST)
    actual_cost: Mapped[Decimal | None] = mapped_column(COST)


class RoundFact(Base):
    """One round of a complaint: when it began, when the result was told, how its limits and callbacks went."""

    __tablename__ = "round_facts"

    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    begun_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    kept: Mapped[bool | None]
    callbacks: Mapped[int]
    reached: Mapped[bool]
    outcome: Mapped[str | None] = mapped_column(String(20))
    score: Mapped[int | None]


class CallbackFact(Base):
    """One attempt to call a resident back, or their answer online (`task_id` and `by_id` None)."""

    __tablename__ = "callback_facts"
    __table_args__ = (Index("ix_callback_facts_day", "day", "complaint_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"), index=True)
    round: Mapped[int]
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    day: Mapped[date]
    reached: Mapped[bool]
    outcome: Mapped[str | None] = mapped_column(String(20))
    score: Mapped[int | None]


class ChangedDay(Base):
    """A day whose sums are no longer true: its figures are read from the facts until they are told anew.

    Rows are only added by steps, so that two steps never wait for each other here.
    """

    __tablename__ = "changed_days"

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(index=True)
