"""Join complaints about one matter under one lead, merge repeats, and undo either."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from engine.bpmn.execution import Change, NotWaiting
from engine.casework import cases
from engine.company.people import Person
from engine.complaints.core import access, independence, joinings
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.joinings import BECAME, GROUP, REPEAT, Joining
from engine.complaints.joining import rules
from engine.core import clock
from engine.core.errors import Conflict
from engine.history import NewEntry

ACT = "complaint.join"


def join(
    session: Session, lead: Complaint, followers: Sequence[Complaint], *, by: Person, note: str = ""
) -> list[Joining]:
    """Make complaints about one matter wait for their lead's result; `note`: the reason, optional.

    Their own handling is withdrawn, their limits run on. All are joined or none. Raises `Conflict` for the first that
    cannot be joined, with the reason and what to do instead; `NotPermitted`.
    """
    return [_bring(session, lead, each, GROUP, by, note) for each in _locked(session, by, lead, followers)]


def bring_along(session: Session, lead: Complaint, follower: Complaint, note: str) -> Joining:
    """Join a complaint by the product itself, with the reason; raises `Conflict` like `join`."""
    _lock(session, [each.case_id for each in (lead, follower) if each.case_id is not None])
    return _bring(session, lead, follower, GROUP, None, note)


def merge(session: Session, lead: Complaint, repeat: Complaint, *, by: Person, note: str = "") -> Joining:
    """Close a complaint that only repeats another as merged; its words and files are read from the lead.

    It can be undone (`part`) for as long as the table `limits` allows. Raises like `join`.
    """
    _locked(session, by, lead, [repeat])
    return _bring(session, lead, repeat, REPEAT, by, note)


def link(session: Session, earlier: Complaint, later: Complaint, *, by: Person, note: str = "") -> None:
    """Link a complaint to the repair or enquiry it grew out of, open or not; each is handled separately.

    Linking again changes nothing. Raises `Conflict` for itself and across communities, `NotPermitted`.
    """
    for each in (earlier, later):
        access.require(session, by, each, ACT)
    rules.distinct(earlier, later)
    _lock(session, [each.case_id for each in (earlier, later) if each.case_id is not None])
    if any(other.id == earlier.id for _, other in joinings.became(session, later)):
        return
    row = Joining(lead_id=earlier.id, follower_id=later.id, kind=BECAME, counted=0, at=clock.now(), by_id=by.id)
    session.add(row)
    session.flush()
    if later.case_id is not None:
        facts = {"kind": BECAME, "lead": earlier.number}
        cases.record(session, later.case_id, NewEntry("complaint.joined", by.id, None, facts, note.strip() or None))
    if earlier.case_id is not None:
        told = {"kind": BECAME, "number": later.number}
        cases.record(session, earlier.case_id, NewEntry("complaint.gathered", by.id, None, told))


def part(session: Session, follower: Complaint, *, by: Person, note: str = "") -> Joining:
    """Part a complaint from its lead: its handling restarts at dispatching, its limits stay as they were.

    For a group and, while there is time, for a merge. Raises `Conflict` when it has no lead or it is too late,
    `NotPermitted`.
    """
    access.require(session, by, follower, ACT)
    joining = joinings.present(session, follower)
    if joining is None or follower.case_id is None:
        raise Conflict(
            zh=f"{follower.number} 现在没有随别的件处理。", en=f"{follower.number} does not go along with another now."
        )
    _lock(session, [follower.case_id, session.get_one(Complaint, joining.lead_id).case_id or 0])
    message, ended = ("parted", "parted") if joining.kind == GROUP else ("unmerged", "undone")
    end(session, joining, ended, by)
    facts = {"kind": joining.kind, "lead": session.get_one(Complaint, joining.lead_id).number}
    cases.record(session, follower.case_id, NewEntry("complaint.parted", by.id, None, facts, note.strip() or None))
    try:
        done = cases.deliver(session, follower.case_id, message, {}, by=by)
    except NotWaiting:
        raise Conflict(
            zh=f"{follower.number} 已过可以拆分或撤销合并的时间。",
            en=f"The time in which {follower.number} could be parted again is over.",
        ) from None
    _require_done(done, follower)
    release(session, joining, follower, by)
    return joining


def _locked(session: Session, by: Person, lead: Complaint, others: Sequence[Complaint]) -> list[Complaint]:
    """Return the other complaints, each once, with all cases locked in one order. Raises unless `by` may join each of
    them."""
    found = list({each.id: each for each in others}.values())
    for each in (lead, *found):
        access.require(session, by, each, ACT)
    _lock(session, [each.case_id for each in (lead, *found) if each.case_id is not None])
    return found


def _lock(session: Session, case_ids: Sequence[int]) -> None:
    for case_id in sorted(set(case_ids) - {0}):
        cases.lock(session, case_id)


def _bring(session: Session, lead: Complaint, follower: Complaint, kind: str, by: Person | None, note: str) -> Joining:
    by_id = by.id if by is not None else None
    rules.require(session, lead, follower, kind)
    assert follower.case_id is not None
    assert lead.case_id is not None
    joining = Joining(
        lead_id=lead.id,
        follower_id=follower.id,
        kind=kind,
        counted=0 if _same_household(lead, follower) else follower.households,
        at=clock.now(),
        by_id=by_id,
    )
    session.add(joining)
    if kind == REPEAT:
        follower.repeat_of_id = lead.id
    session.flush()
    facts = {"kind": kind, "lead": lead.number}
    cases.record(session, follower.case_id, NewEntry("complaint.joined", by_id, None, facts, note.strip() or None))
    done = cases.act(session, follower.case_id, Change({"joined": kind, "joined_to": lead.number}), by=by)
    _require_done(done, follower)
    if follower.status not in ("joined", "closed"):
        raise Conflict(
            zh=f"{follower.number} 按较早版本的流程办理，或正处在不能归组的一步。请先办完这一步，或单独处理。",
            en=f"{follower.number} runs on an earlier version, or stands at a step that cannot be interrupted.",
        )
    _tell_lead(session, lead, joining, NewEntry("complaint.gathered", by_id, None, _counted(joining, follower)))
    return joining


def _counted(joining: Joining, follower: Complaint) -> dict[str, object]:
    return {"kind": joining.kind, "number": follower.number, "households": joining.counted}


def _same_household(one: Complaint, other: Complaint) -> bool:
    at_home = one.household_id is not None and one.household_id == other.household_id
    return at_home or bool(one.phone_hash and one.phone_hash == other.phone_hash)


def end(session: Session, joining: Joining, ended: str, by: Person | None) -> None:
    """Record that a joining has ended, and why."""
    joining.parted_at, joining.parted_by_id, joining.ended = clock.now(), by.id if by else None, ended
    follower = session.get_one(Complaint, joining.follower_id)
    if follower.repeat_of_id == joining.lead_id:
        follower.repeat_of_id = None
    session.flush()


def release(session: Session, joining: Joining, follower: Complaint, by: Person | None) -> None:
    """Release a follower: subtract its households from the lead's and lift bars that only it caused."""
    lead = session.get_one(Complaint, joining.lead_id)
    if lead.case_id is None or not lead.is_open:
        return
    draft = NewEntry("complaint.released", by.id if by else None, None, _counted(joining, follower))
    _tell_lead(session, lead, joining, draft, -1)


def _tell_lead(session: Session, lead: Complaint, joining: Joining, draft: NewEntry, way: int = 1) -> None:
    """Update the number of followers in the lead's case, and bar the people they are about from its tasks."""
    assert lead.case_id is not None
    cases.record(session, lead.case_id, draft)
    independence.hold(session, lead)
    groups = sum(1 for each, _ in joinings.followers(session, lead) if each.kind == GROUP)
    known = {"households": max(1, lead.households + way * joining.counted), "followers": groups}
    cases.afterwards(session, lead.case_id, Change(known))


def _require_done(done: object, follower: Complaint) -> None:
    if done is None:
        raise Conflict(
            zh=f"{follower.number} 这一步没有成功，请联系流程负责人。",
            en=f"The step of {follower.number} failed. Please ask the process owner.",
        )
