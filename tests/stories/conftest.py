"""A company with published processes, ready for a story."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from shutil import copy

import pytest

from engine import letters
from engine.complaints import facts
from engine.core.store import Store
from engine.operations import metadata
from engine.processes import publishing, versions
from tests.conftest import beginning
from tests.stories.company import Company, found
from tests.stories.pages import Browsers

SCENARIO = "bpmn/reply/scenarios/answered.json"


def with_one_scenario(shipped: Mapping[str, Mapping[str, bytes]]) -> dict[str, dict[str, bytes]]:
    """Every publish plays the company's scenarios: here only one, since all are played by a test of their own."""
    found = {process: versions.without_scenarios(files) for process, files in shipped.items()}
    found["reply"][SCENARIO] = shipped["reply"][SCENARIO]
    return found


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Company]:
    """A company with everything published, copied for each story."""
    return begun_in(tmp_path_factory.getbasetemp())


@cache
def begun_in(folder: Path) -> tuple[Path, Company]:
    """Make that company, once for all rooms: a fixture that many files import would make it for each of them."""
    path = folder / "company.db"
    store = Store(f"sqlite:///{path}")
    metadata.metadata.create_all(store.engine)
    with beginning(), store.transaction() as session:
        company = found(session)
        letters.seed(session)
        publishing.publish_all(session, with_one_scenario(publishing.read_folder(publishing.SHIPPED)))
    store.close()
    return path, company


@pytest.fixture
def hands(begun: tuple[Path, Company], tmp_path: Path) -> Iterator[Browsers]:
    """A fresh copy of that company, and hands that act through its pages."""
    path, company = begun
    store = Store(f"sqlite:///{copy(path, tmp_path / 'story.db')}")
    yield Browsers(store, company, tmp_path / "home")
    facts_follow(store)
    store.close()


def facts_follow(store: Store) -> None:
    """Whatever happened in the story, no fact differs from what the rows say."""
    with store.reading() as session:
        assert not list(facts.differences(session))
