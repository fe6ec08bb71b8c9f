"""A small company and small diagrams, for tests that need no complaints."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.company import people, permissions, places
from engine.company.people import Person
from engine.company.places import Place
from engine.core.store import Store
from engine.processes import versions

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="t">'
)
DECLARED = '<message id="m" name="answer"/><signal id="s" name="alarm"/>'


@dataclass
class Company:
    """One community with two departments, and four people."""

    community: Place
    anna: Person
    ben: Person
    head: Person
    root: Person


def build(session: Session) -> Company:
    """Write the company into an empty store."""
    permissions.seed(session)
    root = places.add(session, "company", None, "company", "阳光物业")
    region = places.add(session, "region", root, "east", "华东")
    community = places.add(session, "community", region, "ygl", "阳光里")
    desk = places.add_department(session, community, "desk")
    works = places.add_department(session, community, "engineering")
    found = [people.add(session, login, login.title()) for login in ("anna", "ben", "head", "root")]
    for person, role, place in zip(
        found, ("agent", "handler", "head", "administrator"), (desk, works, works, root), strict=True
    ):
        people.hold(session, person, role, place)
    return Company(community, *found)


def publish(store: Store, **processes: str) -> None:
    """Store processes, given as the inside of a <process>, without their checks."""
    with store.transaction() as session:
        for name, inside in processes.items():
            text = f'{HEAD}{DECLARED}<process id="{name}" isExecutable="true">{inside}</process></definitions>'
            versions.store(session, name, {f"bpmn/{name}/{name}.bpmn": text.encode()})
