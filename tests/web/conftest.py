"""A company on an empty store, its pages, and browsers logged in as any person."""

import pickle
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from engine.company import people, permissions, places
from engine.company.people import Person
from engine.company.places import Place
from engine.company.roles import ROLES
from engine.core.settings import Settings
from engine.core.store import Store
from tests.conftest import beginning
from tests.web.logged_in import log_in
from web import create_app

FOREIGN_NAME = "外区机密"
"""Part of every name and text of the other region: people without access must never see this."""


@dataclass
class Company:
    """Two unrelated regions, and one person for each role in the first."""

    company: Place
    region: Place
    community: Place
    departments: dict[str, Place]
    other_region: Place
    other_community: Place
    other_departments: dict[str, Place]
    people: dict[str, Person] = field(default_factory=dict)
    foreigner: Person | None = None


def build(session: Session) -> Company:
    """Write the company into an empty store."""
    permissions.seed(session)
    root = places.add(session, "company", None, "yg", "阳光物业", "Sunshine")
    near, far = (
        places.add(session, "region", root, code, name) for code, name in (("east", "华东"), ("west", FOREIGN_NAME))
    )
    home = places.add(session, "community", near, "ygl", "阳光里", "Sunshine Lane")
    other = places.add(session, "community", far, "tsy", FOREIGN_NAME)
    codes = ("desk", "engineering", "security", "quality", "legal")
    mine = {code: places.add_department(session, home, code) for code in codes}
    theirs = {code: places.add_department(session, other, code) for code in codes}
    found = Company(root, near, home, mine, far, other, theirs)
    for code, role in ROLES.items():
        place = {
            "company": root,
            "region": near,
            "community": home,
            "department": mine[role.department or "engineering"],
        }
        person = people.add(session, code, f"本区{role.name}"[:60], phone="13800000000")
        people.hold(session, person, code, place[role.held_at[0]])
        found.people[code] = person
    found.foreigner = people.add(session, "foreigner", FOREIGN_NAME, phone="13999999999")
    people.hold(session, found.foreigner, "agent", theirs["desk"])
    return found


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings in the test's own folder."""
    return Settings(home=tmp_path / "home", demo=True)


@pytest.fixture(scope="session")
def founded(empty_file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """A file with the company and the company itself, made once and copied for each test."""
    path = tmp_path_factory.mktemp("company") / "company.db"
    store = Store(f"sqlite:///{shutil.copy(empty_file, path)}")
    with beginning(), store.transaction() as session:
        company = build(session)
    store.close()
    return path, pickle.dumps(company)


@pytest.fixture
def store(
    request: pytest.FixtureRequest, empty_file: Path, founded: tuple[Path, bytes], tmp_path: Path
) -> Iterator[Store]:
    """A store with the newest schema: with the company where the test asks for it, otherwise empty."""
    begun = founded[0] if "company" in request.fixturenames else empty_file
    opened = Store(f"sqlite:///{shutil.copy(begun, tmp_path / 'bihuan.db')}")
    yield opened
    opened.close()


@pytest.fixture
def company(store: Store, founded: tuple[Path, bytes]) -> Company:
    """The company, committed."""
    found: Company = pickle.loads(founded[1])
    return found


@pytest.fixture
def app(settings: Settings, store: Store) -> Flask:
    """The application; forms need no token here, which has its own test."""
    made = create_app(settings, store)
    made.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that is not logged in."""
    return app.test_client()


@pytest.fixture
def browser(app: Flask) -> Callable[[Person | None], FlaskClient]:
    """Makes a browser in which somebody is logged in (None: nobody)."""

    def make(person: Person | None) -> FlaskClient:
        made = app.test_client()
        if person is not None:
            log_in(made, person)
        return made

    return make
