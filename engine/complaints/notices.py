"""Messages about a complaint: to the resident, or to everybody who holds a role. They go out after the step."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from engine import outbox, people, places
from engine.cases import Case
from engine.complaints.categories import Category
from engine.complaints.complaint import Complaint
from engine.complaints.once import remembered
from engine.complaints.words import DEADLINES, KINDS, OUTCOMES, URGENCIES, said
from engine.errors import Unclear
from engine.people import Person
from engine.spiff import Work

RESIDENT = "resident"


def put(session: Session, case: Case, complaint: Complaint, work: Work) -> None:
    """Put a message into the outbox for each of those it goes to.

    Inputs: `template`, `to` ("resident", or a group as tasks have it); the others fill the template. Raises `Unclear`
    when one of the two is missing, the errors of `places` for a group that is not there.
    """
    template, to = work.inputs.get("template"), work.inputs.get("to")
    if not isinstance(template, str) or not isinstance(to, str):
        raise Unclear(
            zh=f"{work.element}:发送消息需要模板(template)和收件人(to)。",
            en=f"{work.element}: a message needs a template and whom it goes to.",
        )
    said_of = facts(session, complaint, work)
    for kind, ref in _recipients(session, complaint, to):
        key = f"{case.id}:{case.revision}:{work.element}:{template}:{kind}:{ref}:{_turn(session)}"
        outbox.put(session, key, template, (kind, ref), said_of, case.id)


def _turn(session: Session) -> int:
    """Tells messages apart that one element sends twice within a step."""
    counted = remembered(session, "notices")
    counted["turn"] = counted.get("turn", 0) + 1
    return int(counted["turn"])


def _recipients(session: Session, complaint: Complaint, to: str) -> list[tuple[str, int]]:
    if to == RESIDENT:
        return [] if complaint.anonymous and not complaint.phone else [("complaint", complaint.id)]
    return [
        ("person", person.id) for person in _group(session, complaint, to) if person.id != complaint.about_person_id
    ]


def _group(session: Session, complaint: Complaint, group: str) -> list[Person]:
    place_id, role = places.resolve(session, group, complaint.community_id)
    return people.candidates(session, place_id, role)


def facts(session: Session, complaint: Complaint, work: Work) -> Mapping[str, object]:
    """What a template may speak of: nothing personal, each code in words of both languages."""
    category, place = session.get(Category, complaint.category), places.find(session, complaint.community_id)
    found: dict[str, object] = {
        "number": complaint.number,
        "community": place.name,
        "community_en": place.name_en or place.name,
        "category": category.name if category else complaint.category,
        "category_en": category.name_en if category else complaint.category,
        "round": complaint.round,
    }
    for name, words, code in (
        ("kind", KINDS, complaint.kind),
        ("urgency", URGENCIES, complaint.urgency),
        ("outcome", OUTCOMES, complaint.outcome),
        ("limit", DEADLINES, work.inputs.get("kind")),
    ):
        plain = code if isinstance(code, str) else None
        found[name], found[f"{name}_en"] = said(words, plain), said(words, plain, "en").lower()
    extra = {name: value for name, value in work.inputs.items() if name not in {"template", "to", "kind"}}
    return {**found, **extra}
