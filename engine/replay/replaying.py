"""Replay closed complaints on a draft: which, the job that does it, and what it came to.

Only complaints within the person's reach are read. The result belongs to whoever asked, and names the draft by its hash.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from engine import jobs
from engine.company import calendars, people, permissions
from engine.company.people import Person
from engine.complaints.core import access
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.meaning import PROCESS
from engine.core.errors import Conflict, NotFound, Unclear
from engine.core.settings import Settings
from engine.core.store import Store
from engine.jobs import Job, Result, Told
from engine.processes import process_drafts, versions
from engine.processes.process_drafts import ProcessDraft
from engine.processes.versions import Version
from engine.replay import beginnings, past, releases
from engine.replay.comparing import Compared, compare, is_as_recorded
from engine.replay.life import Release, live
from engine.replay.past import Past
from engine.replay.world import Surroundings

KIND = "replay"
SEE = "complaint.see"
MOST = 1_000
"""So many complaints are replayed, those that closed last."""

BATCH = 25
NOT_KEPT = (
    "登记时的分类或紧急程度后来改过，当时的没有保存",
    "its category or urgency was changed later, and what it was is not kept",
)
NOT_ANSWERED = (
    "当时答的有没有危险没有保存，草稿的“危险”表会怎么判不知道",
    "what was answered about danger is not kept",
)
NOT_AS_RECORDED = ("照当时的版本重演一遍，和记录不一样", "lived again on its own version it does not go as recorded")
CORRECTED = ("登记的内容后来更正过", "its facts were corrected later")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which closed complaints: closed from `since` until `until`, of a community, of a category (its first letters)."""

    process: str
    since: datetime | None = None
    until: datetime | None = None
    community_id: int | None = None
    category: str = ""

    def facts(self) -> dict[str, Any]:
        """Return it as the facts of a job."""
        moments = {
            name: each.isoformat() if each else None for name, each in (("since", self.since), ("until", self.until))
        }
        return {**asdict(self), **moments}

    @classmethod
    def of_facts(cls, facts: Mapping[str, Any]) -> "Wanted":
        """Return what a job was asked for."""
        since, until = (datetime.fromisoformat(facts[name]) if facts[name] else None for name in ("since", "until"))
        return cls(facts["process"], since, until, facts["community_id"], facts["category"])


# ---- asking ----------------------------------------------------------------------------------------------------------


def hash_of(session: Session, draft: ProcessDraft) -> str:
    """Return the name of a draft as it is now; scenarios steer no case and do not count."""
    return versions.hash_of(versions.without_scenarios(process_drafts.files_of(session, draft)))


def is_old(session: Session, draft: ProcessDraft, job: Job) -> bool:
    """Return whether the draft has changed since it was replayed."""
    tried: str = job.outcome.get("hash") or job.facts["hash"]
    return tried != hash_of(session, draft)


def concerns(session: Session, process: str) -> bool:
    """Return whether complaints come to a process: their own, or one that it calls."""
    seen, waiting = set[str](), [PROCESS]
    while waiting:
        seen.add(name := waiting.pop())
        found = versions.latest(session, name)
        waiting += [each for each in (found.calls if found else ()) if each not in seen]
    return process in seen


def ask(session: Session, draft: ProcessDraft, wanted: Wanted, *, by: Person) -> Job:
    """Queue a replay. Raises `NotPermitted`, `Unclear` when the draft does not run, `Conflict` when nothing matches."""
    if not permissions.reach(session, by, SEE):
        raise permissions.refusal(SEE)
    if not session.scalar(select(Complaint.id).where(*_which(session, by, wanted)).limit(1)):
        raise Conflict(
            zh="没有符合条件、您能看到的已结案投诉。请放宽条件再试。",
            en="No closed complaint that you may see fits these conditions. Widen them and try again.",
        )
    return jobs.ask(session, KIND, {**wanted.facts(), "hash": hash_of(session, draft)}, by=by)


def newest_number(session: Session) -> int:
    """Return the number of the newest version of the complaints' process."""
    version = versions.latest(session, PROCESS)
    return version.number if version else 0


def newest(session: Session, by: Person, process: str) -> Job | None:
    """Return the newest replay of a process that this person asked for."""
    asked = select(Job).where(Job.by_id == by.id, Job.kind == KIND).order_by(Job.id.desc()).limit(20)
    return next((each for each in session.scalars(asked) if each.facts["process"] == process), None)


def find(session: Session, by: Person, process: str, job_id: int) -> Job:
    """Return a replay that this person asked for. Raises `NotFound`."""
    job = jobs.find(session, by, job_id)
    if job.kind != KIND or job.facts["process"] != process:
        raise NotFound()
    return job


def _which(session: Session, by: Person, wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    yield Complaint.closed_at.is_not(None)
    yield Complaint.past.is_(False)
    yield Complaint.case_id.is_not(None)
    yield access.within(session, by, SEE)
    if wanted.since is not None:
        yield Complaint.closed_at >= wanted.since
    if wanted.until is not None:
        yield Complaint.closed_at < wanted.until
    if wanted.community_id is not None:
        yield Complaint.community_id == wanted.community_id
    if wanted.category:
        yield Complaint.category >= wanted.category
        yield Complaint.category < wanted.category + "\uffff"


# ---- doing -----------------------------------------------------------------------------------------------------------


@jobs.kind(KIND, zh="用过去的投诉试", en="Replay on past complaints")
def replay(store: Store, settings: Settings, job: Job, told: Told) -> Result:
    """Live each complaint again, the one that closed last first, and keep what would differ."""
    wanted = Wanted.of_facts(job.facts)
    if job.by_id is None:
        raise Unclear(zh="须由一位人员发起。", en="A person must request this.")
    with store.snapshot() as session:
        by = people.find(session, job.by_id)
        draft = process_drafts.require(session, by, wanted.process)
        files = process_drafts.files_of(session, draft)
        job_hash = versions.hash_of(versions.without_scenarios(files))
        asked = (
            select(Complaint.id)
            .where(*_which(session, by, wanted))
            .order_by(Complaint.closed_at.desc(), Complaint.id.desc())
        )
        ids = session.scalars(asked.limit(MOST)).all()
        replaying = _Replaying(session, releases.of_files(session, wanted.process, files))
        found: list[Compared] = []
        for at in range(0, len(ids), BATCH):
            told(at, len(ids))
            found += replaying.batch(ids[at : at + BATCH])
    keep(settings, job, found)
    return Result(facts={"hash": job_hash, "count": len(found)})


class _Replaying:
    """Replays complaints in batches; what they share is read once."""

    def __init__(self, session: Session, draft: Release) -> None:
        self.session, self.draft, self.around = session, draft, Surroundings(session)
        self.numbers: dict[str, int] = {}

    def batch(self, ids: Sequence[int]) -> list[Compared]:
        """Return what would differ for these complaints, in their order."""
        rows = {each.id: each for each in self.session.scalars(select(Complaint).where(Complaint.id.in_(ids)))}
        found = [self.one(each) for each in past.read(self.session, [rows[id] for id in ids])]
        self.session.expunge_all()
        return found

    def one(self, one: Past) -> Compared:
        """Live one complaint on its own version, then, if that goes as recorded, on the draft."""
        version = self.version_of(one.case.pin)
        own = releases.of_pin(self.session, one.case.pin)
        starts = beginnings.fitting(one, own.tables)
        if one.odd is not None or not starts or one.corrected:
            return self.odd(one, version, one.odd or (CORRECTED if one.corrected else NOT_KEPT))
        hours = calendars.of(self.session, one.complaint.community_id)
        one.start = starts[0]
        was = live(one, own, self.around, hours)
        if not is_as_recorded(one, was):
            return self.odd(one, version, NOT_AS_RECORDED)
        start = beginnings.by_danger(self.session, one, starts[0], own.tables, self.draft.tables)
        if start is None or not beginnings.graded_alike(starts, self.draft.tables):
            return self.unknown(one, version, NOT_ANSWERED if start is None else NOT_KEPT)
        one.start = start
        now = live(one, self.draft, self.around, hours, was)
        return compare(one, version, (own, was), (self.draft, now))

    def odd(self, one: Past, version: int, why: tuple[str, str]) -> Compared:
        return Compared(one.complaint.id, one.complaint.number, version, odd=why)

    def unknown(self, one: Past, version: int, why: tuple[str, str]) -> Compared:
        return Compared(one.complaint.id, one.complaint.number, version, unknown=why)

    def version_of(self, pin: str) -> int:
        """Return the number of the complaint process's version in a pin."""
        if pin not in self.numbers:
            version = self.session.get(Version, versions.versions_of(self.session, pin).get(PROCESS, 0))
            self.numbers[pin] = version.number if version else 0
        return self.numbers[pin]


# ---- the result ------------------------------------------------------------------------------------------------------


def keep(settings: Settings, job: Job, found: Sequence[Compared]) -> None:
    """Keep what each complaint came to in the job's folder: pages read it, and it goes when the job goes."""
    _file(settings, job).write_text(json.dumps([each.facts() for each in found], ensure_ascii=False), encoding="utf-8")


def read(session: Session, settings: Settings, by: Person, job: Job) -> list[Compared]:
    """Return what each complaint came to, without those that the person may not see any more. Raises `NotFound`."""
    path = _file(settings, job)
    if job.state != "done" or not path.is_file():
        raise NotFound()
    found = [Compared(**each) for each in json.loads(path.read_text(encoding="utf-8"))]
    ids = [each.id for each in found]
    seen = set(session.scalars(select(Complaint.id).where(Complaint.id.in_(ids), access.within(session, by, SEE))))
    return [each for each in found if each.id in seen]


def _file(settings: Settings, job: Job) -> Path:
    return jobs.folder(settings, job) / "complaints.json"
