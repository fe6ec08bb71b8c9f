"""A report's row follows its case: who prepared, checked and signed it; signing freezes it."""

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn.execution import Outcome
from engine.casework import cases
from engine.casework.cases import Case
from engine.casework.tasks import Answer, Task
from engine.company import permissions, places
from engine.company.people import Person
from engine.core import clock
from engine.core.errors import Invalid
from engine.history import NewEntry
from engine.history.canonical import facts_text
from engine.processes import topics, versions
from engine.reports import kept_cases
from engine.reports.making import PROCESS
from engine.reports.rows import Report

STATUSES = ("sign", "check", "prepare")
"""What an open task says of the report, the farthest first."""

PREPARED, CHECKED, SIGNED = "prepared", "checked", "signed"
ACTS = {PREPARED: "report.prepare", CHECKED: "report.check", SIGNED: "report.sign"}
"""What a task counts as → what somebody must be permitted to do it."""

END_SIGNED, END_DROPPED = "signed_report", "dropped_report"

topics.means(PROCESS, statuses=STATUSES, counts_as=(*ACTS, END_SIGNED, END_DROPPED))
topics.uses(PROCESS, codes={"prepared": ("ready", "drop"), "checked": ("ok", "back"), "signed": ("sign", "back")})
topics.reads_answers(PROCESS, PREPARED, "prepared", "summary", "why_dropped")
topics.reads_answers(PROCESS, CHECKED, "checked", "why_back")
topics.reads_answers(PROCESS, SIGNED, "signed", "word", "why_back")


def take_over(session: Session, case: Case, outcome: Outcome) -> None:
    """Write what was done and where the report stands. Raises `Invalid` when somebody may not do what they did."""
    report = session.scalar(select(Report).where(Report.case_id == case.id))
    if report is None:  # a case that somebody started for the diagram alone
        return
    said = {id: each.properties for id, each in versions.program(session, case.pin, case.process).elements.items()}
    done = [
        (said.get(each.element, {}).get("counts_as"), each.key) for each in outcome.happened if each.what == "completed"
    ]
    for counts_as, key in done:
        if counts_as in ACTS:
            _do(session, case, report, counts_as, key)
    open_now = {said[task.element].get("status") for task in outcome.tasks}
    report.state = next((each for each in STATUSES if each in open_now), report.state)
    if outcome.ended is not None:
        _end(session, case, report, said.get(outcome.ended.element, {}).get("counts_as"))


def _do(session: Session, case: Case, report: Report, counts_as: str, key: str) -> None:
    # Columns, not the row: the session may hold it as it was before the step.
    done = session.execute(select(Task.id, Task.closed_by_id).where(Task.case_id == case.id, Task.key == key)).one()
    by = done.closed_by_id
    if by is None:
        return
    _require(session, report, ACTS[counts_as], by)
    typed = session.scalar(select(Answer.values).where(Answer.task_id == done.id).order_by(Answer.id.desc())) or {}
    if counts_as == PREPARED:
        report.prepared_at, report.prepared_by_id = clock.now(), by
        report.summary = str(typed.get("summary") or "")
        report.why_back = str(typed.get("why_dropped") or "")
        report.checked_at = report.checked_by_id = report.signed_at = report.signed_by_id = None
    elif typed.get(counts_as) == "back":
        report.why_back = str(typed.get("why_back") or "")
        report.checked_at = report.checked_by_id = None
    elif counts_as == CHECKED:
        report.checked_at, report.checked_by_id = clock.now(), by
    else:
        report.signed_at, report.signed_by_id = clock.now(), by
        report.word = str(typed.get("word") or "")


def _require(session: Session, report: Report, act: str, person_id: int) -> None:
    path = places.find(session, report.place_id).path
    if not permissions.reach(session, session.get_one(Person, person_id), act).covers(path):
        zh, en = permissions.ACTS[act]
        name = act.partition(".")[2]
        raise Invalid(
            {
                name: (
                    f"您没有权限：{zh}。请找管理权限的同事。",
                    f"You may not {en} here. Ask whoever manages permissions.",
                )
            }
        )


def _end(session: Session, case: Case, report: Report, counts_as: str | None) -> None:
    if counts_as != END_SIGNED or report.signed_at is None:
        report.state = "dropped"
        return
    report.state, report.digest = "signed", digest(session, report)
    facts = {"report": report.number, "revision": report.revision, "digest": report.digest}
    cases.record(session, case.id, NewEntry("report.signed", report.signed_by_id, None, facts))
    earlier = select(Report).where(
        Report.place_id == report.place_id,
        Report.kind == report.kind,
        Report.since == report.since,
        Report.state == "signed",
        Report.id != report.id,
    )
    for each in session.scalars(earlier):
        each.state = "replaced"


def digest(session: Session, report: Report) -> str:
    """Return the hash of everything that a report says and of the lists of its cases, as it is now."""
    told: Mapping[str, Any] = {
        **{name: getattr(report, name) for name in ("number", "place_id", "kind", "since", "until", "revision")},
        **{name: getattr(report, name) for name in ("reason", "summary", "word", "content")},
        "cases": _lists(session, report),
    }
    return hashlib.sha256(facts_text(told).encode()).hexdigest()


def _lists(session: Session, report: Report) -> Mapping[str, object]:
    """Return the lists as they are hashed: as they are stored, so that a page need not unpack millions of ids."""
    if report.content.get("form", 1) == 1:
        return {f"{figure}.{part}": ids for (figure, part), ids in kept_cases.every(session, report.id).items()}
    return kept_cases.hashes(session, report.id)
