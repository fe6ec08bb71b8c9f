"""Everything that the page of one complaint shows, read in a fixed number of statements."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.orm import Session

from engine import files, improvement, mail_in
from engine.casework import tasks
from engine.casework.cases import Case, Incident
from engine.casework.tasks import Task
from engine.company import people, permissions, places
from engine.company.people import KnownPerson, Person
from engine.company.places import KnownPlace
from engine.complaints.core import access, categories, feedback
from engine.complaints.core.categories import KnownCategory
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.feedback import Feedback
from engine.complaints.homes import addresses
from engine.complaints.homes.households import Household
from engine.complaints.limits import deadlines, pauses
from engine.complaints.limits.deadlines import Pause
from engine.complaints.lists import queries
from engine.complaints.lists.exporting import without_phones
from engine.complaints.resident import own_link, resident_acts
from engine.complaints.timeline import timeline
from engine.complaints.timeline.timeline import Happening
from engine.files import File
from engine.improvement import Improvement
from engine.processes import versions
from web.shared import answers, case_letters, decisions_taken, task_times
from web.shared.answers import Answered
from web.shared.case_letters import Missed, Shown
from web.shared.decisions_taken import Ruling
from web.shared.shown_limits import Limit, limits
from web.shared.task_times import Times
from web.shell import current

ACTS = ("complaint.see_phone", "complaint.pause", "complaint.withdraw", "complaint.register")


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything about a complaint, for a reader who may see it."""

    complaint: Complaint
    text: str
    quoted: list[str]
    wish: str
    past_answer: str
    community: KnownPlace
    category: KnownCategory | None
    parent: KnownCategory | None
    household: Household | None
    about: KnownPerson | None
    registered_by: KnownPerson | None
    files: list[File]
    limits: list[Limit]
    pause: Pause | None
    pauses_left: dict[str, int]
    reasons: dict[str, pauses.Reason]
    story: list[Happening]
    answers: dict[int, list[Answered]]
    times: dict[int, Times]
    rulings: list[Ruling]
    versions: Sequence[versions.Named]
    open_tasks: list[Task]
    people: Mapping[int, KnownPerson]
    places: Mapping[int, KnownPlace]
    letters: list[Shown]
    missed: list[Missed]
    feedback: list[Feedback]
    earlier: Sequence[Row[*tuple[Any, ...]]]
    categories: Mapping[str, KnownCategory]
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
    def without_link(self) -> bool:
        """Whether the resident's link was withdrawn and not replaced."""
        said = [each.kind for each in self.story if each.kind in (own_link.RENEWED, own_link.WITHDRAWN)]
        return said[-1:] == [own_link.WITHDRAWN]

    @property
    def named(self) -> str:
        """Who complained, for this reader: without permission to see phones there is no full name either."""
        name = self.complaint.person_name
        return name if "complaint.see_phone" in self.may or not name else f"{name[0]}**"

    @property
    def place(self) -> str:
        """What was typed as the place, unless it only says the home once more."""
        typed = addresses.key(self.complaint.place_text)
        home = addresses.key(self.household.label) if self.household else ""
        return "" if home and (typed == home or typed.endswith(f"-{home}")) else self.complaint.place_text


def read(session: Session, person: Person, complaint: Complaint) -> Dossier:
    """The dossier of a complaint that `person` may see."""
    case = session.get(Case, complaint.case_id) if complaint.case_id is not None else None
    told = timeline.entries_of(session, case) if case else []
    entries = [entry for entry, _note in told]
    every = tasks.of_case(session, case.id) if case else []
    known_categories = categories.known(session)
    category = known_categories.get(complaint.category)
    known, where = people.known(session), places.known(session)
    may = access.may(session, person, complaint.id, ACTS)
    shown: Callable[[str], str] = str if "complaint.see_phone" in may else without_phones
    written = case_letters.rows(session, complaint.case_id)
    filled = answers.of_case(session, case, entries) if case else {}
    return Dossier(
        complaint=complaint,
        text=shown(complaint.text),
        quoted=[shown(each) for each in mail_in.quoted_by(session, complaint.id)] if complaint.mail else [],
        wish=shown(complaint.wish),
        past_answer=shown(complaint.past_answer),
        community=where[complaint.community_id],
        category=category,
        parent=known_categories.get(category.parent or "") if category else None,
        household=session.get(Household, complaint.household_id) if complaint.household_id else None,
        about=known.get(complaint.about_person_id or 0),
        registered_by=known.get(complaint.registered_by_id or 0),
        files=files.of_complaint(session, complaint.id),
        limits=limits(session, complaint),
        pause=pauses.present(session, complaint),
        pauses_left={code: length.days for code, length in pauses.lefts(session, complaint).items()},
        reasons=pauses.reasons(session),
        story=_masked(timeline.of(session, complaint, told), shown),
        answers={number: [replace(one, text=shown(one.text)) for one in each] for number, each in filled.items()},
        times=task_times.of_entries(entries, every),
        rulings=decisions_taken.of_case(session, case, entries, known_categories) if case else [],
        versions=versions.names(session, case.pin) if case else [],
        open_tasks=[task for task in every if task.state in ("open", "held")],
        people=known,
        places=where,
        letters=[replace(each, text=shown(each.text)) for each in case_letters.shown(session, written)],
        missed=case_letters.missed(session, written),
        feedback=feedback.of(session, complaint),
        earlier=queries.of_household(session, person, complaint),
        categories=known_categories,
        improvements=_improvements(session, person, complaint),
        incidents=_incidents(session, case),
        may=may,
        waits_for=resident_acts.offers(session, complaint),
    )


def _masked(story: Sequence[Happening], shown: Callable[[str], str]) -> list[Happening]:
    return [replace(each, note=shown(each.note) if each.note else None) for each in story]


def _improvements(session: Session, person: Person, complaint: Complaint) -> list[Improvement]:
    if not current.may("improvement.see"):
        return []

    def make() -> Select[Improvement]:
        seen = improvement.queries.within(session, person)
        linked = select(improvement.ImprovementComplaint.improvement_id).where(
            improvement.ImprovementComplaint.complaint_id == bindparam("complaint")
        )
        return select(Improvement).where(Improvement.id.in_(linked), seen).order_by(Improvement.id)

    asked = permissions.grants(session, person).once("improvements from a complaint", make)
    return list(session.scalars(asked, {"complaint": complaint.id}))


def _incidents(session: Session, case: Case | None) -> list[Incident]:
    return list(session.scalars(_INCIDENTS, {"case": case.id})) if case else []


_INCIDENTS = (
    select(Incident).where(Incident.case_id == bindparam("case"), Incident.solved_at.is_(None)).order_by(Incident.id)
)
