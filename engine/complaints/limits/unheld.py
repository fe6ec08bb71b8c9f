"""Roles that nobody held when somebody was needed: noted when supervision or a message went further up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.casework.cases import Case
from engine.company import permissions
from engine.company.people import Person
from engine.complaints.limits import ladder
from engine.complaints.limits.ladder import Unheld
from engine.core import clock
from engine.core.store import Base

SUPERVISION, NOTICE = "supervision", "notice"

SHOWN_FOR = timedelta(days=30)
MOST = 500
"""Notes that are read at most, the newest first."""


class UnheldRole(Base):
    """A group that nobody held. `role` None: a whole department; `went_to`: the group it went to, None: nobody."""

    __tablename__ = "unheld_roles"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    role: Mapped[str | None] = mapped_column(String(30))
    named: Mapped[str] = mapped_column(String(120))
    what: Mapped[str] = mapped_column(String(12))
    went_to: Mapped[str | None] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True, slots=True)
class Missing:
    """A role that still nobody holds at a place: how often it was needed, and the last case."""

    place_id: int
    role: str | None
    group: str
    count: int
    last_case_id: int
    last_at: datetime
    went_to: str | None


def note(session: Session, case: Case, passed: Sequence[Unheld], what: str, went_to: str | None) -> None:
    """Note the groups that were passed over."""
    for each in passed:
        session.add(
            UnheldRole(
                case_id=case.id,
                place_id=each.place_id,
                role=each.role,
                named=each.group,
                what=what,
                went_to=went_to,
                at=clock.now(),
            )
        )


def missing(session: Session, person: Person, fits: ColumnElement[bool]) -> list[Missing]:
    """Return the roles that were missed in the last month and that still nobody holds, the latest first.

    Only of cases whose incidents `person` may see and that match.
    """
    mine = permissions.within(permissions.reach(session, person, "incident.see"), Case.place_id)
    asked = select(UnheldRole).join(Case, Case.id == UnheldRole.case_id)
    asked = asked.where(UnheldRole.at >= clock.now() - SHOWN_FOR, mine, fits)
    found: dict[tuple[int, str | None], list[UnheldRole]] = {}
    for row in session.scalars(asked.order_by(UnheldRole.at.desc(), UnheldRole.id.desc()).limit(MOST)):
        found.setdefault((row.place_id, row.role), []).append(row)
    return [
        Missing(place_id, role, rows[0].named, len(rows), rows[0].case_id, rows[0].at, rows[0].went_to)
        for (place_id, role), rows in found.items()
        if not ladder.is_held_at(session, place_id, role)
    ]
