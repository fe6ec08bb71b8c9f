"""A supervisor's decision acts on the complaint's tasks and deadlines, not on the case waiting for them."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn.execution import Change, Work
from engine.casework import assignment, cases, tasks
from engine.casework.cases import Case
from engine.casework.tasks import Answer, Task, beginning
from engine.casework.tasks.rows import SUPERVISION
from engine.company import places
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.meaning import OFFICE_REPLY
from engine.complaints.limits import deadlines, retime
from engine.complaints.limits.durations import length_of
from engine.core.errors import Invalid, Unclear
from engine.history import NewEntry

URGENT = 90
"""Priority of a task that a supervisor wants done next; the default is 50."""


def carry_out(session: Session, case: Case, complaint: Complaint, work: Work) -> None:
    """Carry out a supervisor's decision. Raises `Unclear` for an unknown decision or one that lacks an input."""
    action = work.inputs.get("action")
    do = ACTIONS.get(action) if isinstance(action, str) else None
    if do is None:
        raise Unclear(
            zh=f"督办决定“{action}”不在可选范围内。",
            en=f"“{action}” is not a supervisor's decision.",
        )
    facts = {"action": action, "kind": work.inputs.get("kind"), **do(session, case, complaint, work)}
    by_id = _supervisor(session, case)
    cases.record(session, case.id, NewEntry("complaint.supervised", by_id, work.element, facts))


def _speed_up(session: Session, case: Case, complaint: Complaint, work: Work) -> dict[str, object]:
    hurried = _supervised(session, case, complaint, work)
    for task in hurried:
        task.priority = max(task.priority, URGENT)
    return {"tasks": [task.id for task in hurried]}


def _reassign(session: Session, case: Case, complaint: Complaint, work: Work) -> dict[str, object]:
    department = work.inputs.get("department")
    if not isinstance(department, str) or not department:
        raise Unclear(zh="改派时请选择部门。", en="Choose the department that it goes to.")
    places.resolve(session, department, complaint.community_id)
    before, moved = complaint.department, _supervised(session, case, complaint, work)
    for task in moved:
        _, slash, role = task.group.partition("/")
        assignment.reassign_group(session, task, f"{department}{slash}{role}")
    if _is_about_reply(work):
        return {"to": department, "tasks": [task.id for task in moved]}
    complaint.taken_over_by_id = None
    cases.afterwards(session, case.id, Change({"department": department, "lead": department}))
    return {"from": before, "to": department, "tasks": [task.id for task in moved]}


def _extend(session: Session, case: Case, complaint: Complaint, work: Work) -> dict[str, object]:
    if _is_about_reply(work):
        raise Invalid(
            {"action": ("来件单位定的期限不能自己延长。", "The office sets this limit; we cannot extend it.")}
        )
    length = length_of(work.inputs.get("extension"))
    deadline = deadlines.running(session, complaint, str(work.inputs.get("kind")))
    if not length:
        raise Unclear(zh="延期时请填写天数。", en="Say by how many days it is extended.")
    if deadline is None:
        return {}
    deadlines.extend(session, complaint, deadline, length, _supervisor(session, case))
    retime.follow(session, case)
    return {"seconds": int(length.total_seconds()), "due": deadline.due_at}


def _take_over(session: Session, case: Case, complaint: Complaint, work: Work) -> dict[str, object]:
    by_id = _supervisor(session, case)
    if not _is_about_reply(work):
        complaint.taken_over_by_id = by_id
    found = _supervised(session, case, complaint, work)
    taken = [task for task in found if by_id and not tasks.is_barred(session, task, by_id)]
    for task in taken:
        beginning.give(task, by_id)
    return {"tasks": [task.id for task in taken]}


ACTIONS: Mapping[str, Callable[[Session, Case, Complaint, Work], dict[str, object]]] = {
    "speed_up": _speed_up,
    "reassign": _reassign,
    "extend": _extend,
    "take_over": _take_over,
}


def _is_about_reply(work: Work) -> bool:
    return work.inputs.get("kind") == "reply"


def _supervised(session: Session, case: Case, complaint: Complaint, work: Work) -> list[Task]:
    """Return the open tasks a decision refers to: the lead's, or the reply an office waits for."""
    if not _is_about_reply(work):
        return handling(session, case, complaint)
    asked = select(Task).where(Task.case_id == case.id, Task.state == "open", Task.counts_as == OFFICE_REPLY)
    return list(session.scalars(asked))


def handling(session: Session, case: Case, complaint: Complaint) -> list[Task]:
    """Return the open tasks of the complaint's present lead, without supervising ones."""
    asked = select(Task).where(
        Task.case_id == case.id, Task.state == "open", Task.counts_as.not_in((SUPERVISION, OFFICE_REPLY))
    )
    return [task for task in session.scalars(asked) if is_for_lead(complaint, task.group)]


def is_for_lead(complaint: Complaint, group: str) -> bool:
    """Return whether a group is the complaint's present lead, or a role there."""
    lead = complaint.lead or complaint.department or ""
    return group == lead or group.startswith(f"{lead}/")


def hand_on(session: Session, case: Case, complaint: Complaint, opened: Mapping[str, Sequence[str]]) -> None:
    """Hand new tasks of the lead, given as groups by key, to the supervisor who took over."""
    keys = [key for key, groups in opened.items() if any(is_for_lead(complaint, group) for group in groups)]
    if complaint.taken_over_by_id is None or not keys:
        return
    mine = select(Task).where(Task.case_id == case.id, Task.key.in_(keys), Task.assignee_id.is_(None))
    for task in session.scalars(mine):
        if not tasks.is_barred(session, task, complaint.taken_over_by_id):
            beginning.give(task, complaint.taken_over_by_id)


def _supervisor(session: Session, case: Case) -> int | None:
    """Return who has just completed a supervising task of this case; a step does not record its user."""
    asked = (
        select(Answer.by_id)
        .join(Task, Task.id == Answer.task_id)
        .where(Task.case_id == case.id, Task.counts_as == SUPERVISION)
    )
    return session.scalar(asked.order_by(Answer.id.desc()).limit(1))
