"""Publications that wait: planned, approved or refused by somebody else, cancelled, and begun when their time comes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import history, jobs, letters
from engine.company import calendars
from engine.company.people import Person
from engine.core import clock, secret_links
from engine.core.errors import Conflict, Finding, Invalid, NotPermitted
from engine.history import NewEntry
from engine.jobs import Job
from engine.processes import four_eyes, planned, publishing, rights, uploads, versions
from engine.processes.planned import PlannedPublication

KIND = "process_publish"
"""The job that judges, plays and publishes."""

FURTHEST = timedelta(days=366)
LONGEST_REASON = 500
MOST_TOLD = 50
ASKS, ENDED = "publication_asked", "publication_ended"
"""Letters: to those who may approve it; to whoever asked for it."""

OF_RELEASE = "of"
"""In what a release did with the company's changes: which release it was."""

Pair = tuple[str, str]


def check_time(at: datetime | None) -> None:
    """Raise `Invalid` for a moment that is over or further away than a year."""
    if at is None or clock.now() < at <= clock.now() + FURTHEST:
        return
    raise Invalid({"at": ("请选一个还没到、一年之内的时间。", "Choose a moment that is not over yet, within a year.")})


def must_wait(session: Session, processes: Iterable[str], facts: Mapping[str, Any]) -> bool:
    """Return whether what a job was asked to publish has to wait for its time or for an approval.

    `processes`: the one that it changes, and others whose scenarios are accepted anew with it.
    """
    if "planned" in facts:
        return False
    at = moment_of(facts)
    return needs_approval(session, processes) or (at is not None and at > clock.now())


def needs_approval(session: Session, processes: Iterable[str]) -> bool:
    """Return whether one of these processes needs somebody else's approval."""
    return any(four_eyes.needed(session, each) for each in processes)


def moment_of(facts: Mapping[str, Any]) -> datetime | None:
    """Return when a job's facts want it published; None for at once."""
    return datetime.fromisoformat(facts["at"]) if facts.get("at") else None


def plan(
    session: Session,
    process: str,
    files: Mapping[str, bytes],
    facts: Mapping[str, Any],
    findings: Sequence[Finding],
    *,
    by: Person,
    drawn_by: list[int],
    along: Iterable[str] = (),
) -> PlannedPublication:
    """Keep a publication until its time or an approval. `along`: processes whose scenarios are accepted with it.

    `drawn_by`: ids of the people who drew it and cannot approve it either.

    Raises `Conflict` where nobody else could approve it.
    """
    act = rights.TABLES if "table" in facts else rights.PUBLISH
    rights.require(session, by, process, act)
    planned.require_room(session, process)
    asked = needs_approval(session, (process, *along))
    approvers = planned.approvers(session, process, act, {by.id, *drawn_by}) if asked else []
    if asked and not approvers:
        raise nobody_else()
    row = PlannedPublication(
        process=process,
        act=act,
        facts={key: value for key, value in facts.items() if key != "upload"} | {"drawn_by": drawn_by},
        content=uploads.zipped(files),
        findings=[[each.level, each.place, each.name, each.zh, each.en, each.file] for each in findings],
        merged=None,
        seen=facts["seen"],
        at=moment_of(facts),
        by_id=by.id,
        asked_at=clock.now(),
        state=planned.ASKED if asked else planned.PLANNED,
    )
    if "upload" in facts:
        upload = uploads.find(session, facts["upload"], by=by)
        row.merged = upload.merged and {**upload.merged, OF_RELEASE: released_now(process)}
        session.delete(upload)
    session.add(row)
    session.flush()
    _record(session, row, "process.approval_asked" if asked else "process.publication_planned", by.id, row.note)
    for person_id in approvers[:MOST_TOLD]:
        _write(session, row, ASKS, person_id, ("", ""))
    return row


def released_now(process: str) -> str:
    """Return which release of a process the product brings."""
    return versions.hash_of(publishing.shipped()[process])


def nobody_else() -> Conflict:
    """Return the error of an approval that nobody could give."""
    return Conflict(
        zh="发布要由另一个没有动过它的人批准，但现在没有这样的人。请管理员把发布流程的角色再给一个人。",
        en="Somebody else, who changed nothing of it, has to approve this, but nobody may. Ask the administrator to "
        "give the role to one more person.",
    )


# ---- decided by people -----------------------------------------------------------------------------------------------


def approve(session: Session, planned_id: int, *, by: Person) -> PlannedPublication:
    """Approve it: it is published at its time, or at once. Raises `NotFound`, `NotPermitted`, `Conflict`."""
    row = _to_decide(session, planned_id, by)
    row.approved_by_id, row.approved_at, row.state = by.id, clock.now(), planned.PLANNED
    _record(session, row, "process.publication_approved", by.id)
    return row


def refuse(session: Session, planned_id: int, reason: str, *, by: Person) -> PlannedPublication:
    """Refuse it with a reason; whoever asked gets a letter. Raises as `approve`, and `Invalid` without a reason."""
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise Invalid({"reason": ("请写明为什么不批准。", "Please say why you refuse it.")})
    row = _to_decide(session, planned_id, by)
    name = by.name, by.name_en or by.name
    said = f"{name[0]}没有批准：{reason.strip()}", f"{name[1]} refused it: {reason.strip()}"
    end(session, row, planned.REFUSED, said, by_id=by.id)
    return row


def _to_decide(session: Session, planned_id: int, by: Person) -> PlannedPublication:
    row = planned.find(session, planned_id, by=by, lock=True)
    planned.require_waiting(row, planned.ASKED)
    if not planned.may_decide(session, row, by):
        raise NotPermitted(
            act_zh="批准自己要发布的、自己改过的，或没有权发布的流程",
            act_en="approve a publication that you asked for or drew yourself, or one you may not publish",
        )
    return row


def cancel(session: Session, planned_id: int, *, by: Person) -> PlannedPublication:
    """Cancel it before its time; nothing is published. Raises `NotFound`, `NotPermitted`, `Conflict`."""
    row = planned.find(session, planned_id, by=by, lock=True)
    planned.require_waiting(row, planned.ASKED, planned.PLANNED)
    if row.by_id != by.id:
        rights.require(session, by, row.process, row.act)
    said = f"{by.name}取消了它。", f"{by.name_en or by.name} cancelled it."
    end(session, row, planned.CANCELLED, said, by_id=by.id)
    return row


# ---- done when the time comes ----------------------------------------------------------------------------------------


def begin_due(session: Session) -> int:
    """Have what is due judged, played and published; return how many."""
    now = clock.now()
    due = select(PlannedPublication).where(
        PlannedPublication.state == planned.PLANNED, or_(PlannedPublication.at.is_(None), PlannedPublication.at <= now)
    )
    rows = session.scalars(due.order_by(PlannedPublication.id).with_for_update(skip_locked=True)).all()
    for row in rows:
        asked = session.get_one(Person, row.by_id)
        row.state = planned.PUBLISHING
        row.job_id = jobs.ask(session, KIND, {**row.facts, "planned": row.id}, by=asked).id
    session.flush()
    return len(rows)


def settle(session: Session) -> int:
    """End what a job could not publish, with the reason; return how many. What it published says so itself."""
    under_way = select(PlannedPublication).where(PlannedPublication.state == planned.PUBLISHING)
    done = 0
    for row in session.scalars(under_way.with_for_update(skip_locked=True)).all():
        job = session.get(Job, row.job_id or 0)
        if job is None or job.is_over:
            end(session, row, planned.FAILED, _why(job))
            done += 1
    return done


def _why(job: Job | None) -> Pair:
    if job is None or not job.outcome:
        zh, en = (
            "发布时出了问题，没有完成。请再发布一次。",
            "Something went wrong; it was not finished. Publish it again.",
        )
        return (job.zh or zh, job.en or en) if job else (zh, en)
    if found := job.outcome.get("findings"):
        zh = f"现在检查出 {len(found)} 处必须修改：{found[0][3]}"
        return zh, f"The check now finds {len(found)} to mend: {found[0][4]}"
    names = (
        [each["title"] for each in job.outcome.get("scenarios", ())],
        [each["title_en"] or each["title"] for each in job.outcome.get("scenarios", ())],
    )
    return f"场景和原来不同了：{'、'.join(names[0][:5])}", f"Scenarios now go differently: {', '.join(names[1][:5])}"


def require_as_planned(session: Session, row: PlannedPublication | None) -> PlannedPublication:
    """Return it while it may still be published. Raises `Conflict` when it was cancelled or overtaken."""
    if row is None or row.state != planned.PUBLISHING:
        raise Conflict(zh="这次发布已经取消。", en="This publication was cancelled.")
    newest = versions.latest(session, row.process)
    if (newest.number if newest else 0) != row.seen:
        number = newest.number if newest else 0
        raise Conflict(
            zh=f"计划之后有人发布了第 {number} 版，按原计划发布会盖掉它，所以没有发布。请看过不同，再发布一次。",
            en=f"Version {number} was published after this was planned and would be undone by it, so it was not "
            "published. Look at what differs, and publish again.",
        )
    return row


def published(session: Session, row: PlannedPublication, version: versions.Version) -> None:
    """Note that it was published, in the transaction that did it."""
    row.number = version.number
    said = f"已发布为第 {version.number} 版。", f"It was published as version {version.number}."
    end(session, row, planned.PUBLISHED, said)


def end(session: Session, row: PlannedPublication, state: str, said: Pair, *, by_id: int | None = None) -> None:
    """End it in this state; whoever asked gets a letter, unless they did it themselves."""
    row.state, row.ended_at, row.ended_by_id = state, clock.now(), by_id
    row.zh, row.en = ("", "") if state == planned.PUBLISHED else said
    if state != planned.PUBLISHED:
        _record(session, row, f"process.publication_{state}", by_id, row.zh)
    if by_id != row.by_id:
        _write(session, row, ENDED, row.by_id, said)
    session.flush()


def _write(session: Session, row: PlannedPublication, template: str, person_id: int, said: Pair) -> None:
    newest = versions.latest(session, row.process)
    page = f"/planned-publications/{row.id}"
    facts: dict[str, object] = {
        "process": {"zh": newest.said("zh"), "en": newest.said("en")} if newest else row.process,
        "said": {"zh": said[0], "en": said[1]} if said[0] else row.note,
        "due": row.at,
        "page": page,
        "link": secret_links.page(page),
    }
    letters.put(session, f"{template}:{row.id}:{row.state}:{person_id}", template, ("person", person_id), facts)


def _record(session: Session, row: PlannedPublication, kind: str, by_id: int | None, note: str | None = None) -> None:
    session.flush()
    facts: dict[str, object] = {"process": row.process, "number": row.seen + 1}
    if row.at:
        facts["at"] = f"{row.at.astimezone(calendars.of(session, None).zone):%Y-%m-%d %H:%M}"
    history.add(session, history.company(session), [NewEntry(kind, by_id, None, facts, note or None)])
