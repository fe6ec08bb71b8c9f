"""Backup and restore, also between different kinds of store."""

import tarfile
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from engine import history
from engine.casework import cases
from engine.complaints.core.complaint import Complaint
from engine.core import clock
from engine.core.errors import Conflict, Unclear
from engine.core.settings import Settings
from engine.core.store import Store
from engine.history import Entry
from engine.improvement import Improvement
from engine.operations import backup, metadata
from tests.engine.casework.cases.company import build, publish

NAP = """
<startEvent id="begin"/><sequenceFlow id="f1" sourceRef="begin" targetRef="nap"/>
<intermediateCatchEvent id="nap"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent>
<sequenceFlow id="f2" sourceRef="nap" targetRef="done"/><endEvent id="done"/>
"""


@pytest.fixture
def written(store: Store, tmp_path: Path) -> Path:
    """The archive of a company with a case, an improvement with figures, a file and a secret."""
    settings = Settings(home=tmp_path / "home")
    (settings.files / "ab").mkdir(parents=True)
    (settings.files / "ab" / "photo.jpg").write_bytes(b"photo")
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
                baseline=Decimal("31.25"),
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
    archive = tmp_path / "company.tar.gz"
    backup.write(store, settings, archive)
    return archive


def test_all_rows_and_files_come_back_on_the_other_store(
    store: Store, postgres_store: Store, written: Path, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path / "restored")
    rows = backup.read(postgres_store, settings, written)
    assert rows == backup.rows_in(written) == backup.plan(store).rows
    assert (settings.files / "ab" / "photo.jpg").read_bytes() == b"photo"
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
