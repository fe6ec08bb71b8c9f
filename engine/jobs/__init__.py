"""Jobs: long work that somebody requests and need not wait for, such as an export or an import.

Each package registers its kinds; the schedule runs them, one at a time per worker, and a job's page shows its
progress. A command runs the same work in the foreground.
"""

import logging
import secrets
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import ForeignKey, Index, String, Text, and_, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.company.people import Person
from engine.core import clock, outages
from engine.core.errors import BihuanError, NotFound
from engine.core.settings import Settings
from engine.core.store import Base, Store

log = logging.getLogger(__name__)

KEPT = timedelta(days=7)
"""How long a job and its result can be seen and downloaded."""

SILENT = timedelta(minutes=5)
"""A worker silent for this long is considered dead; another one restarts its job."""

MOST_TRIES = 3
TOLD_EVERY = timedelta(seconds=1)


class Job(Base):
    """One piece of work: `waiting`, `running`, `done` or `failed`.

    `facts` is the request, as the kind defines it; `outcome` the result. `file` is the file it made, below its own
    folder; `worker` who does it, `heard_at` when that worker last reported.
    """

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_state_id", "state", "id"), Index("ix_jobs_by_id_id", "by_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    facts: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    done: Mapped[int] = mapped_column(default=0)
    of: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    heard_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str | None] = mapped_column(String(32))
    zh: Mapped[str] = mapped_column(Text, default="")
    en: Mapped[str] = mapped_column(Text, default="")
    outcome: Mapped[dict[str, Any]] = mapped_column(default=dict)
    file: Mapped[str | None] = mapped_column(String(200))

    @property
    def is_over(self) -> bool:
        """Return whether it has ended."""
        return self.state in ("done", "failed")

    def why(self, language: str = "zh") -> str:
        """Return why it failed, in one language; empty when it did not."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a job: a file in its folder to download (None: none), and facts for its page."""

    file: Path | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


class Told(Protocol):
    """Reports how far a job is: `done` of `of` things. Called between transactions, never inside one that writes.

    Raises `GivenUp` when the work is no longer this worker's; do not catch it.
    """

    def __call__(self, done: int, of: int) -> None:
        """Report progress; call it as often as you like."""


Run = Callable[[Store, Settings, Job, Told], Result]


class GivenUp(Exception):
    """The worker stops, or another one has taken the job over; nothing is wrong with the job."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job and its name."""

    code: str
    zh: str
    en: str
    run: Run

    def said(self, language: str = "zh") -> str:
        """Return its name in one language."""
        return self.zh if language == "zh" else self.en


_kinds: dict[str, Kind] = {}


def kind(code: str, *, zh: str, en: str) -> Callable[[Run], Run]:
    """Register the function of a kind of job. It may be run again from the start after a worker died."""

    def register(run: Run) -> Run:
        _kinds[code] = Kind(code, zh, en, run)
        return run

    return register


def named(code: str, language: str = "zh") -> str:
    """Return the name of a kind of job."""
    known = _kinds.get(code)
    return known.said(language) if known else code


# ---- asking and looking ------------------------------------------------------------------------------------------


def ask(session: Session, code: str, facts: Mapping[str, Any], *, by: Person | None) -> Job:
    """Request a job; a worker begins it soon after the commit. `facts` are plain JSON."""
    if code not in _kinds:
        raise KeyError(code)
    now = clock.now()
    job = Job(kind=code, by_id=by.id if by else None, facts=dict(facts), asked_at=now, expires_at=now + KEPT)
    session.add(job)
    session.flush()
    return job


def find(session: Session, person: Person, job_id: int) -> Job:
    """Return the job, if `person` requested it. Raises `NotFound`."""
    job = session.get(Job, job_id)
    if job is None or job.by_id != person.id:
        raise NotFound
    return job


def of(session: Session, person: Person, most: int = 50) -> Sequence[Job]:
    """Return the jobs of `person`, newest first."""
    return session.scalars(select(Job).where(Job.by_id == person.id).order_by(Job.id.desc()).limit(most)).all()


def folder(settings: Settings, job: Job) -> Path:
    """Return the job's own folder for uploaded and created files, created if needed."""
    path = settings.home / "jobs" / str(job.id)
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def result(settings: Settings, job: Job) -> Path:
    """Return the file that the job made. Raises `NotFound` when there is none."""
    path = settings.home / "jobs" / str(job.id) / (job.file or "")
    if job.file is None or not path.is_file():
        raise NotFound
    return path


def cancel(session: Session, person: Person, job_id: int) -> None:
    """Stop a job that `person` requested: its worker hears of it at its next report and writes nothing more.

    Does nothing to one that is over. Raises `NotFound`.
    """
    job = session.get(Job, find(session, person, job_id).id, with_for_update=True, populate_existing=True)
    if job is not None and not job.is_over:
        _fail(job, "已取消。", "It was cancelled.")
        session.flush()


# ---- doing -------------------------------------------------------------------------------------------------------


def run_next(store: Store, settings: Settings, stopped: Callable[[], bool] = lambda: False) -> bool:
    """Run the job that has waited longest; return False when none waits. `stopped`: whether the worker is to stop."""
    worker = secrets.token_hex(8)
    job = store.attempt(lambda session: claim(session, worker))
    if job is None:
        return False
    _do(store, settings, job, _Progress(store, job.id, worker, stopped))
    return True


def run_now(
    store: Store, settings: Settings, code: str, facts: Mapping[str, Any], told: Told, *, by: Person | None = None
) -> Job:
    """Run a job in the foreground, as a command does; its row then says `done` or `failed`."""
    worker = secrets.token_hex(8)

    def begin(session: Session) -> Job:
        job = ask(session, code, facts, by=by)
        _begin(job, worker)
        session.flush()
        return job

    job = store.attempt(begin)
    progress = _Progress(store, job.id, worker, lambda: False)

    def both(done: int, of: int) -> None:
        told(done, of)
        progress(done, of)

    _do(store, settings, job, both, worker)
    with store.reading() as session:
        return session.get_one(Job, job.id)


def claim(session: Session, worker: str) -> Job | None:
    """Claim the job that has waited longest, or whose worker is dead; None when there is none.

    One that was started too often is marked as failed.
    """
    gone = and_(Job.state == "running", Job.heard_at < clock.now() - SILENT)
    asked = select(Job).where(or_(Job.state == "waiting", gone)).order_by(Job.id).limit(1)
    while (job := session.scalar(asked.with_for_update(skip_locked=True))) is not None:
        if job.tries < MOST_TRIES:
            _begin(job, worker)
            session.flush()
            return job
        _fail(
            job,
            "处理程序多次中断，已停止。请稍后重新提交。",
            "It was interrupted several times. Please request it again.",
        )
        session.flush()
    return None


def _begin(job: Job, worker: str) -> None:
    now = clock.now()
    job.state, job.worker, job.tries = "running", worker, job.tries + 1 if job.tries else 1
    job.started_at = job.heard_at = now
    job.done = job.of = 0


def _fail(job: Job, zh: str, en: str) -> None:
    job.state, job.zh, job.en = "failed", zh, en
    _end(job)


def _end(job: Job) -> None:
    job.ended_at, job.worker = clock.now(), None
    job.expires_at = job.ended_at + KEPT


def _do(store: Store, settings: Settings, job: Job, told: Told, worker: str | None = None) -> None:
    holder = worker or job.worker
    try:
        made = _kinds[job.kind].run(store, settings, job, told)
    except GivenUp:
        store.attempt(lambda session: _put_back(session, job.id, holder))
    except Exception as problem:
        told_as = _refusal(job, problem)
        shutil.rmtree(folder(settings, job), ignore_errors=True)  # a part of a file is not a file
        store.attempt(lambda session: _settle(session, job.id, holder, lambda mine: _fail(mine, *told_as)))
    else:
        store.attempt(lambda session: _settle(session, job.id, holder, lambda mine: _finish(mine, made)))


def _refusal(job: Job, problem: Exception) -> tuple[str, str]:
    """Return why a job failed, in Chinese and in English."""
    said = outages.of(problem) or problem
    if isinstance(said, BihuanError):
        return said.text("zh"), said.text("en")
    log.error("job %s (%s) failed", job.id, job.kind, exc_info=problem)
    return (
        "处理时出了问题，没有完成。请稍后再试，仍不行请联系系统管理员。",
        "Something went wrong and it was not finished. Try again later, or ask the administrator.",
    )


def _settle(session: Session, job_id: int, worker: str | None, end: Callable[[Job], None]) -> None:
    job = session.get(Job, job_id, with_for_update=True)
    if job is not None and job.worker == worker:
        end(job)
        session.flush()


def _finish(job: Job, made: Result) -> None:
    job.state, job.outcome = "done", dict(made.facts)
    job.file = made.file.name if made.file else None
    job.done = job.of = max(job.of, job.done)
    _end(job)


def _put_back(session: Session, job_id: int, worker: str | None) -> None:
    def wait(job: Job) -> None:
        job.state, job.worker, job.tries = "waiting", None, job.tries - 1

    _settle(session, job_id, worker, wait)


@dataclass(slots=True)
class _Progress:
    """Writes a job's progress, at most once a second, each time in its own transaction."""

    store: Store
    job_id: int
    worker: str
    stopped: Callable[[], bool]
    last: datetime | None = None

    def __call__(self, done: int, of: int) -> None:
        now = clock.now()
        if self.stopped():
            raise GivenUp
        if self.last is not None and now - self.last < TOLD_EVERY:
            return
        self.last = now
        mine = update(Job).where(Job.id == self.job_id, Job.worker == self.worker)
        written = self.store.attempt(
            lambda session: session.execute(mine.values(done=done, of=of, heard_at=now)).rowcount  # type: ignore[attr-defined]
        )
        if not written:
            raise GivenUp


# ---- clearing away -----------------------------------------------------------------------------------------------


def sweep(session: Session, settings: Settings) -> None:
    """Remove expired jobs, and their files."""
    for job in session.scalars(select(Job).where(Job.expires_at < clock.now(), Job.state.in_(("done", "failed")))):
        session.delete(job)
        shutil.rmtree(settings.home / "jobs" / str(job.id), ignore_errors=True)
    session.flush()
