"""A report as a workbook, made as a job: its figures as numbers, its tables, and its sheet of facts to group."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import history, jobs
from engine.company import people
from engine.company.people import Person
from engine.complaints.core import access
from engine.complaints.core.complaint import Complaint
from engine.complaints.facts import CaseFact
from engine.core.errors import Conflict, Unclear
from engine.core.settings import Settings
from engine.core.spreadsheets import FORBIDDEN, LONGEST_CELL, MOST_IN_A_SHEET
from engine.core.store import Store
from engine.history import NewEntry
from engine.jobs import Job, Result, Told
from engine.reports import document, fact_sheet, kept_cases, queries
from engine.reports.fact_sheet import Membership
from engine.reports.rows import Report

ACT = "complaint.export"
BATCH = 500
WIDTH = 16
PARTS = ("now", "before", "year")


def ask(session: Session, person: Person, report: Report, language: str) -> Job:
    """Queue the workbook of a report."""
    return jobs.ask(session, "report_workbook", {"report": report.id, "language": language}, by=person)


@jobs.kind("report_workbook", zh="报告的表格", en="Workbook of a report")
def make(store: Store, settings: Settings, job: Job, told: Told) -> Result:
    """Write the file, then record in the company's record who took which report's cases."""
    if job.by_id is None:
        raise Unclear(zh="表格须由一位人员要。", en="A workbook must be requested by a person.")
    with store.snapshot() as session:
        person = people.find(session, job.by_id)
        report, language = queries.find(session, person, int(job.facts["report"])), str(job.facts["language"])
        file = jobs.folder(settings, job) / f"{report.number}-{report.revision}.xlsx"
        rows = write(session, person, report, language, file, told)
        facts = {"report": report.number, "rows": rows}
    store.attempt(lambda writing: _record(writing, person.id, facts))
    return Result(file, {"rows": rows, "phones": 0})


def _record(session: Session, by_id: int, facts: dict[str, Any]) -> None:
    history.add(session, history.company(session), [NewEntry("report.exported", by_id, None, facts)])
    session.flush()


def write(session: Session, person: Person, report: Report, language: str, file: Path, told: Told) -> int:
    """Write the workbook; return how many complaints its sheet of facts has: those that `person` may export."""
    if not report.content:
        raise Conflict(zh="报告还没有算好。", en="The report was not counted yet.")
    zh, book = language == "zh", Workbook(write_only=True)
    _sheet(book, "指标" if zh else "Figures", _figures(report, language))
    _sheet(book, "报告" if zh else "Report", _tables(report, language))
    counted = {key: frozenset(ids) for key, ids in kept_cases.every(session, report.id).items()}
    rows = _facts(session, person, report, language, counted, told)
    written = _sheet(book, "事实" if zh else "Facts", rows)
    book.save(file)
    return written - 1


def _figures(report: Report, language: str) -> Iterator[Sequence[object]]:
    at = 0 if language == "zh" else 1
    spans = (("本期", "period"), ("上期", "before"), ("去年同期", "year before"))
    said = (("分子", "counted"), ("分母", "out of"), ("值", "value"), ("区间低", "low"), ("区间高", "high"))
    heads = (f"{span[at]} {each[at]}" for span in spans for each in said)
    yield [
        ("指标", "Measure")[at],
        ("代码", "Code")[at],
        ("定义版本", "Definition")[at],
        ("目标", "Target")[at],
        *heads,
    ]
    for each in report.content["figures"]:
        values = [(each[part] or {}).get(name) for part in PARTS for name in ("hit", "of", "value", "low", "high")]
        yield [each["name"][at], each["code"], each["version"], each["target"], *values]


def _tables(report: Report, language: str) -> Iterator[Sequence[object]]:
    told = document.of(report, language)
    yield [told.title, told.place, told.number]
    for section in told.sections:
        yield []
        yield [section.title, *section.notes]
        if section.said:
            yield [section.said]
        if section.table is not None:
            yield list(section.table.head)
            for row in section.table.rows:
                yield [cell.text for cell in row]


def _facts(
    session: Session, person: Person, report: Report, language: str, counted: Membership, told: Told
) -> Iterator[Sequence[object]]:
    figures, names = report.content["figures"], fact_sheet.names(session, language)
    yield fact_sheet.head(language, figures, counted)
    ids = sorted(set().union(*counted.values()))
    may = access.within(session, person, ACT)
    for begin in range(0, len(ids), BATCH):
        told(begin, len(ids))
        asked = select(Complaint.number, CaseFact).join(CaseFact, CaseFact.complaint_id == Complaint.id)
        asked = asked.where(Complaint.id.in_(ids[begin : begin + BATCH]), may).order_by(Complaint.id)
        for number, fact in session.execute(asked):
            yield fact_sheet.row(number, fact, names, figures, counted)
        session.expunge_all()
    told(len(ids), len(ids))


# ---- sheets ----------------------------------------------------------------------------------------------------------


def _sheet(book: Workbook, title: str, rows: Iterable[Sequence[object]]) -> int:
    """Write rows into a sheet, the first being its head, and into more where one is full; return how many rows."""
    sheet, written, head = None, 0, list[object]()
    for row in rows:
        if sheet is None or written % MOST_IN_A_SHEET == 0:
            sheet = book.create_sheet(title if not written else f"{title} {written // MOST_IN_A_SHEET + 1}")
            sheet.freeze_panes = "A2"
            head = head or list(row)
            for place in range(1, len(head) + 1):
                sheet.column_dimensions[get_column_letter(place)].width = WIDTH
            if written:
                sheet.append([_cell(sheet, each, bold=True) for each in head])
        sheet.append([_cell(sheet, each, bold=not written) for each in row])
        written += 1
    return written


def _cell(sheet: Any, value: object, *, bold: bool) -> Any:
    """Return a cell: numbers and dates can be computed with, and no text is a formula, whatever it begins with."""
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, date):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = "yyyy-mm-dd"
        return cell
    cell = WriteOnlyCell(sheet, FORBIDDEN.sub(" ", str(value))[:LONGEST_CELL])
    cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell
