"""The list of a replay as a file: a job, entered in the company's record as every export of complaints."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from engine import history, jobs
from engine.company import people, roles
from engine.company.people import Person
from engine.complaints.core.codes import DEADLINES, URGENCIES, said
from engine.core.errors import Unclear
from engine.core.settings import Settings
from engine.core.spreadsheets import WRITERS
from engine.core.store import Store
from engine.history import NewEntry
from engine.jobs import Job, Result, Told
from engine.replay import replaying, results
from engine.replay.comparing import Compared

HEADS = {
    "zh": ("编号", "版本", "有什么不同", "紧急程度 前", "紧急程度 后", "部门 前", "部门 后", "超时 前", "超时 后", "督办级 前", "督办级 后", "不知道、没法重演的原因"),
    "en": ("number", "version", "what differs", "urgency before", "urgency after", "department before", "department after", "late before", "late after", "rung before", "rung after", "why unknown or not lived again"),
}  # fmt: skip


def ask(session: Session, replay: Job, what: str, number: str, form: str, language: str, *, by: Person) -> Job:
    """Queue the export of a replay's list: no more than its page shows, so whoever asked for the replay may."""
    facts = {"replay": replay.id, "what": what, "number": number, "format": form, "language": language}
    return jobs.ask(session, "export_replay", facts, by=by)


@jobs.kind("export_replay", zh="导出“用过去的投诉试”的名单", en="Export the list of a replay")
def export(store: Store, settings: Settings, job: Job, told: Told) -> Result:
    """Write the file, then record who exported what."""
    if job.by_id is None:
        raise Unclear(zh="导出须由一位人员发起。", en="An export must be requested by a person.")
    facts, form = job.facts, job.facts["format"] if job.facts["format"] in WRITERS else "xlsx"
    with store.snapshot() as session:
        by = people.find(session, job.by_id)
        replay = jobs.find(session, by, facts["replay"])
        found = replaying.read(session, settings, by, replay)
        found = results.listed(found, facts["what"], facts["number"], replaying.newest_number(session))
        names = {code: said_of(each, facts["language"]) for code, each in roles.of(session).departments.items()}
        file = jobs.folder(settings, job) / f"replay-{replay.id}.{form}"
        with WRITERS[form](file) as write:
            write(list(HEADS[facts["language"]]))
            for each in found:
                write(_cells(each, names, facts["language"]))
        told(len(found), len(found))
    store.attempt(lambda writing: _record(writing, by.id, len(found), facts["what"], facts["number"]))
    return Result(file, {"rows": len(found), "phones": 0})


def said_of(thing: Any, language: str) -> str:
    """Return the name of a department in one language."""
    return str((thing.name_en if language == "en" else "") or thing.name)


def _cells(each: Compared, names: Mapping[str, str], language: str) -> list[object]:
    at = 0 if language == "zh" else 1
    why = each.odd or each.unknown
    return [
        each.number,
        each.version,
        "、".join(results.WHATS[what][at] for what in each.what),
        *_both([said(URGENCIES, code, language) for code in each.urgency]),
        *_both([names.get(code, code) for code in each.department]),
        *_both(["、".join(said(DEADLINES, kind, language) for kind in kinds) for kinds in each.late]),
        *_both(each.rung),
        why[at] if why else "",
    ]


def _both(values: Sequence[object]) -> list[object]:
    return list(values) if values else ["", ""]


def _record(session: Session, by_id: int, rows: int, what: str, number: str) -> None:
    facts = {"rows": rows, "columns": ["replay"], "filters": {"what": what} if what else {}, "phones": 0}
    entry = NewEntry("complaints.exported", by_id, None, facts, number or None)
    history.add(session, history.company(session), [entry])
    session.flush()
