"""Publications that wait: for somebody's approval, for their time, or for both. They keep their own files."""

import io
import zipfile
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, defer, mapped_column

from engine.company.people import Person
from engine.core.errors import Conflict, Finding, NotFound
from engine.core.store import Base
from engine.processes import rights

ASKED, PLANNED, PUBLISHING = "asked", "planned", "publishing"
PUBLISHED, REFUSED, CANCELLED, FAILED = "published", "refused", "cancelled", "failed"
WAITING = (ASKED, PLANNED, PUBLISHING)
"""Those that are not over."""
MOST_WAITING = 20
"""Of one process: the first that is published overtakes the others."""
MOST_SHOWN = 200


class PlannedPublication(Base):
    """Files to be published at `at`, or at once when it is approved.

    `asked` waits for an approval, `planned` for its time; while `publishing` the job `job_id` judges and plays it. Then
    it is `published` (as version `number`), `failed`, `refused` or `cancelled`, with the reason. `facts` are those of
    its job: the note, the version seen, the rules of a table. `findings` are what the check had to say when it was
    planned; `merged` what a release did with the company's changes, None for anything else.
    """

    __tablename__ = "planned_publications"

    id: Mapped[int] = mapped_column(primary_key=True)
    process: Mapped[str] = mapped_column(String(80), index=True)
    act: Mapped[str] = mapped_column(String(40))
    facts: Mapped[dict[str, Any]]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    findings: Mapped[list[Any]]
    merged: Mapped[dict[str, Any] | None]
    seen: Mapped[int]
    at: Mapped[datetime | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    approved_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(12), index=True)
    job_id: Mapped[int | None]
    zh: Mapped[str] = mapped_column(Text, default="")
    en: Mapped[str] = mapped_column(Text, default="")
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    ended_at: Mapped[datetime | None]
    number: Mapped[int | None]

    @property
    def files(self) -> dict[str, bytes]:
        """Return the files by path, as they would be published."""
        with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
            return {path: archive.read(path) for path in archive.namelist()}

    @property
    def note(self) -> str:
        """Return what is changed and why."""
        return str(self.facts["note"])

    @property
    def drawn_by(self) -> frozenset[int]:
        """Return the ids of those who changed the draft that it comes from."""
        return frozenset(self.facts.get("drawn_by", ()))

    @property
    def said(self) -> list[Finding]:
        """Return what the check had to say."""
        return [Finding(*each) for each in self.findings]

    @property
    def is_over(self) -> bool:
        """Return whether it was decided."""
        return self.state not in WAITING

    def why(self, language: str = "zh") -> str:
        """Return why it was not published, in one language."""
        return self.zh if language == "zh" else self.en


def find(session: Session, planned_id: int, *, by: Person, lock: bool = False) -> PlannedPublication:
    """Return one that `by` asked for or may publish. Raises `NotFound`."""
    found = session.get(PlannedPublication, planned_id, with_for_update=lock or None, populate_existing=lock)
    if found is None or not may_see(session, found, by):
        raise NotFound()
    return found


def may_see(session: Session, found: PlannedPublication, by: Person) -> bool:
    """Return whether a person may see it: they asked for it, or may publish or draft this process."""
    acts = dict.fromkeys((found.act, rights.PUBLISH, rights.DRAFT))
    return found.by_id == by.id or any(rights.may(session, by, found.process, act) for act in acts)


def may_decide(session: Session, found: PlannedPublication, by: Person) -> bool:
    """Return whether a person may approve it: somebody else who may do the same, and drew nothing of it."""
    return by.id not in {found.by_id, *found.drawn_by} and rights.may(session, by, found.process, found.act)


def approvers(session: Session, process: str, act: str, but: Collection[int]) -> list[int]:
    """Return the ids of the people who may approve a publication, without those who asked for it or drew it."""
    return [each for each in rights.who_may(session, process, act) if each not in but]


def waiting(session: Session, by: Person, process: str | None = None) -> list[PlannedPublication]:
    """Return those that wait and that a person may see, of one process or of all, the earliest `MOST_SHOWN` first."""
    asked = (
        select(PlannedPublication)
        .where(PlannedPublication.state.in_(WAITING))
        .options(defer(PlannedPublication.content))
    )
    if process is not None:
        asked = asked.where(PlannedPublication.process == process)
    rows = session.scalars(asked.order_by(PlannedPublication.at, PlannedPublication.id).limit(MOST_SHOWN)).all()
    return [each for each in rows if may_see(session, each, by)]


def processes_waiting(session: Session) -> set[str]:
    """Return the processes of which a publication waits."""
    asked = select(PlannedPublication.process).where(PlannedPublication.state.in_(WAITING)).distinct()
    return set(session.scalars(asked))


def require_room(session: Session, process: str) -> None:
    """Raise `Conflict` where as many publications of a process wait as may."""
    asked = select(func.count()).select_from(PlannedPublication)
    mine = asked.where(PlannedPublication.process == process, PlannedPublication.state.in_(WAITING))
    if (session.scalar(mine) or 0) >= MOST_WAITING:
        raise Conflict(
            zh=f"这个流程已经有 {MOST_WAITING} 份等着发布。请先取消不要的，再提出新的。",
            en=f"{MOST_WAITING} publications of this process wait already. Cancel those that are not wanted first.",
        )


def last_ended(session: Session, by: Person, process: str, most: int = 5) -> list[PlannedPublication]:
    """Return the last ones of a process that are over, the latest first."""
    asked = select(PlannedPublication).where(
        PlannedPublication.process == process, PlannedPublication.state.not_in(WAITING)
    )
    latest = asked.options(defer(PlannedPublication.content)).order_by(PlannedPublication.id.desc()).limit(most)
    return [each for each in session.scalars(latest) if may_see(session, each, by)]


def of_process(session: Session, process: str) -> Sequence[PlannedPublication]:
    """Return those of a process that wait, whoever asked, without their files."""
    asked = select(PlannedPublication).where(
        PlannedPublication.process == process, PlannedPublication.state.in_(WAITING)
    )
    return session.scalars(asked.options(defer(PlannedPublication.content))).all()


def require_waiting(found: PlannedPublication, *states: str) -> None:
    """Raise `Conflict` when it is in none of these states any more."""
    if found.state not in states:
        raise Conflict(
            zh="它刚才已经有了结果，或者正在发布，请看现在的情况。",
            en="It has just been decided, or is being published. Please look at how it stands now.",
        )
