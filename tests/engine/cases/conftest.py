"""A small company and a way to publish a diagram without its checks."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from engine import clock, people, permissions, places, versions
from engine.db import Store
from engine.people import Person
from engine.places import Place

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="t">'
)

DECLARED = '<message id="m" name="answer"/><signal id="s" name="alarm"/>'


@dataclass
class Company:
    """One community with two departments and three people."""

    community: Place
    anna: Person
    ben: Person
    head: Person


@pytest.fixture
def company(each_store: Store) -> Company:
    """The company, committed."""
    with each_store.transaction() as session:
        permissions.seed(session)
        root = places.add(session, "company", None, "company", "阳光物业")
        region = places.add(session, "region", root, "east", "华东")
        community = places.add(session, "community", region, "ygl", "阳光里")
        desk = places.add_department(session, community, "desk")
        works = places.add_department(session, community, "engineering")
        found = [people.add(session, login, login.title()) for login in ("anna", "ben", "head")]
        people.hold(session, found[0], "agent", desk)
        people.hold(session, found[1], "handler", works)
        people.hold(session, found[2], "head", works)
    return Company(community, *found)


@pytest.fixture
def draw(each_store: Store) -> Callable[..., None]:
    """Publish processes given as the inside of a <process>."""

    def publish(**processes: str) -> None:
        with each_store.transaction() as session:
            for name, inside in processes.items():
                text = f'{HEAD}{DECLARED}<process id="{name}" isExecutable="true">{inside}</process></definitions>'
                versions.store(session, name, {f"bpmn/{name}/{name}.bpmn": text.encode()})

    return publish


@pytest.fixture
def as_of() -> Callable[[Session, str], int]:
    """The number of the newest version."""

    def number(session: Session, process: str) -> int:
        found = versions.latest(session, process)
        assert found is not None
        return found.number

    assert clock.now()
    return number
