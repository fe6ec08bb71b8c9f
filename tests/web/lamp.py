"""A complaint about a lamp that the engineers work on, with browsers: a starting point for several tests."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
from bs4 import BeautifulSoup

from engine.core.store import Store
from tests.conftest import beginning
from tests.stories import acts
from tests.stories.company import Company
from tests.stories.conftest import begun, begun_in, hands
from tests.stories.hands import Hands
from tests.stories.pages import Browsers

__all__ = ["begun", "hands", "lamp", "numbers", "of", "soup", "spoken", "words"]


@pytest.fixture(scope="session")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A resident has complained about a lamp and the engineers have contacted them."""
    return spoken_in(tmp_path_factory.getbasetemp())


@cache
def spoken_in(folder: Path) -> tuple[Path, dict[str, Any]]:
    """Make that, once for all files that import the fixture."""
    source, company = begun_in(folder)
    path = copy(source, folder / "lamp.db")
    store = Store(f"sqlite:///{path}")
    with beginning():
        hands = Hands(store, company)
        acts.acknowledged(hands)
        acts.judged(hands)
        acts.in_contact(hands)
    store.close()
    return path, {"number": hands.number, "complaint_id": hands.complaint_id, "case_id": hands.case_id}


@pytest.fixture
def lamp(spoken: tuple[Path, dict[str, Any]], begun: tuple[Path, Company], tmp_path: Path) -> Iterator[Browsers]:
    """That complaint in its own store, with browsers."""
    path, known = spoken
    store = Store(f"sqlite:///{copy(path, tmp_path / 'lamp.db')}")
    hands = Browsers(store, begun[1], tmp_path / "home")
    for name, value in known.items():
        setattr(hands, name, value)
    yield hands
    store.close()


def soup(hands: Browsers, login: str, path: str, **asked: Any) -> BeautifulSoup:
    answer = hands.browser(login).get(path, query_string=asked)
    assert answer.status_code == 200, answer.status
    return BeautifulSoup(answer.data, "html.parser")


def words(page: BeautifulSoup) -> str:
    return " ".join(page.get_text(" ").split())


def numbers(hands: Browsers, login: str = "manager", **asked: Any) -> list[str]:
    return [each.get_text(strip=True) for each in soup(hands, login, "/complaints", **asked).select("td.card-title")]


def of(hands: Browsers) -> str:
    return f"/complaints/{hands.complaint_id}"
