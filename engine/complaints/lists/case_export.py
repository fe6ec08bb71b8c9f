"""Export cases of every process for spreadsheets; nobody's export includes cases about themselves."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from engine import history, jobs
from engine.casework.cases import Case
from engine.casework.cases import lists as case_lists
from engine.casework.cases.lists import STATES, Filters
from engine.company import people
from engine.company.people import Person
from engine.company.places import Place
from engine.complaints.core import access
from engine.complaints.lists.exporting import BATCH
from engine.core import clock
from engine.core.errors import Unclear
from engine.core.settings import Settings
from engine.core.spreadsheets import FORMATS, WRITERS, moment
from engine.core.store import Store
from engine.history import NewEntry
from engine.jobs import Job, Result, Told

HEADS = (
    ("编号", "Number"), ("流程", "Process"), ("小区", "Community"), ("状态", "State"), ("开始", "Started"), ("结束", "Ended"),
)  # fmt: skip


def fitting(session: Session, person: Person, filters: Filters) -> Select[*tuple[Any, ...]]:
    """Return the matching cases within the person's reach, without those of complaints about them."""
    mine = access.cases_within(session, person, case_lists.ACT, Case.place_id, Case.id)
    return case_lists.fitting(session, person, filters).where(mine)


def ask(session: Session, person: Person, filters: Filters, form: str, language: str) -> Job:
    """Queue an export in the background."""
    moments = {"since": filters.since, "until": filters.until}
    facts = {
        "number": filters.number,
        "process": filters.process,
        "status": filters.status,
        "community_id": filters.community_id,
        **{name: at.isoformat() if at else None for name, at in moments.items()},
        "format": form if form in FORMATS else "xlsx",
        "language": language,
    }
    return jobs.ask(session, "export_cases", facts, by=person)


def _filters(facts: Mapping[str, Any]) -> Filters:
    since, until = (datetime.fromisoformat(facts[name]) if facts[name] else None for name in ("since", "until"))
    return Filters(facts["number"], facts["process"], facts["status"], facts["community_id"], since, until)


@jobs.kind("export_cases", zh="导出案件", en="Export cases")
def export(store: Store, settings: Settings, job: Job, told: Told) -> Result:
    """Write the file, then record in the company's record who exported what."""
    if job.by_id is None:
        raise Unclear(zh="导出须由一位人员发起。", en="An export must be requested by a person.")
    by_id, chinese, zone = job.by_id, job.facts["language"] == "zh", ZoneInfo(settings.timezone)
    filters = _filters(job.facts)
    name = f"{'案件' if chinese else 'cases'}-{clock.now().astimezone(zone):%Y%m%d-%H%M}"
    file = jobs.folder(settings, job) / f"{name}.{job.facts['format']}"
    done = 0
    with store.snapshot() as session, WRITERS[job.facts["format"]](file) as write:
        asked = fitting(session, people.find(session, by_id), filters)
        total = session.scalar(select(func.count()).select_from(asked.with_only_columns(Case.id).subquery())) or 0
        named = {row.id: row.name if chinese else row.name_en or row.name for row in session.scalars(select(Place))}
        write([zh if chinese else en for zh, en in HEADS])
        found = session.execute(case_lists.in_order(asked, filters).execution_options(yield_per=BATCH))
        for batch in found.partitions():
            for row in batch:
                write(_cells(row, named, zone, chinese=chinese))
            done += len(batch)
            told(done, total)
    facts = {"rows": done, "filters": {key: value for key, value in job.facts.items() if value and key != "number"}}
    store.attempt(lambda writing: _record(writing, by_id, facts, filters.number))
    return Result(file, {"rows": done, "phones": 0})


def _cells(row: Any, named: Mapping[int, str], zone: ZoneInfo, *, chinese: bool) -> Sequence[object]:
    state = STATES.get(row.status, (row.status, row.status))
    started, ended = (moment(at, zone) for at in (row.started_at, row.ended_at))
    return [row.business_key, row.process, named.get(row.place_id, ""), state[not chinese], started, ended]


def _record(session: Session, by_id: int, facts: Mapping[str, object], number: str) -> None:
    draft = NewEntry("cases.exported", by_id, None, facts, number or None)
    history.add(session, history.company(session), [draft])
    session.flush()
