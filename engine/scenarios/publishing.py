"""Publish as a job: checked, every scenario played, then published; or it says what differs and publishes nothing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import history, jobs
from engine.administration import tables
from engine.company import people
from engine.company.people import Person
from engine.core.errors import Conflict, Finding, Invalid, NotFound
from engine.core.settings import Settings
from engine.core.store import Store
from engine.history import NewEntry
from engine.jobs import Job, Result, Told
from engine.processes import draft_authors, publishing, released, rights, uploads, versions
from engine.processes.planned import PlannedPublication
from engine.processes.publishing import Judged
from engine.processes.released import Merged
from engine.processes.table_text import Line
from engine.processes.versions import Version
from engine.scenarios import company, planning, rehearsing
from engine.scenarios.planning import KIND, LONGEST_REASON
from engine.scenarios.rehearsing import Rehearsal
from engine.scenarios.script import wrong_with

ACT = "process.publish"
ACCEPTED = "process.expectation_accepted"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is to be published: a process's files, and where they come from, as a job's facts have it."""

    process: str
    files: Mapping[str, bytes]
    facts: Mapping[str, Any]


# ---- asking ----------------------------------------------------------------------------------------------------------


def of_upload(
    session: Session,
    upload_id: str,
    seen: int,
    note: str,
    in_spite: str = "",
    *,
    by: Person,
    at: datetime | None = None,
) -> Proposal:
    """Return an upload as a proposal; `seen`: the newest version when its verdict was shown, 0 if there was none.

    `at`: when it is to be published, None for at once. Raises `NotFound`, `NotPermitted`, `Invalid` without a reason, `LastRows` without one (`in_spite`) for the last rows
    of a kind that it loses, `Conflict` when somebody published since.
    """
    upload = uploads.find(session, upload_id, by=by)
    rights.require(session, by, upload.process, ACT)
    uploads.require_note(note)
    newest = versions.latest(session, upload.process)
    if (newest.number if newest else 0) != seen:
        raise Conflict(
            zh="刚才有人发布了这个流程的新版本。请看过下面的不同，再发布一次。",
            en="Somebody has just published this process. Please look at what differs now, and publish again.",
        )
    publishing.require_reason(session, upload.process, upload.files, in_spite)
    facts = {"upload": upload_id, "seen": seen, "note": note, "in_spite": in_spite}
    facts |= {"at": at.isoformat()} if at else {}
    return Proposal(upload.process, upload.files, facts)


def of_table(
    session: Session, decision: str, seen: int, lines: Sequence[Line], note: str, in_spite: str = "", *, by: Person
) -> Proposal:
    """Return changed rules as a proposal. Raises `NotPermitted`, `LastRows`, and as `tables.check_publishable`."""
    rights.require(session, by, tables.PROCESS, tables.ACT)
    found = tables.sheet(session, decision)
    tables.check_publishable(found, seen, note)
    facts = {
        "table": decision,
        "seen": seen,
        "lines": [[each.id, list(each.inputs), list(each.outputs), each.note] for each in lines],
        "note": note,
        "in_spite": in_spite,
    }
    files = tables.files_with(session, found, lines)
    publishing.require_reason(session, tables.PROCESS, files, in_spite)
    return Proposal(tables.PROCESS, files, facts)


def needs_job(session: Session, proposal: Proposal) -> bool:
    """Return whether it has to wait, or the proposal or any process of this company has a scenario."""
    if planning.must_wait(session, [proposal.process], proposal.facts):
        return True
    return any(map(versions.is_scenario, proposal.files)) or versions.any_scenario(session)


def ask(session: Session, proposal: Proposal, *, by: Person) -> Job:
    """Request that a proposal is played and published. Its page is the job's."""
    return jobs.ask(session, KIND, proposal.facts, by=by)


def accept(session: Session, job: Job, reason: str, *, by: Person) -> Job:
    """Request it again, with what differed in `job` accepted as the new expectation, for a reason.

    Raises `Invalid` without a reason, `Conflict` when that job has nothing to accept or was accepted already.
    """
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise Invalid({"reason": ("请写明为什么这样才对。", "Please say why it is right like this.")})
    if (
        job.kind != KIND
        or "planned" in job.facts
        or job.state != "done"
        or not job.outcome.get("scenarios")
        or job.outcome.get("accepted_in")
    ):
        zh, en = "这里没有等着接受的不同。", "There is nothing here that could be accepted."
        raise Conflict(zh=zh, en=en)
    asked = jobs.ask(session, KIND, {**job.facts, "accept": reason.strip(), "mark": job.outcome["mark"]}, by=by)
    job.outcome = {**job.outcome, "accepted_in": asked.id}
    return asked


# ---- doing -----------------------------------------------------------------------------------------------------------


@jobs.kind(KIND, zh="试演场景并发布流程", en="Play the scenarios and publish")
def run(store: Store, settings: Settings, job: Job, told: Told) -> Result:
    """Check, play and publish. Nothing is published when anything differs that was not accepted."""
    try:
        return _run(store, job, told)
    except Invalid as wrong:  # somebody published meanwhile
        zh, en = zip(*wrong.fields.values(), strict=True)
        raise Conflict(zh="".join(zh), en=" ".join(en)) from wrong


def _run(store: Store, job: Job, told: Told) -> Result:
    with store.reading() as session:
        if (done := _done_before(session, job)) is not None:
            return _published(done, Rehearsal())
        proposal = _proposal(session, job)
        judged = publishing.judge(session, proposal.process, proposal.files)
        errors = [each for each in judged.verdict.findings if each.level == "error"]
        if wrong := [*errors, *wrong_with(proposal.files)]:
            return Result(facts={"process": proposal.process, "findings": [_as_list(each) for each in wrong]})
        whole = {proposal.process: dict(proposal.files)} | company.processes_of(session, but=[proposal.process])
        added = company.own(session)
    rehearsal = rehearsing.rehearse(whole, added, told)
    if rehearsal.differing and rehearsal.mark != job.facts.get("mark"):
        return Result(facts=_differing(proposal.process, rehearsal))
    with store.reading() as session:
        along = rehearsal.accepted().keys() - {proposal.process}
        waits = planning.must_wait(session, {proposal.process, *along}, job.facts)
        drawn_by = _drawn_by(session, proposal) if waits else []
    if waits:
        return _planned(store.attempt(lambda session: _plan(session, job, judged, drawn_by, along)), rehearsal)
    version = store.attempt(lambda session: _publish(session, job, judged, rehearsal))
    return _published(version, rehearsal)


def _proposal(session: Session, job: Job) -> Proposal:
    by, facts = people.find(session, job.by_id or 0), job.facts
    if "planned" in facts:
        row = planning.require_as_planned(session, session.get(PlannedPublication, facts["planned"]))
        return Proposal(row.process, row.files, facts)
    if "upload" in facts:
        return of_upload(session, facts["upload"], facts["seen"], facts["note"], facts["in_spite"], by=by)
    return of_table(session, facts["table"], facts["seen"], lines_of(job), facts["note"], facts["in_spite"], by=by)


def lines_of(job: Job) -> list[Line]:
    """Return the rules of a table that a job was asked to publish."""
    return [Line(key, tuple(inputs), tuple(outputs), note) for key, inputs, outputs, note in job.facts["lines"]]


def _done_before(session: Session, job: Job) -> Version | None:
    """Return what this job published before its worker died, if it did."""
    if job.tries <= 1:
        return None
    if "planned" in job.facts:
        row = session.get_one(PlannedPublication, job.facts["planned"])
        return versions.numbered(session, row.process, row.number or 0)
    mine = select(Version).where(Version.by_id == job.by_id, Version.note == job.facts["note"].strip())
    return session.scalar(mine.where(Version.published_at >= job.asked_at).order_by(Version.id).limit(1))


def _drawn_by(session: Session, proposal: Proposal) -> list[int]:
    """Who drew it, besides whoever asks; the rules of a table are typed by whoever asks."""
    return [] if "table" in proposal.facts else draft_authors.drawn_by(session, proposal.files, proposal.process)


def _plan(session: Session, job: Job, judged: Judged, drawn_by: list[int], along: Iterable[str]) -> PlannedPublication:
    """Keep what was judged and played until its time or an approval."""
    by, proposal = people.find(session, job.by_id or 0), _proposal(session, job)
    findings = (*judged.verdict.findings, *judged.verdict.notes)
    return planning.plan(
        session, proposal.process, proposal.files, job.facts, findings, by=by, drawn_by=drawn_by, along=along
    )


def _publish(session: Session, job: Job, judged: Judged, rehearsal: Rehearsal) -> Version:
    by, facts, accepted = people.find(session, job.by_id or 0), job.facts, rehearsal.accepted()
    proposal = _proposal(session, job)
    row = session.get(PlannedPublication, facts.get("planned", 0), with_for_update=True)
    approved = row is not None and row.approved_by_id is not None
    mine = accepted.pop(proposal.process, {})
    if "table" in facts:
        found = facts["table"], facts["seen"], lines_of(job), facts["note"]
        version = tables.publish(session, by, *found, judged, facts["in_spite"], more=mine, approved=approved)
    elif row is not None:
        version = _publish_planned(session, row, judged, by, mine)
    else:
        upload = uploads.find(session, facts["upload"], by=by)
        version = uploads.publish(
            session, upload, judged, by=by, note=facts["note"], in_spite=facts["in_spite"], more=mine
        )
    if row is not None:
        planning.published(session, row, version)
    note_accepted(session, proposal.process, mine, by, facts.get("accept", ""))
    for process, files in accepted.items():
        act = tables.ACT if "table" in facts else ACT
        publish_accepted(session, process, files, by, facts["accept"], act, approved=approved)
    return version


def _publish_planned(
    session: Session, row: PlannedPublication, judged: Judged, by: Person, more: Mapping[str, bytes]
) -> Version:
    version = publishing.publish(
        session,
        row.process,
        versions.with_scenarios(row.files, more),
        by=by,
        note=row.note,
        judged=judged,
        in_spite=row.facts["in_spite"],
        approved=row.approved_by_id is not None,
    )
    if row.merged is not None and row.merged[planning.OF_RELEASE] == planning.released_now(row.process):
        released.note(session, row.process, publishing.shipped()[row.process])
    return version


def publish_accepted(
    session: Session,
    process: str,
    accepted: Mapping[str, bytes],
    by: Person | None,
    reason: str,
    act: str = ACT,
    *,
    approved: bool = False,
) -> None:
    """Publish another process whose scenarios now expect something else; what its cases run on stays the same."""
    newest = versions.latest(session, process)
    if newest is None:
        raise NotFound
    files = versions.with_scenarios(versions.files_of(session, newest.id), accepted)
    publishing.publish(session, process, files, by=by, note=reason, act=act, approved=approved)
    note_accepted(session, process, accepted, by, reason)


def note_accepted(
    session: Session, process: str, accepted: Mapping[str, bytes], by: Person | None, reason: str
) -> None:
    """Record that scenarios of a process now expect something else, and why."""
    if accepted:
        facts = {"process": process, "scenarios": sorted(path.rpartition("/")[2] for path in accepted)}
        entry = NewEntry(ACCEPTED, by.id if by else None, None, facts, reason)
        history.add(session, history.company(session), [entry])


# ---- a release by command --------------------------------------------------------------------------------------------


def rehearse_release(
    store: Store,
    found: Mapping[str, Mapping[str, bytes]],
    *,
    replace: bool = False,
    told: Callable[[int, int], None] = lambda done, of: None,
) -> Rehearsal:
    """Play the scenarios as they would be after a release; none when the release changes nothing, or when it is what
    we ship and nothing else is published yet: that was played before it was shipped."""
    with store.reading() as session:
        there = company.processes_of(session)
        after = {
            process: publishing.merge(session, process, files, replace=replace).files
            for process, files in found.items()
        }
        added = company.own(session)
    if all(there.get(process) == files for process, files in after.items()) or (
        not there and after == publishing.shipped()
    ):
        return Rehearsal()
    return rehearsing.rehearse(there | after, added, told)


def release(
    session: Session,
    found: Mapping[str, Mapping[str, bytes]],
    rehearsal: Rehearsal,
    *,
    note: str,
    replace: bool,
    reason: str,
    approved: bool = False,
    told: Callable[[Version, bool, Merged], None],
) -> None:
    """Publish a release, with the scenarios that differed accepted for a reason.

    Raises `NotApproved` for a process that needs an approval, unless it is `approved`: nobody asks a command who it is.
    """
    accepted = rehearsal.accepted()
    publishing.publish_all(session, found, note=note, replace=replace, approved=approved, accepted=accepted, told=told)
    for process, files in accepted.items():
        if process in found:
            note_accepted(session, process, files, None, reason)
        else:
            publish_accepted(session, process, files, None, reason, approved=approved)


# ---- telling ---------------------------------------------------------------------------------------------------------


def _published(version: Version, rehearsal: Rehearsal) -> Result:
    facts = {"process": version.process, "number": version.number, "played": len(rehearsal.played)}
    return Result(facts=facts | {"accepted": len(rehearsal.differing)})


def _planned(row: PlannedPublication, rehearsal: Rehearsal) -> Result:
    return Result(facts={"process": row.process, "planned": row.id, "played": len(rehearsal.played)})


def _differing(process: str, rehearsal: Rehearsal) -> dict[str, Any]:
    played = len(rehearsal.played)
    return {"process": process, "scenarios": rehearsal.facts, "mark": rehearsal.mark, "played": played}


def _as_list(finding: Finding) -> list[str]:
    return [finding.level, finding.place, finding.name, finding.zh, finding.en, finding.file]
