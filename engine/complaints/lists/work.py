"""Narrow task lists by what the task is about: conditions on the complaint behind each task.

Their cost depends on somebody's open work, not on the company's number of complaints.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine.casework import tasks
from engine.casework.cases import Case
from engine.casework.tasks import Task
from engine.company import permissions, places
from engine.company.people import Person
from engine.company.places import Place
from engine.complaints.core import access
from engine.complaints.core.complaint import Complaint
from engine.complaints.limits.deadlines import Pause
from engine.complaints.lists import finding
from engine.complaints.lists.word_index import TYPED_PHONE
from engine.core import clock

MOST_WORDS = 5
MOST_WAITING = 100
LOOP = "improvement"
"""The process whose cases are not complaints but have a number too."""


@dataclass(frozen=True, slots=True)
class About:
    """Filters on the complaint behind a task. `category`: a code, of either level; `words`: what was typed."""

    category: str = ""
    urgency: str = ""
    department: str = ""
    words: str = ""


def conditions(session: Session, person: Person, about: About, key: bytes) -> tuple[ColumnElement[bool], ...]:
    """Return conditions on a person's tasks; `key`: the installation's, for search by phone number."""
    asked: list[ColumnElement[bool]] = []
    if about.category:
        asked.append(Complaint.category.startswith(about.category, autoescape=True))
    if about.urgency:
        asked.append(Complaint.urgency == about.urgency)
    if about.department:
        asked.append(Complaint.department == about.department)
    found = [exists().where(Complaint.case_id == Task.case_id, *asked)] if asked else []
    words = _words(about.words)
    steps = tasks.steps(session, person) if words else {}
    return (*found, *(_holds(session, person, word, steps, key) for word in words))


def _words(typed: str) -> list[str]:
    """Return the first few words; a phone number with blanks in it is one word."""
    return ["".join(typed.split())] if TYPED_PHONE.fullmatch(typed.strip()) else typed.split()[:MOST_WORDS]


def _holds(
    session: Session, person: Person, word: str, steps: Mapping[str, tuple[str, str]], key: bytes
) -> ColumnElement[bool]:
    """Return a condition: number, step, place, home, name, phone or text contains this word."""
    there = list(session.scalars(select(Place.id).where(or_(_has(word, Place.name), _has(word, Place.name_en)))))
    called = [code for code, names in steps.items() if any(word.lower() in name.lower() for name in names)]
    said = select(Complaint.case_id).where(finding.matching(session, person, word, key=key, is_open=True))
    numbered = select(Case.id).where(
        Case.process == LOOP, Case.status == "running", Case.business_key.icontains(word, autoescape=True)
    )
    return or_(
        Task.element.in_(called),
        Task.place_id.in_(there),
        Task.community_id.in_(there),
        Task.case_id.in_(said),
        Task.case_id.in_(numbered),
    )


def _has(word: str, column: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    return column.icontains(word, autoescape=True)


def waiting_elsewhere(session: Session, person: Person, most: int = MOST_WAITING) -> Sequence[Complaint]:
    """Return open complaints the person worked on that wait for the resident or an outsider, oldest first."""
    granted = permissions.grants(session, person)
    communities = _communities(session, [place_id for _, place_id in granted.held])
    # One by one: few complaints wait, and reading all tasks that somebody ever did would cost more.
    worked = select(Task.id).where(Task.case_id == Complaint.case_id, Task.closed_by_id == person.id).limit(1)
    now = clock.now()
    paused = Complaint.id.in_(select(Pause.complaint_id).where(Pause.begun_at <= now, Pause.ends_at > now))
    asked = select(Complaint).where(
        Complaint.is_open,
        Complaint.community_id.in_(communities),
        or_(Complaint.status == "plan_offered", paused),
        worked.correlate(Complaint).scalar_subquery().is_not(None),
        access.within(session, person),
    )
    found = session.scalars(asked.limit(most))  # unordered, or a store would walk through all past work by date
    return sorted(found, key=lambda each: (each.received_at, each.id))


def _communities(session: Session, place_ids: Sequence[int]) -> list[int]:
    """Return the communities around or below these places."""
    known = places.names(session, place_ids).values()
    inside = [Place.path.between(each.path, each.path[:-1] + "0") for each in known if each.community_id is None]
    wide = select(Place.id).where(Place.kind == "community", or_(*inside)) if inside else None
    own = {each.community_id for each in known if each.community_id is not None}
    return sorted(own | (set(session.scalars(wide)) if wide is not None else set()))
