"""Messages about a complaint, to the resident or to everybody who holds a role. They are sent after the step."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine import letters
from engine.bpmn.execution import Work
from engine.casework import cases
from engine.casework.cases import Case, domain
from engine.company import people, places, roles, rosters
from engine.company.people import Person
from engine.company.places import NoSuchPlace, Place
from engine.complaints.core import links
from engine.complaints.core.categories import Category
from engine.complaints.core.codes import DEADLINES
from engine.complaints.core.complaint import Complaint
from engine.complaints.limits import escalated, ladder, unheld
from engine.core.errors import Unclear
from engine.core.memo import remembered
from engine.history import NewEntry
from engine.letters import Recipient
from engine.processes import versions

RESIDENT = "resident"
RECEIPT = "receipt"
SPOKEN = frozenset({"phone", "visit"})
"""How the resident was told the same already, as the diagram says with `told`."""

ABOUT = {
    "receipt": "acknowledge",
    "dispatch": "first_response",
    "progress": "resolve",
    "progress_reminder": "resolve",
    "extension": "resolve",
    "reopened": "resolve",
    "reminder": "resolve",
    "resolve_late": "resolve",
    "new_complaint": "acknowledge",
    "acknowledge_late": "acknowledge",
    "reply_reminder": "reply",
}
"""The limit that a message's `due` refers to, unless the diagram names one."""


@letters.recipient("complaint")
def resident_of(session: Session, complaint_id: int, _case_id: int | None) -> Recipient | None:
    """Return the resident who complained; called when a message is sent."""
    complaint = session.get(Complaint, complaint_id)
    if complaint is None:
        return None
    link = links.address(complaint) or ""
    return Recipient(complaint.person_name, complaint.language, complaint.mail, complaint.phone, link)


def put(session: Session, case: Case, complaint: Complaint | None, work: Work) -> None:
    """Put a message into the outbox for each recipient.

    Inputs: `template`, `to` ("resident", or a group as tasks have it), `told`; the others fill the template, those with
    an English twin (`said`, `said_en`) in the reader's language. `complaint`: the case's complaint, if it has one; who is
    told of others, their domain says. Raises `Unclear` when template or recipient is missing. A group that is missing or
    empty stops nothing: whom the ladder names above is told instead, or an entry records that nobody was. Residents of
    past complaints get no receipt when those are imported.
    """
    template, to = work.inputs.get("template"), work.inputs.get("to")
    if not isinstance(template, str) or not isinstance(to, str):
        raise Unclear(
            zh=f"{work.element}：发送消息需要模板（template）和收件人（to）。",
            en=f"{work.element}: a message needs a template and whom it goes to.",
        )
    given = _in_both({name: value for name, value in work.inputs.items() if name not in {"template", "to"}})
    said = {**_facts_of_case(session, case, complaint, work), **_facts_of(complaint, work, template), **given}
    if to == RESIDENT and template == RECEIPT and complaint is not None and complaint.imported_as is not None:
        return
    recipients = _recipients(session, case, complaint, to)
    if not recipients and to != RESIDENT and complaint is not None:
        recipients = _further_up(session, case, complaint, to, work)
    if not recipients and to != RESIDENT:
        cases.record(session, case.id, NewEntry("notice.nobody", None, work.element, {"template": template, "to": to}))
    page = links.of_staff(complaint) if complaint is not None else domain.of(case).page(session, case)
    theirs = {**said, "link": page} if page and to != RESIDENT else said
    for kind, ref in recipients:
        key = f"{case.id}:{case.entries}:{_turn(session, case)}:{template}:{kind}:{ref}"
        letters.put(session, key, template, (kind, ref), theirs, case.id, told=given.get("told") in SPOKEN)


def _in_both(given: Mapping[str, object]) -> dict[str, object]:
    """Return inputs with those in both languages joined: `said` and `said_en` become one."""
    english = {name.removesuffix("_en"): value for name, value in given.items() if name.endswith("_en")}
    return {
        name: {"zh": value, "en": english[name] or value} if name in english and value else value
        for name, value in given.items()
        if not (name.endswith("_en") and name.removesuffix("_en") in given)
    }


def _turn(session: Session, case: Case) -> int:
    """Return a number that distinguishes the messages of one step."""
    sent, step = remembered(session, Told).sent, (case.id, case.entries)
    sent[step] = sent.get(step, 0) + 1
    return sent[step]


def _recipients(session: Session, case: Case, complaint: Complaint | None, to: str) -> list[tuple[str, int]]:
    if to == RESIDENT and complaint is None:
        other = domain.of(case).resident(session, case)
        return [other] if other is not None else []
    if to == RESIDENT:
        return [("complaint", complaint.id)] if complaint is not None and (complaint.phone or complaint.mail) else []
    try:
        place_id, role = places.resolve(session, to, case.place_id)
    except NoSuchPlace:
        return []
    return _told(session, case, place_id, role, people.candidates(session, place_id, role))


def _told(
    session: Session, case: Case, place_id: int, role: str | None, held: Iterable[Person]
) -> list[tuple[str, int]]:
    free = [each for each in held if each.id not in case.barred]
    return [("person", person.id) for person in rosters.whom_to_tell(session, place_id, role, free)]


def _further_up(session: Session, case: Case, complaint: Complaint, to: str, work: Work) -> list[tuple[str, int]]:
    """Return who holds a group further up, or whom the ladder names above it; record that the message went there."""
    rung = ladder.rung_of(session, case, complaint, to, work.variables)
    found = ladder.climb(session, case, complaint, to, rung, work.variables)
    unheld.note(session, case, found.passed, unheld.NOTICE, found.group)
    if found.group is None:
        return []
    if found.passed:
        facts = {
            "template": work.inputs.get("template"),
            "to": to,
            "went_to": found.group,
            "passed": escalated.passed_facts(found.passed),
        }
        cases.record(session, case.id, NewEntry("notice.raised", None, work.element, facts))
    place_id, role = places.resolve(session, found.group, case.place_id)
    return _told(session, case, place_id, role, ladder.holders(session, place_id, role))


def _facts_of_case(session: Session, case: Case, complaint: Complaint | None, work: Work) -> dict[str, object]:
    """Return the facts for a template: nothing personal, names in both languages."""
    department = roles.of(session).departments.get(str(work.variables.get("department")))
    community, category = _named(session, case, complaint)
    told: dict[str, object] = {
        "number": case.business_key,
        "community": community,
        "department": {"zh": department.name, "en": department.name_en} if department else None,
    }
    return {**told, "process": _process(session, case)} if complaint is None else {**told, "category": category}


def _facts_of(complaint: Complaint | None, work: Work, template: str) -> dict[str, object]:
    if complaint is None:
        return {}
    return {"level": complaint.level, "due": _due(complaint, work.variables, template)}


Words = Mapping[str, str]
_NAMES = (
    select(Place.name, Place.name_en, Category.name, Category.name_en)
    .join_from(Place, Category, Category.code == bindparam("category"), isouter=True)
    .where(Place.id == bindparam("place"))
)


@dataclass
class Told:
    """Shared by a session's notices: names of places and categories, and messages sent per entry of a case."""

    names: dict[tuple[int, str], tuple[Words | None, Words | None]] = field(default_factory=dict)
    sent: dict[tuple[int, int], int] = field(default_factory=dict)


def _named(session: Session, case: Case, complaint: Complaint | None) -> tuple[Words | None, Words | None]:
    """Return the names of the community and the category in both languages, read once a step."""
    category = complaint.category if complaint is not None else ""
    kept = remembered(session, Told).names
    if (case.place_id, category) not in kept:
        found = session.execute(_NAMES, {"place": case.place_id, "category": category}).first() or (None,) * 4
        kept[case.place_id, category] = _words(*found[:2]), _words(*found[2:])
    return kept[case.place_id, category]


def _process(session: Session, case: Case) -> Words | None:
    """Return the name of a case's process in both languages."""
    named = next((each for each in versions.names(session, case.pin) if each.process == case.process), None)
    return _words(named.name or named.process, named.name_en) if named is not None else None


def _words(zh: str | None, en: str | None) -> Words | None:
    return {"zh": zh, "en": en or zh} if zh is not None else None


def _due(complaint: Complaint, variables: Mapping[str, object], template: str) -> datetime | None:
    kind = variables.get("kind")
    if kind not in DEADLINES:
        kind = ABOUT.get(template)
    return complaint.due_at(str(kind))
