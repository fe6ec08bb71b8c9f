"""Backup and restore, also between different kinds of store."""

import io
import shutil
import tarfile
import tracemalloc
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from engine import files, history
from engine.casework import cases
from engine.complaints.core.complaint import Complaint
from engine.core import clock
from engine.core.errors import Conflict, Unclear
from engine.core.settings import Settings
from engine.core.store import Store
from engine.files import File
from engine.history import Entry
from engine.improvement import Improvement
from engine.mail_in import ReceivedMail
from engine.operations import backup, metadata
from engine.operations.schedule.seal_history import seal_history
from tests.engine.casework.cases.company import build, publish

pytestmark = pytest.mark.slow

NAP = """
<startEvent id="begin"/><sequenceFlow id="f1" sourceRef="begin" targetRef="nap"/>
<intermediateCatchEvent id="nap"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent>
<sequenceFlow id="f2" sourceRef="nap" targetRef="done"/><endEvent id="done"/>
"""

PAPER = b"%PDF-1.7\n1 0 obj\nendobj\ntrailer\n%%EOF\n"


@pytest.fixture
def written(store: Store, tmp_path: Path) -> Path:
    """The archive of a company with a case, an improvement with figures, a file and a secret."""
    settings = Settings(home=tmp_path / "home")
    paper = files.prepare(io.BytesIO(PAPER), "a.pdf", files.limits.USUAL)
    with store.transaction() as session:
        company = build(session)
    publish(store, nap=NAP)
    with store.transaction() as session:
        cases.start(session, "nap", {}, business_key="N-1", place_id=company.community.id)
        session.add(
            Improvement(
                number="G-1",
                title="少坏几盏灯",
                community_id=company.community.id,
                department="engineering",
                typed={"baseline": 31.25},
                started_at=clock.now(),
            )
        )
        said = {"community_id": company.community.id, "channel": "web", "kind": "complaint", "category": "1004"}
        first, second = (
            Complaint(number=each, secret_hash=each, received_at=clock.now(), **said) for each in ("N-3", "N-4")
        )
        session.add_all([first, second])
        session.flush()
        first.repeat_of_id = second.id  # a row that points to one further down
        files.keep(session, settings.files, paper, complaint_id=first.id)
    archive = tmp_path / "company.tar.gz"
    backup.write(store, settings, archive)
    return archive


def test_all_rows_and_files_come_back_on_the_other_store(
    store: Store, postgres_store: Store, written: Path, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path / "restored")
    rows = backup.read(postgres_store, settings, written)
    assert rows == backup.rows_in(written) == backup.plan(store).rows
    with store.reading() as session:
        assert files.path(settings.files, session.scalars(select(File)).one()).read_bytes() == PAPER
    for table in metadata.metadata.sorted_tables:
        with store.reading() as before, postgres_store.reading() as after:
            order = list(table.primary_key.columns)
            found = [list(session.execute(select(table).order_by(*order))) for session in (before, after)]
        assert [tuple(row) for row in found[0]] == [tuple(row) for row in found[1]], table.name
    with postgres_store.transaction() as session:
        assert not history.verify(session, None)
        place_id = session.scalars(select(metadata.metadata.tables["places"].c.id).limit(1)).one()
        cases.start(session, "nap", {}, business_key="N-2", place_id=place_id)
        assert session.scalar(select(func.count()).select_from(Entry)) == 2


def test_it_is_read_by_its_owner_only(written: Path) -> None:
    assert written.stat().st_mode & 0o077 == 0


def test_a_company_is_never_written_over(store: Store, written: Path, tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="restore into an empty installation"):
        backup.read(store, Settings(home=tmp_path / "x"), written)


def test_what_is_no_backup_is_refused_in_words(postgres_store: Store, tmp_path: Path) -> None:
    junk, other = tmp_path / "junk", tmp_path / "other.tar.gz"
    junk.write_bytes(b"junk")
    with tarfile.open(other, "w:gz") as archive:
        archive.add(junk, "junk")
    for path in (junk, other):
        with pytest.raises(Unclear, match="is not a backup"):
            backup.read(postgres_store, Settings(home=tmp_path / "x"), path)


def test_a_company_whose_clock_can_be_turned_is_backed_up_too(postgres_store: Store, tmp_path: Path) -> None:
    turnable = Store(postgres_store.url.render_as_string(hide_password=False), turnable=True)
    archive = tmp_path / "demo.tar.gz"
    backup.write(turnable, Settings(home=tmp_path / "home", demo=True), archive)
    turnable.close()
    assert backup.rows_in(archive) == 0


@pytest.mark.fault(11)
def test_a_backup_under_load_is_of_one_moment(each_store: Store, empty_file: Path, tmp_path: Path) -> None:
    """While it is written, cases go on, entries are sealed, and files come and go."""
    settings, archive = Settings(home=tmp_path / "home"), tmp_path / "company.tar.gz"
    log = settings.home / "seals.log"
    paper = files.prepare(io.BytesIO(PAPER), "a.pdf", files.limits.USUAL)
    with each_store.transaction() as session:
        place_id = build(session).community.id
    publish(each_store, nap=NAP)
    begun = 0

    def go_on(_rows: int = 0) -> None:
        nonlocal begun
        begun += 1
        with each_store.transaction() as session:
            cases.start(session, "nap", {}, business_key=f"N-{begun}", place_id=place_id)
            fresh = files.keep(session, settings.files, paper, complaint_id=1)
            gone = session.scalars(select(File).where(File.id < fresh.id).limit(1)).first()
            if gone is not None:
                files.remove(session, settings.files, gone)
        seal_history(each_store, log)

    go_on()
    before = begun
    backup.write(each_store, settings, archive, told=go_on)
    assert begun > before + 5, "it went on meanwhile"

    restored, home = Store(f"sqlite:///{shutil.copy(empty_file, tmp_path / 'restored.db')}"), tmp_path / "restored"
    backup.read(restored, Settings(home=home), archive)
    with restored.reading() as session:
        assert history.verify(session, home / "seals.log") == []
        assert session.scalar(select(func.count()).select_from(metadata.metadata.tables["cases"])) == before
    assert (home / "seals.log").read_text() == "".join(log.read_text().splitlines(keepends=True)[:before])
    with each_store.reading() as session:
        assert history.verify(session, log) == [], "and the company goes on"
    restored.close()


@pytest.mark.fault(11)
def test_a_table_is_not_held_in_memory(store: Store, tmp_path: Path) -> None:
    with store.transaction() as session:
        session.execute(
            insert(ReceivedMail),
            [
                {"key": f"{number}", "at": clock.now(), "outcome": "failed", "reason": "x" * 5_000, "uid": 1}
                | {"validity": 1, "sender": "", "subject": ""}
                for number in range(8_000)
            ],
        )
    tracemalloc.start()
    backup.write(store, Settings(home=tmp_path / "home"), tmp_path / "company.tar.gz")
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 25_000_000, "of 40 megabytes"
