"""Who may read and write comments on a case: staff who may see it, never the person it is about."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine import requests
from engine.casework import tasks
from engine.casework.cases import Case
from engine.casework.tasks import Task
from engine.company import people, permissions, places
from engine.company.people import Holding, Person
from engine.company.permissions import Permission
from engine.company.places import Place
from engine.complaints.core import access
from engine.complaints.core.complaint import Complaint, Concerned
from engine.core.errors import NotFound
from engine.improvement import Improvement, queries
from engine.reports import Report
from engine.reports import queries as reports
from engine.requests import Request
from engine.warnings import EarlyWarning
from engine.warnings import queries as warning_queries

ACT = "task.work"
"""People who work on tasks may comment; people who only look, such as assessors, read."""

MAIL = re.compile(r"[A-Za-z0-9._-]$")


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who may be mentioned. `called`: the text after the @, the login where names are not unique."""

    person: Person
    called: str


def sees(session: Session, person: Person, case_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Return a condition: `person` may see the case with this id: its complaint, improvement, request, report or warning, or a task."""
    complaint = select(Complaint.id).where(Complaint.case_id == case_id, access.within(session, person))
    improvement = select(Improvement.id).where(Improvement.case_id == case_id, queries.within(session, person))
    request = select(Request.id).where(Request.case_id == case_id, requests.access.within(session, person))
    report = select(Report.id).where(Report.case_id == case_id, reports.within(session, person))
    warning = select(EarlyWarning.id).where(EarlyWarning.case_id == case_id, warning_queries.within(session, person))
    task = select(Task.id).where(Task.case_id == case_id, tasks.is_seen(session, person))
    return and_(
        or_(
            complaint.exists(), improvement.exists(), request.exists(), report.exists(), warning.exists(), task.exists()
        ),
        ~access.concerns(person.id, case_id),
    )


def require_seen(session: Session, person: Person, case_id: int) -> Case:
    """Return the case, if `person` may see it. Raises `NotFound`."""
    case = session.scalar(select(Case).where(Case.id == case_id, sees(session, person, Case.id)))
    if case is None:
        raise NotFound()
    return case


def may_write(session: Session, person: Person) -> bool:
    """Return whether this person may write comments, where they see the case."""
    return bool(permissions.reach(session, person, ACT))


def readers(session: Session, case: Case) -> list[Reader]:
    """Return everybody who may be told of a comment on the case, by name; a few statements."""
    around = _places(session, case)
    ids = _by_permission(session, case, around) | _by_work(session, case)
    ids -= set(case.barred) | _subjects(session, case)
    asked = select(Person).where(Person.id.in_(ids), Person.retired_at.is_(None)).order_by(Person.name, Person.id)
    found = list(session.scalars(asked))
    names = [each.name for each in found]
    return [Reader(each, each.name if names.count(each.name) == 1 else each.login) for each in found]


def _places(session: Session, case: Case) -> list[str]:
    """Return the paths a permission may reach: the community's, and those of places that have or had a task in it."""
    ids = set(session.scalars(select(Task.place_id).where(Task.case_id == case.id).distinct())) | {case.place_id}
    return [each.path for each in places.names(session, list(ids)).values()]


_SEEN_BY = (
    (Improvement, "improvement.see"),
    (Request, requests.access.SEE),
    (Report, reports.SEE),
    (EarlyWarning, warning_queries.SEE),
)


def _act(session: Session, case: Case) -> str:
    for noun, act in _SEEN_BY:
        if session.scalar(select(noun.id).where(noun.case_id == case.id)) is not None:
            return act
    return "complaint.see"


def _by_permission(session: Session, case: Case, around: Iterable[str]) -> set[int]:
    asked = (
        people.current()
        .join(Permission, Permission.role == Holding.role)
        .join(Place, Place.id == Holding.place_id)
        .where(Permission.act == _act(session, case), Permission.scope != "own")
        .with_only_columns(Holding.person_id, Permission.scope, Place)
    )
    paths = list(around)
    return {
        person_id
        for person_id, scope, place in session.execute(asked)
        if any(path.startswith(place.upto(scope)) for path in paths)
    }


def _by_work(session: Session, case: Case) -> set[int]:
    asked = select(Task.assignee_id).where(Task.case_id == case.id, Task.state == "open")
    return {each for each in session.scalars(asked) if each is not None}


def _subjects(session: Session, case: Case) -> set[int]:
    about = select(Concerned.person_id).join(Complaint, Complaint.id == Concerned.complaint_id)
    return set(session.scalars(about.where(Complaint.case_id == case.id)))


def is_told(text: str, known: Sequence[Reader]) -> tuple[set[int], list[str]]:
    """Return whom a text mentions: ids of readers named after an @ (name or login), and names that match nobody."""
    found: set[int] = set()
    unknown: list[str] = []
    for at in (match.start() for match in re.finditer("[@＠]", text)):
        if MAIL.search(text[:at]):
            continue  # an address, not a mention
        behind = text[at + 1 :]
        named = _longest(behind, known)
        if named is not None:
            found.add(named)
        elif word := re.match(r"[\w.-]{1,40}", behind):
            unknown.append(word[0][:12])
    return found, unknown


def _longest(behind: str, known: Sequence[Reader]) -> int | None:
    """Return the reader with the longest name or login here; 王小明 rather than 王小."""
    best, who = 0, None
    for each in known:
        for name in {each.called, each.person.login}:
            if len(name) > best and _begins(behind, name):
                best, who = len(name), each.person.id
    return who


def _begins(text: str, name: str) -> bool:
    if not text.casefold().startswith(name.casefold()):
        return False
    after = text[len(name) : len(name) + 1]
    return not (name.isascii() and after.isascii() and (after.isalnum() or after == "_"))
