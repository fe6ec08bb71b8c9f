"""Absences: who is away, from when to when, and who stands in meanwhile."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, and_, bindparam, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.company.people import Person
from engine.core import clock, memo
from engine.core.errors import Invalid, NotFound
from engine.core.store import Base

Wrong = dict[str, tuple[str, str]]


class Absence(Base):
    """`person_id` is away from `since` (inclusive) to `until` (exclusive); `substitute_id` stands in for them.

    An absence cancelled before it began ends when it would have begun.
    """

    __tablename__ = "absences"
    __table_args__ = (
        Index("ix_absences_person_id_until", "person_id", "until"),
        Index("ix_absences_substitute_id_until", "substitute_id", "until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    substitute_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    since: Mapped[datetime]
    until: Mapped[datetime]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    entered_at: Mapped[datetime] = mapped_column(default=clock.now)

    @property
    def is_now(self) -> bool:
        """Return whether the person is away now."""
        return self.since <= clock.now() < self.until


def in_force() -> ColumnElement[bool]:
    """Return a condition: the absence is in force now."""
    now = clock.now()
    return and_(Absence.since <= now, Absence.until > now)


def stood_in_for(person_id: int) -> Select[int]:
    """Return a query of the ids of those this person stands in for now. Substitution is not transitive."""
    return select(Absence.person_id).where(Absence.substitute_id == person_id, in_force()).distinct()


def substitute_of(session: Session, person_id: int) -> int | None:
    """Return this person's substitute now, or None while they are here or when the substitute has left."""
    asked = select(Absence.substitute_id).join(Person, Person.id == Absence.substitute_id)
    return session.scalar(asked.where(Absence.person_id == person_id, in_force(), Person.retired_at.is_(None)).limit(1))


def now_away(session: Session, person_ids: Collection[int]) -> dict[int, Absence]:
    """Return those of these people who are away now, with the absence, in one statement."""
    if not person_ids:
        return {}
    found = session.scalars(_AWAY, {"ids": sorted(person_ids), "now": clock.now()})
    return {each.person_id: each for each in found}


_AWAY = select(Absence).where(
    Absence.person_id.in_(bindparam("ids", expanding=True)),
    Absence.since <= bindparam("now"),
    Absence.until > bindparam("now"),
)


def upcoming(session: Session, person_ids: Collection[int]) -> list[Absence]:
    """Return absences that are not over, of these people or with them as substitutes; the earliest first."""
    ids = sorted(person_ids)
    asked = select(Absence).where(
        or_(Absence.person_id.in_(ids), Absence.substitute_id.in_(ids)),
        Absence.until > clock.now(),
        Absence.until > Absence.since,
    )
    return list(session.scalars(asked.order_by(Absence.since, Absence.id)))


def add(session: Session, person: Person, substitute: Person, since: datetime, until: datetime, by: Person) -> Absence:
    """Add an absence. Raises `Invalid` naming the fields: times in order, no overlap, a substitute who is present."""
    both = select(Person.id).where(Person.id.in_({person.id, substitute.id})).order_by(Person.id)
    session.execute(both.with_for_update())  # of two overlapping absences, the second sees the first
    wrong = _times(session, person, since, until) | _substitute(session, person, substitute, since, until)
    if wrong:
        raise Invalid(wrong)
    absence = Absence(
        person_id=person.id, substitute_id=substitute.id, since=since, until=until, entered_by_id=by.id
    )  # fmt: skip
    session.add(absence)
    session.flush()
    memo.forget(session)
    return absence


def _times(session: Session, person: Person, since: datetime, until: datetime) -> Wrong:
    if until <= since:
        return {"until": ("结束要晚于开始。", "The end must be later than the beginning.")}
    if until <= clock.now():
        return {"until": ("这段时间已经过去了。", "This time is already over.")}
    if _meets(session, Absence.person_id == person.id, since, until):
        zh, en = f"{person.name} 在这段时间已登记过不在岗。", f"{person.name} is already entered as away in this time."
        return {"since": (f"{zh}请先结束或改期。", f"{en} End that one first, or choose other days.")}
    if _meets(session, Absence.substitute_id == person.id, since, until):
        return {
            "since": (
                f"{person.name} 在这段时间正替别人代班。请先给那位同事另选代班人。",
                f"{person.name} stands in for somebody else in this time. Choose another substitute for them first.",
            )
        }
    return {}


def _substitute(session: Session, person: Person, substitute: Person, since: datetime, until: datetime) -> Wrong:
    if substitute.id == person.id:
        return {
            "substitute": ("不能由本人代班，请选别人。", "Nobody can stand in for themselves; choose somebody else.")
        }
    if substitute.retired_at is not None:
        return {"substitute": (f"{substitute.name} 已离职，请选别人。", f"{substitute.name} has left; choose another.")}
    if _meets(session, Absence.person_id == substitute.id, since, until):
        return {
            "substitute": (
                f"{substitute.name} 在这段时间也不在岗，请选别人。",
                f"{substitute.name} is away in this time as well; choose somebody else.",
            )
        }
    return {}


def _meets(session: Session, whose: ColumnElement[bool], since: datetime, until: datetime) -> bool:
    asked = select(Absence.id).where(whose, Absence.since < until, Absence.until > since, Absence.until > Absence.since)
    return session.scalar(asked.limit(1)) is not None


def end(session: Session, absence: Absence) -> None:
    """End an absence now; one that has not begun is cancelled."""
    absence.until = max(absence.since, min(clock.now(), absence.until))
    session.flush()
    memo.forget(session)


def find(session: Session, absence_id: int) -> Absence:
    """Return the absence of that id. Raises `NotFound`."""
    absence = session.get(Absence, absence_id)
    if absence is None:
        raise NotFound()
    return absence
