"""A company with published processes, and a resident's browser."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engine import letters
from engine.company.places import Place
from engine.core.settings import Settings
from engine.core.store import Store
from engine.operations import metadata
from engine.processes import publishing
from tests.conftest import beginning
from tests.stories.company import KEY, Company, found
from tests.stories.hands import Hands


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Company]:
    """A company with everything published and a service phone, made once and copied for each test."""
    path = tmp_path_factory.mktemp("company") / "company.db"
    store = Store(f"sqlite:///{path}")
    metadata.metadata.create_all(store.engine)
    with beginning(), store.transaction() as session:
        company = found(session)
        letters.seed(session)
        publishing.publish_all(session, publishing.read_folder(publishing.SHIPPED))
        session.get_one(Place, company.root.id).phone = "400-800-1234"
    store.close()
    return path, company


@pytest.fixture
def store(begun: tuple[Path, Company], tmp_path: Path) -> Iterator[Store]:
    """A copy of its store."""
    opened = Store(f"sqlite:///{copy(begun[0], tmp_path / 'bihuan.db')}")
    yield opened
    opened.close()


@pytest.fixture
def hands(store: Store, begun: tuple[Path, Company]) -> Hands:
    """Hands that advance a complaint to the point that a test needs."""
    return Hands(store, begun[1])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with the stories' key for links."""
    home = tmp_path / "home"
    (home / "secrets").mkdir(parents=True)
    (home / "secrets" / "links").write_text(KEY.hex())
    return Settings(home=home, demo=True)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """The resident's browser."""
    return app.test_client()
