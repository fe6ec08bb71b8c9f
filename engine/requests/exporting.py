"""Export requests for spreadsheets: number, process, place, state, times and result; no names or phones."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import history, jobs
from engine.company import people
from engine.company.people import Person
from engine.company.places import Place
from engine.complaints.lists.exporting import BATCH
from engine.core import clock
from engine.core.errors import Unclear
from engine.core.settings import Settings, secret
from engine.core.spreadsheets import FORMATS, WRITERS, moment
from engine.core.store import Store
from engine.history import NewEntry
from engine.jobs import Job, Result, Told
from engine.processes import versions
from engine.requests import access, lists
from engine.requests.lists import STATES, Filters
from engine.requests.rows import ORIGINS, Request

HEADS = (
    ("编号", "Number"), ("流程", "Process"), ("小区", "Community"), ("住处", "Home"), ("状态", "State"),
    ("谁发起", "Started by"), ("开始", "Started"), ("结束", "Ended"), ("结果", "Result"),
)  # fmt: skip
MOMENTS = ("since", "until")
NARROWING = ("process", "state", "community_id", "mine", *MOMENTS)
"""Filters that the company's record keeps; the words that were searched for stand in its note."""


def ask(session: Session, person: Person, filters: Filters, form: str, language: str) -> Job:
    """Queue an export in the background."""
    facts = {**asdict(filters), "format": form if form in FORMATS else "xlsx", "language": language}
    facts |= {name: facts[name].isoformat() if facts[name] else None for name in MOMENTS}
    return jobs.ask(session, "export_requests", facts, by=person)


def _filters(facts: Mapping[str, Any]) -> Filters:
    kept = {name: value for name, value in facts.items() if name not in ("format", "language")}
    return Filters(**{**kept, **{name: datetime.fromisoformat(kept[name]) for name in MOMENTS if kept[name]}})


@jobs.kind("export_requests", zh="导出事项", en="Export requests")
def export(store: Store, settings: Settings, job: Job, told: Told) -> Result:
    """Write the file, then record in the company's record who exported what."""
    if job.by_id is None:
        raise Unclear(zh="导出须由一位人员发起。", en="An export must be requested by a person.")
    by_id, chinese, zone = job.by_id, job.facts["language"] == "zh", ZoneInfo(settings.timezone)
    filters, key = _filters(job.facts), secret(settings, "links")
    name = f"{'事项' if chinese else 'requests'}-{clock.now().astimezone(zone):%Y%m%d-%H%M}"
    file = jobs.folder(settings, job) / f"{name}.{job.facts['format']}"
    done = 0
    with store.snapshot() as session, WRITERS[job.facts["format"]](file) as write:
        asked = lists.fitting(session, people.find(session, by_id), filters, key, access.EXPORT)
        total = session.scalar(select(func.count()).select_from(asked.with_only_columns(Request.id).subquery())) or 0
        places = {row.id: row.name if chinese else row.name_en or row.name for row in session.scalars(select(Place))}
        processes = {each.process: each.said("zh" if chinese else "en") for each in versions.all_latest(session)}
        write([zh if chinese else en for zh, en in HEADS])
        found = session.execute(lists.in_order(asked, filters).execution_options(yield_per=BATCH))
        for batch in found.partitions():
            for row in batch:
                write(_cells(session, row, places, processes, zone, chinese=chinese))
            done += len(batch)
            told(done, total)
    facts = {"rows": done, "filters": {name: job.facts[name] for name in NARROWING if job.facts[name]}}
    store.attempt(lambda writing: _record(writing, by_id, facts, filters.words))
    return Result(file, {"rows": done, "phones": 0})


def _cells(
    session: Session,
    row: Any,
    places: Mapping[int, str],
    processes: Mapping[str, str],
    zone: ZoneInfo,
    *,
    chinese: bool,
) -> Sequence[object]:
    state = STATES["ended" if row.ended_at else "open"][not chinese]
    started, ended = (moment(at, zone) for at in (row.started_at, row.ended_at))
    origin = ORIGINS.get(row.origin, (row.origin, row.origin))[not chinese]
    result = lists.result_of(session, row, "zh" if chinese else "en")
    named = (processes.get(row.process, row.process), places.get(row.community_id, ""), row.place_text or "")
    return [row.number, *named, state, origin, started, ended, result]


def _record(session: Session, by_id: int, facts: Mapping[str, object], words: str) -> None:
    history.add(session, history.company(session), [NewEntry("requests.exported", by_id, None, facts, words or None)])
    session.flush()
