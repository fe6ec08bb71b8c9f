"""What the diagrams of a complaint may call: limits, messages, the end, a new round, and supervision."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from engine import letters
from engine.bpmn.checking import Promise, Wording
from engine.bpmn.execution import Deliver, Work
from engine.casework import cases
from engine.casework.cases import Case
from engine.company import calendars, places
from engine.complaints.core import complaint as complaints
from engine.complaints.core import meaning
from engine.complaints.core.codes import ABOUT, DEADLINES, OUTCOMES, URGENCIES
from engine.complaints.core.meaning import PROCESS
from engine.complaints.limits import callback_slots, deadlines, ladder, retime, supervision
from engine.complaints.limits.durations import length_of
from engine.complaints.process import notices, supervisors
from engine.core import clock
from engine.core.errors import Unclear
from engine.history import NewEntry
from engine.processes import topics
from engine.processes.topics import function, topic

ALWAYS = ("acknowledge", "first_response", "resolve", "callback")
OWED = {
    "consent": ("等业主答复方案", "The resident's answer to the plan"),
    "undo_merge": ("撤销合并", "Undoing a merge"),
}
"""Limits that a complaint of every urgency has: those that it is measured by, and those that let it go on."""

topics.asks(
    "ladder",
    of=PROCESS,
    reads=("share", "group"),
    given=("rung", "about", "level", "lead", "department"),
    codes={"about": ABOUT},
)
topics.asks("limits", of=PROCESS, reads=("kind", "limit", "clock", "latest", "start"))
topics.asks("triage", of=PROCESS, reads=("urgency", "department"))
topics.sends("superseded")
topics.promises("limits", Promise("urgency", URGENCIES, "kind", {**OWED, **{kind: DEADLINES[kind] for kind in ALWAYS}}))

HIGHEST = 3
"""Levels above the first: project manager, region, headquarters."""

Result = Mapping[str, object]

LIMITS = Wording(DEADLINES.keys())
"""What an input or parameter that names a limit can be."""


@topic(
    "start_deadline",
    zh="开始计时",
    en="Start a limit",
    takes={
        "kind": "text",
        "limit": "duration",
        "clock": "natural or working",
        "latest": "duration",
        "start": "receipt or now",
    },
    gives={"due": "date-time"},
    needs=("kind", "limit"),
    words={"kind": LIMITS, "clock": Wording({"natural", "working"}), "start": Wording({"receipt", "now"})},
)
def start_deadline(session: Session, case: Case, work: Work) -> Result:
    """Start a limit, or change the running one; without a length, no limit runs."""
    complaint = complaints.of(session, case)
    kind = text_of(work, "kind")
    was_due = complaint.due_at(kind)
    deadline = deadlines.start(
        session,
        complaint,
        kind,
        length_of(work.inputs.get("limit")),
        clock_kind=text_of(work, "clock", "natural"),
        latest=length_of(work.inputs.get("latest")),
        since=complaint.received_at if work.inputs.get("start") == "receipt" else clock.now(),
    )
    if complaint.due_at(kind) != was_due:
        retime.follow(session, case)
    return {"due": deadline.due_at if deadline else None}


@topic(
    "meet_deadline",
    zh="时限达成",
    en="Meet a limit",
    takes={"kind": "text"},
    needs=("kind",),
    words={"kind": LIMITS},
)
def meet_deadline(session: Session, case: Case, work: Work) -> Result:
    """Record that a limit was met; does nothing when no such limit runs."""
    complaint, kind = complaints.of(session, case), text_of(work, "kind")
    if kind in complaint.due:
        deadlines.meet(session, complaint, kind)
        retime.follow(session, case, kind)
    return {}


@topic("freeze_deadlines", zh="结束计时", en="End the limits of the handling")
def freeze_deadlines(session: Session, case: Case, _: Work) -> Result:
    """End unmet limits because the handling has ended."""
    deadlines.freeze(session, complaints.of(session, case))
    retime.follow(session, case)
    return {}


@topic(
    "notify",
    zh="发送消息",
    en="Send a message",
    takes={"template": "text", "to": "resident or a group", "told": "phone, visit, message or page"},
    needs=("template", "to"),
    more=letters.FIELDS | {f"{each}_en" for each in letters.FIELDS},
    words={
        "template": Wording(letters.codes()),
        "to": Wording({notices.RESIDENT}, group=True),
        "told": Wording({*notices.SPOKEN, "message", "page"}),
    },
)
def notify(session: Session, case: Case, work: Work) -> Result:
    """Put a message to the resident, or to the people of a group, into the outbox."""
    notices.put(session, case, complaints.about(session, case), work)
    return {}


@topic(
    "close",
    zh="结案",
    en="Close",
    takes={"outcome": "text"},
    gives={"outcome": "text"},
    needs=("outcome",),
    words={"outcome": Wording(OUTCOMES.keys())},
)
def close(session: Session, case: Case, work: Work) -> Result:
    """Close the complaint with an outcome and end its limits."""
    complaint = complaints.of(session, case)
    complaint.outcome, complaint.closed_at = text_of(work, "outcome"), clock.now()
    deadlines.freeze_all(session, complaint, at=complaint.closed_at)
    cases.record(
        session, case.id, NewEntry("complaint.closed", element=work.element, facts={"outcome": complaint.outcome})
    )
    return {"outcome": complaint.outcome}


@topic("reopen", zh="升一级重开", en="Reopen one level up", gives={"level": "number", "round": "number"})
def reopen(session: Session, case: Case, work: Work) -> Result:
    """Start a new round, led one step higher."""
    complaint = complaints.of(session, case)
    deadlines.freeze_all(session, complaint, but=deadlines.OWED_OUTSIDE)
    complaint.level, complaint.round = min(complaint.level + 1, HIGHEST), complaint.round + 1
    deadlines.carry(session, complaint)
    complaint.outcome = complaint.taken_over_by_id = None
    facts = {"level": complaint.level, "round": complaint.round}
    cases.record(session, case.id, NewEntry(meaning.REOPENED, element=work.element, facts=facts))
    return facts


@topic(
    "relieve_lower_rungs",
    zh="撤回下级督办",
    en="Withdraw lower supervision",
    takes={"kind": "text", "rung": "number"},
    gives={"higher": "truth"},
    needs=("kind", "rung"),
    words={"kind": LIMITS},
)
def relieve_lower_rungs(session: Session, case: Case, work: Work) -> Result:
    """End supervision on lower rungs of the same limit, because a higher rung has opened.

    `higher`: somebody at this level or above supervises already, and this rung need not open.
    """
    kind, rung, higher = text_of(work, "kind"), _whole(work, "rung"), False
    for wait, number in supervisors.supervised(session, case, kind):
        if number < rung:
            cases.afterwards(session, case.id, Deliver(wait.key))
        higher = higher or number >= rung
    return {"higher": higher}


@topic(
    "supervise",
    zh="执行督办",
    en="Act as supervisor",
    takes={"action": "choice", "kind": "text", "department": "choice", "extension": "duration"},
    needs=("action", "kind"),
    words={"action": Wording(supervision.ACTIONS.keys()), "kind": LIMITS},
)
def supervise(session: Session, case: Case, work: Work) -> Result:
    """Carry out a supervisor's decision: speed up, reassign, extend, or take over."""
    supervision.carry_out(session, case, complaints.of(session, case), work)
    return {}


@topic(
    "next_slot",
    zh="下一回访时段",
    en="Next slot for a callback",
    takes={"attempt": "number"},
    gives={"slot": "date-time"},
)
def next_slot(session: Session, case: Case, _: Work) -> Result:
    """Return the next slot to call the resident."""
    hours = calendars.of(session, complaints.of(session, case).community_id)
    return {"slot": callback_slots.following(clock.now(), hours.zone)}


# --- functions in expressions


@function(
    "deadline",
    zh="时限的某一比例到期的时刻",
    en="When a share of a limit is used up",
    parameters=("kind", "share"),
    words={"kind": LIMITS},
)
def deadline_at(session: Session, case: Case, kind: str, share: Decimal = Decimal(1)) -> datetime | None:
    """Return when `share` of the running limit is used up, or null when it is met or there is none."""
    return deadlines.at(session, complaints.of(session, case), str(kind), Decimal(share))


@function(
    "rung",
    zh="升级阶梯某一级的时刻",
    en="When a rung of the ladder is reached",
    parameters=("kind", "number"),
    words={"kind": LIMITS},
)
def rung_at(session: Session, case: Case, kind: str, number: Decimal) -> datetime | None:
    """Return when the rung opens; its share is in the table `ladder`. Null when the limit is met or there is none."""
    complaint = complaints.of(session, case)
    if str(kind) not in complaint.due:
        return None
    found = ladder.at(session, case, complaint, number)
    share = found.get("share") if isinstance(found, Mapping) else found
    return None if share is None else deadlines.at(session, complaint, str(kind), Decimal(str(share)))


@function(
    "supervisor", zh="升级阶梯某一级的督办人", en="Who supervises at a rung of the ladder", parameters=("number",)
)
def supervisor_at(session: Session, case: Case, number: Decimal) -> str | None:
    """Return the group that the table `ladder` names for a rung, or null when it names none."""
    return ladder.group_at(session, case, complaints.of(session, case), number)


@function(
    "working_days", zh="若干工作日后的时刻", en="A number of working days from now", parameters=("days",), by_group=True
)
def working_days(session: Session, case: Case, days: Decimal, *, group: str = "") -> datetime:
    """Return the same time of day, this many working days from now: those of the department that has the task, or else
    of the community."""
    place_id = places.worked_at(session, group, case.place_id) if group else case.place_id
    return calendars.of(session, place_id).add(clock.now(), timedelta(days=int(days)))


# --- small things


def text_of(work: Work, name: str, otherwise: str | None = None) -> str:
    """Return an input that must be text. Raises `Unclear` naming the element."""
    value = work.inputs.get(name, otherwise)
    if value is None and otherwise is not None:
        return otherwise
    if not isinstance(value, str):
        raise Unclear(
            zh=f"{work.element}：参数 {name} 应为文字，而不是 {value!r}。",
            en=f"{work.element}: the input {name} must be text, not {value!r}.",
        )
    return value


def _whole(work: Work, name: str) -> int:
    value = work.inputs.get(name)
    if not isinstance(value, int | Decimal):
        raise Unclear(
            zh=f"{work.element}：参数 {name} 应为数字，而不是 {value!r}。",
            en=f"{work.element}: the input {name} must be a number, not {value!r}.",
        )
    return int(value)
