"""A company with published processes, ready for a story."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest

from engine import letters
from engine.core import clock
from engine.core.store import Store
from engine.operations import metadata
from engine.processes import publishing
from tests.conftest import NOW
from tests.stories.company import Company, found
from tests.stories.pages import Browsers


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Company]:
    """A company with everything published, made once and copied for each story."""
    path = tmp_path_factory.mktemp("company") / "company.db"
    store = Store(f"sqlite:///{path}")
    metadata.metadata.create_all(store.engine)
    with clock.at(NOW), store.transaction() as session:
        company = found(session)
        letters.seed(session)
        publishing.publish_all(session, publishing.read_folder(publishing.SHIPPED))
    store.close()
    return path, company


@pytest.fixture
def hands(begun: tuple[Path, Company], tmp_path: Path) -> Iterator[Browsers]:
    """A fresh copy of that company, and hands that act through its pages."""
    path, company = begun
    store = Store(f"sqlite:///{copy(path, tmp_path / 'story.db')}")
    yield Browsers(store, company, tmp_path / "home")
    store.close()
