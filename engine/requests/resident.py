"""What a resident sees of their request behind its secret link, and what they can do there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn.execution import Element
from engine.casework import cases
from engine.casework.cases import Case, Wait
from engine.casework.tasks import Answer, Task
from engine.company import places
from engine.company.people import Person
from engine.core import secret_links
from engine.core.errors import Conflict, Invalid, NotFound, NotWaiting
from engine.history import Entry
from engine.processes import versions
from engine.requests.rows import Request

LONGEST_WORDS = 2000

OFFER = "offers_resident"
"""Property of an awaited message: the words of the button by which the resident sends it."""

NOW = "resident_now"
"""Property of a task or an awaited message: what the resident reads while it is open."""

DONE = "resident"
"""Property of a task, flow, message or end: what the resident reads once it is done, taken, received or reached."""


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happened or stands now, in Chinese and English; `told`: what a colleague wrote for them."""

    zh: str
    en: str
    at: datetime | None = None
    told: str = ""

    def said(self, language: str) -> str:
        """Return it in one language."""
        return (self.en if language == "en" else "") or self.zh


@dataclass(frozen=True, slots=True)
class Offer:
    """A message that the resident can send now: its name and the words of its button."""

    message: str
    words: Line


@dataclass(frozen=True, slots=True)
class Standing:
    """How a request stands: what is asked of the resident, what they can do, what others do, what happened."""

    asked: Sequence[Task]
    offers: Sequence[Offer]
    now: Sequence[Line]
    happened: Sequence[Line]
    ended: Line | None


def enter(session: Session, word: str) -> Request:
    """Return the request of a secret link. Raises `NotFound`."""
    hashed = secret_links.hash_of(word[: secret_links.LONGEST])
    found = session.scalar(select(Request).where(Request.secret_hash == hashed)) if word else None
    if found is None:
        raise NotFound
    return found


def standing(session: Session, request: Request) -> Standing:
    """Return how a request stands, for its resident; a few statements."""
    case = session.get_one(Case, request.case_id)
    elements = _elements(session, case)
    tasks = list(session.scalars(select(Task).where(Task.case_id == case.id, Task.state == "open").order_by(Task.id)))
    waits = _waits(session, case)
    asked = [each for each in tasks if is_residents(each)]
    others = [each.element for each in tasks if not is_residents(each)] + [each.element for each in waits]
    now = [_words(elements[each], NOW) for each in others if each in elements]
    return Standing(
        [each for each in asked if each.assignee_id is None],
        _offers(elements, waits),
        list(dict.fromkeys(each for each in now if each is not None)),
        list(_happened(session, case, elements)),
        _ended(case, elements),
    )


def is_residents(task: Task) -> bool:
    """Return whether a task is the resident's to answer."""
    return task.role == places.RESIDENT


def _words(element: Element, name: str, at: datetime | None = None) -> Line | None:
    zh = element.properties.get(name, "")
    return Line(zh, element.properties.get(f"{name}_en", ""), at) if zh else None


def offers(session: Session, case: Case) -> list[Offer]:
    """Return what the resident of a case can do now besides answering tasks."""
    return _offers(_elements(session, case), _waits(session, case))


def _offers(elements: Mapping[str, Element], waits: Sequence[Wait]) -> list[Offer]:
    named = (
        (wait.name, elements[wait.element]) for wait in waits if wait.kind == "message" and wait.element in elements
    )
    found = ((name, _words(element, OFFER)) for name, element in named)
    return [Offer(name, words) for name, words in found if words is not None]


def _elements(session: Session, case: Case) -> Mapping[str, Element]:
    return versions.program(session, case.pin, case.process).elements


def _waits(session: Session, case: Case) -> list[Wait]:
    return list(session.scalars(select(Wait).where(Wait.case_id == case.id).order_by(Wait.id)))


def ended(session: Session, case: Case) -> Line | None:
    """Return how a case ended, as its resident reads it; None while it runs."""
    return _ended(case, _elements(session, case))


def _ended(case: Case, elements: Mapping[str, Element]) -> Line | None:
    if case.ended_at is None:
        return None
    element = elements.get(case.ended_in or "")
    if element is None:
        return Line("已经结束", "Closed", case.ended_at)
    own = _words(element, DONE, case.ended_at)
    return own or Line(element.name or "已经结束", element.properties.get("name_en", "") or "Closed", case.ended_at)


# --- what happened


def _happened(session: Session, case: Case, elements: Mapping[str, Element]) -> Iterator[Line]:
    """Yield what happened so far as the diagram has words for residents, the oldest first."""
    entries = session.scalars(select(Entry).where(Entry.case_id == case.id).order_by(Entry.number)).all()
    told = _told(session, case, elements)
    for entry in entries:
        passed = entry.facts.get("path", ())
        done = [str(key) for what, element, key, *_more in passed if what == "c" and element == entry.element]
        words = next((told[key] for key in done if key in told), "")
        line = _line(entry, passed, elements)
        if line is not None or words:
            said = line or Line("我们的答复", "Our answer", entry.at)
            yield Line(said.zh, said.en, entry.at, words)


def _line(entry: Entry, passed: Sequence[Any], elements: Mapping[str, Element]) -> Line | None:
    """Return what an entry means to the resident: by the flow that was taken, else by the step that was done."""
    if entry.kind == "case.started":
        return Line("已收到", "Received", entry.at)
    taken = [str(element) for what, element, *_more in passed if what == "t"]
    named = [*taken, *([entry.element] if entry.element else [])]
    found = (_words(elements[each], DONE, entry.at) for each in named if each in elements)
    return next((each for each in found if each is not None), None)


def _told(session: Session, case: Case, elements: Mapping[str, Element]) -> dict[str, str]:
    """Return what colleagues wrote for the resident (`tells_resident`), by the key of the task."""
    asked = select(Task.key, Task.element, Answer.values.label("said")).join(Answer, Answer.task_id == Task.id)
    rows = session.execute(asked.where(Task.case_id == case.id).order_by(Answer.id))
    fields = {id: each.properties.get("tells_resident", "") for id, each in elements.items()}
    found = {row.key: str(row.said.get(fields.get(row.element, ""), "") or "") for row in rows}
    return {key: words for key, words in found.items() if words}


# --- what the resident does


def task_of(session: Session, request: Request, task_id: int) -> Task:
    """Return a task that is asked of a request's resident. Raises `NotFound`; it may be done already."""
    task = session.get(Task, task_id)
    if task is None or task.case_id != request.case_id or not is_residents(task):
        raise NotFound
    return task


def answer(
    session: Session, request: Request, task_id: int, steering: Mapping[str, object], values: Mapping[str, Any]
) -> Task:
    """Answer what the diagram asks of the resident. Raises `Conflict` when nothing is asked any more, `NotFound`."""
    task = task_of(session, request, task_id)
    cases.answer_for_resident(session, task, steering, values)
    return task


def send(session: Session, request: Request, message: str, words: str, *, by: Person | None = None) -> None:
    """Send a message that the diagram offers to the resident; `by`: who does it for them. Raises `Invalid`, `Conflict` when it is too late."""
    if len(words) > LONGEST_WORDS:
        raise Invalid({"words": (f"最多 {LONGEST_WORDS} 个字。", f"At most {LONGEST_WORDS} characters.")})
    case = session.get_one(Case, request.case_id)
    if message not in {each.message for each in offers(session, case)}:
        raise _too_late()
    try:
        cases.deliver(session, case.id, message, {}, by=by, note=words.strip() or None)
    except NotWaiting:
        raise _too_late() from None


def _too_late() -> Conflict:
    return Conflict(
        zh="现在已不需要这一步：可能刚刚已经办过，或事情已经结束。",
        en="This is no longer needed: it may just have been done, or the matter has ended.",
    )
