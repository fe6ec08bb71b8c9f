"""Everything that the page of one complaint shows, read in a fixed number of statements."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import files, improvement
from engine.casework import tasks
from engine.casework.cases import Case, Incident
from engine.casework.tasks import Task
from engine.company import people, places
from engine.company.people import Person
from engine.company.places import Place
from engine.complaints.core import access, feedback
from engine.complaints.core.categories import Category
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.feedback import Feedback
from engine.complaints.homes.households import Household
from engine.complaints.limits import deadlines, pauses
from engine.complaints.limits.deadlines import Pause
from engine.complaints.lists import queries
from engine.complaints.lists.exporting import without_phones
from engine.complaints.resident import resident_acts
from engine.complaints.timeline import timeline
from engine.complaints.timeline.timeline import Happening
from engine.files import File
from engine.history import Entry
from engine.improvement import Improvement
from engine.processes.versions import Pin, Version
from web.shared import answers, case_diagrams, case_letters, decisions_taken
from web.shared.answers import Answered
from web.shared.case_letters import Shown
from web.shared.case_path import CaseDiagram
from web.shared.decisions_taken import Ruling
from web.shared.shown_limits import Limit, limits
from web.shell import current

ACTS = ("complaint.see_phone", "complaint.pause", "complaint.withdraw", "complaint.register")


@dataclass(frozen=True, slots=True)
class Dossier:
    """All there is to know of a complaint, for whoever may see it."""

    complaint: Complaint
    text: str
    wish: str
    community: Place
    category: Category | None
    parent: Category | None
    household: Household | None
    about: Person | None
    registered_by: Person | None
    files: list[File]
    limits: list[Limit]
    pause: Pause | None
    pauses_left: dict[str, int]
    reasons: dict[str, pauses.Reason]
    story: list[Happening]
    answers: dict[int, list[Answered]]
    rulings: list[Ruling]
    diagrams: list[CaseDiagram]
    versions: list[Version]
    open_tasks: list[Task]
    people: dict[int, Person]
    places: dict[int, Place]
    letters: list[Shown]
    feedback: list[Feedback]
    earlier: list[Complaint]
    categories: dict[str, Category]
    improvements: list[Improvement]
    incidents: list[Incident]
    may: frozenset[str]
    waits_for: frozenset[str]

    @property
    def can_pause(self) -> bool:
        """Whether a limit runs that a pause would stop."""
        running = (each.deadline for each in self.limits if each.deadline.is_open)
        return self.pause is None and any(each.kind in deadlines.PAUSABLE for each in running)

    @property
    def named(self) -> str:
        """Who complained, as this reader may know it: whoever may not see phones sees no full name either."""
        name = self.complaint.person_name
        return name if "complaint.see_phone" in self.may or not name else f"{name[0]}**"


def read(session: Session, person: Person, complaint: Complaint) -> Dossier:
    """The dossier of a complaint that `person` may see."""
    case = session.get(Case, complaint.case_id) if complaint.case_id is not None else None
    entries = _entries(session, case)
    every = tasks.of_case(session, case.id) if case else []
    open_tasks = [task for task in every if task.state in ("open", "held")]
    categories = {each.code: each for each in session.scalars(select(Category))}
    category = categories.get(complaint.category)
    ids = {each.assignee_id for each in open_tasks} | {complaint.about_person_id, complaint.registered_by_id}
    known = people.names(session, [each for each in ids if each is not None])
    where = places.names(session, [complaint.community_id, *(each.place_id for each in open_tasks)])
    may = _may(session, person, complaint)
    shown: Callable[[str], str] = str if "complaint.see_phone" in may else without_phones
    told = [replace(each, note=shown(each.note) if each.note else None) for each in timeline.of(session, complaint)]
    filled = answers.of_case(session, case, entries) if case else {}
    return Dossier(
        complaint=complaint,
        text=shown(complaint.text),
        wish=shown(complaint.wish),
        community=where[complaint.community_id],
        category=category,
        parent=categories.get(category.parent or "") if category else None,
        household=session.get(Household, complaint.household_id) if complaint.household_id else None,
        about=known.get(complaint.about_person_id or 0),
        registered_by=known.get(complaint.registered_by_id or 0),
        files=files.of_complaint(session, complaint.id),
        limits=limits(session, complaint),
        pause=pauses.present(session, complaint),
        pauses_left={code: length.days for code, length in pauses.lefts(session, complaint).items()},
        reasons=pauses.reasons(session),
        story=told,
        answers={number: [replace(one, text=shown(one.text)) for one in each] for number, each in filled.items()},
        rulings=decisions_taken.of_case(session, case, entries, categories) if case else [],
        diagrams=case_diagrams.diagrams(session, case) if case else [],
        versions=_versions(session, case),
        open_tasks=open_tasks,
        people=known,
        places=where,
        letters=[replace(each, text=shown(each.text)) for each in case_letters.of_case(session, complaint.case_id)],
        feedback=feedback.of(session, complaint),
        earlier=queries.of_household(session, person, complaint),
        categories=categories,
        improvements=_improvements(session, person, complaint),
        incidents=_incidents(session, case),
        may=may,
        waits_for=resident_acts.offers(session, complaint),
    )


def _entries(session: Session, case: Case | None) -> list[Entry]:
    asked = select(Entry).where(Entry.case_id == (case.id if case else None)).order_by(Entry.number)
    return list(session.scalars(asked))


def _versions(session: Session, case: Case | None) -> list[Version]:
    pin = session.get(Pin, case.pin) if case else None
    if pin is None:
        return []
    return list(session.scalars(select(Version).where(Version.id.in_(pin.versions.values())).order_by(Version.process)))


def _improvements(session: Session, person: Person, complaint: Complaint) -> list[Improvement]:
    if not current.may("improvement.see"):
        return []
    seen = improvement.queries.within(session, person)
    linked = select(improvement.ImprovementComplaint.improvement_id).where(
        improvement.ImprovementComplaint.complaint_id == complaint.id
    )
    return list(session.scalars(select(Improvement).where(Improvement.id.in_(linked), seen).order_by(Improvement.id)))


def _incidents(session: Session, case: Case | None) -> list[Incident]:
    asked = select(Incident).where(Incident.case_id == (case.id if case else None), Incident.solved_at.is_(None))
    return list(session.scalars(asked.order_by(Incident.id)))


def _may(session: Session, person: Person, complaint: Complaint) -> frozenset[str]:
    """Which acts the person may do with this complaint: one statement."""
    ways = [access.within(session, person, act).label(f"act{number}") for number, act in enumerate(ACTS)]
    row: Sequence[object] = session.execute(select(*ways).where(Complaint.id == complaint.id)).one()
    return frozenset(act for act, able in zip(ACTS, row, strict=True) if able)
