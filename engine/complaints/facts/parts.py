"""The parts of a complaint's fact, each worked out from one kind of its rows; no part reads anything by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from engine.casework.tasks import Task
from engine.casework.tasks.rows import SUPERVISION
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.feedback import Feedback
from engine.complaints.core.meaning import CALLBACK, DECLINED
from engine.complaints.limits.deadlines import Deadline, Pause

Part = dict[str, Any]

ASKED_ABOUT = ("solved", "solved_unreached", "partly_solved", "unsolved")
"""Outcomes that the resident is asked about; the others end without a callback."""

ATTEMPTS = 3
"""So many attempts to call stand for an answer."""

CALLBACK_WINDOW = timedelta(days=3)
"""How long after the limit to resolve a loop may take to close."""

REASSIGN = "reassign"
"""The decision of a supervisor that gives it to another department."""

KINDS: Mapping[str, str] = {
    "acknowledge": "acknowledge",
    "first_response": "first_response",
    "plan": "plan",
    "resolve": "due",
    "callback": "callback",
}
"""The limits that are measured, and how their columns begin."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a complaint is, beside what its own row says."""

    building: str
    region_id: int | None


def of_case(complaint: Complaint, place: Place, zone: tzinfo) -> Part:
    """Return what the complaint's own row says."""
    received, closed = complaint.received_at, complaint.closed_at
    copied = ("community_id", "household_id", "kind", "category", "department", "urgency", "channel", "past", "level")
    return {
        **{name: getattr(complaint, name) for name in copied},
        "region_id": place.region_id,
        "building": place.building,
        "rounds": complaint.round,
        "outcome": complaint.outcome,
        "received_at": received,
        "received_day": received.astimezone(zone).date(),
        "received_hour": received.astimezone(zone).hour,
        "closed_at": closed,
        "closed_day": None if closed is None else closed.astimezone(zone).date(),
        "open_seconds": _seconds(received, closed),
        "dispatched": complaint.lead is not None,
        "owes_callback": closed is not None and complaint.outcome in ASKED_ABOUT,
        "planned_cost": complaint.planned_cost,
        "actual_cost": complaint.actual_cost,
    }


def _seconds(since: datetime, until: datetime | None) -> int | None:
    return None if until is None else int((until - since).total_seconds())


def of_limits(complaint: Complaint, limits: Sequence[Deadline], zone: tzinfo) -> Part:
    """Return how its limits of all rounds went."""
    found: Part = {}
    ordered = sorted(limits, key=lambda each: (each.round, each.id))
    for kind, name in KINDS.items():
        mine = [each for each in ordered if each.kind == kind]
        found[f"{name}_day"] = mine[-1].measured_due_at.astimezone(zone).date() if mine else None
        found[f"{name}_kept"] = _kept(mine)
    resolve = [each for each in ordered if each.kind == "resolve"]
    answered = [each.met_at for each in ordered if each.kind == "first_response" and each.round == 1 and each.met_at]
    found["first_response_seconds"] = _seconds(complaint.received_at, min(answered, default=None))
    found["resolve_seconds"] = _seconds(complaint.received_at, resolve[-1].met_at) if resolve else None
    end = resolve[-1].measured_due_at + CALLBACK_WINDOW if resolve else None
    found["loop_day"] = None if end is None else end.astimezone(zone).date()
    return found


def _kept(limits: Sequence[Deadline]) -> bool | None:
    kept = [_was_kept(each) for each in limits]
    return False if False in kept else None if None in kept or not kept else True


def _was_kept(limit: Deadline) -> bool | None:
    """Return whether it was met in time; False while it runs, None where it ended unmet before it was due."""
    if limit.met_at is None and limit.ended_at is not None and limit.ended_at <= limit.measured_due_at:
        return None
    return limit.met_at is not None and limit.met_at <= limit.measured_due_at


def of_pauses(complaint: Complaint, pauses: Sequence[Pause]) -> Part:
    """Return how long it was paused; pauses that overlap count once, and none goes on beyond the end."""
    paused, over = timedelta(), datetime.min.replace(tzinfo=complaint.received_at.tzinfo)
    for each in sorted(pauses, key=lambda pause: pause.begun_at):
        until = each.ends_at if complaint.closed_at is None else min(each.ends_at, complaint.closed_at)
        paused += max(until - max(each.begun_at, over), timedelta())
        over = max(over, until)
    return {"paused_seconds": int(paused.total_seconds())}


@dataclass(frozen=True, slots=True)
class Done:
    """A task of the case, and what was filled in."""

    task: Task
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What a complaint's work part needs to know of its limits: when rounds began, and whether the result was told."""

    begun: Mapping[int, datetime]
    is_told: bool


def told(complaint: Complaint, limits: Sequence[Deadline]) -> Told:
    """Return when rounds began, by their first limit, and whether the last was told its result, or it ended."""
    begun: dict[int, datetime] = {}
    for each in limits:
        if each.round > 1 and each.kind in ("first_response", "resolve"):
            begun[each.round] = min(begun.get(each.round, each.started_at), each.started_at)
    resolve = [each for each in limits if each.kind == "resolve" and each.round == complaint.round]
    return Told(begun, complaint.closed_at is not None or (bool(resolve) and all(each.met_at for each in resolve)))


def of_work(complaint: Complaint, done: Sequence[Done], told: Told) -> Part:
    """Return what its tasks say: who dealt with it, who declined it, who had to supervise."""
    ended = [each for each in done if each.task.state == "done"]
    handled = [each.task for each in ended if each.task.deadline == "resolve" and each.task.closed_by_id is not None]
    last = max(handled, key=lambda task: (task.closed_at, task.id), default=None) if told.is_told else None
    supervised = [each for each in done if each.task.counts_as == SUPERVISION]
    return {
        "person_id": None if last is None else last.closed_by_id,
        "supervised": bool(supervised),
        "returns": sum(each.values.get(DECLINED) is True for each in ended),
        "reassigned": sum(each.values.get("action") == REASSIGN for each in supervised if each.task.state == "done"),
    }


def callbacks(
    complaint: Complaint, done: Sequence[Done], answers: Sequence[Feedback], told: Told, zone: tzinfo
) -> list[Part]:
    """Return every attempt to call and every answer online, in order of time."""
    calls = sorted(
        (each for each in done if each.task.counts_as == CALLBACK and each.task.state == "done"),
        key=lambda each: (each.task.closed_at, each.task.id),
    )
    by_phone = iter([each for each in answers if each.by_id is not None])
    found = [_online(each) for each in answers if each.by_id is None]
    for call in calls:
        answer = next(by_phone, None) if call.values.get("call_result") == "reached" else None
        found.append(_call(call.task, answer, told))
    found += [_online(each) for each in by_phone]  # of a call whose task is not known
    found.sort(key=lambda each: each["at"])
    for number, each in enumerate(found, 1):
        each |= {"complaint_id": complaint.id, "number": number, "day": each["at"].astimezone(zone).date()}
    return found


def _online(answer: Feedback) -> Part:
    said = {"reached": True, "outcome": answer.outcome, "score": answer.score or None}
    return {"round": answer.round, "task_id": None, "by_id": answer.by_id, "at": answer.at, **said}


def _call(task: Task, answer: Feedback | None, told: Told) -> Part:
    assert task.closed_at is not None, "it is done"
    if answer is not None:
        return {**_online(answer), "task_id": task.id, "by_id": task.closed_by_id}
    of_round = max((each for each, begun in told.begun.items() if begun <= task.closed_at), default=1)
    said = {"reached": False, "outcome": None, "score": None}
    return {"round": of_round, "task_id": task.id, "by_id": task.closed_by_id, "at": task.closed_at, **said}


NO_CALLBACKS: Part = {
    "callbacks": 0,
    "reached": False,
    "answered_day": None,
    "last_outcome": None,
    "last_score": None,
}


def of_callbacks(complaint: Complaint, found: Sequence[Part]) -> Part:
    """Return what the callbacks come to."""
    last = [each for each in found if each["round"] == complaint.round]
    answers = [each for each in found if each["reached"]]
    newest: Part = answers[-1] if answers else {}
    return {
        "callbacks": sum(each["task_id"] is not None for each in last),
        "reached": any(each["reached"] for each in last),
        "answered_day": newest.get("day"),
        "last_outcome": newest.get("outcome"),
        "last_score": newest.get("score"),
    }


def closes_loop(fact: Mapping[str, Any]) -> bool:
    """Return whether it ended with an outcome and an answer or three attempts, all in time."""
    answered = fact["reached"] or fact["callbacks"] >= ATTEMPTS
    return bool(fact["owes_callback"] and answered and fact["due_kept"] and fact["callback_kept"] is not False)
