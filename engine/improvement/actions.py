"""The actions of an improvement: planned, lined up to be carried out, done or not."""

from collections.abc import Mapping, Sequence
from datetime import date, tzinfo
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.company import calendars, people
from engine.company.people import Person
from engine.core import clock
from engine.improvement.rows import Improvement, ImprovementAction

MOST_ACTIONS = 20
NOT_POSSIBLE = "not_possible"


def plan(session: Session, improvement: Improvement, typed: Mapping[str, Any], zone: tzinfo) -> None:
    """Write rows for the actions of a form, after those that the round already has.

    The diagram itself sees only who carries them out and when they are due: what was typed stays out of it.
    """
    last = session.scalar(
        select(func.max(ImprovementAction.position)).where(*_of_round(improvement)),
    )
    for position, each in enumerate(_typed(typed), (last or 0) + 1):
        owner = (
            session.scalar(select(Person.id).where(Person.login == each.get("owner"))) if each.get("owner") else None
        )
        cost = each.get("cost")
        session.add(
            ImprovementAction(
                improvement_id=improvement.id,
                round=improvement.round,
                position=position,
                title=str(each["what"]).strip(),
                owner_id=owner,
                due_on=calendars.day_of(each.get("due"), lambda: zone),
                evidence=str(each["evidence"]).strip() if each.get("evidence") else None,
                cost=int(cost) if cost not in (None, "") else None,
            )
        )
    session.flush()


def _typed(typed: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the rows of the form; `what_1`, `owner_1`, `due_1` … in forms of before there were rows."""
    rows = typed.get("actions")
    if not isinstance(rows, list):
        names = ("what", "owner", "due")
        rows = [{name: typed.get(f"{name}_{number}") for name in names} for number in range(1, MOST_ACTIONS + 1)]
    return [each for each in rows if str(each.get("what") or "").strip()]


def line_up(session: Session, improvement: Improvement) -> list[str]:
    """Give each action of the round that is still to be done its turn; return the logins of their owners."""
    rows = session.scalars(
        select(ImprovementAction).where(*_of_round(improvement)).order_by(ImprovementAction.position)
    ).all()
    waiting = [each for each in rows if each.done_at is None and each.owner_id is not None]
    for each in rows:
        each.turn = waiting.index(each) + 1 if each in waiting else None
    session.flush()
    known = people.names(session, [each.owner_id for each in waiting if each.owner_id is not None])
    return [known[each.owner_id].login for each in waiting if each.owner_id is not None]


def at(session: Session, improvement: Improvement, turn: int) -> ImprovementAction | None:
    """Return the action of this turn in the present round; in diagrams without turns, of this position."""
    asked = select(ImprovementAction).where(
        *_of_round(improvement), func.coalesce(ImprovementAction.turn, ImprovementAction.position) == turn
    )
    return session.scalar(asked.order_by(ImprovementAction.turn.is_(None), ImprovementAction.id).limit(1))


def due_of(session: Session, improvement: Improvement, turn: int) -> date | None:
    """Return the day on which the action of this turn is due."""
    found = at(session, improvement, turn)
    return found.due_on if found is not None else None


def finish(session: Session, improvement: Improvement, turn: int, by_id: int | None, result: str | None) -> None:
    """Note how an action went and who says so."""
    found = at(session, improvement, turn)
    if found is not None:
        found.done_at, found.done_by_id, found.result = clock.now(), by_id, result


def some_undone(session: Session, improvement: Improvement) -> bool:
    """Return whether one of the actions lined up last could not be done."""
    asked = select(ImprovementAction.id).where(
        *_of_round(improvement), ImprovementAction.turn.is_not(None), ImprovementAction.result == NOT_POSSIBLE
    )
    return session.scalar(asked.limit(1)) is not None


def _of_round(improvement: Improvement) -> tuple[Any, Any]:
    return ImprovementAction.improvement_id == improvement.id, ImprovementAction.round == improvement.round
