"""Every page, as every role and as nobody, with ids of the other region: nothing foreign comes back or is changed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from engine import permissions
from engine.db import Base, Store
from engine.people import Person
from engine.roles import ROLES
from tests.web.conftest import FOREIGN_NAME, Company
from tests.web.foreign import FIELDS, FOREIGN
from web.guard import PUBLIC, SIGNED_IN

Rows = frozenset[tuple[object, ...]]
COUNTERS = {"attempts"}
"""Tables that a refused request may write to: they count how often somebody tries."""


@dataclass(frozen=True)
class Elsewhere:
    """What there is in the other region."""

    ids: dict[str, object]
    fields: dict[str, object]
    rows: Rows


def rows(session: Session) -> Rows:
    """Everything in the store."""
    return frozenset(
        (table.name, *(repr(value) for value in row))
        for table in Base.metadata.sorted_tables
        if table.name not in COUNTERS
        for row in session.execute(select(table))
    )


def look(store: Store) -> Rows:
    """Everything in the store at this moment."""
    with store.reading() as session:
        return rows(session)


@pytest.fixture
def elsewhere(store: Store, company: Company) -> Elsewhere:
    """One foreign thing for every name in an address."""
    with store.transaction() as session:
        before = rows(session)
        ids = {name: make(session, company) for name, make in FOREIGN.items()}
        fields = {name: make(session, company) for name, make in FIELDS.items()}
        session.flush()
        made = rows(session) - before
        marked = {row for row in before if any(FOREIGN_NAME in str(value) for value in row)}
    return Elsewhere(ids, fields, frozenset(made | marked))


def requests(app: Flask, elsewhere: Elsewhere) -> Iterator[tuple[str, str, Rule]]:
    """Method and address of every page, filled in with what is foreign."""
    adapter = app.url_map.bind("localhost")
    for each in sorted(app.url_map.iter_rules(), key=lambda found: found.rule):
        for method in sorted((each.methods or set()) & {"GET", "POST", "PUT", "DELETE"}):
            yield method, adapter.build(each.endpoint, {name: elsewhere.ids[name] for name in each.arguments}), each


def ask(client: FlaskClient, method: str, path: str, fields: dict[str, object]) -> TestResponse:
    if method == "GET":
        return client.get(path, query_string=fields)
    return client.open(path, method=method, data=fields)


def test_every_name_in_an_address_has_a_foreign_value(app: Flask) -> None:
    named = {name: each.rule for each in app.url_map.iter_rules() for name in each.arguments}
    unknown = {name: rule for name, rule in named.items() if name not in FOREIGN}
    assert not unknown, f"add these to tests/web/foreign.py: {unknown}"


@pytest.mark.parametrize("role", [None, *ROLES])
def test_nothing_foreign_comes_back(
    app: Flask,
    store: Store,
    company: Company,
    elsewhere: Elsewhere,
    browser: Callable[[Person | None], FlaskClient],
    role: str | None,
) -> None:
    person = company.people[role] if role else None
    with store.reading() as session:
        granted = permissions.grants(session, person) if person else None
    everywhere = granted is not None and any(reach.everything for reach in granted.reaches.values())
    wrong = []
    before = look(store)
    for method, path, rule in requests(app, elsewhere):
        with ask(browser(person), method, path, elsewhere.fields) as answer:
            said = answer.get_data(as_text=True) if rule.endpoint != "static" else ""
        after = before if method == "GET" else look(store)
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
