"""The `bihuan` command: its output, its effects, and its exit codes."""

import io
import json
import os
import signal
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copy, copytree
from zipfile import ZipFile

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from engine import files
from engine.company import people
from engine.company.people import Person
from engine.core.settings import Settings
from engine.core.store import Store
from engine.history import Entry
from engine.operations.cli import bihuan
from engine.processes.versions import Version
from tests.engine.casework.cases.company import build

pytestmark = pytest.mark.slow

Run = Callable[..., Result]
ROOT = Path(__file__).parents[3]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of the test's own; English."""
    for name in [name for name in os.environ if name.startswith("BIHUAN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BIHUAN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return tmp_path / "home"


@pytest.fixture
def run(home: Path) -> Run:
    """Run one command line, with answers to its prompts."""
    return lambda *words, typed=None: CliRunner().invoke(bihuan, [str(word) for word in words], input=typed)


@pytest.fixture
def kept(home: Path, empty_file: Path) -> Iterator[Store]:
    """The store of that home, migrated and empty."""
    home.mkdir()
    copy(empty_file, home / "bihuan.db")
    opened = Store(Settings(home=home).store_url)
    yield opened
    opened.close()


@pytest.fixture
def company(kept: Store) -> Store:
    """The store with a small company in it."""
    with kept.transaction() as session:
        build(session)
    return kept


INIT = ("init", "--company", "阳光物业", "--login", "Root", "--name", "王管理")
TWICE = "long enough 1\n" * 2


def test_help_names_every_command(run: Run) -> None:
    told = run("--help")
    assert told.exit_code == 0
    for name in ("migrate", "worker", "init", "people", "process", "history", "backup", "restore", "demo"):
        assert name in told.output
        assert run(name, "--help").exit_code == 0


def test_without_a_database_it_says_what_to_do(run: Run) -> None:
    for words in (("history", "verify"), ("people", "add", "a", "A"), ("worker",), ("process", "publish")):
        told = run(*words)
        assert told.exit_code == 1, words
        assert "run `bihuan migrate` first" in told.output
        assert "Traceback" not in told.output


def test_it_speaks_the_language_of_the_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "请先运行 bihuan migrate" in run("history", "verify").output


def test_migrate_as_often_as_one_likes(run: Run, home: Path) -> None:
    for _ in range(2):
        assert "up to date" in run("migrate").output
    assert (home / "bihuan.db").is_file()
    assert run("history", "verify").exit_code == 0


def test_init_makes_a_company_once(run: Run, home: Path) -> None:
    assert run(*INIT, typed=TWICE).exit_code == 0
    store = Store(Settings(home=home).store_url)
    with store.reading() as session:
        assert {version.process for version in session.scalars(select(Version))} >= {"complaint", "improvement"}
    assert people.authenticate(store, "root", "long enough 1", "127.0.0.1").name == "王管理"
    store.close()
    again = run(*INIT, typed=TWICE)
    assert again.exit_code == 1
    assert again.stderr.endswith("The company exists already.\n")
    assert run("history", "verify").exit_code == 0


@pytest.mark.fault(10)
def test_a_password_comes_from_a_file_or_is_typed_unseen_never_from_the_command_line(run: Run, tmp_path: Path) -> None:
    assert run(*INIT, "--password", "long enough 1").exit_code == 2
    (tmp_path / "word").write_text("long enough 1\n")
    assert run(*INIT, "--password-file", tmp_path / "word").exit_code == 0


def test_init_asks_for_what_is_not_given_and_names_what_is_wrong(run: Run, home: Path) -> None:
    told = run("init", typed="阳光物业\nroot\n王管理\nshort\nshort\n")
    assert told.exit_code == 1
    assert "password: A password has at least 8 characters." in told.stderr
    store = Store(Settings(home=home).store_url)
    with store.reading() as session:
        assert session.scalar(select(Person.id)) is None
    store.close()


def test_a_person_is_added_with_roles_and_a_link(run: Run, company: Store) -> None:
    told = run("people", "add", "mei", "李梅", "--role", "handler@ygl/engineering", "--phone", "13800000000")
    assert told.exit_code == 0, told.output
    address, token = told.stdout.strip().rsplit("/", 1)
    assert address.endswith("/password")
    with company.transaction() as session:
        person = people.redeem(session, token, "brand-new-26")
        assert (person.login, person.phone) == ("mei", "13800000000")
        assert [each.role for each in people.holdings(session, person.id)] == ["handler"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("anna", "Anna"), "login: This login is taken"),
        (("two words", "Anna"), "login: Give a login without spaces"),
        (("mei", "李梅", "--role", "handler"), "write role@place-code"),
        (("mei", "李梅", "--role", "handler@nowhere"), "“handler@nowhere” names no place"),
        (("mei", "李梅", "--role", "king@ygl"), "king cannot be held at"),
        (("mei", "李梅", "--role", "handler@ygl"), "cannot be held at"),
    ],
)
def test_a_person_who_cannot_be_added_so_is_not_added(
    run: Run, company: Store, words: tuple[str, ...], said: str
) -> None:
    told = run("people", "add", *words)
    assert told.exit_code == 1
    assert said in told.stderr
    with company.reading() as session:
        assert len(session.scalars(select(Person.id)).all()) == 4


def test_processes_are_published_once_and_unchanged_ones_stay(run: Run, company: Store) -> None:
    assert "complaint 1: published" in run("process", "publish", "--note", "开业").output
    assert "complaint 1: unchanged" in run("process", "publish", ROOT).output
    with company.reading() as session:
        assert set(session.scalars(select(Version.number))) == {1}
        assert session.scalar(select(Entry.id).where(Entry.kind == "process.published")) is not None


def test_a_process_that_does_not_run_is_refused_at_the_place(run: Run, company: Store, tmp_path: Path) -> None:
    folder = tmp_path / "mine" / "bpmn" / "broken"
    folder.mkdir(parents=True)
    assert "nothing to publish" in run("process", "publish", tmp_path / "mine").stderr
    text = (ROOT / "tests" / "web" / "processes" / "diagrams" / "repair.bpmn").read_text(encoding="utf-8")
    (folder / "broken.bpmn").write_text(text.replace("</bpmn:process>", "").replace("</process>", ""), encoding="utf-8")
    told = run("process", "publish", tmp_path / "mine")
    assert told.exit_code == 1
    assert "broken.bpmn" in told.stderr
    assert "Traceback" not in told.output
    with company.reading() as session:
        assert session.scalar(select(Version.id)) is None


def test_check_says_of_each_file_whether_it_runs(run: Run, tmp_path: Path) -> None:
    for name in ("bpmn", "forms"):
        copytree(ROOT / name, tmp_path / "ours" / name)
    good = run("process", "check", tmp_path / "ours")
    assert good.exit_code == 0, good.output
    assert "runs" in good.output
    assert "needs repair" not in good.output
    broken = tmp_path / "broken.bpmn"
    broken.write_text("<definitions>")
    told = run("process", "check", broken, "--json")
    assert told.exit_code == 1
    said = json.loads(told.stdout)
    assert (said["path"], said["verdict"]) == (str(broken), "not a diagram")
    assert all(each["zh"] and each["en"] for each in said["findings"])
    assert said["findings"]


def test_check_of_a_folder_without_diagrams_says_so(run: Run, tmp_path: Path) -> None:
    told = run("process", "check", tmp_path)
    assert told.exit_code == 1
    assert "holds no diagrams" in told.stderr
    assert run("process", "check", tmp_path / "absent").exit_code == 2


def test_verify_names_what_was_tampered_with(run: Run, company: Store) -> None:
    assert run("process", "publish").exit_code == 0
    whole = run("history", "verify")
    assert (whole.exit_code, "entries verify" in whole.output) == (0, True)
    with company.transaction() as session:
        session.connection().exec_driver_sql("update entries set kind = 'nothing.happened' where number = 1")
    told = run("history", "verify")
    assert told.exit_code == 1
    assert "entry 1 was changed" in told.output


def test_backup_and_restore_bring_everything_back(
    run: Run, company: Store, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = files.prepare(io.BytesIO(b"%PDF-1.7 %%EOF"), "a.pdf", files.limits.USUAL)
    with company.transaction() as session:
        file = files.keep(session, home / "files", paper, complaint_id=1)
    archive = tmp_path / "company.tar.gz"
    told = run("backup", archive)
    assert told.exit_code == 0, told.output
    assert "rows backed up" in told.output
    assert "installation" in run("restore", archive, "--yes").stderr
    monkeypatch.setenv("BIHUAN_HOME", str(tmp_path / "other"))
    declined = run("restore", archive, typed="n\n")
    assert declined.exit_code == 1
    assert run("restore", archive, typed="y\n").exit_code == 0
    assert files.path(tmp_path / "other" / "files", file).read_bytes() == b"%PDF-1.7 %%EOF"
    assert run("history", "verify").exit_code == 0
    assert "login is taken" in run("people", "add", "anna", "Anna").stderr


def test_a_damaged_backup_restores_nothing(
    run: Run, company: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, cut = tmp_path / "company.tar.gz", tmp_path / "cut.tar.gz"
    run("backup", archive)
    cut.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])
    monkeypatch.setenv("BIHUAN_HOME", str(tmp_path / "other"))
    told = run("restore", cut, "--yes")
    assert told.exit_code == 1
    assert "Traceback" not in told.output
    assert "damaged" in told.stderr or "is not a backup" in told.stderr
    swapped = tmp_path / "swapped.tar.gz"
    with tarfile.open(archive) as whole, tarfile.open(swapped, "w:gz") as made:
        for member in whole.getmembers():
            content = whole.extractfile(member)
            if member.name == "tables/people.jsonl":
                member.size, content = 9, None
                (tmp_path / "people").write_text('{"id": x}')
                with (tmp_path / "people").open("rb") as junk:
                    made.addfile(member, junk)
                continue
            made.addfile(member, content)
    told = run("restore", swapped, "--yes")
    assert told.exit_code == 1
    assert "nothing was restored" in told.stderr
    assert run("restore", archive, "--yes").exit_code == 0


def test_a_backup_into_no_folder_is_said_kindly(run: Run, company: Store, tmp_path: Path) -> None:
    told = run("backup", tmp_path / "absent" / "company.tar.gz")
    assert told.exit_code == 1
    assert "There is no folder" in told.stderr


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("BIHUAN_DATABASE_URL", "nonsense", "database_url must be like"),
        ("BIHUAN_DATABASE_URL", "mysql://root:secret@host/db", "database_url must be like"),
        ("BIHUAN_PORT", "99999", "65535 at most"),
        ("BIHUAN_HOME", "/dev/null/bihuan", "cannot be made"),
        ("BIHUAN_DATABASE_URL", "postgresql://nobody:secret@127.0.0.1:1/none", "The database cannot be used"),
    ],
)
def test_wrong_settings_end_in_a_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    told = run("migrate")
    assert told.exit_code == 1
    assert said in told.stderr
    assert "secret" not in told.output
    assert "Traceback" not in told.output


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_starts_and_stops(run: Run, company: Store, home: Path, how: signal.Signals) -> None:
    run("migrate")  # so that nothing is left that others could read, which a worker would say
    command = [sys.executable, "-c", "from engine.operations.cli import main; main(['worker'])"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, text=True) as worker:
        assert worker.stdout is not None
        assert "The worker runs" in worker.stdout.readline()
        worker.send_signal(how)
        _, trouble = worker.communicate(timeout=20)
    assert (worker.returncode, trouble) == (0, "")


def test_one_downloaded_process_can_be_checked_alone(run: Run, company: Store, tmp_path: Path) -> None:
    alone = tmp_path / "escalation.bpmn"
    alone.write_bytes((ROOT / "bpmn" / "escalation" / "escalation.bpmn").read_bytes())
    told = run("process", "check", alone)
    assert (told.exit_code, "needs repair" in told.output) == (0, False), told.output
    archive = tmp_path / "complaint-3.zip"
    with ZipFile(archive, "w") as packed:
        for folder in ("bpmn", "forms"):
            for path in sorted((ROOT / folder / "complaint").glob("*.*")):
                packed.write(path, f"{folder}/complaint/{path.name}")
    told = run("process", "check", archive, "--json")
    assert told.exit_code == 0, told.output
    assert {json.loads(line)["verdict"] for line in told.stdout.splitlines()} == {"runs"}
    assert "Unzip it first" in run("process", "check", archive, "--repair").stderr


def test_what_the_company_drew_itself_is_taken_from_its_store(run: Run, company: Store, tmp_path: Path) -> None:
    head = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="{0}" name="{0}" isExecutable="true">'
    inner = (
        head.format("inner")
        + '<startEvent id="s"/><endEvent id="e"/><sequenceFlow id="f" sourceRef="s" targetRef="e"/>'
    )
    outer = head.format("outer") + (
        '<startEvent id="s"/><callActivity id="c" name="c" calledElement="inner"/><endEvent id="e"/>'
        '<sequenceFlow id="f" sourceRef="s" targetRef="c"/><sequenceFlow id="g" sourceRef="c" targetRef="e"/>'
    )
    folder = tmp_path / "mine" / "bpmn" / "inner"
    folder.mkdir(parents=True)
    (folder / "inner.bpmn").write_text(inner + "</process></definitions>")
    assert run("process", "publish", tmp_path / "mine").exit_code == 0
    (tmp_path / "outer.bpmn").write_text(outer + "</process></definitions>")
    assert 'no process "inner"' in run("process", "check", tmp_path / "outer.bpmn").output
    assert run("process", "check", tmp_path / "outer.bpmn", "--company").exit_code == 0
