"""The tables of facts: one row a complaint, one a callback, and the days whose sums have to be told anew.

Days are dates of the company's own time zone. What nobody can know is None, never 0.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.complaints.core.complaint import COST
from engine.core.store import Base

DAY = timedelta(hours=24)
"""So long after receipt a resident has to be answered."""

SECOND_WITHIN = timedelta(days=30)
"""Whoever complains of the same within this time after the end complains a second time."""

DAYS = (
    "received_day",
    "closed_day",
    "loop_day",
    "answered_day",
    "acknowledge_day",
    "first_response_day",
    "plan_day",
    "due_day",
    "callback_day",
)
"""The days that a complaint counts on."""


class CaseFact(Base):
    """One complaint, as figures count it. Follows from the rows of the complaint alone, never from the time.

    Copied, to group by: `community_id` to `level`, as the complaint's row says now. `building` is that of its home, ""
    when it has none. `person_id`: who did the last task before the result was told, or before it ended.

    Of each kind of limit its day and whether it was kept (`due_day`: the limit to resolve): `day` is that on which the
    last one of the kind ends as measured, pauses and extensions aside; `kept`: they were met in time in all rounds;
    False: not, or not yet; None: none of them was missed, but one ended unmet before it was due, because nothing was
    owed any more. `loop_day`: when the limit to resolve and three days for the callback are over; `loop_closed`: it
    ended with an outcome, and feedback or three attempts to call, all within their limits.

    `again_home`, `again_place`: reopened, or complained of once more within 30 days after its end, in the same
    category, by the household, or by anybody of the household or building. `supervised`: somebody had to supervise it.
    `dispatched`: it was given to a department; `returns`: how often one declined it;
    `reassigned`: how often a supervisor gave it to another. `owes_callback`: it ended in a way that residents are asked
    about. `callbacks`: attempts to call in the last round; `reached`: the resident answered in it.
    """

    __tablename__ = "case_facts"
    __table_args__ = (
        *(Index(f"ix_case_facts_{day}", day, "community_id") for day in DAYS),
        *(Index(f"ix_case_facts_community_{day}", "community_id", day) for day in DAYS),
    )

    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id", ondelete="CASCADE"), primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    region_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    building: Mapped[str] = mapped_column(String(20))
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
    first_response_seconds: Mapped[int | None]
    resolve_seconds: Mapped[int | None]
    open_seconds: Mapped[int | None]
    paused_seconds: Mapped[int]

    acknowledge_day: Mapped[date | None]
    acknowledge_kept: Mapped[bool | None]
    first_response_day: Mapped[date | None]
    first_response_kept: Mapped[bool | None]
    plan_day: Mapped[date | None]
    plan_kept: Mapped[bool | None]
    due_day: Mapped[date | None]
    due_kept: Mapped[bool | None]
    callback_day: Mapped[date | None]
    callback_kept: Mapped[bool | None]
    loop_day: Mapped[date | None]
    loop_closed: Mapped[bool]

    again_home: Mapped[bool]
    again_place: Mapped[bool]
    supervised: Mapped[bool]
    dispatched: Mapped[bool]
    returns: Mapped[int]
    reassigned: Mapped[int]
    owes_callback: Mapped[bool]
    callbacks: Mapped[int]
    reached: Mapped[bool]
    answered_day: Mapped[date | None]
    last_outcome: Mapped[str | None] = mapped_column(String(20))
    last_score: Mapped[int | None]
    planned_cost: Mapped[Decimal | None] = mapped_column(COST)
    actual_cost: Mapped[Decimal | None] = mapped_column(COST)


class CallbackFact(Base):
    """One attempt to call a resident back, or their answer online (`task_id` and `by_id` None); numbered by time.

    `round`: the one that they were asked about.
    """

    __tablename__ = "callback_facts"
    __table_args__ = (Index("ix_callback_facts_day", "day", "complaint_id"),)

    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
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
