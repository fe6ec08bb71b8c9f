"""The complaint: one concern of one resident, from registration to the verified end."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, ForeignKey, Index, Numeric, String, and_, bindparam, false, select, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.complaints.core.codes import OFFICIAL
from engine.core.errors import NotFound
from engine.core.memo import remembered
from engine.core.store import Base
from engine.core.words import FewWords, Words

if TYPE_CHECKING:
    from engine.casework.cases import Case


UNJUDGED = frozenset({"registered", "judging"})
"""Statuses before the desk has confirmed the triage."""

COST = Numeric(14, 2)
"""A sum of money, in yuan."""

LATER = "later"
"""Doubt about danger that later words of the resident raised, when the triage was confirmed already."""

_REFERRED = text("reference <> ''")
"""Partial index: few complaints have an outside office's reference."""


_open_only: dict[str, Any] = {
    "sqlite_where": text("closed_at is null and past is 0"),
    "postgresql_where": text("closed_at is null and past is false"),
}
_again = text("round > 1")
_ended = text("closed_at is not null")
_none_said = text("'{}'")
_COUNTED = ("past", "kind", "category", "department", "channel")
"""Columns complaints are counted by: the numbers of a period come from the index alone."""

_FILTERED = ("next_due_at", "past", "status", "category", "department", "kind", "urgency", "channel", "level")
"""Columns lists of open complaints are filtered by: matches come from the index alone."""


class Complaint(Base):
    """What was said and by whom (personal, kept only in this row), and what steers it (mirrored from its case).

    `department` is the department that the matter belongs to; `lead` the group that leads the present round, and
    `taken_over_by_id` a supervisor who does the lead's work instead. `due` repeats when the running limits end (ISO
    text by kind), so that a step need not read their rows, and `next_due_at` the first of them, for lists. `sent_as`
    names the page it was sent from, so that sending twice creates one complaint. `reference` is the number given by an
    outside office (12345, street office), `source` the name of the office or owners' group that passed it on.
    `added_at`: when the resident last added something that the people working on it should read. `link_turn`: how often
    its secret link was replaced; `secret_hash` belongs to the one that holds now.

    `costs`: what each round was to cost and did cost, in yuan as text (`{"1": {"planned": "200.00", "actual": null}}`);
    `planned_cost` and `actual_cost` are the sums of all rounds, None unless they were said in each (see `costs.py`).

    `danger_doubt`: why the desk has to say whether there is danger: "words" (and answer) leave it open, or too many
    emergencies at once of one "sender" or at one "place"; `LATER`: words that came after the triage.

    `past`: it ended before the company used Bihuan and was imported from a file; it has no case and no limits, and is
    left out of the measures. `imported_as` names the row it was read from, so that reading a file twice changes
    nothing. `repeat_of_id`: the earlier complaint that it repeats; `words_hash` finds that one among those from files.
    """

    __tablename__ = "complaints"
    __table_args__ = (
        Index("ix_complaints_community_id_received_at", "community_id", "received_at"),
        Index("ix_complaints_status_received_at", "status", "received_at"),
        Index("ix_complaints_received_at_community_id", "received_at", "community_id", *_COUNTED),
        Index(
            "ix_complaints_closed", "closed_at", "community_id", *_COUNTED, sqlite_where=_ended, postgresql_where=_ended
        ),
        Index("ix_complaints_open_received_at", "received_at", "community_id", *_FILTERED, **_open_only),
        *(
            Index(f"ix_complaints_{name}_received_at", name, "received_at")
            for name in ("category", "department", "outcome", "channel", "kind", "urgency", "level", "registered_by_id")
        ),
        Index("ix_complaints_household_id_received_at", "household_id", "received_at"),
        Index(
            "ix_complaints_past", "received_at", sqlite_where=text("past is 1"), postgresql_where=text("past is true")
        ),
        Index("ix_complaints_reopened", "received_at", sqlite_where=_again, postgresql_where=_again),
        Index("ix_complaints_reference", "reference", sqlite_where=_REFERRED, postgresql_where=_REFERRED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(60), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64), index=True)
    link_turn: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), unique=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    household_id: Mapped[int | None] = mapped_column(ForeignKey("households.id"))

    person_name: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    phone_hash: Mapped[str] = mapped_column(String(64), default="", index=True)
    mail: Mapped[str] = mapped_column(String(254), default="", server_default="", index=True)
    anonymous: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(String(2), default="zh")
    place_text: Mapped[str] = mapped_column(FewWords(200), default="")
    text: Mapped[str] = mapped_column(Words, default="")
    wish: Mapped[str] = mapped_column(Words, default="")
    happened_at: Mapped[datetime | None]

    channel: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(12))
    category: Mapped[str] = mapped_column(String(8))
    danger: Mapped[bool] = mapped_column(default=False)
    danger_doubt: Mapped[str] = mapped_column(String(10), default="", server_default="")
    urgency: Mapped[str | None] = mapped_column(String(10))
    about: Mapped[str] = mapped_column(String(20), default="")
    about_person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    households: Mapped[int] = mapped_column(default=1)
    press: Mapped[bool] = mapped_column(default=False)
    received_at: Mapped[datetime]
    sent_as: Mapped[str | None] = mapped_column(String(64), unique=True)
    reference: Mapped[str] = mapped_column(String(60), default="", server_default="")
    source: Mapped[str] = mapped_column(String(80), default="", server_default="")
    past: Mapped[bool] = mapped_column(default=False, server_default=false())
    past_answer: Mapped[str] = mapped_column(Words, default="", server_default="")
    past_answered_at: Mapped[datetime | None]
    added_at: Mapped[datetime | None]
    imported_as: Mapped[str | None] = mapped_column(String(64), unique=True)
    repeat_of_id: Mapped[int | None] = mapped_column(ForeignKey("complaints.id"), index=True)
    words_hash: Mapped[str | None] = mapped_column(String(32), index=True)
    registered_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    department: Mapped[str | None] = mapped_column(String(20))
    lead: Mapped[str | None] = mapped_column(String(60))
    taken_over_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    support: Mapped[list[str]] = mapped_column(default=list)
    level: Mapped[int] = mapped_column(default=0)
    round: Mapped[int] = mapped_column(default=1)
    due: Mapped[dict[str, Any]] = mapped_column(default=dict)
    next_due_at: Mapped[datetime | None] = mapped_column(index=True)
    status: Mapped[str] = mapped_column(String(20), default="registered")
    outcome: Mapped[str | None] = mapped_column(String(20))
    closed_at: Mapped[datetime | None]
    costs: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=_none_said)
    planned_cost: Mapped[Decimal | None] = mapped_column(COST)
    actual_cost: Mapped[Decimal | None] = mapped_column(COST)

    @property
    def owes_reply(self) -> bool:
        """Return whether the office that passed it on still waits for its final reply."""
        return self.channel in OFFICIAL and "reply" in self.due

    @property
    def asks_danger(self) -> bool:
        """Return whether the desk still has to say if there is danger; confirming the triage says it, too, but for
        words that came afterwards.
        """
        return asks_danger(self.danger_doubt, self.status, is_open=self.is_open)

    def due_at(self, kind: str) -> datetime | None:
        """Return when the running limit of that kind ends, or None when there is no such limit."""
        return datetime.fromisoformat(self.due[kind]) if kind in self.due else None

    @hybrid_property
    def is_open(self) -> bool:
        """Return whether it is still open. A past complaint is closed even when its end date is unknown."""
        return self.closed_at is None and not self.past

    @is_open.inplace.expression
    @classmethod
    def _is_open(cls) -> ColumnElement[bool]:
        return and_(cls.closed_at.is_(None), cls.past.is_(False))


def asks_danger(doubt: str, status: str, *, is_open: bool) -> bool:
    """Return whether a doubt about danger still has to be settled, for a complaint or a row of one."""
    return doubt == LATER or (bool(doubt) and is_open and status in UNJUDGED)


class Concerned(Base):
    """A person whom a complaint is about: named in it, or holding the role it names."""

    __tablename__ = "concerned_people"

    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)


@dataclass
class Complaints:
    """A session's complaints by case."""

    by_case: dict[int, Complaint] = field(default_factory=dict)


_OF_CASE = select(Complaint).where(Complaint.case_id == bindparam("case"))


def of(session: Session, case: "Case") -> Complaint:
    """Return the complaint of a case, read once a session. Raises `NotFound`."""
    complaint = about(session, case)
    if complaint is None:
        raise NotFound
    return complaint


def about(session: Session, case: "Case") -> Complaint | None:
    """Return the complaint of a case, or None when the case is about something else."""
    kept = remembered(session, Complaints).by_case
    if case.id not in kept:
        found = session.scalar(_OF_CASE, {"case": case.id})
        if found is None:
            return None
        kept[case.id] = found
    return kept[case.id]


def find(session: Session, complaint_id: int) -> Complaint:
    """Return the complaint with that id. Raises `NotFound`."""
    complaint = session.get(Complaint, complaint_id)
    if complaint is None:
        raise NotFound
    return complaint
