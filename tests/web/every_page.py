"""Every page of the product, in a company where everything has happened once, and who may open it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engine.company.people import Person
from engine.core.settings import Settings
from engine.core.store import Store
from tests.conftest import beginning
from tests.web.logged_in import log_in
from tests.web.world import world_of
from web import create_app

WHO = ("foreigner", "agent", "project_manager", "headquarters", "process_owner", "administrator", "")
"""Between them they may open every page; the last is not logged in."""


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
            log_in(client, person)
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
def opened(folders: pytest.TempPathFactory) -> Iterator[Pages]:
    """The pages of that company, with a stopped clock."""
    world, settings = world_of("region", folders), Settings(home=folders.mktemp("pages"), demo=True)
    store = Store(settings.store_url)
    shutil.copy(world.path, str(store.url.database))
    people: dict[str, Person | None] = {**world.company.people, "foreigner": world.company.foreigner, "": None}
    with beginning():
        yield Pages(create_app(settings, store), store, people, world.elsewhere.ids)
    store.close()
