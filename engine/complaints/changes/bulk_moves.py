"""Move many complaints to the right community in one background job, each with its own entry.

A move is undone the same way: each complaint returns to its old community and its old home.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from engine import jobs
from engine.company import people, permissions
from engine.company.people import Person
from engine.complaints.changes import corrections
from engine.complaints.changes.corrections import ACT, LONGEST_REASON
from engine.complaints.core import access
from engine.complaints.core.complaint import Complaint
from engine.complaints.lists import queries
from engine.complaints.lists.queries import Filters
from engine.core.errors import BihuanError, Conflict, Invalid, Unclear
from engine.core.settings import Settings, secret
from engine.core.store import Store
from engine.jobs import Job, Result, Told

KIND = "move_complaints"
MOST = 5_000
"""The most complaints moved in one job; a longer list needs several jobs."""


@dataclass(frozen=True, slots=True)
class Move:
    """One complaint moving from one community to another; `home_id`: its home there, `left_id`: the home it leaves."""

    complaint_id: int
    from_id: int
    to_id: int
    home_id: int | None
    left_id: int | None

    def back(self) -> "Move":
        """Return the reverse move."""
        return Move(self.complaint_id, self.to_id, self.from_id, self.left_id, self.home_id)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A complaint that could be moved, its present community and its home."""

    id: int
    number: str
    community_id: int
    household_id: int | None

    def to(self, community_id: int) -> Move:
        """Return the move to a community; a home of another community is dropped."""
        return Move(self.id, self.community_id, community_id, None, self.household_id)


# ---- choosing ----------------------------------------------------------------------------------------------------


def of_ids(session: Session, person: Person, ids: Sequence[int]) -> list[Chosen]:
    """Return those of the given complaints that `person` may correct, newest first."""
    return _read(session, Complaint.id.in_(ids) & access.within(session, person, ACT))


def of_filter(session: Session, person: Person, filters: Filters, key: bytes) -> list[Chosen]:
    """Return the complaints that match and that `person` may correct, newest first, at most `MOST` plus one."""
    return _read(session, queries.fitting(session, person, filters, key, ACT))


def _read(session: Session, fits: ColumnElement[bool]) -> list[Chosen]:
    columns = Complaint.id, Complaint.number, Complaint.community_id, Complaint.household_id
    newest = Complaint.received_at.desc(), Complaint.id.desc()
    asked = select(*columns).where(fits).order_by(*newest).limit(MOST + 1)
    return [Chosen(*row) for row in session.execute(asked)]


def undoing(session: Session, person: Person, job_id: int) -> list[Move]:
    """Return the moves that undo a finished job of this person.

    Raises `NotFound`, or `Conflict` while the job still runs.
    """
    job = jobs.find(session, person, job_id)
    if job.kind != KIND or not job.is_over:
        raise Conflict(
            zh="这项任务还没有完成，完成后才能撤销。", en="This is still running; it can be undone afterwards."
        )
    stayed = {each[0] for each in job.outcome.get("refused", ())}
    return [each.back() for each in moves_of(job) if each.complaint_id not in stayed]


# ---- asking ------------------------------------------------------------------------------------------------------


def ask(session: Session, person: Person, moves: Sequence[Move], reason: str) -> Job:
    """Queue a job that moves complaints.

    Raises `Invalid` naming `reason`, `Conflict` when none would move, `NotPermitted` when the person may not correct
    complaints.
    """
    if not reason.strip() or len(reason) > LONGEST_REASON:
        said = f"请写明为什么移动，最多 {LONGEST_REASON} 个字。"
        raise Invalid({"reason": (said, f"Please say why, in at most {LONGEST_REASON} characters.")})
    going = [each for each in moves if each.from_id != each.to_id][:MOST]
    if not going:
        raise Conflict(
            zh="没有要移动的投诉：选中的已经在那个小区，或您不能更正。",
            en="There is nothing to move: the chosen complaints are there already, or you may not correct them.",
        )
    for community_id in sorted({each.to_id for each in going}):
        permissions.require(session, person, ACT, community_id)
    facts = {"moves": [list(astuple(each)) for each in going], "reason": reason.strip()}
    return jobs.ask(session, KIND, facts, by=person)


def moves_of(job: Job) -> list[Move]:
    """Return the moves a job was asked to make."""
    return [Move(*each) for each in job.facts["moves"]]


# ---- doing -------------------------------------------------------------------------------------------------------


@jobs.kind(KIND, zh="投诉移到别的小区", en="Move complaints to their community")
def move(store: Store, settings: Settings, job: Job, told: Told) -> Result:
    """Move complaints one by one, each in its own transaction; one that cannot be moved stays, with the reason.

    A complaint that is already there, because the job was started before, counts as moved.
    """
    if job.by_id is None:
        raise Unclear(zh="移动须由一位人员发起。", en="A person must request this.")
    key, wanted = secret(settings, "links"), moves_of(job)
    refused: list[list[Any]] = []  # id, number and why in Chinese and English
    for done, each in enumerate(wanted):
        told(done, len(wanted))
        why = _once(store, job, each, key)
        if why is not None:
            refused.append([each.complaint_id, _number(store, each), *why])
    return Result(facts={"moved": len(wanted) - len(refused), "refused": refused})


def _once(store: Store, job: Job, wanted: Move, key: bytes) -> tuple[str, str] | None:
    """Move one complaint; return why it could not be moved, in both languages."""
    try:
        store.attempt(lambda session: _move(session, job, wanted, key))
    except Invalid as wrong:
        zh, en = zip(*wrong.fields.values(), strict=True)
        return "".join(zh), " ".join(en)
    except BihuanError as refused:
        return refused.text("zh"), refused.text("en")
    return None


def _number(store: Store, wanted: Move) -> str:
    with store.reading() as session:
        return session.scalar(select(Complaint.number).where(Complaint.id == wanted.complaint_id)) or ""


def _move(session: Session, job: Job, wanted: Move, key: bytes) -> None:
    by = people.find(session, job.by_id or 0)
    complaint = access.find(session, by, wanted.complaint_id, ACT)
    if complaint.community_id == wanted.to_id:
        return
    if complaint.community_id != wanted.from_id:
        raise Conflict(
            zh="这期间别人把它移到了另一个小区，没有再动。",
            en="Somebody has moved it elsewhere meanwhile; it was left there.",
        )
    facts = replace(corrections.facts_of(complaint), community_id=wanted.to_id, household_id=wanted.home_id)
    corrections.put_right(session, complaint, facts, key=key, by=by, reason=job.facts["reason"])
