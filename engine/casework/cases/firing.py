"""Fire the due timers of a case, within bounds: no case may keep the others waiting."""

from collections import Counter

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine.bpmn.execution import Fire
from engine.casework import timers
from engine.casework.cases import incidents, writing
from engine.casework.cases.rows import Case
from engine.casework.cases.step import carry_on, step
from engine.casework.timers import Timer
from engine.core import clock, metrics
from engine.core.errors import NotWaiting, StepFailed

MOST_IN_A_TURN = 100
"""Timers of one case fired in one transaction; others come before the rest of them."""

MOST_IN_A_ROW = 20
"""How often a timer may be set anew and be due at once, in one turn, before it counts as a loop without end."""

_DUE = (
    select(Timer)
    .where(Timer.case_id == bindparam("of"), Timer.due_at <= bindparam("now"))
    .order_by(Timer.due_at, Timer.id)
    .execution_options(populate_existing=True)  # SQLite gives the id of a deleted row to the next one
)


def fire_due(session: Session, case: Case) -> int:
    """Fire the due timers of a locked case, the oldest first; of a ladder's rungs only the highest.

    Returns how many: `MOST_IN_A_TURN` when more may be due. A timer that is due at once again and again becomes an
    incident.
    """
    now, late, anew = clock.now(), list[float](), Counter[str]()
    known = frozenset(case.waiting["timers"])
    while len(late) < MOST_IN_A_TURN and writing.is_due(case, now):
        due = list(session.scalars(_DUE, {"of": case.id, "now": now}))
        if over := timers.passed_over(due):
            writing.pass_over(session, case, over)
            continue
        if not due:
            break
        timer = due[0]
        late.append((now - (timer.due_at or now)).total_seconds())
        metrics.LATENESS.labels(case.process).observe(late[-1])
        anew[timer.element] += timer.key not in known
        if anew[timer.element] > MOST_IN_A_ROW:
            _stop(session, case, timer)
        elif not _fire(session, case, timer.key):
            writing.sleep(session, case, [timer.key])
    if late:
        timers.note_fired(session, now, late)
        carry_on(session)
    return len(late)


def _fire(session: Session, case: Case, key: str) -> bool:
    """Fire one timer; return False when its step failed, or nothing waits for it any more."""
    try:
        return step(session, case, Fire(key), None) is not None
    except NotWaiting:
        return False


def _stop(session: Session, case: Case, timer: Timer) -> None:
    """Put a timer to sleep that goes round without waiting; the incident fires it once more."""
    key = timer.key
    zh = f"定时器「{timer.expression}」一再立刻到期，案件在原地打转，已停下。请修改流程图，让它往前走。"
    en = (
        f'the timer "{timer.expression}" was due at once again and again: the case went round without waiting and was '
        "stopped. Change the diagram so that the timer moves forward."
    )
    incidents.open_for(session, case, Fire(key), StepFailed(timer.element, "", zh, en), None)
    writing.sleep(session, case, [key])
