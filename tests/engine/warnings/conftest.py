"""The company of the stories serves here too, through the engine alone."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest
from sqlalchemy import select

from engine.core.store import Store
from engine.operations.schedule import look_for_warnings
from engine.warnings import EarlyWarning
from tests.conftest import beginning
from tests.engine.warnings.complained import complained, newest, weekly
from tests.stories.company import Company
from tests.stories.conftest import begun
from tests.stories.hands import Hands

__all__ = ["begun"]


@pytest.fixture(scope="session")
def stood_out(begun: tuple[Path, Company], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lifts that usually fail twice a week failed nine times, at ten in the evening; elsewhere all is as ever."""
    path, company = begun
    store = Store(f"sqlite:///{copy(path, tmp_path_factory.mktemp('warned') / 'warned.db')}")
    with beginning():
        with store.transaction() as session:
            complained(session, company.community.id, "1001", [*weekly(2, hour=22), *newest(9, hour=22)])
            complained(session, company.community.id, "2001", [*weekly(1), *newest(1)])
        assert look_for_warnings(store) == 1
    path = Path(str(store.url.database))
    store.close()
    return path


@pytest.fixture
def warned(stood_out: Path, begun: tuple[Path, Company], tmp_path: Path) -> Iterator[Hands]:
    """A fresh copy of what stood out, its case in hand."""
    store = Store(f"sqlite:///{copy(stood_out, tmp_path / 'warned.db')}")
    hands = Hands(store, begun[1])
    with store.reading() as session:
        hands.case_id = session.scalars(select(EarlyWarning.case_id)).one() or 0
    yield hands
    store.close()


@pytest.fixture
def hands(begun: tuple[Path, Company], tmp_path: Path) -> Iterator[Hands]:
    """A fresh copy of that company, and hands to act in it."""
    path, company = begun
    store = Store(f"sqlite:///{copy(path, tmp_path / 'story.db')}")
    yield Hands(store, company)
    store.close()
