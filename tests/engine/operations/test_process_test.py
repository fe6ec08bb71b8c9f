"""`bihuan process test` and the scenarios in `bihuan process publish`: what is printed, what is written, exit codes."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copy

import pytest
from click.testing import CliRunner, Result

from engine.core.settings import Settings
from engine.core.store import Store
from engine.operations.cli import bihuan
from engine.processes import versions
from tests.engine.casework.cases.company import build
from tests.engine.scenarios.errand import DIAGRAM, PATH, SCENARIO, files

pytestmark = pytest.mark.slow

Run = Callable[..., Result]
NEVER_URGENT = DIAGRAM.replace("=urgent<", "=urgent = false<").encode()


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run one command line in a home of its own, in English."""
    for name in [name for name in os.environ if name.startswith("BIHUAN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BIHUAN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return lambda *words: CliRunner().invoke(bihuan, [str(word) for word in words])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The errand in a folder."""
    for path, text in files().items():
        (tmp_path / "mine" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "mine" / path).write_bytes(text)
    return tmp_path / "mine"


@pytest.fixture
def kept(tmp_path: Path, empty_file: Path) -> Iterator[Store]:
    """The store of that home, with a company."""
    (tmp_path / "home").mkdir()
    copy(empty_file, tmp_path / "home" / "bihuan.db")
    opened = Store(Settings(home=tmp_path / "home").store_url)
    with opened.transaction() as session:
        build(session)
    yield opened
    opened.close()


def number(store: Store) -> int:
    with store.reading() as session:
        newest = versions.latest(session, "errand")
        return newest.number if newest else 0


def test_a_folder_is_played_without_any_store(run: Run, folder: Path, tmp_path: Path) -> None:
    done = run("process", "test", folder)
    assert done.exit_code == 0, done.output
    assert f"✓ {SCENARIO}: 急的马上去" in done.output
    assert "1 scenarios, 0 differ" in done.output
    assert not (tmp_path / "home").exists()


def test_coverage_names_what_no_scenario_walks(run: Run, folder: Path) -> None:
    told = run("process", "test", folder, "--coverage").output
    assert "errand node: 太慢 (slow)" in told
    assert "errand flow: 急？ → 得空去 (not_urgent)" in told
    assert "(hurry)" not in told


def test_what_differs_is_printed_at_its_step_and_written_when_accepted(run: Run, folder: Path) -> None:
    (folder / PATH).write_bytes(NEVER_URGENT)
    done = run("process", "test", folder)
    assert done.exit_code == 1
    assert "step 2, do 看急不急 (An of the desk): expected to wait" in done.output
    assert run("process", "test", folder, "--accept").exit_code == 0
    assert '"walk": "engineering"' in (folder / SCENARIO).read_text(encoding="utf-8")
    assert run("process", "test", folder).exit_code == 0


def test_a_file_that_cannot_be_read_is_named(run: Run, folder: Path) -> None:
    (folder / SCENARIO).write_text('{"title": "x", "steps": [{"do": "judge"}]}')
    done = run("process", "test", folder)
    assert done.exit_code == 1
    assert f"{SCENARIO}: urgent.json: step 1 of the scenario: by is missing" in done.stderr


def test_publishing_a_folder_plays_it_and_a_difference_needs_a_reason(run: Run, folder: Path, kept: Store) -> None:
    assert "errand 1: published" in run("process", "publish", folder, "--note", "开始").output
    assert "1 scenarios, 0 differ" in run("process", "test").output
    (folder / PATH).write_bytes(NEVER_URGENT)
    refused = run("process", "publish", folder, "--note", "改")
    assert refused.exit_code == 1
    assert "nothing was published" in refused.stderr
    assert number(kept) == 1
    assert run("process", "publish", folder, "--note", "改", "--accept", "以后都由工程去").exit_code == 0
    assert number(kept) == 2
    assert "1 scenarios, 0 differ" in run("process", "test").output
