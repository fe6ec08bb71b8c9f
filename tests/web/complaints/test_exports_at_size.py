"""Exports with 3,000 rows: each ends, and holds as many rows as the list behind it."""

import csv
import io
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import event, func, insert, select, update
from sqlalchemy.orm import Session

from engine.casework.cases import Case
from engine.company import places
from engine.complaints.core.complaint import Complaint
from engine.complaints.lists import exporting
from engine.core.store import table_of
from engine.history import Entry
from engine.operations.schedule import run_jobs
from tests.stories.pages import Browsers
from tests.web.lamp import begun, hands, lamp, spoken

pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.fault(33)]

__all__ = ["begun", "hands", "lamp", "spoken"]

ROWS = 3_000


def multiplied(session: Session) -> None:
    """Copy the one complaint and its case until there are as many as in a company of some years."""
    of = {
        table: dict(session.execute(select(table)).mappings().first() or {})
        for table in map(table_of, (Case, Complaint))
    }
    cases, complaints = of
    copies = range(2, ROWS + 1)
    session.execute(insert(cases), [{**of[cases], "id": n, "business_key": f"COPY-{n}"} for n in copies])
    session.execute(
        insert(complaints),
        [
            {**of[complaints], "id": n, "case_id": n, "number": f"COPY-{n}", "secret_hash": f"{n:064}".encode()[:32]}
            for n in copies
        ],
    )


def made(hands: Browsers, path: str, login: str, **asked: str) -> bytes:
    """Request an export, let a worker make it, and download it."""
    sent = hands.browser(login).post(path, data=asked)
    assert run_jobs(hands.store, hands.app.extensions["bihuan"].settings) == 1
    page = hands.browser(login).get(sent.location)
    assert "已完成" in page.text, page.text
    with hands.browser(login).get(f"{sent.location}/file") as fetched:
        return fetched.data


def rows(file: bytes, form: str) -> list[list[object]]:
    if form == "csv":
        return [list(row) for row in csv.reader(io.StringIO(file.decode("utf-8-sig")))]
    sheet = load_workbook(io.BytesIO(file), read_only=True).active
    return [list(row) for row in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize(
    ("path", "login", "noun"), [("/complaints/export", "manager", Complaint), ("/cases/export", "owner", Case)]
)
def test_an_export_holds_all_that_the_list_counts(
    lamp: Browsers, form: str, path: str, login: str, noun: type[Complaint] | type[Case]
) -> None:
    with lamp.store.transaction() as session:
        multiplied(session)
        there = session.scalar(select(func.count()).select_from(noun))
    head, *found = rows(made(lamp, path, login, format=form, which="all"), form)
    assert there == ROWS
    assert len({row[0] for row in found}) == len(found) == ROWS
    assert "编号" in str(head[0])


def test_the_record_is_exported_to_its_last_entry(lamp: Browsers) -> None:
    with lamp.store.transaction() as session:
        there = session.scalar(select(func.count()).select_from(Entry).where(Entry.case_id == 0)) or 0
        entry = dict(session.execute(select(table_of(Entry)).where(Entry.case_id == 0)).mappings().first() or {})
        entry.pop("id")
        copies = [{**entry, "number": there + n, "hash": f"{n:032}".encode(), "note_id": None} for n in range(1, ROWS)]
        session.execute(insert(table_of(Entry)), copies)
    _head, *found = rows(lamp.browser("board").get("/record/all.csv").data, "csv")
    assert len({row[0] for row in found}) == len(found) == there + ROWS - 1


def test_a_failed_export_leaves_no_partial_file_and_says_why(lamp: Browsers, monkeypatch: pytest.MonkeyPatch) -> None:
    with lamp.store.transaction() as session:
        multiplied(session)
    fetched = []

    def break_off(*_: object) -> None:
        fetched.append(1)
        if len(fetched) > 3 * exporting.BATCH:
            raise OSError(28, "No space left on device")

    event.listen(Complaint, "load", break_off)
    try:
        sent = lamp.browser("manager").post("/complaints/export", data={"format": "csv", "which": "all"})
        settings = lamp.app.extensions["bihuan"].settings
        run_jobs(lamp.store, settings)
    finally:
        event.remove(Complaint, "load", break_off)
    page = lamp.browser("manager").get(sent.location).text
    assert "磁盘" in page
    assert lamp.browser("manager").get(f"{sent.location}/file").status_code == 404
    assert [path for path in Path(settings.home / "jobs").rglob("*") if path.is_file()] == []


def test_a_bulk_move_reaches_every_one(lamp: Browsers) -> None:
    with lamp.store.transaction() as session:
        multiplied(session)
        nowhere = places.unassigned(session).id
        moved = table_of(Complaint)
        past = {"community_id": nowhere, "case_id": None, "past": True, "status": "closed"}
        session.execute(update(moved).where(moved.c.id > 1).values(**past))
    here = lamp.company.community.id
    asked = {"reason": "导入时没有写小区", "community": str(here)}
    sent = lamp.browser("board").post(f"/complaints/moves?all=yes&community={nowhere}", data=asked)
    assert sent.status_code == 303, sent.text
    assert run_jobs(lamp.store, lamp.app.extensions["bihuan"].settings) == 1
    assert f"已移动 {ROWS - 1:,} 件" in lamp.browser("board").get(sent.location).text
    with lamp.store.reading() as session:
        left = select(func.count()).select_from(Complaint).where(Complaint.community_id == nowhere)
        assert session.scalar(left) == 0
