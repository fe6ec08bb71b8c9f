"""A release from a folder meets what the company changed since the last one."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest
from click.testing import CliRunner, Result

from engine.administration import tables
from engine.company import people
from engine.core.settings import Settings
from engine.core.store import Store
from engine.operations.cli import bihuan
from engine.processes import four_eyes, publishing, released, versions
from tests.conftest import beginning

pytestmark = [pytest.mark.slow, pytest.mark.fault(28)]

BEFORE = {"a": b"1\n2\n3\n4\n5\n", "b": b"1\n", "c": b"1\n"}


@pytest.mark.parametrize(
    ("now", "company", "published", "fate"),
    [
        (b"1\n2\n3\n4\n6\n", b"1\n2\n3\n4\n5\n", b"1\n2\n3\n4\n6\n", ""),
        (b"1\n2\n3\n4\n5\n", b"7\n2\n3\n4\n5\n", b"7\n2\n3\n4\n5\n", "kept"),
        (b"1\n2\n3\n4\n6\n", b"7\n2\n3\n4\n5\n", b"7\n2\n3\n4\n6\n", "joined"),
        (b"8\n2\n3\n4\n6\n", b"7\n2\n3\n4\n5\n", b"7\n2\n3\n4\n5\n", "contested"),
        (b"8\n2\n3\n4\n5\n", b"8\n2\n3\n4\n5\n", b"8\n2\n3\n4\n5\n", ""),
        (None, b"1\n2\n3\n4\n5\n", None, ""),
        (None, b"7\n2\n3\n4\n5\n", b"7\n2\n3\n4\n5\n", "contested"),
        (b"1\n2\n3\n4\n5\n", None, None, "kept"),
    ],
)
def test_each_side_s_changes_are_told_apart(
    now: bytes | None, company: bytes | None, published: bytes | None, fate: str
) -> None:
    rest = {path: text for path, text in BEFORE.items() if path != "a"}
    new, own = ({**rest, **({"a": text} if text is not None else {})} for text in (now, company))
    merged = released.merged(BEFORE, new, own)
    assert merged.files.get("a") == published
    assert merged.facts() == {each: ["a"] if each == fate else [] for each in ("kept", "joined", "contested")}


def test_what_was_never_released_is_the_company_s_and_contested() -> None:
    merged = released.merged({}, {"a": b"1"}, {"a": b"2", "b": b"3"})
    assert (merged.files, merged.contested, merged.kept) == ({"a": b"2", "b": b"3"}, ("a",), ("b",))


# ---- by command ------------------------------------------------------------------------------------------------------

LIMITS = "bpmn/complaint/limits.dmn"
A_DAY = b'"PT24H"'
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a company made by the product, copied for each test."""
    home = tmp_path_factory.mktemp("made") / "home"
    with beginning():
        told = CliRunner().invoke(
            bihuan,
            ["init", "--company", "阳光物业", "--login", "root", "--name", "王"],
            input="long enough 1\nlong enough 1\n",
            env={"BIHUAN_HOME": str(home), "LC_ALL": "C.UTF-8"},
        )
    assert told.exit_code == 0, told.output
    return home


@pytest.fixture
def run(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run one command line in a company of its own."""
    copytree(made, tmp_path / "home")
    monkeypatch.setenv("BIHUAN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def command(*words: object) -> Result:
        return CliRunner().invoke(bihuan, [str(word) for word in words], catch_exceptions=False)

    return command


@pytest.fixture
def store(run: Run, tmp_path: Path) -> Iterator[Store]:
    """That company's store."""
    opened = Store(Settings(home=tmp_path / "home").store_url)
    yield opened
    opened.close()


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """A folder with the processes of the next release: as they are now, until a test changes them.

    Without scenarios: they are played by tests of their own.
    """
    for kind in ("bpmn", "forms"):
        copytree(publishing.SHIPPED / kind, tmp_path / "release" / kind, ignore=ignore_patterns("scenarios"))
    return tmp_path / "release"


def company_changes_a_limit(store: Store, to: str = "PT12H") -> None:
    """The administrator changes one cell of the limits in the browser: 24 hours to something else."""
    with store.reading() as session:
        root, found = people.by_login(session, "root"), tables.sheet(session, "limits")
        assert root is not None
        lines = [replace(each, outputs=tuple(_changed(cell, to) for cell in each.outputs)) for each in found.lines]
        judged = tables.judge(session, found, lines)
    with store.transaction() as session:
        tables.publish(session, root, "limits", found.version.number, lines, "夜里没有人，改成 12 小时", judged)


def _changed(cell: str, to: str) -> str:
    return f'"{to}"' if cell == A_DAY.decode() else cell


def limits(store: Store) -> bytes:
    with store.reading() as session:
        newest = versions.latest(session, "complaint")
        assert newest is not None
        return versions.files_of(session, newest.id)[LIMITS]


def test_publishing_what_is_shipped_does_not_put_a_changed_limit_back(run: Run, store: Store) -> None:
    company_changes_a_limit(store)
    told = run("process", "publish")
    assert told.exit_code == 0
    assert f"{LIMITS}: your change was kept" in told.output
    assert '+ <text>"PT12H"</text>' in told.output
    assert A_DAY not in limits(store)


def test_a_command_waits_for_an_approval_or_says_why_not(run: Run, store: Store, release: Path) -> None:
    company_changes_a_limit(store)
    with store.transaction() as session:
        four_eyes.keep(session, "complaint", True)
    assert run("process", "publish").exit_code == 0  # nothing of it changes
    table = release / LIMITS
    table.write_bytes(table.read_bytes().replace(b'"PT5M"', b'"PT6M"'))
    told = run("process", "publish", release)
    assert told.exit_code == 1
    assert "Somebody else has to approve the process complaint" in told.stderr
    assert "--unapproved" in told.stderr
    assert b'"PT6M"' not in limits(store)
    assert run("process", "publish", release, "--unapproved", "nobody is here").exit_code == 0
    with store.reading() as session:
        newest = versions.latest(session, "complaint")
        assert newest is not None
        assert "nobody is here" in newest.note


def test_a_new_release_and_the_company_s_limit_are_both_in_the_next_version(
    run: Run, store: Store, release: Path
) -> None:
    company_changes_a_limit(store)
    table = release / LIMITS
    table.write_bytes(table.read_bytes().replace(b'"PT5M"', b'"PT6M"'))
    told = run("process", "publish", release)
    assert f"{LIMITS}: changed on both sides, merged" in told.output
    assert b'"PT6M"' in limits(store)
    assert b'"PT12H"' in limits(store)
    again = run("process", "publish", release)
    assert "complaint 3: unchanged" in again.output


def test_the_same_place_stays_the_company_s_until_overruled(run: Run, store: Store, release: Path) -> None:
    company_changes_a_limit(store)
    table = release / LIMITS
    table.write_bytes(table.read_bytes().replace(A_DAY, b'"PT36H"'))
    told = run("process", "publish", release)
    assert "--replace takes the released one" in told.output
    assert b'"PT12H"' in limits(store)
    assert run("process", "publish", release, "--replace").exit_code == 0
    assert b'"PT36H"' in limits(store)
    assert b'"PT12H"' not in limits(store)
