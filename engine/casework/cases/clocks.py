"""The clocks of all cases: which timers wait, how late those fired that did, and moving or firing one by hand."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from engine.bpmn.execution import Fire
from engine.casework import timers
from engine.casework.cases import helping, step
from engine.casework.cases.rows import Case
from engine.casework.cases.running import lock, record
from engine.casework.timers import Timer, TimerFiring
from engine.company import permissions
from engine.company.people import Person
from engine.company.places import Place
from engine.core import clock
from engine.core.errors import Conflict, Invalid, NotFound
from engine.history import NewEntry

SEE, MOVE = "timer.see", "timer.move"
BOUNDS = (1.0, 5.0, 30.0, 300.0, 3600.0)
"""Seconds late that the histogram is cut at; up to five are promised when nothing else runs."""

FARTHEST = timedelta(days=3 * 366)


def waiting(session: Session, person: Person) -> Select[Timer, Case]:
    """Return a query of the timers of running cases that `person` may see."""
    reach = permissions.reach(session, person, SEE)
    asked = select(Timer, Case).join(Case, Case.id == Timer.case_id).where(Case.status == "running")
    if not reach.everything:
        asked = asked.join(Place, Place.id == Case.place_id).where(permissions.within(reach, Case.place_id))
    return asked


def lateness(session: Session, since: datetime) -> Sequence[int]:
    """Return how many timers fired early, within each of `BOUNDS`, and later than the last; one statement."""
    edges = [0.0, *BOUNDS]
    early = func.sum(case((TimerFiring.late < 0, 1), else_=0))
    between = [
        func.sum(case(((TimerFiring.late >= low) & (TimerFiring.late < high), 1), else_=0))
        for low, high in zip(edges, [*BOUNDS, float("1e12")], strict=True)
    ]
    row = session.execute(select(early, *between).where(TimerFiring.at >= since)).one()
    return [int(each or 0) for each in row]


def move(session: Session, person: Person, timer_id: int, to: datetime, reason: str) -> None:
    """Let a timer go off at another moment. Raises `NotFound`, `NotPermitted`, `Invalid` naming fields."""
    timer, held = _held(session, person, timer_id, reason)
    if not clock.now() < to < clock.now() + FARTHEST:
        raise Invalid(
            {"to": ("请选一个以后的时刻，最远三年。", "Please choose a later moment, three years ahead at most.")}
        )
    before = held.waiting["timers"].get(timer.key)
    shifted = {**held.waiting.get("shifted", {})}
    shifted.setdefault(timer.key, before)
    own = {**held.waiting["timers"], timer.key: to.isoformat()}
    held.waiting = {**held.waiting, "timers": own, "shifted": shifted}
    timers.move(session, held.id, {timer.key: to})
    told = {"before": before, "after": to.isoformat()}
    record(session, held.id, NewEntry("timer.moved", person.id, timer.element, told, reason.strip()))


def fire(session: Session, person: Person, timer_id: int, reason: str) -> None:
    """Let a timer go off now. Raises `NotFound`, `NotPermitted`, `Invalid`, `StepFailed`."""
    timer, held = _held(session, person, timer_id, reason)
    step.step_or_raise(session, held, Fire(timer.key), person, reason.strip())
    step.carry_on(session)


def _held(session: Session, person: Person, timer_id: int, reason: str) -> tuple[Timer, Case]:
    """Lock the case of a timer that `person` may move."""
    found = session.execute(waiting(session, person).where(Timer.id == timer_id)).first()
    if found is None:
        raise NotFound
    held = lock(session, found[0].case_id)
    timer = session.get(Timer, timer_id, populate_existing=True)
    if timer is None or timer.case_id != held.id or timer.due_at is None:
        raise Conflict(zh="这个计时刚才到期或停了。", en="This timer has just gone off or been stopped.")
    permissions.require(session, person, MOVE, held.place_id)
    helping.check_reason(reason)
    return timer, held
