"""Every page, as every role and without a log-in, with ids of another region or department: nothing foreign shows."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from engine.company import permissions
from engine.company.people import Person
from engine.company.roles import ROLES
from engine.core.store import Store
from tests.web.conftest import FOREIGN_NAME, Company
from tests.web.foreign import FOREIGN
from tests.web.world import Elsewhere, Watched, World, world_of
from web.shell.guard import PUBLIC, SIGNED_IN

pytestmark = pytest.mark.slow


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> World:
    """The world that the test is about."""
    return world_of(getattr(request, "param", "region"), tmp_path_factory)


@pytest.fixture
def store(world: World, tmp_path: Path) -> Iterator[Store]:
    """A copy of that world."""
    opened = Store(f"sqlite:///{shutil.copy(world.path, tmp_path / 'world.db')}")
    yield opened
    opened.close()


@pytest.fixture
def watched(store: Store) -> Iterator[Watched]:
    """Everything stored in it."""
    found = Watched(store)
    yield found
    found.close()


@pytest.fixture
def company(world: World) -> Company:
    """Its company."""
    return world.company


@pytest.fixture
def elsewhere(world: World) -> Elsewhere:
    """The foreign values in it."""
    return world.elsewhere


def requests(app: Flask, elsewhere: Elsewhere) -> Iterator[tuple[str, str, Rule]]:
    """Method and address of every page, filled in with foreign values."""
    adapter = app.url_map.bind("localhost")
    for each in sorted(app.url_map.iter_rules(), key=lambda found: found.rule):
        for method in sorted((each.methods or set()) & {"GET", "POST", "PUT", "DELETE"}):
            blueprint = each.endpoint.partition(".")[0]
            named = {name: elsewhere.value(blueprint, name) for name in each.arguments}
            yield method, adapter.build(each.endpoint, named), each


def told(page: str, rule: Rule) -> str:
    """The content of a page. A community's existence is not secret: residents choose theirs from a list."""
    if rule.endpoint not in {"complain.show", "complain.ask_call", "complain.call_me", "public.index", "apply.ask"}:
        return page
    shown = BeautifulSoup(page, "html.parser")
    for each in shown.select("ul.tiles strong, #community option"):
        each.decompose()
    return shown.get_text()


def ask(client: FlaskClient, method: str, path: str, fields: dict[str, object]) -> TestResponse:
    if method == "GET":
        return client.get(path, query_string=fields)
    return client.open(path, method=method, data=fields)


def test_an_address_leads_to_one_page(app: Flask) -> None:
    asked = Counter(
        (each.rule, method)
        for each in app.url_map.iter_rules()
        for method in (each.methods or set()) - {"HEAD", "OPTIONS"}
    )
    assert [each for each, count in asked.items() if count > 1] == []


def test_every_name_in_an_address_has_a_foreign_value(app: Flask) -> None:
    named = {name: each.rule for each in app.url_map.iter_rules() for name in each.arguments}
    unknown = {name: rule for name, rule in named.items() if name not in FOREIGN}
    assert not unknown, f"add these to tests/web/foreign.py: {unknown}"


IN_EVERY_RUN = {"agent", "process_owner", "administrator"}
"""Roles with the most pages; the others are asked by `make long`."""


@pytest.mark.parametrize(
    ("world", "role"),
    [
        ("region", None),
        *(pytest.param("region", role, marks=() if role in IN_EVERY_RUN else pytest.mark.long) for role in ROLES),
        ("department", "handler"),
        pytest.param("department", "head", marks=pytest.mark.long),
    ],
    indirect=["world"],
)
def test_nothing_foreign_comes_back(
    app: Flask,
    store: Store,
    company: Company,
    elsewhere: Elsewhere,
    watched: Watched,
    browser: Callable[[Person | None], FlaskClient],
    role: str | None,
) -> None:
    person = company.people[role] if role else None
    with store.reading() as session:
        granted = permissions.grants(session, person) if person else None
    everywhere = granted is not None and any(reach.everything for reach in granted.reaches.values())
    wrong = []
    before = watched.rows()
    for method, path, rule in requests(app, elsewhere):
        with ask(browser(person), method, path, elsewhere.fields) as answer:
            said = told(answer.get_data().decode(errors="replace"), rule)
        after = before if method == "GET" else watched.rows()
        acts = app.view_functions[rule.endpoint].rule  # type: ignore[attr-defined]
        trouble = [
            answer.status_code >= 500 and "it broke",
            not may_open(granted, acts) and not is_refused(answer, person) and "it let them in",
            not everywhere and FOREIGN_NAME in said and "it showed something foreign",
            not everywhere and elsewhere.rows - after and "it changed something foreign",
            answer.status_code in range(400, 500) and before != after and "it wrote although it refused",
        ]
        wrong += [f"{method} {path} ({answer.status_code}): {each}" for each in trouble if each]
        before = after
    assert not wrong, "\n".join(wrong)


def may_open(granted: permissions.Grants | None, acts: tuple[str, ...]) -> bool:
    if PUBLIC in acts:
        return True
    return granted is not None and (SIGNED_IN in acts or any(granted.reach(act) for act in acts))


def is_refused(answer: TestResponse, person: Person | None) -> bool:
    if person is None:
        return answer.status_code == 401 or (
            answer.status_code == 303 and answer.headers["Location"].startswith("/login")
        )
    return answer.status_code in {403, 404}
