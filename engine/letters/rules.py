"""When the staff may be disturbed and how often, as the company and each person want it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import ForeignKey, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.core import clock, memo
from engine.core.errors import Invalid, NotFound
from engine.core.memo import remembered
from engine.core.store import Base
from engine.letters import texts
from engine.letters.rows import HELD, Letter

DAY = 24 * 60
Span = tuple[int, int]
"""From when to when, in minutes after midnight; one that ends no later than it begins ends on the next day."""

DANGER = frozenset({"alarm", "added_danger"})
"""Messages of danger: nobody may overlook one, whatever the hour and however many there are."""

AT_ONCE = DANGER | {"password_link", "password_set"}
"""Messages that are never held and never joined with others: those of danger, and what guards an account."""

LEAST_APART, MOST_APART = 1, 720
LEAST_FEW, MOST_FEW = 1, 100


@dataclass(frozen=True, slots=True)
class Rules:
    """What the company wants for its staff.

    `quiet`: the hours in which people without a roster are left alone. `free_days`: they are on days without working
    hours, too; not as shipped, since many a desk works at weekends without a roster. `widest`: within which hours a person may choose quiet hours of their own. `apart`: minutes in which
    nobody is told the same thing twice, nor more than `few` messages without joining them. `disturbing`: templates that
    go at once, beside those that always do.
    """

    quiet: Span = (21 * 60, 7 * 60 + 30)
    free_days: bool = False
    widest: Span = (18 * 60, 9 * 60)
    apart: int = 60
    few: int = 5
    disturbing: frozenset[str] = frozenset()

    @property
    def at_once(self) -> frozenset[str]:
        """Return the templates that are neither held nor joined with others."""
        return AT_ONCE | self.disturbing


class LetterRules(Base):
    """The rules of the company, one row; none while it has changed nothing."""

    __tablename__ = "letter_rules"

    id: Mapped[int] = mapped_column(primary_key=True)
    begins: Mapped[int]
    ends: Mapped[int]
    free_days: Mapped[bool]
    earliest: Mapped[int]
    latest: Mapped[int]
    apart: Mapped[int]
    few: Mapped[int]


class DisturbingLetter(Base):
    """Whether a message may disturb people off duty, where the company wants it otherwise than shipped."""

    __tablename__ = "disturbing_letters"

    template: Mapped[str] = mapped_column(String(40), primary_key=True)
    disturbs: Mapped[bool]


class OwnQuietHours(Base):
    """What one person wants instead: to be reached `always`, or quiet hours of their own."""

    __tablename__ = "own_quiet_hours"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    always: Mapped[bool]
    begins: Mapped[int | None]
    ends: Mapped[int | None]

    @property
    def span(self) -> Span | None:
        """Return their own quiet hours, if they have some."""
        return (self.begins, self.ends) if self.begins is not None and self.ends is not None else None


@dataclass
class Read:
    """The rules as a session has read them."""

    rules: Rules | None = None


def of(session: Session) -> Rules:
    """Return the company's rules: two statements a session."""
    kept = remembered(session, Read)
    if kept.rules is None:
        row = session.get(LetterRules, 1)
        rules = Rules() if row is None else _value(row)
        kept.rules = replace(rules, disturbing=_disturbing(session))
    return kept.rules


def _value(row: LetterRules) -> Rules:
    return Rules((row.begins, row.ends), row.free_days, (row.earliest, row.latest), row.apart, row.few)


def _disturbing(session: Session) -> frozenset[str]:
    wanted = {code: code in texts.disturbing() for code in texts.for_staff()}
    wanted |= {row.template: row.disturbs for row in session.scalars(select(DisturbingLetter))}
    return frozenset(code for code, disturbs in wanted.items() if disturbs)


def change(session: Session, rules: Rules) -> None:
    """Set the company's rules; what is held is judged anew. Raises `Invalid` naming the fields, `NotFound` for a
    template that does not exist.

    The caller checks the permission and writes the entry in the company's record.
    """
    wrong = {
        name: (f"请填 {least} 到 {most} 之间的整数。", f"A whole number from {least} to {most}.")
        for name, value, least, most in (
            ("apart", rules.apart, LEAST_APART, MOST_APART),
            ("few", rules.few, LEAST_FEW, MOST_FEW),
        )
        if not least <= value <= most
    }
    if wrong:
        raise Invalid(wrong)
    if not rules.disturbing <= set(texts.for_staff()):
        raise NotFound()
    (begins, ends), (earliest, latest) = rules.quiet, rules.widest
    numbers = {"begins": begins, "ends": ends, "earliest": earliest, "latest": latest}
    session.merge(LetterRules(id=1, free_days=rules.free_days, apart=rules.apart, few=rules.few, **numbers))
    for code in texts.for_staff():
        session.merge(DisturbingLetter(template=code, disturbs=code in rules.disturbing))
    session.flush()
    memo.forget(session)
    _judge_anew(session)


def own(session: Session, person_ids: Collection[int]) -> Mapping[int, OwnQuietHours]:
    """Return what these people want for themselves, by person."""
    asked = select(OwnQuietHours).where(OwnQuietHours.person_id.in_(person_ids))
    return {each.person_id: each for each in session.scalars(asked)}


def allows(rules: Rules, span: Span) -> bool:
    """Return whether these may be somebody's own quiet hours: not empty, and within the widest."""
    first, last = rules.widest
    begins, ends = ((each - first) % DAY for each in span)
    return begins < ends <= ((last - first) % DAY or DAY)


def choose(session: Session, person_id: int, *, always: bool, span: Span | None = None) -> None:
    """Keep what a person wants: to be reached always, own quiet hours, or (neither) what the company wants.

    What is held for them is judged anew. Raises `Invalid` naming `ends` for hours that the company does not allow.
    """
    rules = of(session)
    if span is not None and not allows(rules, span):
        first, last = (clock_time(each) for each in rules.widest)
        raise Invalid(
            {
                "ends": (
                    f"免打扰时段要在公司允许的 {first} 到 {last} 之间，先开始后结束。",
                    f"Quiet hours must lie between {first} and {last}, which the company allows.",
                )
            }
        )
    begins, ends = span or (None, None)
    session.merge(OwnQuietHours(person_id=person_id, always=always, begins=begins, ends=ends))
    _judge_anew(session, person_id)


def clock_time(minutes: int) -> str:
    """Return minutes after midnight as a time of day."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _judge_anew(session: Session, person_id: int | None = None) -> None:
    """Let the next pass decide again on what is held, or what is held for one person."""
    held = update(Letter).where(Letter.state == HELD)
    if person_id is not None:
        held = held.where(Letter.to_kind == "person", Letter.to_ref == person_id)
    session.execute(held.values(due_at=clock.now()))
