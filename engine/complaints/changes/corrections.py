"""Correct a complaint after registration: who, where, what kind. The reason goes into its history."""

import hmac
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine import history
from engine.bpmn.execution import Change
from engine.casework import cases
from engine.company import permissions
from engine.company.people import Person
from engine.complaints.changes import change_community
from engine.complaints.core import access, joinings, links
from engine.complaints.core.complaint import UNJUDGED, Complaint
from engine.complaints.intake import registration
from engine.complaints.limits import retriage
from engine.core import phones
from engine.core.errors import Conflict, Invalid
from engine.files import File
from engine.history import NewEntry

ACT = "complaint.correct"
KIND = "complaint.corrected"
"""Kind of the entry that records a correction."""

LONGEST_REASON = 500
CODES = ("kind", "category", "community_id", "household_id")
"""Fields the entry repeats; names, phones and typed places stay out of it."""

Wrong = dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Facts:
    """The correctable facts of a complaint, with their new values."""

    community_id: int
    household_id: int | None
    kind: str
    category: str
    place_text: str
    person_name: str
    phone: str


def facts_of(complaint: Complaint) -> Facts:
    """Return the present facts of a complaint."""
    return Facts(
        complaint.community_id,
        complaint.household_id,
        complaint.kind,
        complaint.category,
        complaint.place_text,
        complaint.person_name,
        complaint.phone,
    )


def mark(complaint: Complaint, key: bytes) -> str:
    """Return a mark that changes with every correction of the complaint and reveals nothing of its content."""
    return hmac.new(key, repr(facts_of(complaint)).encode(), "sha256").hexdigest()


def closed_to(session: Session, complaint: Complaint) -> dict[str, tuple[str, str]]:
    """Return the facts that can no longer be corrected, each with the reason and what to do instead."""
    if complaint.past or (complaint.is_open and complaint.status in UNJUDGED):
        return {}
    if not complaint.is_open:
        over = ("已结案，不能再改。需要时请重新登记。", "It is closed and stays closed. Register a new one if needed.")
        return {"kind": over, "community": over}
    found: Wrong = {
        "kind": (
            "已研判派单，性质不能再改。要按别的方式办，请主管在督办里改派，或撤诉后重新登记。",
            "It has been judged and handed on. Ask a supervisor to reassign it, or withdraw it and register it again.",
        )
    }
    if joinings.present(session, complaint) is not None or joinings.followers(session, complaint):
        found["community"] = (
            "正与别的件一并处理。请先拆分，再改小区。",
            "It goes along with others. Part it first, then change the community.",
        )
    return found


def put_right(
    session: Session, complaint: Complaint, wanted: Facts, *, key: bytes, by: Person, reason: str, seen: str = ""
) -> None:
    """Change the complaint to `wanted`, together with its case and tasks. `key`: the installation's, for phones.

    `seen`: the complaint's `mark` when the form was opened. Raises `Invalid` naming the fields, `Conflict` when
    nothing would change or somebody else changed it meanwhile, `NotPermitted`, `NotFound`.
    """
    access.require(session, by, complaint, ACT)
    if complaint.case_id is not None:
        cases.lock(session, complaint.case_id)
        session.refresh(complaint)
    if seen and not hmac.compare_digest(seen, mark(complaint, key)):
        raise Conflict(
            zh="您填写期间，别人更正了这件。您填的还在下面，请核对后再提交。",
            en="Somebody else has corrected it meanwhile. What you typed is still below; check it and send it again.",
        )
    before, after = asdict(facts_of(complaint)), asdict(wanted)
    changed = [name for name in before if before[name] != after[name]]
    _check(session, complaint, wanted, changed, by, reason)
    _write(session, complaint, wanted, key)
    if complaint.case_id is not None and complaint.is_open:
        _steer(session, complaint, wanted, changed, by)
    codes = [name for name in changed if name in CODES]
    said: dict[str, object] = {
        "fields": [name.removesuffix("_id") for name in changed],
        "from": {name: before[name] for name in codes},
        "to": {name: after[name] for name in codes},
    }
    session.flush()
    _record(session, complaint, said, by, reason.strip())


def _check(
    session: Session, complaint: Complaint, wanted: Facts, changed: Collection[str], by: Person, reason: str
) -> None:
    if not changed:
        raise Conflict(zh="没有改动任何内容。", en="Nothing was changed.")
    wrong: Wrong = {}
    if not reason.strip() or len(reason) > LONGEST_REASON:
        wrong["reason"] = (
            f"请写明为什么更正，最多 {LONGEST_REASON} 个字。",
            f"Please say why, in at most {LONGEST_REASON} characters.",
        )
    fixed = closed_to(session, complaint)
    wrong |= {name: fixed[name] for name in ("kind", "community") if name in fixed and _touched(name, changed)}
    wrong |= {name: said for name, said in _wrong(session, complaint, wanted).items() if _touched(name, changed)}
    if wrong:
        raise Invalid(wrong)
    if "community_id" in changed:
        permissions.require(session, by, ACT, wanted.community_id)


def _touched(field: str, changed: Collection[str]) -> bool:
    return field in changed or f"{field}_id" in changed


def _wrong(session: Session, complaint: Complaint, wanted: Facts) -> Wrong:
    concern = registration.Concern(
        text=complaint.text or "-", channel=complaint.channel, anonymous=not wanted.phone, **asdict(wanted)
    )
    try:
        registration.check(session, concern, None)
    except Invalid as invalid:
        return dict(invalid.fields)
    return {}


def _write(session: Session, complaint: Complaint, wanted: Facts, key: bytes) -> None:
    """Write the complaint's row and the variables that steer its case."""
    complaint.household_id = wanted.household_id
    complaint.place_text = wanted.place_text.strip()
    complaint.person_name, complaint.phone = wanted.person_name.strip(), phones.tidy(wanted.phone)
    complaint.phone_hash = links.phone_hash(key, wanted.phone)
    complaint.anonymous = not complaint.phone_hash
    if complaint.community_id != wanted.community_id:
        complaint.community_id = wanted.community_id
        mine = update(File).where(File.complaint_id == complaint.id)
        session.execute(mine.values(place_id=wanted.community_id))
    if complaint.case_id is None or not complaint.is_open:
        complaint.kind, complaint.category = wanted.kind, wanted.category
    session.flush()


def _steer(session: Session, complaint: Complaint, wanted: Facts, changed: Collection[str], by: Person) -> None:
    """Update the open case: tasks and deadlines follow the community; before triage is confirmed, it is redone."""
    assert complaint.case_id is not None
    if "community_id" in changed:
        change_community.follow(session, complaint)
    steering: Mapping[str, object] = {
        "kind": wanted.kind,
        "category": wanted.category,
        "anonymous": complaint.anonymous,
    }
    if {"kind", "category"} & set(changed) and complaint.status in UNJUDGED:
        steering = {**steering, **retriage.judge(session, complaint, steering)}
    if cases.act(session, complaint.case_id, Change(steering), by=by) is None:
        raise Conflict(
            zh="更正后流程没有走通，已通知流程负责人；内容没有改。",
            en="The process could not go on with this; the process owner knows. Nothing was changed.",
        )


def _record(session: Session, complaint: Complaint, facts: Mapping[str, object], by: Person, reason: str) -> None:
    if complaint.case_id is not None:
        cases.record(session, complaint.case_id, NewEntry(KIND, by.id, None, facts, reason))
        return
    whole = {"complaint": complaint.id, **facts}
    history.add(session, history.company(session), [NewEntry(KIND, by.id, None, whole, reason)])
