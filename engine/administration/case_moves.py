"""Move many running cases of a process to another version: what stands where, a trial of it, and the job that does it.

Each case is moved in a transaction of its own, with its own entry; one that cannot be moved stays as it was.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from engine import history, jobs
from engine.bpmn.execution import ENDS, Element, Plan, places
from engine.casework import cases
from engine.casework.cases import Case, Wait, moving
from engine.casework.cases.helping import check_reason
from engine.casework.tasks import Task
from engine.casework.timers import Timer
from engine.company import people, permissions
from engine.company.people import Person
from engine.complaints.core import access
from engine.core import outages
from engine.core.errors import BihuanError, Conflict, NotFound, Unclear
from engine.core.settings import Settings
from engine.core.store import Store, came_between
from engine.history import NewEntry
from engine.jobs import Job, Result, Told
from engine.processes import versions
from engine.processes.versions import Pin, Version

log = logging.getLogger(__name__)

KIND = "move_cases"
MOST_TOLD = 500
"""So many cases that stayed are named on the page of a job; the rest is counted."""


RUNNING = ("running", "stopped")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases move where: of `process`, on one of the pins `since`, to the pin `to`.

    `number`: the start of their business key; `stopped`: only those that an incident has stopped.
    """

    process: str
    since: tuple[str, ...]
    to: str
    community_id: int | None = None
    number: str = ""
    stopped: bool = False
    plan: Plan = field(default_factory=Plan)
    retry: bool = True

    def facts(self) -> dict[str, Any]:
        """Return it as the facts of a job."""
        return {
            "process": self.process, "since": list(self.since), "to": self.to, "community_id": self.community_id,
            "number": self.number, "stopped": self.stopped, "steps": dict(self.plan.to), "retime": self.plan.retime,
            "retry": self.retry,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Running:
    """The running cases on one pin: the number of the process's version, and whether only what it calls is older."""

    pin: str
    number: int
    cases: int
    is_newest: bool


@dataclass(frozen=True, slots=True)
class Stands:
    """What stands at one step of the old versions, and the step it goes to by itself (None: somebody has to say)."""

    element: Element
    tasks: int
    timers: int
    messages: int
    goes_to: Element | None
    chosen: bool
    ends: bool = False

    @property
    def must_choose(self) -> bool:
        """Return whether nothing says yet where it goes."""
        return self.goes_to is None and not self.ends


def running(session: Session, person: Person, process: str) -> list[Running]:
    """Return the running cases of a process within the person's reach, by pin, those of newer versions first."""
    mine = access.cases_within(session, person, moving.ACT, Case.place_id, Case.id)
    counted = select(Case.pin, func.count()).where(Case.process == process, Case.status.in_(RUNNING), mine)
    found = {row[0]: row[1] for row in session.execute(counted.group_by(Case.pin))}
    pins = {pin.hash: pin.versions for pin in session.scalars(select(Pin).where(Pin.hash.in_(found)))}
    ids = {pin: named[process] for pin, named in pins.items()}
    asked = select(Version.id, Version.number).where(Version.id.in_(ids.values()))
    numbers = {row[0]: row[1] for row in session.execute(asked)}
    newest = versions.latest(session, process)
    return sorted(
        (Running(pin, numbers[ids[pin]], count, newest is not None and newest.id == ids[pin])
         for pin, count in found.items()),
        key=lambda each: (-each.number, each.pin),
    )  # fmt: skip


def survey(session: Session, person: Person, wanted: Wanted) -> list[Stands]:
    """Return what stands at each step of the chosen cases and where it goes, in four statements."""
    counts = {
        kind: {row[0]: row[1] for row in session.execute(_counted(session, person, wanted, kind))}
        for kind in (Task, Timer, Wait)
    }
    elements = {
        id: each for pin in wanted.since for id, each in _program_elements(session, pin, wanted.process).items()
    }
    after = _program_elements(session, wanted.to, wanted.process)
    return [
        _stands(elements[id], counts, after, wanted.plan)
        for id in sorted({id for found in counts.values() for id in found} & elements.keys())
    ]


def targets(session: Session, wanted: Wanted, process: str) -> list[Element]:
    """Return the steps of the new version at which a step of `process` can go on."""
    return places(versions.program(session, wanted.to, wanted.process), process)


def _stands(
    element: Element, counts: Mapping[Any, Mapping[str, int]], after: Mapping[str, Element], plan: Plan
) -> Stands:
    said = plan.to.get(element.id)
    same = after.get(element.id)
    boundary = element.kind == "boundaryEvent"
    goes_to = after.get(said) if said else same if same is not None and same.kind == element.kind else None
    opened, waiting, asked = (counts[kind].get(element.id, 0) for kind in (Task, Timer, Wait))
    ends = said == ENDS or (boundary and goes_to is None)
    return Stands(element, opened, waiting, asked, goes_to, said is not None, ends)


def _program_elements(session: Session, pin: str, process: str) -> Mapping[str, Element]:
    return versions.program(session, pin, process).elements


def _counted(session: Session, person: Person, wanted: Wanted, kind: Any) -> Any:
    asked = (
        select(kind.element, func.count()).join(Case, Case.id == kind.case_id).where(*_which(session, person, wanted))
    )
    if kind is Task:
        asked = asked.where(Task.state.in_(("open", "held")))
    return asked.group_by(kind.element)


def _which(session: Session, person: Person, wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions on the cases to move; nobody moves cases of complaints about themselves."""
    yield Case.process == wanted.process
    yield Case.status.in_(("stopped",) if wanted.stopped else RUNNING)
    yield Case.pin.in_([pin for pin in wanted.since if pin != wanted.to])
    yield access.cases_within(session, person, moving.ACT, Case.place_id, Case.id)
    if wanted.community_id is not None:
        yield Case.place_id == wanted.community_id
    if wanted.number.strip():
        key = wanted.number.strip().upper()
        yield Case.business_key >= key
        yield Case.business_key < key + "\uffff"


def count(session: Session, person: Person, wanted: Wanted) -> int:
    """Return how many cases would be moved."""
    return session.scalar(select(func.count()).select_from(Case).where(*_which(session, person, wanted))) or 0


def check(session: Session, person: Person, wanted: Wanted, reason: str, *, trial: bool) -> None:
    """Raise `NotPermitted`, `Invalid` naming `reason`, or `Conflict` when there is nothing to move."""
    if not permissions.reach(session, person, moving.ACT):
        raise permissions.refusal(moving.ACT)
    if not trial:
        check_reason(reason)
    if not count(session, person, wanted):
        raise Conflict(
            zh="没有要移动的案件：别人可能刚移过，或者条件太窄。",
            en="There are no cases to move: somebody may just have moved them, or the conditions are too narrow.",
        )


def ask(session: Session, person: Person, wanted: Wanted, reason: str, *, trial: bool) -> Job:
    """Queue the move, or (`trial`) a job that really moves each case and takes it back. Raises like `check`."""
    check(session, person, wanted, reason, trial=trial)
    return jobs.ask(session, KIND, {**wanted.facts(), "reason": reason.strip(), "trial": trial}, by=person)


def wanted_by(job: Job) -> Wanted:
    """Return what a job was asked to move."""
    facts = dict(job.facts)
    plan = Plan(facts.pop("steps"), facts.pop("retime"))
    del facts["reason"], facts["trial"]
    return Wanted(**{**facts, "since": tuple(facts["since"])}, plan=plan)


@jobs.kind(KIND, zh="案件移到另一版本", en="Move cases to another version")
def move(store: Store, settings: Settings, job: Job, told: Told) -> Result:
    """Move the cases one by one, the oldest first, and record in the company's record how many; a trial records
    nothing."""
    if job.by_id is None:
        raise Unclear(zh="移动须由一位人员发起。", en="A person must request this.")
    by_id, wanted, trial = job.by_id, wanted_by(job), bool(job.facts["trial"])
    reason = job.facts["reason"] or "试移 / trial"
    with store.snapshot() as session:
        which = _which(session, people.find(session, by_id), wanted)
        found = session.execute(select(Case.id, Case.business_key).where(*which).order_by(Case.id)).all()
    done: Counter[str] = Counter()
    stayed: list[list[Any]] = []
    for number, (case_id, key) in enumerate(found):
        told(number, len(found))
        how, why = _once(store, by_id, case_id, wanted, reason, trial=trial)
        done[how] += 1
        if why is not None and len(stayed) < MOST_TOLD:
            stayed.append([case_id, key, *why])
    facts = {"moved": done["moved"], "stopped": done["stopped"], "stayed": done["stayed"], "already": done["already"]}
    if not trial:
        store.attempt(lambda writing: _record(writing, by_id, wanted, facts, reason))
    return Result(facts={**facts, "why": stayed, "trial": trial})


def _once(
    store: Store, by_id: int, case_id: int, wanted: Wanted, reason: str, *, trial: bool
) -> tuple[str, tuple[str, str] | None]:
    """Move one case, or try it; return how it went ("stopped": moved, but what failed fails again), and why it stays."""
    work = store.rehearse if trial else store.attempt
    try:
        return work(lambda session: _move(session, by_id, case_id, wanted, reason))
    except BihuanError as refused:
        return "stayed", (refused.text("zh"), refused.text("en"))
    except (StaleDataError, DBAPIError) as error:
        if not came_between(error):
            raise
        return "stayed", ("正有别人在办它，请稍后再移。", "somebody is working on it just now; move it later.")
    except Exception as bug:  # whatever is wrong with one case, the others are moved and the record says so
        if outages.of(bug):
            raise
        log.exception("case %s was not moved", case_id)
        return "stayed", (
            "系统出错，没有移动。请告诉管理员。",
            "the system made a mistake and did not move it. Please tell the administrator.",
        )


def _move(
    session: Session, by_id: int, case_id: int, wanted: Wanted, reason: str
) -> tuple[str, tuple[str, str] | None]:
    case, by = cases.lock(session, case_id), people.find(session, by_id)
    if case.pin == wanted.to:
        return "already", ("别人已经把它移过去了。", "somebody else has moved it there already.")
    if case.pin not in wanted.since or case.status == "ended":
        return "stayed", ("这期间它已经结束或换了版本。", "it has ended meanwhile, or changed its version.")
    cases.move(session, case, wanted.to, wanted.plan, by, reason)
    left = cases.try_again(session, case, by) if wanted.retry else []
    return ("stopped" if left else "moved"), ((left[0].zh, left[0].en) if left else None)


def _record(session: Session, by_id: int, wanted: Wanted, facts: Mapping[str, int], reason: str) -> None:
    draft = NewEntry("cases.moved", by_id, None, {"process": wanted.process, "to": wanted.to, **facts}, reason)
    history.add(session, history.company(session), [draft])
    session.flush()


def pin_of(session: Session, process: str, number: int | None) -> str:
    """Return the pin of a version of a process (None: the newest), for cases to be moved to. Raises `NotFound`."""
    if number is not None and versions.numbered(session, process, number) is None:
        raise NotFound()
    return versions.pin_latest(session, process, number)
