"""Trial runs of drafts: what somebody has tried so far, as the steps of a scenario. The sandbox follows from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.company.people import Person
from engine.core import clock
from engine.core.errors import Conflict, Refused, Unclear
from engine.core.settings import Settings
from engine.core.store import Base
from engine.processes import process_drafts
from engine.processes.process_drafts import ProcessDraft
from engine.scenarios import company, script
from engine.scenarios.sandboxes import Founding, Sandboxes
from engine.scenarios.script import Scenario, Step

MOST_STEPS = 100
MOST_TRIALS = 20
"""Trials of one person; the one left longest is deleted for another."""

KEPT = timedelta(days=30)
"""A trial that nobody has touched for so long is deleted."""


class Trial(Base):
    """A trial run of one person on the draft of one process.

    `steps`: in the form of scenarios; the first `done` of them are played, those behind were taken back or are still
    ahead. `company`: the key of what it is played in; `moment`: what its clock shows; `revision` counts its changes.
    """

    __tablename__ = "trials"
    __table_args__ = (UniqueConstraint("by_id", "process"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    process: Mapped[str] = mapped_column(String(80))
    company: Mapped[str] = mapped_column(String(64))
    steps: Mapped[list[Any]]
    done: Mapped[int]
    moment: Mapped[datetime]
    revision: Mapped[int]
    changed_at: Mapped[datetime]

    @property
    def played(self) -> tuple[Step, ...]:
        """Return the steps that were played."""
        return tuple(map(script.step_of, self.steps[: self.done]))

    @property
    def ahead(self) -> tuple[Step, ...]:
        """Return the steps that can be played again."""
        return tuple(map(script.step_of, self.steps[self.done :]))


def sandboxes(settings: Settings) -> Sandboxes:
    """Return where the sandboxes of this installation are."""
    return Sandboxes(settings.home / "trials")


def founding(session: Session, draft: ProcessDraft) -> Founding:
    """Return what a trial of a draft is played in: the draft, around it what is published, and the company's own."""
    around = company.processes_of(session, but=[draft.process])
    return Founding(around | {draft.process: process_drafts.files_of(session, draft)}, company.own(session))


def find(session: Session, process: str, *, by: Person) -> Trial | None:
    """Return the trial of a person."""
    return session.scalar(select(Trial).where(Trial.by_id == by.id, Trial.process == process))


@dataclass(frozen=True, slots=True)
class Run:
    """How far a trial is: the key of its company, its steps, how many of them are played, what its clock shows."""

    company: str
    steps: Sequence[Step]
    done: int
    moment: datetime


def keep(session: Session, draft: ProcessDraft, seen: int, run: Run, *, by: Person) -> Trial:
    """Keep how far a trial is. `seen`: the revision that it was read at, 0 where there was none.

    Raises `Conflict` when another page of the same person was faster, `Unclear` when it is too long.
    """
    given = [script.given_of(each) for each in run.steps]
    _check(draft.process, given)
    mine = select(Trial).where(Trial.by_id == by.id, Trial.process == draft.process)
    found = session.scalar(mine.with_for_update())
    if (found.revision if found else 0) != seen:
        zh, en = (
            "这次试运行在别的页面里往前走了，请看现在的情况。",
            "This trial went on in another page: see how it is now.",
        )
        raise Conflict(zh=zh, en=en)
    if found is None:
        _make_room(session, by)
        found = Trial(by_id=by.id, process=draft.process, revision=0)
        session.add(found)
    found.company, found.steps, found.done, found.moment = run.company, given, run.done, run.moment
    found.revision, found.changed_at = found.revision + 1, clock.now()
    session.flush()
    return found


def _check(process: str, given: Sequence[dict[str, Any]]) -> None:
    if len(given) > MOST_STEPS:
        zh = f"一次试运行最多 {MOST_STEPS} 步：请存成场景，另起一次。"
        raise Unclear(zh=zh, en=f"A trial has at most {MOST_STEPS} steps: save it as a scenario and begin another.")
    if given:
        path = f"bpmn/{process}/scenarios/trial.json"
        scenario = Scenario(path, "试运行", "", tuple(map(script.step_of, given)))
        try:
            script.read(path, script.written(scenario))
        except Refused as refused:
            first = refused.findings[0]
            raise Unclear(zh=first.zh, en=first.en) from None


def _make_room(session: Session, by: Person) -> None:
    mine = select(Trial.id).where(Trial.by_id == by.id).order_by(Trial.changed_at.desc())
    session.execute(delete(Trial).where(Trial.id.in_(session.scalars(mine.offset(MOST_TRIALS - 1)).all())))


def end(session: Session, process: str, *, by: Person) -> None:
    """Forget the trial of a person."""
    session.execute(delete(Trial).where(Trial.by_id == by.id, Trial.process == process))


def sweep(session: Session, settings: Settings) -> None:
    """Delete trials that nobody has touched for long, and their sandboxes."""
    session.execute(delete(Trial).where(Trial.changed_at < clock.now() - KEPT))
    if (there := sandboxes(settings)).folder.exists():
        there.tidy()
