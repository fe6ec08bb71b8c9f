"""One step of a case: lock, step in memory, write what changed. The transaction is the caller's."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from engine import calendars, clock, history, spiff, tasks, timers, topics, versions
from engine.cases import incidents, messages
from engine.cases.rows import Case, Wait
from engine.db import table_of
from engine.errors import Conflict, NotFound, StepFailed
from engine.history import Draft
from engine.people import Person
from engine.spiff import Act, Complete, Deliver, Fire, Outcome, Retime, Start, Work
from engine.tasks import Answer, Task
from engine.timers import Timer

_answer = insert(table_of(Answer))

Listener = Callable[[Session, Case, Outcome], None]
_listeners: dict[str, list[Listener]] = {}
MOST_AFTERWARDS = 200
KINDS: dict[type, str] = {
    Start: "case.started",
    Complete: "task.done",
    Fire: "timer.fired",
    Deliver: "message.received",
    spiff.Broadcast: "signal.received",
    spiff.Change: "variables.changed",
    Retime: "timers.moved",
    spiff.CancelTask: "task.withdrawn",
    spiff.CancelCase: "case.withdrawn",
}


@dataclass(slots=True)
class Running:
    """What goes on in one transaction: acts still to be carried out, and entries noted while a case is stepped."""

    queue: list[tuple[int, Act]] = field(default_factory=list)
    stepping: Case | None = None
    drafts: list[Draft] = field(default_factory=list)
    rules: dict[str, list[int]] = field(default_factory=dict)


def listen(process: str, listener: Listener) -> None:
    """Have `listener(session, case, outcome)` called after every step of that process's cases, in its transaction."""
    known = _listeners.setdefault(process, [])
    if listener not in known:
        known.append(listener)


# --- verbs


def start(
    session: Session,
    process: str,
    variables: Mapping[str, object],
    *,
    business_key: str,
    place_id: int,
    by: Person | None = None,
    barred: Sequence[int] = (),
    prepare: Callable[[Case], None] | None = None,
) -> Case:
    """Start a case of the newest version of `process`; `barred` people may do none of its tasks.

    `prepare` is called with the case's row before its first step, so that the domain can hang its own rows on it.
    Raises `NotFound` when the process was never published. A first step that fails is an incident; the case stands.
    """
    case = Case(
        process=process,
        pin=versions.pin_latest(session, process),
        state=None,
        waiting={"tasks": [], "timers": {}, "waits": []},
        business_key=business_key,
        place_id=place_id,
        barred=list(barred),
        started_at=clock.now(),
    )
    session.add(case)
    session.flush()
    if prepare:
        prepare(case)
    _step(session, case, Start(dict(variables)), by)
    _carry_on(session)
    return case


def act(
    session: Session, case_id: int, act: Act, *, by: Person | None = None, note: str | None = None
) -> Outcome | None:
    """Do `act` to a case, after the timers that are due in it, and then whatever it sets off in this or other cases.

    Returns None when the step failed and became an incident. Raises `NotWaiting` when what was to be acted on is gone.
    """
    case = lock(session, case_id)
    fire_due(session, case)
    outcome = _step(session, case, act, by, note)
    _carry_on(session)
    return outcome


def complete(
    session: Session,
    task: Task,
    steering: Mapping[str, object],
    *,
    by: Person,
    values: Mapping[str, Any] | None = None,
    note: str | None = None,
) -> Outcome | None:
    """Finish a task: `steering` answers become variables, `values` (all that was filled in) are kept with the task.

    Twice by the same person is once. Raises `Conflict` when it is done by, or claimed by, somebody else, or withdrawn;
    `NotPermitted` when it is not theirs to do. When the step behind it fails, the task is held for the incident.
    """
    case = lock(session, task.case_id)
    if case_may_have_moved(session):
        session.refresh(task)
    if task.state in ("done", "held") and task.closed_by_id == by.id:
        return None
    if fire_due(session, case):
        session.refresh(task)
    require_completable(session, task, by)
    answer = {"task_id": task.id, "by_id": by.id, "at": clock.now(), "values": readable(values or steering)}
    session.connection().execute(_answer, answer)
    outcome = _step(session, case, Complete(task.key, dict(steering)), by, note)
    if outcome is None:
        task.state, task.closed_by_id, task.closed_at = "held", by.id, clock.now()
        session.flush()
    session.expire(task)
    _carry_on(session)
    return outcome


def readable(values: Mapping[str, Any]) -> dict[str, Any]:
    """Answers as they are kept to be read again: whole numbers as such, dates and other numbers as text."""
    return {key: _readable(value) for key, value in values.items()}


def _readable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return readable(value)
    if isinstance(value, list | tuple):
        return [_readable(each) for each in value]
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    return value if value is None or isinstance(value, str | int | float) else str(value)


def case_may_have_moved(session: Session) -> bool:
    """Whether what was read before a case was locked may be over: SQLite has one writer, and we are it."""
    return session.get_bind().dialect.name != "sqlite"


def require_completable(session: Session, task: Task, by: Person) -> None:
    """Raise unless `by` may complete `task` now."""
    if task.state != "open":
        raise Conflict(
            zh=f"“{task.name}”已由他人完成或已撤回,您填写的内容仍在下面。",
            en=f"“{task.name_en}” was finished by somebody else or withdrawn; what you typed is still below.",
        )
    if task.assignee_id not in (None, by.id):
        raise Conflict(
            zh=f"“{task.name}”正由别人办理。需要时请主管改派。",
            en=f"Somebody else is working on “{task.name_en}”. Ask the head to reassign it if need be.",
        )
    tasks.require_doable(session, by, task)


def deliver(
    session: Session,
    case_id: int,
    name: str,
    fields: Mapping[str, object],
    *,
    by: Person | None = None,
    note: str | None = None,
) -> Outcome | None:
    """Give the message `name` to the one wait for it in this case. Raises `NotWaiting` when none waits."""
    case = lock(session, case_id)
    fire_due(session, case)
    wait = session.scalar(select(Wait).where(Wait.case_id == case_id, Wait.name == name).order_by(Wait.id).limit(1))
    if wait is None:
        raise spiff.NotWaiting()
    outcome = _step(session, case, Deliver(wait.key, dict(fields)), by, note)
    _carry_on(session)
    return outcome


def again(session: Session, case: Case, act: Act, by: Person) -> bool:
    """Do an act of a locked case that failed before; whether it went through. The doer of a task stays who did it."""
    doer = by
    if isinstance(act, Complete):
        held = select(Person).join(Task, Task.closed_by_id == Person.id).where(Task.case_id == case.id)
        doer = session.scalar(held.where(Task.key == act.task)) or by
    outcome = _step(session, case, act, doer)
    _carry_on(session)
    return outcome is not None


def fire_due(session: Session, case: Case, *, most: int = 100) -> int:
    """Fire the timers of a locked case that are due, the oldest first; of a ladder's rungs only the highest."""
    now, fired = clock.now(), 0
    while fired < most and _next_due(case, now):
        due = list(
            session.scalars(
                select(Timer).where(Timer.case_id == case.id, Timer.due_at <= now).order_by(Timer.due_at, Timer.id)
            )
        )
        if over := timers.passed_over(due):
            _pass_over(session, case, over)
            continue
        if not due:
            break
        fired += 1
        if _step(session, case, Fire(due[0].key), None) is None:
            _sleep(session, case, [due[0].key])
    if fired:
        _carry_on(session)
    return fired


def variables(session: Session, case: Case) -> dict[str, object]:
    """The variables of a case as the last commit left them."""
    if case.state is None:
        return {}
    return spiff.variables_of(versions.program(session, case.pin, case.process), case.state)


def afterwards(session: Session, case_id: int, act: Act) -> None:
    """Have `act` done to a case in this transaction, as soon as the step that runs now is written."""
    running(session).queue.append((case_id, act))
    if running(session).stepping is None:
        _carry_on(session)


def record(session: Session, case_id: int, draft: Draft) -> None:
    """Add an entry to the history of a case: behind the step that runs now, or at once."""
    here = running(session)
    if here.stepping is not None and here.stepping.id == case_id:
        here.drafts.append(draft)
        return
    history.add(session, lock(session, case_id), [draft])
    session.flush()


def lock(session: Session, case_id: int) -> Case:
    """The case, locked until the transaction ends. Raises `NotFound`."""
    case = session.get(Case, case_id, with_for_update=True)
    if case is None:
        raise NotFound()
    return case


def running(session: Session) -> Running:
    """What goes on in this transaction."""
    found = session.info.get("running")
    if not isinstance(found, Running):
        found = session.info["running"] = Running()
    return found


# --- the step itself


def _carry_on(session: Session) -> None:
    here = running(session)
    for _ in range(MOST_AFTERWARDS):
        if not here.queue or here.stepping is not None:
            return
        case_id, act = here.queue.pop(0)
        try:
            _step(session, lock(session, case_id), act, None)
        except spiff.NotWaiting:
            continue  # what it was meant for has ended meanwhile
    raise StepFailed(
        "", "", "案件之间相互触发的步骤过多,已停下。", "Cases set each other off too many times; it was stopped."
    )


def _step(session: Session, case: Case, act: Act, by: Person | None, note: str | None = None) -> Outcome | None:
    here = running(session)
    here.stepping, here.drafts, here.rules = case, [], {}
    try:
        with session.begin_nested():
            program = versions.program(session, case.pin, case.process)
            outcome = spiff.step(
                program, case.state, act, _world(session, case), then=lambda: _own_retime(here, case.id)
            )
            _require_movable(program, outcome)
            _write(session, case, program, act, outcome, by, note)
            for listener in _listeners.get(case.process, ()):
                listener(session, case, outcome)
            _write_entries(session, case, here)
            session.flush()
    except StepFailed as failure:
        here.queue.clear()
        incidents.open_for(session, case, act, failure, by)
        return None
    finally:
        here.stepping = None
    return outcome


def _require_movable(program: spiff.Program, outcome: Outcome) -> None:
    """Raise `StepFailed` when branches now wait for others that can no longer come, and nothing else could move."""
    if outcome.stuck:
        name = program.elements[outcome.stuck[0]].name
        raise StepFailed(
            outcome.stuck[0],
            name,
            "这里等待的分支已不可能到达,案件会永远停住。请修改流程图的汇合方式。",
            "the branches waited for here can no longer come, the case would stand still for ever; "
            "change how the diagram joins them.",
        )


def _own_retime(here: Running, case_id: int) -> Retime | None:
    """The queued wishes to work out timers of the case that is stepped, as one: done within the step itself."""
    own = [act for to, act in here.queue if to == case_id and isinstance(act, Retime)]
    here.queue = [(to, act) for to, act in here.queue if to != case_id or not isinstance(act, Retime)]
    return Retime(frozenset().union(*(act.names for act in own))) if own else None


def _world(session: Session, case: Case) -> spiff.World:
    functions = {"now": clock.now, "today": lambda: _today(session, case), **topics.bound(session, case)}

    def decide(decision: str, context: Mapping[str, object]) -> object:
        decided = versions.decide(session, case.pin, decision, context, functions)
        running(session).rules.setdefault(decision, []).extend(decided.rules)
        return decided.value

    def perform(work: Work) -> Mapping[str, object]:
        known = topics.ALLOWED.topics.get(work.topic)
        if known is None:
            raise StepFailed(
                work.element, "", f"没有名为“{work.topic}”的操作。", f"There is no topic called “{work.topic}”."
            )
        return known.perform(session, case, work)

    return spiff.World(now=clock.now(), decide=decide, perform=perform, functions=functions)


def _today(session: Session, case: Case) -> date:
    """The day where the community is; in UTC it would still be yesterday in the morning."""
    return clock.now().astimezone(calendars.of(session, case.place_id).zone).date()


def _write(
    session: Session,
    case: Case,
    program: spiff.Program,
    act: Act,
    outcome: Outcome,
    by: Person | None,
    note: str | None,
) -> None:
    before, now = case.waiting, clock.now()
    case.state = outcome.state
    case.waiting = {
        "tasks": [task.key for task in outcome.tasks],
        "timers": {timer.key: timer.due.isoformat() if timer.due else None for timer in outcome.timers},
        "waits": [wait.key for wait in outcome.waits],
    }
    if outcome.ended is not None:
        case.status, case.ended_at, case.ended_in = "ended", now, outcome.ended.element
    _write_tasks(session, case, program, before, act, outcome, by)
    _write_timers(session, case, before, outcome, now)
    opened = _write_waits(session, case, before, outcome)
    running(session).drafts.insert(0, _entry(session, case, before, act, outcome, by, note))
    messages.pass_on(session, case, outcome.thrown, opened, lambda to, then: running(session).queue.append((to, then)))


def _write_tasks(
    session: Session,
    case: Case,
    program: spiff.Program,
    before: Mapping[str, Any],
    act: Act,
    outcome: Outcome,
    by: Person | None,
) -> None:
    known = set(before["tasks"])
    gone = known - set(case.waiting["tasks"])
    done = {act.task} if isinstance(act, Complete) else set()
    tasks.close(session, case.id, sorted(gone & done), "done", by.id if by else None)
    tasks.close(session, case.id, sorted(gone - done), "cancelled", None)
    new = [task for task in outcome.tasks if task.key not in known]
    tasks.open_new(session, case.id, case.place_id, new, program.elements, case.barred)


def _write_timers(session: Session, case: Case, before: Mapping[str, Any], outcome: Outcome, now: datetime) -> None:
    known: dict[str, str | None] = before["timers"]
    due = case.waiting["timers"]
    timers.drop(session, case.id, sorted(set(known) - set(due)))
    timers.add(session, case.id, [timer for timer in outcome.timers if timer.key not in known], now)
    asleep = before.get("asleep", [])
    moved = {
        timer.key: timer.due
        for timer in outcome.timers
        if timer.key in known and timer.key not in asleep and known[timer.key] != due[timer.key]
    }
    timers.move(session, case.id, moved)
    if still := [key for key in asleep if key in due]:
        case.waiting["asleep"] = still
        case.waiting["timers"].update(dict.fromkeys(still))


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


def _next_due(case: Case, now: datetime) -> bool:
    return any(due is not None and datetime.fromisoformat(due) <= now for due in case.waiting["timers"].values())


def _pass_over(session: Session, case: Case, over: Sequence[Timer]) -> None:
    _sleep(session, case, [timer.key for timer in over])
    drafts = [Draft("timer.passed", element=timer.element) for timer in over]
    history.add(session, case, drafts)
    session.flush()


def _sleep(session: Session, case: Case, keys: Sequence[str]) -> None:
    """Let timers of a case sleep for good: a higher rung opened instead, or their step failed (the incident fires it)."""
    timers.move(session, case.id, dict.fromkeys(keys))
    waiting = {**case.waiting, "timers": {**case.waiting["timers"], **dict.fromkeys(keys)}}
    case.waiting = {**waiting, "asleep": [*waiting.get("asleep", []), *keys]}
    session.flush()


# --- the history of a step


def _entry(
    session: Session,
    case: Case,
    before: Mapping[str, Any],
    act: Act,
    outcome: Outcome,
    by: Person | None,
    note: str | None,
) -> Draft:
    facts: dict[str, object] = {"path": [_passage(case, each) for each in outcome.happened]}
    opened = [task.element for task in outcome.tasks if task.key not in before["tasks"]]
    if opened:
        facts["opened"] = opened
    if rules := running(session).rules:
        facts["rules"] = dict(rules)
    if outcome.ended is not None:
        facts["ended"] = outcome.ended.element
    return Draft(KINDS[type(act)], by.id if by else None, _element(act, outcome), facts, note)


Passage = list[str]
SHORT: dict[str, Literal["e", "c", "x", "f", "t"]] = {
    "entered": "e",
    "completed": "c",
    "cancelled": "x",
    "fired": "f",
    "taken": "t",
}


def _passage(case: Case, each: spiff.Happened) -> Passage:
    """One thing on the path as an entry keeps it: [what, element, key of the visit], the process too in a called one."""
    short = [SHORT[each.what], each.element, each.key]
    return short if each.process == case.process else [*short, each.process]


def _element(act: Act, outcome: Outcome) -> str | None:
    key = getattr(act, "task", None) or getattr(act, "timer", None) or getattr(act, "wait", None)
    if key is None:
        return None
    return next((each.element for each in outcome.happened if each.key == key), None)


def _write_entries(session: Session, case: Case, here: Running) -> None:
    drafts, here.drafts = here.drafts, []
    history.add(session, case, drafts)
