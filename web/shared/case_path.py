"""A case on its diagrams: path taken, current step, who had it and how long. Read from its history and tasks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn.diagrams import Diagram
from engine.bpmn.diagrams.diagram import ACTIVITIES, BODIES
from engine.casework.cases import Case
from engine.casework.tasks import Task
from engine.company import people, places
from engine.company.people import Person
from engine.company.places import Place
from engine.core import clock
from engine.history import Entry
from engine.processes import versions
from web.shared import task_times
from web.shared.diagram_drawing import Badge, Link, Marks, State, Step, steps_of
from web.shell.formats import duration, name_of, say_moment, time_left, zone
from web.shell.language import gettext as _
from web.shell.language import language

Address = Callable[[str], str]
"""Gives the URL of a pinned file by its path."""


@dataclass(slots=True)
class Visit:
    """One stay of a case at an element."""

    element: str
    key: str
    began: datetime
    ended: datetime | None = None
    cancelled: bool = False

    @property
    def length(self) -> timedelta:
        """How long it stayed, or has stayed so far."""
        return (self.ended or clock.now()) - self.began


@dataclass(slots=True)
class Walk:
    """What happened on one diagram: visits by key, in order, and every element and flow passed."""

    visits: dict[str, Visit] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def of(self, element: str) -> list[Visit]:
        """The visits of one element."""
        return [visit for visit in self.visits.values() if visit.element == element]

    @property
    def standing(self) -> list[str]:
        """The current elements."""
        return list(dict.fromkeys(visit.element for visit in self.visits.values() if visit.ended is None))


@dataclass(frozen=True, slots=True)
class CaseDiagram:
    """One diagram of a case for the macro in `diagram.html`. `standing`: names of its current steps."""

    process: str
    title: str
    path: str
    url: str
    marks: dict[str, object]
    steps: list[Step]
    standing: list[str]


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """The tasks of a case by the key of the visit, with their people and places."""

    tasks: Mapping[str, Task]
    people: Mapping[int, Person]
    places: Mapping[int, Place]

    def who(self, key: str) -> str:
        """Who did it, who has it, or whom it is for."""
        task = self.tasks.get(key)
        if task is None:
            return ""
        person = self.people.get(task.closed_by_id or task.assignee_id or 0)
        return name_of(person or self.places.get(task.place_id) or "")


def of_case(session: Session, case: Case, address: Address, *, only: str = "") -> list[CaseDiagram]:
    """The case on its own diagram and on those it called, in the order in which it reached them.

    A fixed number of statements, however long the history. Diagrams are those the case is pinned to; `only`:
    only the one of that process, for a page that shows no other.
    """
    walked = walks(session, case)
    known = read_tasks(session, case)
    drawn = {each.process.id: (path, each) for path, each in versions.drawn(session, case.pin).items()}
    shown = list(dict.fromkeys(process for process in (case.process, *walked) if process in drawn))
    return [
        on_diagram(process, *drawn[process], walked.get(process, Walk()), known, address, shown)
        for process in shown
        if only in ("", process)
    ]


def anchor(process: str) -> str:
    """The HTML id of the section of a diagram, so that calls on another diagram can link to it."""
    return f"diagram-{process}"


def walks(session: Session, case: Case) -> dict[str, Walk]:
    """The path of a case, by process (one statement)."""
    found: dict[str, Walk] = {}
    query = select(Entry.at, Entry.facts).where(Entry.case_id == case.id).order_by(Entry.number)
    for at, facts in session.execute(query):
        for what, element, key, *process in facts.get("path", ()):
            follow(found.setdefault(process[0] if process else case.process, Walk()), at, what, element, key)
        renamed(found, facts.get("steps", {}))
    if case.ended_at is not None:
        for visit in (visit for walk in found.values() for visit in walk.visits.values() if visit.ended is None):
            visit.ended, visit.cancelled = case.ended_at, True
    return found


def renamed(found: Mapping[str, Walk], steps: Mapping[str, str]) -> None:
    """Let visits that go on in another version go on at the step that it calls otherwise."""
    for visit in (visit for walk in found.values() for visit in walk.visits.values() if visit.ended is None):
        visit.element = steps.get(visit.element) or visit.element


def follow(walk: Walk, at: datetime, what: str, element: str, key: str) -> None:
    """Take one thing of an entry's path into a walk; see `engine.casework.cases.writing.SHORT` for the letters."""
    walk.taken.add(element)
    if what in ("t", "f"):  # what goes off goes on in the same step, and has its visit then
        return
    visit = walk.visits.setdefault(key, Visit(element, key, at))
    if what in ("c", "x"):
        visit.ended, visit.cancelled = at, what == "x"


def read_tasks(session: Session, case: Case) -> TaskFacts:
    """The tasks of a case with the people and places in them (three statements)."""
    rows = session.scalars(select(Task).where(Task.case_id == case.id)).all()
    ids = {each for task in rows for each in (task.closed_by_id, task.assignee_id) if each is not None}
    return TaskFacts(
        {task.key: task for task in rows},
        people.names(session, list(ids)),
        places.names(session, list({task.place_id for task in rows})),
    )


def on_diagram(
    process: str, path: str, diagram: Diagram, walk: Walk, known: TaskFacts, address: Address, shown: Sequence[str]
) -> CaseDiagram:
    """One walk on its diagram; a call leads to the called diagram if that is among those `shown`."""
    badges, details, said = {}, {}, {}
    for element in {visit.element: None for visit in walk.visits.values()}:
        node = diagram.node.get(element)
        visits = walk.of(element)
        if node is None:
            continue
        cut_off = _("中途离开") if node.kind in BODIES else _("已撤回")
        details[element] = [line_of(number, visit, known, cut_off) for number, visit in enumerate(visits, 1)]
        if node.kind in ACTIVITIES - BODIES or visits[-1].ended is None:
            badge = badge_of(visits, known)
            if badge is not None:
                badges[element], said[element] = [badge], badge.text
    standing = [element for element in walk.standing if element in diagram.node]
    inner = [element for element in standing if diagram.node[element].kind not in BODIES]
    steps = steps_of(diagram, {**said, **{each: said_now(said.get(each, "")) for each in inner}})
    by_element = {step.element: step for step in steps}
    links = {node.id: Link(_("打开 ▸"), f"#{anchor(node.called)}") for node in diagram.nodes if node.called in shown}
    marks = Marks(frozenset(walk.taken), frozenset(inner), badges, details, links)
    return CaseDiagram(
        process=process,
        title=(diagram.process.name_en if language() == "en" else "") or diagram.process.name or process,
        path=path,
        url=address(path),
        marks=marks.as_json(),
        steps=[step for step in steps if step.element in details],
        standing=[by_element[element].name for element in inner],
    )


def said_now(text: str) -> str:
    """The text about a current step."""
    return f"{_('现在')} · {text}" if text else _("现在")


def badge_of(visits: list[Visit], known: TaskFacts) -> Badge | None:
    """Who and how long, under an element; nothing for automatic steps that take no time."""
    last = visits[-1]
    who = known.who(last.key)
    if last.ended is None:
        left = left_of(last, known)
        words = left[0] if left else _("已等 {time}", time=duration(last.length))
        return Badge(" · ".join(filter(None, (who, words))), left[1] if left else "plain")
    total = sum((visit.length for visit in visits), timedelta())
    if not who and total < timedelta(minutes=1):
        return None
    times = _("{n} 次", n=len(visits)) if len(visits) > 1 else ""
    return Badge(" · ".join(filter(None, (who, times, duration(total)))), "plain" if last.cancelled else "done")


def left_of(visit: Visit, known: TaskFacts) -> tuple[str, State] | None:
    """The time left of the task of a visit, if it has a due date."""
    task = known.tasks.get(visit.key)
    left = time_left(task.due_at, task.opened_at) if task is not None else None
    return (left.text, left.state) if left else None  # type: ignore[return-value]


def line_of(number: int, visit: Visit, known: TaskFacts, cut_off: str) -> tuple[str, str]:
    """One visit in words: (第 1 次， 今天 09:00 → 今天 09:25 · 25 分 · 王小芳 · 等待 20 分，办理 5 分); `cut_off` if it did not come to its end."""
    began = say_moment(visit.began.astimezone(zone()))
    ended = say_moment(visit.ended.astimezone(zone())) if visit.ended else _("现在")
    spent = duration(visit.length) if visit.length >= timedelta(minutes=1) else ""
    over = cut_off if visit.cancelled else ""
    said = f"{began} → {ended}" if ended != began else began
    task = known.tasks.get(visit.key)
    times = task_times.of_task(task) if task is not None and task.begun_at is not None else None
    told = (said, spent, known.who(visit.key), times.text if times else "", over)
    return _("第 {n} 次", n=number), " · ".join(filter(None, told))
