"""Pause a complaint: only for a listed reason, up to a maximum, and never for the figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.casework import cases
from engine.company.people import Person
from engine.complaints.core import access
from engine.complaints.core.codes import PAUSE_REASONS
from engine.complaints.core.complaint import Complaint
from engine.complaints.limits import deadlines, retime
from engine.complaints.limits.deadlines import Pause
from engine.core import clock, master_data
from engine.core.errors import Conflict, Invalid
from engine.core.store import Base
from engine.history import NewEntry

CAPS: Mapping[str, timedelta] = {
    "complainant": timedelta(days=7),
    "third_party": timedelta(days=15),
    "repair_fund": timedelta(days=180),
    "owners_vote": timedelta(days=90),
    "weather": timedelta(days=10),
}
"""Default maximum pause for each reason, summed over all pauses of a complaint (our own figures)."""


class ReasonRow(Base):
    """A company's pause reason; `most_days` as in `Reason.most`."""

    __tablename__ = "pause_reasons"

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    zh: Mapped[str] = mapped_column(String(40))
    en: Mapped[str] = mapped_column(String(60), default="")
    most_days: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason to pause a complaint, and the maximum total of all its pauses for that reason."""

    code: str
    zh: str
    en: str
    most: timedelta
    retired: bool = False

    def said(self, language: str = "zh") -> str:
        """Return its words in one language."""
        return self.zh if language == "zh" else self.en or self.zh


OURS: Mapping[str, Reason] = {code: Reason(code, *PAUSE_REASONS[code], most) for code, most in CAPS.items()}


def reasons(session: Session) -> dict[str, Reason]:
    """Return every reason by code, in order, retired ones included. Defaults apply until the company has its own."""

    def read() -> dict[str, Reason]:
        rows = session.scalars(select(ReasonRow).order_by(ReasonRow.position, ReasonRow.code))
        found = {
            row.code: Reason(row.code, row.zh, row.en, timedelta(days=row.most_days), row.retired_at is not None)
            for row in rows
        }
        return {**found, **{code: each for code, each in OURS.items() if code not in found}}

    return master_data.kept(session, "reasons to pause", read)


def present(session: Session, complaint: Complaint) -> Pause | None:
    """Return the pause that applies now, if any."""
    return next((each for each in deadlines.pauses(session, complaint) if each.is_on), None)


def left(session: Session, complaint: Complaint, reason: str) -> timedelta:
    """Return how long the complaint may still be paused for this reason."""
    used = (each.ends_at - each.begun_at for each in deadlines.pauses(session, complaint) if each.reason == reason)
    return max(reasons(session)[reason].most - sum(used, timedelta()), timedelta())


def lefts(session: Session, complaint: Complaint) -> dict[str, timedelta]:
    """Return, for every active reason, how long the complaint may still be paused for it."""
    used: dict[str, timedelta] = {}
    for each in deadlines.pauses(session, complaint):
        used[each.reason] = used.get(each.reason, timedelta()) + (each.ends_at - each.begun_at)
    return {
        code: max(each.most - used.get(code, timedelta()), timedelta())
        for code, each in reasons(session).items()
        if not each.retired
    }


def begin(session: Session, complaint: Complaint, reason: str, length: timedelta, *, by: Person, note: str) -> Pause:
    """Pause the limits on plan and solution for `length` from now on; `note`: the reason in words.

    Raises `Conflict` when it is paused already or no limit runs that a pause stops, `Invalid` for an unknown reason,
    an empty note or more time than is left, `NotPermitted`.
    """
    access.require(session, by, complaint, "complaint.pause")
    _hold(session, complaint)
    if present(session, complaint):
        raise Conflict(zh="这件投诉已经在暂停中。", en="This complaint is paused already.")
    if not any(deadlines.running(session, complaint, kind) for kind in deadlines.PAUSABLE):
        raise Conflict(zh="没有可以暂停的时限。", en="There is no limit running that could be paused.")
    _check(session, complaint, reason, length, note)
    now = clock.now()
    pause = Pause(complaint_id=complaint.id, reason=reason, begun_at=now, ends_at=now + length, by_id=by.id)
    session.add(pause)
    deadlines.pauses(session, complaint).append(pause)
    facts = {"reason": reason, "until": pause.ends_at, **called(session, reason)}
    _settle(session, complaint, NewEntry("complaint.paused", by.id, None, facts, note))
    return pause


def _hold(session: Session, complaint: Complaint) -> None:
    """Lock the case, so that of two people who pause at once the second sees the first's pause."""
    if complaint.case_id is not None:
        cases.lock(session, complaint.case_id)


def called(session: Session, reason: str) -> dict[str, object]:
    """Return the company's name of its own reason, for an entry that outlives it; empty for default reasons."""
    known = reasons(session).get(reason)
    if known is None or (known.zh, known.en) == PAUSE_REASONS.get(reason):
        return {}
    return {"called": {"zh": known.zh, "en": known.en or known.zh}}


def _check(session: Session, complaint: Complaint, reason: str, length: timedelta, note: str) -> None:
    if not note.strip():
        raise Invalid({"note": ("请说明暂停的原因。", "Please say why it has to be paused.")})
    known = reasons(session).get(reason)
    if known is None or known.retired:
        raise Invalid({"reason": ("请选择暂停原因。", "Please choose a reason for the pause.")})
    longest = left(session, complaint, reason)
    if not timedelta() < length <= longest:
        zh = f"这一原因最多还可暂停 {longest.days} 天，且至少 1 天。" if longest.days else "这一原因的暂停时间已用完。"
        en = (
            f"1 to {longest.days} days are left for this reason."
            if longest.days
            else "No time is left for this reason."
        )
        raise Invalid({"days": (zh, en)})


def end(session: Session, complaint: Complaint, *, by: Person) -> Pause:
    """End the pause now. Raises `Conflict` when none applies, `NotPermitted`."""
    access.require(session, by, complaint, "complaint.pause")
    _hold(session, complaint)
    pause = present(session, complaint)
    if pause is None:
        raise Conflict(zh="这件投诉没有在暂停。", en="This complaint is not paused.")
    pause.ends_at, pause.ended_by_id = clock.now(), by.id
    _settle(
        session,
        complaint,
        NewEntry("complaint.resumed", by.id, None, {"reason": pause.reason, **called(session, pause.reason)}),
    )
    return pause


def _settle(session: Session, complaint: Complaint, draft: NewEntry) -> None:
    moved = [deadline for kind in deadlines.PAUSABLE if (deadline := deadlines.running(session, complaint, kind))]
    deadlines.settle(session, complaint, moved)
    session.flush()
    if complaint.case_id is not None:
        cases.record(session, complaint.case_id, draft)
        cases.afterwards(session, complaint.case_id, retime.RETIME)
