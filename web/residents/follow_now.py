"""The current situation for a resident in plain words: who is on the way, why it waits, what comes next."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework import attendance, cases
from engine.casework.cases import Case
from engine.casework.tasks import Task
from engine.casework.tasks.rows import SUPERVISION
from engine.company.places import Place
from engine.complaints.core import meaning
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.meaning import PLAN_SILENCE
from engine.complaints.limits import deadlines, pauses
from engine.complaints.resident.status_page import Promise, Standing
from engine.complaints.timeline import resident_words
from engine.core import clock
from web.shell import current
from web.shell.formats import name_of, zone
from web.shell.language import gettext as _
from web.shell.language import language

FRESH = timedelta(hours=12)
"""After this time somebody who set out is no longer shown as on the way."""

JUST_BEGUN = frozenset({"registered", "judging"})
"""Statuses in which a resident would not know yet that somebody was there."""

CALLED_SO = ("部", "部门", "处", "组", "队", "中心", "公司")
"""Endings of department names; names without one get the first of these."""


@dataclass(frozen=True, slots=True)
class Coming:
    """Somebody of a department is on the way or on site; no names."""

    kind: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Paused:
    """A pause: until when at the latest, and why."""

    said: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Late:
    """A missed promise, and what is known about how it continues.

    `passed_up`: it was escalated; `decided_by`: when the next level must have decided. `done_on`: the
    planned day; `done_by`: the end of the limit for the whole matter, if that is still to come.
    """

    missed: tuple[Promise, ...]
    passed_up: bool
    decided_by: datetime | None
    done_on: date | None
    done_by: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether nobody can say yet when it will be done."""
        return self.decided_by is None and self.done_on is None and self.done_by is None


@dataclass(frozen=True, slots=True)
class Silence:
    """What no answer to a plan means: from when, and whether work then starts or somebody comes to talk."""

    at: datetime
    goes_ahead: bool


def coming(session: Session, complaint: Complaint) -> Coming | None:
    """Who is on the way or on site, for open tasks."""
    if complaint.case_id is None or not complaint.is_open:
        return None
    taps = attendance.of_case(session, complaint.case_id)
    last = {(each.task_id, each.person_id): each for each in taps}
    for each in sorted(last.values(), key=lambda tap: tap.at, reverse=True):
        task = session.get(Task, each.task_id)
        if each.kind == "left" or task is None or task.state != "open" or clock.now() - each.at > FRESH:
            continue
        return Coming(each.kind, name_of(session.get(Place, task.place_id)), each.at)
    return None


def paused(session: Session, complaint: Complaint) -> Paused | None:
    """The current pause."""
    found = pauses.present(session, complaint) if complaint.is_open else None
    if found is None:
        return None
    reason = pauses.reasons(session).get(found.reason)
    if (own := resident_words.PAUSED.get(found.reason)) is not None:
        return Paused(own[0 if language() == "zh" else 1], found.ends_at)
    return Paused(reason.said(language()) if reason else _("其他原因"), found.ends_at)


def stands(complaint: Complaint, *, is_made_safe: bool = False) -> str:
    """The status, in a sentence; that a danger is over comes first, until the next thing has happened."""
    said = resident_words.status(complaint.status, in_charge(complaint), language())
    return _("危险已经排除。{next}", next=said) if is_made_safe and complaint.status in JUST_BEGUN else said


def in_charge(complaint: Complaint) -> str:
    """The name of those handling it: a department, or higher up a role or a board; never a person."""
    group = complaint.lead or complaint.department or ""
    code = (group.partition(":")[2] or group).partition("/")[0]
    if not code:
        return ""
    name = name_of(code)
    is_bare = language() == "zh" and code in current.known().departments and not name.endswith(CALLED_SO)
    return f"{name}{CALLED_SO[0]}" if is_bare else name


def late(session: Session, complaint: Complaint, standing: Standing) -> Late | None:
    """The overdue promise to the resident, if any; one statement. Replies to an office do not count."""
    owed = [each for each in standing.promises if each.is_late and each.kind not in deadlines.OWED_OUTSIDE]
    missed = tuple(sorted(owed, key=lambda each: each.due_at))
    if not missed or not complaint.is_open or complaint.case_id is None:
        return None
    now, since = clock.now(), [each.started_at for each in missed if each.kind in deadlines.HANDLING]
    asked = select(Task).where(Task.case_id == complaint.case_id, Task.counts_as == SUPERVISION)
    called = [task for task in session.scalars(asked) if since and task.opened_at >= min(since)]
    decide = [task.due_at for task in called if task.state == "open" and task.due_at and task.due_at > now]
    whole = [each for each in standing.promises if each.kind == "resolve" and each.met_at is None]
    planned = standing.plan.finish_on if standing.plan else None
    return Late(
        missed,
        bool(called),
        min(decide, default=None),
        planned if planned and planned >= now.astimezone(zone()).date() else None,
        next((each.due_at for each in whole if each.due_at > now), None),
    )


def silence(session: Session, complaint: Complaint) -> Silence | None:
    """What happens if the resident does not answer the plan; None if the diagram waits without limit."""
    case = session.get(Case, complaint.case_id) if complaint.case_id is not None else None
    if case is None:
        return None
    at = meaning.due_at(session, case.id, PLAN_SILENCE)
    return Silence(at, cases.variables(session, case).get("finding") == "own_fault") if at else None


def expected(standing: Standing) -> str:
    """What happens next, or what the case waits for."""
    if "plan_answer" in standing.offers:
        return _("等您看方案、告诉我们是否同意。")
    if "resident_appeal" in standing.offers:
        return _("等您看结果。不同意的话可以申诉。")
    words = {
        "acknowledged": _("客服会看您写的，和您确认收到。"),
        "judged": _("客服判断是什么事，交给负责的部门。"),
        "contacted": _("负责的部门会联系您。"),
        "investigated": _("派人来看，弄清楚原因。"),
        "planned": _("给您一个办法，需要时请您同意。"),
        "carried_out": _("动手办，办完告诉您结果。"),
        "called_back": _("没经手的同事会打给您，问您满不满意。"),
    }
    now = [step.code for step in standing.steps if step.state == "now"]
    ahead = [step.code for step in standing.steps if step.state == "ahead"]
    return next((words[code] for code in [*now, *ahead] if code in words), "")
