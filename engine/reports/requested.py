"""Make a report, count one again or correct one as a job: counted before anything is locked, then written."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import jobs
from engine.company import people, places
from engine.company.people import Person
from engine.company.places import Place
from engine.core.errors import Unclear
from engine.core.settings import Settings
from engine.core.store import Store
from engine.jobs import Job, Result, Told
from engine.reports import contents, making, queries
from engine.reports.contents import Counted
from engine.reports.periods import Period
from engine.reports.rows import Report

KIND = "count_report"


def ask_new(session: Session, by: Person, place_id: int, kind: str, since: str) -> Job:
    """Request a report of a place and period. Raises `Invalid`, `NotFound`, `NotPermitted`, `Conflict` if it is there."""
    place = making.require_place(session, by, place_id)
    period = making.over(session, place, kind, since)
    making.require_none(session, place, period)
    return _ask(session, by, {"place": place.id, "kind": kind, "since": since})


def ask_again(session: Session, by: Person, report: Report) -> Job:
    """Request that a report is counted again. Raises `Conflict` unless it is prepared, `NotPermitted`."""
    making.require_prepared(session, report, by)
    return _ask(session, by, {"report": report.id})


def ask_correction(session: Session, by: Person, report: Report, reason: str) -> Job:
    """Request the next revision. Raises `Invalid` without a reason, `Conflict`, `NotPermitted`."""
    making.require_correctable(session, report, reason, by)
    return _ask(session, by, {"report": report.id, "reason": reason.strip()})


def _ask(session: Session, by: Person, facts: Mapping[str, Any]) -> Job:
    """Return the job that does this already, if there is one: somebody pressed twice."""
    mine = select(Job).where(Job.kind == KIND, Job.by_id == by.id, Job.state.in_(("waiting", "running")))
    there = next((each for each in session.scalars(mine) if each.facts == facts), None)
    return there or jobs.ask(session, KIND, facts, by=by)


@jobs.kind(KIND, zh="计算报告", en="Count a report")
def _run(store: Store, _settings: Settings, job: Job, told: Told) -> Result:
    if job.by_id is None:
        raise Unclear(zh="报告须由一位人员要。", en="A report must be requested by a person.")
    with store.snapshot() as session:
        place, period = _about(session, people.find(session, job.by_id), job.facts)
        counted = contents.count(session, place, period, told)
    return Result(facts={"report": store.attempt(lambda session: _write(session, job, counted))})


def _about(session: Session, by: Person, facts: Mapping[str, Any]) -> tuple[Place, Period]:
    if "report" in facts:
        report = queries.find(session, by, facts["report"])
        return places.find(session, report.place_id), queries.period(report)
    place = making.require_place(session, by, facts["place"])
    return place, making.over(session, place, facts["kind"], facts["since"])


def _write(session: Session, job: Job, counted: Counted) -> int:
    """Write what was counted; a job that begins again after its worker died finds what it had written."""
    by = people.find(session, job.by_id or 0)
    place, period = _about(session, by, job.facts)
    there = queries.newest(session, place.id, period)
    if there is not None and _is_of(there, job):
        return there.id
    if "report" not in job.facts:
        return making.make(session, place, period, counted, by=by).id
    report = queries.find(session, by, job.facts["report"])
    if "reason" in job.facts:
        return making.correct(session, report, counted, job.facts["reason"], by=by).id
    making.count_again(session, report, counted, by=by)
    return report.id


def _is_of(report: Report, job: Job) -> bool:
    """Return whether this job has made the report."""
    return report.id != job.facts.get("report") and report.made_by_id == job.by_id and report.made_at >= job.asked_at
