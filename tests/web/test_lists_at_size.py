"""Lists of 3,000 rows: paged, and exported as they are filtered, with real dates and numbers, and no cell a formula."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import event, insert, select, true
from sqlalchemy.orm import Session

from engine.casework.cases import Case
from engine.casework.timers import Timer
from engine.core.store import table_of
from engine.history import Entry
from engine.improvement import Improvement, ImprovementGoal
from engine.knowledge import Article
from engine.operations.schedule import run_jobs
from engine.reports import Report
from engine.requests.rows import Request
from engine.warnings import EarlyWarning
from tests.stories.pages import Browsers
from tests.web.lamp import begun, hands, lamp, soup, spoken, words

pytestmark = pytest.mark.slow

__all__ = ["begun", "hands", "lamp", "spoken"]

ROWS = 3_000
AT = datetime(2026, 2, 1, 8, 30, tzinfo=UTC)
FORMULA = '=HYPERLINK("http://x")'


def many(session: Session, lamp: Browsers, path: str, rows: int = ROWS) -> None:
    """Write so many rows of the list at that address."""
    here = lamp.company.community.id
    if path == "/knowledge":
        made: list[dict[str, Any]] = [
            {"title": FORMULA, "situation": "灯坏", "to_do": "@换灯", "category": "1004", "community_id": here,
             "version": 2, "changed_at": AT + timedelta(minutes=n)}
            for n in range(rows)
        ]  # fmt: skip
        session.execute(insert(Article), made)
    elif path == "/improvements":
        made = [
            {"number": f"YGL-G{n}", "community_id": here, "department": "engineering", "title": FORMULA,
             "origin": "rule", "started_at": AT + timedelta(minutes=n), "check_on": date(2026, 5, 4), "verdict": "worked"}
            for n in range(rows)
        ]  # fmt: skip
        session.execute(insert(Improvement), made)
        goal = {"round": 1, "measure": "per_homes", "category": "1004", "hoped": 40, "weeks": 12, "power": 0.83}
        ids = session.scalars(select(Improvement.id)).all()
        session.execute(insert(ImprovementGoal), [{"improvement_id": each, **goal} for each in ids])
    elif path == "/warnings":
        made = [
            {"number": f"W{n}", "community_id": here, "category": "1004", "week": date(2000, 1, 3) + timedelta(weeks=n),
             "count": 7, "usual": 2.5, "chance": 0.004, "by_chance": 0.1, "chart": {}, "hours": {}, "stage": "look",
             "opened_at": AT + timedelta(minutes=n)}
            for n in range(rows)
        ]  # fmt: skip
        session.execute(insert(EarlyWarning), made)
    elif path == "/reports":
        made = [
            {"number": f"R{n}", "place_id": here, "kind": "month", "since": date(2026, 1, 1), "until": date(2026, 2, 1),
             "revision": n, "state": "signed", "content": {}, "made_at": AT + timedelta(minutes=n)}
            for n in range(rows)
        ]  # fmt: skip
        session.execute(insert(Report), made)
    elif path == "/requests":
        case = dict(session.execute(select(table_of(Case))).mappings().first() or {})
        ids = range(max(session.scalars(select(Case.id))) + 1, 10**9)[:rows]
        session.execute(insert(Case), [{**case, "id": each, "business_key": f"copy-{each}"} for each in ids])
        made = [
            {"number": f"Q{each}", "case_id": each, "process": "refurbishment", "community_id": here, "origin": "page",
             "started_at": AT + timedelta(minutes=each), "secret_hash": f"{each}"}
            for each in ids
        ]  # fmt: skip
        session.execute(insert(Request), made)
    else:
        timers = table_of(Timer)
        one = dict(session.execute(select(timers).where(timers.c.due_at.is_not(None))).mappings().first() or {})
        first = max(session.scalars(select(Timer.id)))
        made = [
            {**one, "id": first + n, "key": f"copy-{n}", "due_at": AT + timedelta(minutes=n)}
            for n in range(1, rows + 1)
        ]
        session.execute(insert(timers), made)
        session.execute(table_of(Case).update().where(table_of(Case).c.id == lamp.case_id).values(business_key=FORMULA))


MADE = {
    "/knowledge": [table_of(Article)],
    "/improvements": [table_of(ImprovementGoal), table_of(Improvement)],
    "/warnings": [table_of(EarlyWarning)],
    "/reports": [table_of(Report)],
    "/requests": [table_of(Request)],
    "/clocks": [table_of(Timer)],
}
EVERY = {
    "/knowledge": ("标题", FORMULA, "更新"),
    "/improvements": ("编号", FORMULA, "立项"),
    "/warnings": ("编号", "", "预警时间"),
    "/requests": ("编号", "", "开始"),
    "/clocks": ("编号", FORMULA, "何时到期"),
}
"""Lists → the first head of their export, a text in it, and the head of a column of times."""


def sheet(lamp: Browsers, path: str, form: str, **asked: str) -> list[list[Any]]:
    """Ask for an export as the manager, let a worker make it, and read it."""
    client = lamp.browser("manager")
    sent = client.post(f"{path}/export", query_string=asked, data={"format": form})
    assert sent.status_code == 303
    assert run_jobs(lamp.store, lamp.app.extensions["bihuan"].settings) == 1
    assert "已完成" in client.get(sent.location).text
    with client.get(f"{sent.location}/file") as fetched:
        file = fetched.data
    if form == "csv":
        return [list(row) for row in csv.reader(io.StringIO(file.decode("utf-8-sig")))]
    book = load_workbook(io.BytesIO(file), read_only=True).active
    assert book is not None
    return [list(row) for row in book.iter_rows(values_only=True)]


@pytest.mark.parametrize("path", list(MADE))
def test_a_list_of_3000_asks_as_much_as_one_of_30_and_is_paged(lamp: Browsers, path: str) -> None:
    asked: list[str] = []
    event.listen(lamp.store.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))

    def statements() -> int:
        soup(lamp, "manager", path)  # what is kept in memory
        asked.clear()
        soup(lamp, "manager", path)
        return len(asked)

    with lamp.store.transaction() as session:
        many(session, lamp, path, 30)
    few = statements()
    with lamp.store.transaction() as session:
        for table in MADE[path]:
            session.execute(table.delete().where(table.c.key.startswith("copy-") if path == "/clocks" else true()))
        many(session, lamp, path)
    assert statements() == few
    assert len(soup(lamp, "manager", path, page=2).select("table.cards tbody tr")) == 25


@pytest.mark.parametrize("path", list(EVERY))
def test_a_list_of_3000_is_exported_whole_with_real_times_and_no_formula(lamp: Browsers, path: str) -> None:
    with lamp.store.transaction() as session:
        many(session, lamp, path)
    assert soup(lamp, "manager", path).select_one("form[data-export]") is not None
    head, text, at = EVERY[path]
    heads, *rows = sheet(lamp, path, "xlsx")
    assert heads[0] == head
    assert len(rows) >= ROWS
    assert all(isinstance(row[heads.index(at)], datetime) for row in rows)
    assert not text or text in {cell for row in rows for cell in row}
    _heads, *plain = sheet(lamp, path, "csv")
    assert len(plain) == len(rows)
    assert not text or any(f"'{text}" in row for row in plain)
    assert not any(str(cell).startswith(("=", "@")) for row in plain for cell in row)


def test_an_export_has_numbers_days_and_what_the_filters_find_and_is_recorded(lamp: Browsers) -> None:
    with lamp.store.transaction() as session:
        many(session, lamp, "/improvements", 3)
        many(session, lamp, "/warnings", 3)
    heads, *rows = sheet(lamp, "/improvements", "xlsx", verdict="worked", sort="number", q="G1")
    assert [row[0] for row in rows] == ["YGL-G1"]
    told = dict(zip(heads, rows[0], strict=True))
    assert (told["希望变好百分之几"], told["观察几周"], told["看得出来的把握"]) == (40, 12, 0.83)
    assert (told["哪天算出"].date(), told["指标"]) == (date(2026, 5, 4), "百户投诉量")
    heads, *rows = sheet(lamp, "/warnings", "xlsx", sort="number")
    told = dict(zip(heads, rows[0], strict=True))
    assert (told["件数"], told["平常"], told["偶然的可能"]) == (7, 2.5, 0.004)
    assert told["哪一周（周一）"].date() == date(2000, 1, 3)
    with lamp.store.reading() as session:
        facts = session.scalars(select(Entry.facts).where(Entry.kind == "list.exported").order_by(Entry.number)).all()
    assert [each["list"] for each in facts] == ["improvements", "warnings"]
    assert facts[0]["filters"] == {"verdict": "worked"}
    said = words(soup(lamp, "administrator", "/record", noun="export"))
    assert "导出了列表" in said
    assert "列表 改进" in said
    assert "效果 有效" in said


def test_nobody_exports_what_they_may_not_see(lamp: Browsers) -> None:
    with lamp.store.transaction() as session:
        many(session, lamp, "/improvements", 3)
    client = lamp.browser("manager_2")
    sent = client.post("/improvements/export", data={"format": "csv"})
    run_jobs(lamp.store, lamp.app.extensions["bihuan"].settings)
    with client.get(f"{sent.location}/file") as fetched:
        assert "YGL-G" not in fetched.data.decode("utf-8-sig")
    assert lamp.browser("engineer").post("/clocks/export").status_code == 403
