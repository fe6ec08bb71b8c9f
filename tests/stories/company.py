"""A company for stories: one region, two communities with nine departments each, a person for every role."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine import complaints
from engine.company import calendars, people, permissions, places
from engine.company.people import Person
from engine.company.places import Place
from engine.company.roles import DEPARTMENTS

KEY = b"a key for stories, thirty-two byt"

STAFF = {
    "agent": ("desk", "agent"),
    "agent2": ("desk", "agent"),
    "desk_head": ("desk", "head"),
    "dispatcher": ("", "dispatcher"),
    "engineer": ("engineering", "handler"),
    "engineer2": ("engineering", "handler"),
    "engineering_head": ("engineering", "head"),
    "guard": ("security", "handler"),
    "security_head": ("security", "head"),
    "cleaner": ("cleaning", "handler"),
    "cleaning_head": ("cleaning", "head"),
    "accountant": ("finance", "handler"),
    "finance_head": ("finance", "head"),
    "inspector": ("quality", "handler"),
    "quality_head": ("quality", "head"),
    "jurist": ("legal", "handler"),
    "legal_head": ("legal", "head"),
    "extras_head": ("extras", "head"),
    "contractor": ("contractors", "handler"),
    "contractors_head": ("contractors", "head"),
    "manager": ("", "project_manager"),
    "caller": ("", "callback"),
}
"""Login → (department, role) of the people of a community."""

ABOVE = {
    "region_quality": ("region", "region_quality"),
    "region_caller": ("region", "callback"),
    "board": ("company", "headquarters"),
    "administrator": ("company", "administrator"),
    "owner": ("company", "process_owner"),
}


@dataclass(frozen=True, slots=True)
class Company:
    """The places and the people of a story, people by login."""

    root: Place
    region: Place
    community: Place
    neighbour: Place
    people: dict[str, Person]


def found(session: Session) -> Company:
    """Write the company into an empty store."""
    permissions.seed(session)
    complaints.seed(session)
    calendars.seed(session)
    root = places.add(session, "company", None, "company", "安居物业", "Anju Property")
    region = places.add(session, "region", root, "south", "南区", "South")
    community = _community(session, region, "YGL", "阳光里", "Sunshine Lane")
    neighbour = _community(session, region, "HBY", "湖滨苑", "Lakeside")
    staff = _staff(session, community)
    staff.update({f"{login}_2": person for login, person in _staff(session, neighbour, "_2").items()})
    above = {"region": region, "company": root}
    for login, (level, role) in ABOVE.items():
        staff[login] = _hire(session, login, above[level], role)
    session.flush()
    return Company(root, region, community, neighbour, staff)


def _community(session: Session, region: Place, code: str, name: str, name_en: str) -> Place:
    community = places.add(session, "community", region, code, name, name_en)
    for department in DEPARTMENTS:
        places.add_department(session, community, department)
    return community


def _staff(session: Session, community: Place, ending: str = "") -> dict[str, Person]:
    departments = {place.code: place for place in places.departments(session, community.id)}
    return {
        login: _hire(session, login + ending, departments[department] if department else community, role)
        for login, (department, role) in STAFF.items()
    }


def _hire(session: Session, login: str, place: Place, role: str) -> Person:
    person = people.add(session, login, f"{login}先生")
    people.hold(session, person, role, place)
    return person
