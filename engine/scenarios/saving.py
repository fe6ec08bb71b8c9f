"""A trial run as a scenario: its steps played once more, each with what is then so."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework import cases
from engine.casework.cases import Case
from engine.casework.tasks import Task, is_open
from engine.company import calendars
from engine.core.errors import BihuanError
from engine.scenarios import moments, standing
from engine.scenarios.listings import Names
from engine.scenarios.sandboxes import Sandbox, Sandboxes
from engine.scenarios.script import Step
from engine.scenarios.standing import Seen, plain

PINS: Mapping[str, tuple[str, str]] = {
    "waiting": ("在等哪些步骤，归谁", "which steps wait, and whose they are"),
    "letters": ("发出哪些通知，给谁", "which letters go, and to whom"),
    "status": ("诉求的状态和结果", "status and outcome of the complaint"),
    "ended": ("是否结束，在哪里结束", "whether it has ended, and where"),
    "due": ("各任务按哪个时限到期", "by which limit tasks are due"),
    "variables": ("写进流程的值", "values that steer the process"),
}
"""What a scenario can pin, in words. Texts, and the order of what happens at the same time, are never pinned."""

USUAL = ("waiting", "letters", "status", "ended", "due")


def with_expectations(
    sandboxes: Sandboxes, key: str, steps: Sequence[Step], pins: Collection[str], names: Names
) -> list[Step]:
    """Return the steps, each with what is so after it and was not before.

    Raises `SandboxGone`, `Stuck` when a step can no longer be done.
    """
    found: list[Step] = []
    before: dict[str, Any] = {}
    for number, step in enumerate(steps, 1):

        def look(sandbox: Sandbox, step: Step = step) -> dict[str, Any]:
            with sandbox.play.store.reading() as session:
                return _standing(session, sandbox, step, names, pins)

        now = sandboxes.visit(key, steps[:number], look)
        found.append(replace(step, then=_news(before, now)))
        before |= now
    return found


NOTHING: Mapping[str, Any] = {"waiting": {}, "letters": {}, "ended": False, "status": None, "outcome": None}
"""What is so before anything began, and is not worth saying."""

Pinned = dict[str, Any]


def _standing(session: Session, sandbox: Sandbox, step: Step, names: Names, pins: Collection[str]) -> Pinned:
    """Return what is so after a step, of what can be pinned."""
    play, before = sandbox.play, sandbox.marks[-2]
    if not play.subjects:
        return {}
    subject = play.subject(step.subject)
    case = session.get_one(Case, subject.case_id)
    asked: Pinned = {each: {} for each in ("waiting", "letters") if each in pins}
    asked |= {"ended": None} if "ended" in pins else {}
    asked |= {"status": None, "outcome": None} if "status" in pins and subject.complaint_id is not None else {}
    if "variables" in pins:
        asked["variables"] = {name: ... for name, value in cases.variables(session, case).items() if _steers(value)}
    seen = Seen(before.letter, before.incident)
    found = standing.look(session, play, replace(step, then=asked), seen, names).then
    return found | ({"due": dict(_due(session, case))} if "due" in pins else {})


def _steers(value: object) -> bool:
    return isinstance(plain(value), str | bool | int | float)


def _due(session: Session, case: Case) -> Iterator[tuple[str, str]]:
    """Yield when each open task is due: as the limit that it follows, where that says the same, so that it may change."""
    zone = calendars.of(session, case.place_id).zone
    for task in session.scalars(select(Task).where(is_open(), Task.due_at.is_not(None)).order_by(Task.id)):
        limit = _moment(session, session.get_one(Case, task.case_id), task.deadline or "")
        same = task.due_at is not None and limit is not None and abs(limit - task.due_at) < standing.NEARLY
        written = task.due_at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if task.due_at else ""
        yield task.element, (task.deadline or "") if same else written


def _moment(session: Session, case: Case, limit: str) -> datetime | None:
    try:
        return moments.of(session, case, limit) if limit else None
    except BihuanError:
        return None


def _news(before: Mapping[str, Any], now: Mapping[str, Any]) -> Pinned:
    """Return what is so now and was not before; letters are new whenever there are some."""
    found: Pinned = {}
    for name, value in now.items():
        old = NOTHING.get(name) if name in ("letters", "incident") else before.get(name, NOTHING.get(name))
        if name in ("due", "variables"):
            value = {each: so for each, so in value.items() if (old or {}).get(each) != so}
        if value not in (old, {}) or (name == "waiting" and value != old):
            found[name] = value
    return found
