"""Write the changes of a step: the case's row, tasks, timers, waits, and history entries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine import history
from engine.bpmn import execution
from engine.bpmn.execution import Act, Complete, Deliver, Fire, Outcome, Plan, Put, Retime, Start
from engine.casework import tasks, timers
from engine.casework.cases import domain
from engine.casework.cases.rows import Case, Wait
from engine.casework.cases.running import Running, running
from engine.casework.timers import Timer
from engine.company.people import Person
from engine.core import clock
from engine.history import NewEntry


@dataclass(frozen=True, slots=True)
class Move:
    """A case that was moved by a plan from the versions of another pin."""

    plan: Plan
    was: str


KINDS: dict[type, str] = {
    Start: "case.started",
    Complete: "task.done",
    Fire: "timer.fired",
    Deliver: "message.received",
    execution.Broadcast: "signal.received",
    execution.Change: "variables.changed",
    Retime: "timers.moved",
    execution.CancelTask: "task.withdrawn",
    Put: "case.put",
    Move: "case.moved",
    execution.CancelCase: "case.withdrawn",
}


def write(
    session: Session,
    case: Case,
    program: execution.Program,
    act: Act | Move,
    outcome: Outcome,
    by: Person | None,
    note: str | None,
) -> list[Wait]:
    """Write everything a step changed, except the state of other cases; return the waits it opened."""
    before, now = case.waiting, clock.now()
    waiting = {
        "tasks": [task.key for task in outcome.tasks],
        "timers": {timer.key: timer.due.isoformat() if timer.due else None for timer in outcome.timers},
        "waits": [wait.key for wait in outcome.waits],
    }
    case.state, case.waiting = outcome.state, waiting
    if outcome.ended is not None:
        case.status, case.ended_at, case.ended_in = "ended", now, outcome.ended.element
    _write_tasks(session, case, program, before, act, outcome, by)
    _write_timers(session, case, before, outcome, now)
    opened = _write_waits(session, case, before, outcome)
    if isinstance(act, Move):
        opened += _restate(session, case, program, before, outcome, act.plan)
    running(session).drafts.insert(0, _entry(session, case, before, act, outcome, by, note))
    return opened


def _write_tasks(
    session: Session,
    case: Case,
    program: execution.Program,
    before: Mapping[str, Any],
    act: Act | Move,
    outcome: Outcome,
    by: Person | None,
) -> None:
    known = set(before["tasks"])
    gone = known - set(case.waiting["tasks"])
    done = {act.task} if isinstance(act, Complete) else set()
    tasks.close(session, case.id, sorted(gone & done), "done", by.id if by else None)
    tasks.close(session, case.id, sorted(gone - done), "cancelled", None)
    new = [task for task in outcome.tasks if task.key not in known]
    tasks.open_new(
        session,
        case.id,
        case.place_id,
        new,
        program.elements,
        case.barred,
        lambda deadline: domain.of(case).due_of(session, case, deadline),
    )


def _write_timers(session: Session, case: Case, before: Mapping[str, Any], outcome: Outcome, now: datetime) -> None:
    known: dict[str, str | None] = before["timers"]
    due = case.waiting["timers"]
    timers.drop(session, case.id, sorted(set(known) - set(due)))
    timers.add(session, case.id, [timer for timer in outcome.timers if timer.key not in known], now)
    asleep = before.get("asleep", [])
    moved = {
        timer.key: timer.due
        for timer in outcome.timers
        if timer.key in known
        and timer.key not in asleep
        and known[timer.key] != due[timer.key]
        and before.get("shifted", {}).get(timer.key) != due[timer.key]
    }
    timers.move(session, case.id, moved)
    _keep_shifted(case, before, due)
    if still := [key for key in asleep if key in due]:
        case.waiting["asleep"] = still
        case.waiting["timers"].update(dict.fromkeys(still))


def _keep_shifted(case: Case, before: Mapping[str, Any], due: dict[str, str | None]) -> None:
    """Let a timer that somebody moved stay where they moved it, until its own moment changes or it is gone.

    `shifted`: the moment that the diagram gave it, by key.
    """
    stays = {key: own for key, own in before.get("shifted", {}).items() if due.get(key, "") == own}
    if stays:
        case.waiting["shifted"] = stays
        due.update({key: before["timers"][key] for key in stays})


def _write_waits(session: Session, case: Case, before: Mapping[str, Any], outcome: Outcome) -> list[Wait]:
    known = set(before["waits"])
    if gone := sorted(known - set(case.waiting["waits"])):
        session.execute(delete(Wait).where(Wait.case_id == case.id, Wait.key.in_(gone)))
    opened = [
        Wait(
            case_id=case.id,
            key=wait.key,
            kind=wait.kind,
            name=wait.name,
            correlation=wait.correlation if wait.correlation is not None else case.business_key,
            element=wait.element,
        )
        for wait in outcome.waits
        if wait.key not in known
    ]
    session.add_all(opened)
    return opened


def _restate(
    session: Session, case: Case, program: execution.Program, before: Mapping[str, Any], outcome: Outcome, plan: Plan
) -> list[Wait]:
    """Let what goes on in another version say what that version says; return the waits that wait for something else."""
    kept = [task for task in outcome.tasks if task.key in before["tasks"]]
    due_of = domain.of(case).due_of
    tasks.restate(
        session,
        case.id,
        case.place_id,
        kept,
        program.elements,
        case.barred,
        lambda deadline: due_of(session, case, deadline),
        retime=plan.retime,
    )
    timers.restate(session, case.id, [timer for timer in outcome.timers if timer.key in before["timers"]])
    said = {wait.key: wait for wait in outcome.waits if wait.key in before["waits"]}
    changed = []
    for row in session.scalars(select(Wait).where(Wait.case_id == case.id, Wait.key.in_(said))):
        wait, was = said[row.key], (row.name, row.correlation)
        row.kind, row.name, row.element = wait.kind, wait.name, wait.element
        row.correlation = wait.correlation if wait.correlation is not None else case.business_key
        changed += [row] if (row.name, row.correlation) != was else []
    return changed


def is_due(case: Case, now: datetime) -> bool:
    """Return whether a timer of a case is due, without a statement."""
    return any(due is not None and datetime.fromisoformat(due) <= now for due in case.waiting["timers"].values())


def pass_over(session: Session, case: Case, over: Sequence[Timer]) -> None:
    """Put the lower rungs of a ladder to sleep when a higher one is due too, and record that they were passed."""
    sleep(session, case, [timer.key for timer in over])
    drafts = [NewEntry("timer.passed", element=timer.element) for timer in over]
    history.add(session, case, drafts)
    session.flush()


def sleep(session: Session, case: Case, keys: Sequence[str]) -> None:
    """Put timers to sleep for good: a higher rung opened instead, or their step failed and the incident fires them."""
    timers.move(session, case.id, dict.fromkeys(keys))
    waiting = {**case.waiting, "timers": {**case.waiting["timers"], **dict.fromkeys(keys)}}
    case.waiting = {**waiting, "asleep": [*waiting.get("asleep", []), *keys]}
    session.flush()


# --- the history of a step


def _entry(
    session: Session,
    case: Case,
    before: Mapping[str, Any],
    act: Act | Move,
    outcome: Outcome,
    by: Person | None,
    note: str | None,
) -> NewEntry:
    facts: dict[str, object] = {"path": [_passage(case, each) for each in outcome.happened]}
    opened = [task.element for task in outcome.tasks if task.key not in before["tasks"]]
    if opened:
        facts["opened"] = opened
    if isinstance(act, Deliver) and (
        said := {key: each for key, each in act.fields.items() if isinstance(each, bool | str)}
    ):
        facts["said"] = said
    if isinstance(act, Put):
        facts |= {"to": act.element, "after": act.after}
    if isinstance(act, Move):
        facts |= {"was": act.was, "steps": dict(act.plan.to), "retimed": act.plan.retime}
    if rules := running(session).rules:
        facts["rules"] = dict(rules)
    if outcome.ended is not None:
        facts["ended"] = outcome.ended.element
    return NewEntry(KINDS[type(act)], by.id if by else None, _element(act, outcome), facts, note)


Passage = list[str]
SHORT: dict[str, Literal["e", "c", "x", "f", "t"]] = {
    "entered": "e",
    "completed": "c",
    "cancelled": "x",
    "fired": "f",
    "taken": "t",
}


def _passage(case: Case, each: execution.Happened) -> Passage:
    """Return a point of the path as stored in an entry: [what, element, visit key], in a called process its id too."""
    short = [SHORT[each.what], each.element, each.key]
    return short if each.process == case.process else [*short, each.process]


KEYS = ("task", "timer", "wait", "token")
"""What acts call the key of the thing that they are about."""


def target_of(act: Act | Move) -> str | None:
    """Return the key of the task, timer, wait or token that an act is about."""
    return next((key for name in KEYS if (key := getattr(act, name, None))), None)


def _element(act: Act | Move, outcome: Outcome) -> str | None:
    key = target_of(act)
    if key is None:
        return None
    return next((each.element for each in outcome.happened if each.key == key), None)


def save(session: Session, case: Case, here: Running) -> None:
    """Write the entries of a step and the case's row, guarded by its revision."""
    drafts, here.drafts = here.drafts, []
    history.add(session, case, drafts)
    session.flush()
