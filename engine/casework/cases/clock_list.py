"""The list of timers that wait: search, filters, and its export."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engine.casework.cases import clocks
from engine.casework.cases.rows import Case
from engine.casework.timers import Timer
from engine.company import places
from engine.company.people import Person
from engine.core import clock
from engine.jobs import lists
from engine.jobs.lists import Asked, List, Saying
from engine.processes import versions
from engine.processes.versions import Version

SORTS: Mapping[str, object] = {"due": Timer.due_at, "set": Timer.set_at}
STATES = ("over", "today", "asleep")
HEADS = (
    ("编号", "Number"), ("流程", "Process"), ("到期时发生", "What happens then"), ("在哪里", "Where"),
    ("何时到期", "Goes off"), ("何时设的", "Set"), ("人工改过", "Moved by hand"),
)  # fmt: skip


def fitting(session: Session, person: Person, asked: Asked) -> Select[Timer, Case]:
    """Return the timers that a person may see and that the list asks for; those that are asleep only where asked."""
    chosen, found, now = asked.filters, clocks.waiting(session, person), clock.now()
    if chosen.get("process"):
        found = found.where(Case.process == chosen["process"])
    if chosen.get("community"):
        ids = [each.id for each in places.departments(session, int(chosen["community"]))]
        found = found.where(Case.place_id.in_([int(chosen["community"]), *ids]))
    if asked.words:
        found = found.where(Case.business_key.startswith(asked.words.upper(), autoescape=True))
    state = chosen.get("state")
    if state == "asleep":
        return found.where(Timer.due_at.is_(None))
    until = {"over": now, "today": now + timedelta(days=1)}.get(state or "")
    return found.where(Timer.due_at.is_not(None) if until is None else Timer.due_at < until)


def name_of(session: Session, timer: Timer, case: Case) -> tuple[str, str]:
    """Return the name of a timer's event, as its diagram says it."""
    element = versions.program(session, case.pin, case.process).elements.get(timer.element)
    if element is None:
        return timer.element, timer.element
    name = element.name or timer.element
    return name, element.properties.get("name_en") or name


def is_shifted(timer: Timer, case: Case) -> bool:
    """Return whether somebody moved the timer."""
    return timer.key in case.waiting.get("shifted", {})


def _cells(session: Session, rows: Sequence[tuple[Timer, Case]], saying: Saying) -> list[Sequence[object]]:
    named = places.known(session)
    asked = select(Version.process, Version.name, Version.name_en).order_by(Version.process, Version.number)
    processes = {row.process: row for row in session.execute(asked)}
    return [
        (
            case.business_key, saying.name(processes.get(case.process)) or case.process,
            saying.pick(name_of(session, timer, case)), saying.name(named.get(case.place_id)),
            saying.moment(timer.due_at), saying.moment(timer.set_at),
            saying.pick(("是", "Yes") if is_shifted(timer, case) else ("否", "No")),
        )
        for timer, case in rows
    ]  # fmt: skip


LIST = lists.register(List("clocks", ("计时", "clocks"), HEADS, SORTS, Timer.id, fitting, _cells))
