"""The company of the stories serves here too, through the engine alone."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest

from engine.core.store import Store
from tests.stories.company import Company
from tests.stories.conftest import begun, facts_follow
from tests.stories.hands import Hands

__all__ = ["begun"]


@pytest.fixture
def hands(begun: tuple[Path, Company], tmp_path: Path) -> Iterator[Hands]:
    """A fresh copy of that company, and hands to act in it."""
    path, company = begun
    store = Store(f"sqlite:///{copy(path, tmp_path / 'story.db')}")
    yield Hands(store, company)
    facts_follow(store)
    store.close()
