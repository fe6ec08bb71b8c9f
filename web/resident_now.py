"""What is so just now for a resident: who is on the way, why nothing moves, what comes next. In plain words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from engine import attendance, clock, tasks
from engine.complaints import Complaint, pauses
from engine.complaints.standing import Standing
from engine.places import Place
from web.formats import name_of
from web.language import gettext as _
from web.language import language

FRESH = timedelta(hours=12)
"""Somebody who set out longer ago is no longer said to be on the way."""


@dataclass(frozen=True, slots=True)
class Coming:
    """Somebody of a department is on the way or there; no names."""

    kind: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Paused:
    """Nothing can be done until then at the latest, and why."""

    said: str
    until: datetime


def coming(session: Session, complaint: Complaint) -> Coming | None:
    """Who is on the way or there, of the tasks that are still open."""
    if complaint.case_id is None or not complaint.is_open:
        return None
    taps = attendance.of_case(session, complaint.case_id)
    last = {(each.task_id, each.person_id): each for each in taps}
    for each in sorted(last.values(), key=lambda tap: tap.at, reverse=True):
        task = tasks.read(session, each.task_id)
        if each.kind == "left" or task is None or task.state != "open" or clock.now() - each.at > FRESH:
            continue
        return Coming(each.kind, name_of(session.get(Place, task.place_id)), each.at)
    return None


def paused(session: Session, complaint: Complaint) -> Paused | None:
    """The pause that holds now."""
    found = pauses.present(session, complaint) if complaint.is_open else None
    if found is None:
        return None
    reason = pauses.reasons(session).get(found.reason)
    return Paused(reason.said(language()) if reason else _("其他原因"), found.ends_at)


def expected(standing: Standing) -> str:
    """What happens next, or what we wait for."""
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
