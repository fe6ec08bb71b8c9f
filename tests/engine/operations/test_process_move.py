"""`bihuan process move`: what it says, what it does, its exit codes."""

import os
from collections.abc import Callable
from pathlib import Path
from shutil import copy

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from engine.casework.cases import Case
from engine.core.settings import Settings
from engine.core.store import Store
from engine.history import Entry
from engine.operations.cli import bihuan
from engine.processes import versions
from tests.engine.casework.cases.company import Company, build, publish
from tests.engine.casework.cases.test_moving_cases import WRAPPED
from tests.engine.casework.cases.test_step import WORK, begin, finish, open_tasks

Run = Callable[..., Result]


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_file: Path) -> Store:
    """A home folder of the test's own, and its store; English."""
    for name in [name for name in os.environ if name.startswith("BIHUAN_")]:
        monkeypatch.delenv(name)
    home = tmp_path / "home"
    monkeypatch.setenv("BIHUAN_HOME", str(home))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    home.mkdir()
    copy(empty_file, home / "bihuan.db")
    return Store(Settings(home=home).store_url)


@pytest.fixture
def company(kept: Store) -> Company:
    """A company with three cases of version 1: two at the first step, one at the second; then version 2."""
    with kept.transaction() as session:
        found = build(session)
    publish(kept, work=WORK)
    for number in range(3):
        case_id = begin(kept, found, "work")
        if number == 2:
            finish(kept, open_tasks(kept, case_id)["look"], found.anna)
    publish(kept, work=WRAPPED.replace('"mend"', '"repair"'))
    return found


def run(*words: str) -> Result:
    return CliRunner().invoke(bihuan, ["process", "move", "work", "--as", "root", *words])


def on_newest(store: Store) -> int:
    with store.reading() as session:
        pin = versions.pin_latest(session, "work")
        return len(session.scalars(select(Case.id).where(Case.pin == pin)).all())


def test_a_trial_says_which_cannot_and_moves_none(kept: Store, company: Company) -> None:
    told = run("--dry-run")
    assert told.exit_code == 3, told.output
    for words in ("查看 (look): tasks/timers/messages 2 / 0 / 0 → 查看", "修理 (mend)", "nowhere to go: stays"):
        assert words in told.output
    assert "the new version has no such step" in told.output
    assert "2 can be moved, 1 stay, 0 were there already" in told.output
    assert on_newest(kept) == 0


def test_those_that_can_are_moved_and_the_rest_by_a_choice(kept: Store, company: Company) -> None:
    told = run("--reason", "new phases")
    assert (told.exit_code, on_newest(kept)) == (3, 2), told.output
    told = run("--reason", "new phases", "--map", "mend=repair", "--since", "1")
    assert (told.exit_code, on_newest(kept)) == (0, 3), told.output
    with kept.reading() as session:
        kinds = session.scalars(select(Entry.kind).where(Entry.kind.in_(("case.moved", "cases.moved")))).all()
        assert sorted(kinds) == ["case.moved"] * 3 + ["cases.moved"] * 2
    again = run("--reason", "once more")
    assert again.exit_code == 1
    assert "There are no cases to move" in again.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--reason", " "), "Please say why"),
        (("--reason", "x", "--community", "nowhere"), "no community"),
        (("--reason", "x", "--to", "9"), "Not found"),
        (("--reason", "x", "--as", "anna"), "There are no cases to move|You may not do this"),
        (("--reason", "x", "--as", "nobody"), "nobody with the log-in"),
    ],
)
def test_what_is_wrong_is_said(kept: Store, company: Company, words: tuple[str, ...], said: str) -> None:
    told = run(*words)
    assert told.exit_code == 1
    assert any(each in told.output for each in said.split("|")), told.output
    assert on_newest(kept) == 0
