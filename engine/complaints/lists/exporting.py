"""Export lists of complaints for spreadsheets: all that a filter matches, in the background, no cell a formula.

Phones are masked unless requested by somebody who may see them there; such a request, and every export, is entered in
the company's record.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, case, false, func, select
from sqlalchemy.orm import Session

from engine import history, jobs
from engine.company import people
from engine.company.people import Person
from engine.complaints.core import access
from engine.complaints.core.complaint import Complaint
from engine.complaints.lists import columns, handled, queries
from engine.complaints.lists.columns import COLUMNS
from engine.complaints.lists.queries import Filters
from engine.core import clock
from engine.core.errors import Unclear
from engine.core.settings import Settings, secret
from engine.core.spreadsheets import FORMATS, WRITERS
from engine.core.store import Store
from engine.history import NewEntry
from engine.jobs import Job, Result, Told

BATCH = 500
ACT = "complaint.export"
MOBILE = re.compile(r"(?<!\d)((?:\+?86[ -]?)?1\d{2})[ -]?\d{4}[ -]?(\d{4})(?!\d)")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to export: the filter, the columns' codes, the format, the language; `phones`: unmasked."""

    filters: Filters
    columns: Sequence[str]
    format: str = "xlsx"
    language: str = "zh"
    phones: bool = False

    def facts(self) -> dict[str, Any]:
        """Return it as a job stores it."""
        return {
            "filters": self.filters.facts(),
            "columns": list(self.columns),
            "format": self.format,
            "language": self.language,
            "phones": self.phones,
        }

    @classmethod
    def of_facts(cls, facts: Mapping[str, Any]) -> "Wanted":
        """Return the export a job was asked for."""
        codes = [code for code in facts["columns"] if code in COLUMNS] or list(columns.EXPORTED)
        form = facts["format"] if facts["format"] in FORMATS else "xlsx"
        return cls(Filters.of_facts(facts["filters"]), codes, form, facts["language"], bool(facts["phones"]))


def ask(session: Session, person: Person, wanted: Wanted) -> Job:
    """Queue an export in the background."""
    return jobs.ask(session, "export_complaints", wanted.facts(), by=person)


@jobs.kind("export_complaints", zh="导出投诉", en="Export complaints")
def export(store: Store, settings: Settings, job: Job, told: Told) -> Result:
    """Write the file, then record in the company's record who exported what."""
    wanted = Wanted.of_facts(job.facts)
    if job.by_id is None:
        raise Unclear(zh="导出须由一位人员发起。", en="An export must be requested by a person.")
    zone = ZoneInfo(settings.timezone)
    name = f"{'投诉' if wanted.language == 'zh' else 'complaints'}-{clock.now().astimezone(zone):%Y%m%d-%H%M}"
    file = jobs.folder(settings, job) / f"{name}.{wanted.format}"
    with store.snapshot() as session:
        person = people.find(session, job.by_id)
        rows = _rows(session, person, wanted, secret(settings, "links"), zone, told)
        with WRITERS[wanted.format](file) as write:
            write([COLUMNS[code].said(wanted.language) for code in wanted.columns])
            counted = _Counted()
            for row, whole in rows:
                write(row)
                counted.add(whole)
    store.attempt(lambda writing: _record(writing, person.id, wanted, counted))
    return Result(file, {"rows": counted.rows, "phones": counted.phones})


@dataclass(slots=True)
class _Counted:
    """Counts the rows written, and those with an unmasked phone."""

    rows: int = 0
    phones: int = 0

    def add(self, whole: bool) -> None:
        self.rows, self.phones = self.rows + 1, self.phones + whole


def _record(session: Session, by_id: int, wanted: Wanted, counted: _Counted) -> None:
    asked = {name: value for name, value in wanted.filters.facts().items() if name != "words"}
    facts = {"rows": counted.rows, "columns": list(wanted.columns), "filters": asked, "phones": counted.phones}
    draft = NewEntry("complaints.exported", by_id, None, facts, wanted.filters.words or None)
    history.add(session, history.company(session), [draft])
    session.flush()


def _rows(
    session: Session, person: Person, wanted: Wanted, key: bytes, zone: ZoneInfo, told: Told
) -> Iterator[tuple[list[object], bool]]:
    """Yield every matching row in the list's order, and whether its phone is unmasked."""
    fits = queries.fitting(session, person, wanted.filters, key, ACT)
    may_see = access.within(session, person, "complaint.see_phone") if wanted.phones else false()
    total = session.scalar(select(func.count()).select_from(Complaint).where(fits)) or 0
    asked = queries.in_order(
        _those_with_first(select(Complaint, may_see.label("whole")).where(fits), wanted), wanted.filters.sort
    )
    done = 0
    told(done, total)
    for batch in session.execute(asked.execution_options(yield_per=BATCH)).partitions():
        complaints = [row[0] for row in batch]
        names = columns.names(session, complaints, wanted.language, zone)
        names = replace(names, handled=handled.of(session, [each.id for each in complaints]))
        for complaint, whole in batch:
            yield _cells(complaint, wanted.columns, names, whole=bool(whole)), bool(whole and complaint.phone)
        done += len(batch)
        told(done, total)


def _those_with_first(asked: Select[*tuple[Any, ...]], wanted: Wanted) -> Select[*tuple[Any, ...]]:
    """Return the statement in the list's order: rows that lack the sort column come last, newest first."""
    name = wanted.filters.sort.removeprefix("-")
    if name not in queries.SOMETIMES:
        return asked
    lacks = queries.SORTS[name].is_(None)
    newest = [case((lacks, each)).desc() for each in (Complaint.received_at, Complaint.id)]
    return asked.order_by(lacks, *newest)


def _cells(complaint: Complaint, codes: Sequence[str], names: columns.Names, *, whole: bool) -> list[object]:
    cells = [COLUMNS[code].cell(complaint, names) for code in codes]
    if whole:
        return cells
    hidden = {"phone": masked, "text": without_phones, "wish": without_phones}
    return [hidden[code](str(cell)) if code in hidden else cell for code, cell in zip(codes, cells, strict=True)]


def masked(number: str) -> str:
    """Return a phone number with its middle hidden: 138****5678."""
    if len(number) >= 8:
        return f"{number[:3]}****{number[-4:]}"
    return "*" * max(len(number) - 2, 1) + number[-2:] if number else ""


def without_phones(text: str) -> str:
    """Return a text with its mobile numbers masked."""
    return MOBILE.sub(r"\1****\2", text)
