"""Every page of the product, in a company in which everything has happened once, and who may open it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from engine import clock, tables
from engine.db import Store
from engine.people import Person
from engine.settings import Settings
from tests.conftest import NOW
from tests.web.conftest import build
from tests.web.foreign import FOREIGN, furnish, prepare
from web import create_app

WHO = ("foreigner", "agent", "project_manager", "headquarters", "process_owner", "administrator", "")
"""Between them they may open every page; the last is nobody."""


@dataclass(frozen=True)
class Pages:
    """The application of a company in which everything has happened once."""

    app: Flask
    store: Store
    people: dict[str, Person | None]
    ids: dict[str, object]

    def of(self, login: str) -> FlaskClient:
        """A browser of that person."""
        client, person = self.app.test_client(), self.people[login]
        if person is not None:
            with client.session_transaction() as kept:
                kept["person"], kept["key"] = person.id, person.session_key
        return client

    def addresses(self) -> Iterator[str]:
        """Every page that can be asked for."""
        adapter = self.app.url_map.bind("localhost")
        for each in sorted(self.app.url_map.iter_rules(), key=lambda found: found.rule):
            blueprint = each.endpoint.partition(".")[0]
            given = {name: self.ids.get(f"{blueprint}.{name}", self.ids.get(name)) for name in each.arguments}
            if "GET" in (each.methods or ()) and each.endpoint != "static":
                yield adapter.build(each.endpoint, given)


@contextmanager
def opened(folder: Path) -> Iterator[Pages]:
    """The pages of that company, its clock standing still."""
    settings = Settings(home=folder, demo=True)
    store = Store(settings.store_url)
    tables.metadata.create_all(store.engine)
    with clock.at(NOW):
        with store.transaction() as session:
            company = build(session)
            prepare(session)
            furnish(session, company, company.other_community.id)
            ids = {name: find(session, company) for name, find in FOREIGN.items()}
        people: dict[str, Person | None] = {**company.people, "foreigner": company.foreigner, "": None}
        yield Pages(create_app(settings, store), store, people, ids)
    store.close()
