"""What reaches the followers of a lead: its plan, its result, its end, and the bar on who may call them back."""

from collections.abc import Mapping, Sequence

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from engine.bpmn.checking import Wording
from engine.bpmn.execution import Deliver, Outcome, Work
from engine.casework import cases
from engine.casework.cases import Case, Wait
from engine.casework.tasks import Bar, Task
from engine.complaints.core import complaint as complaints
from engine.complaints.core import joinings
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.joinings import GROUP, Joining
from engine.complaints.joining import joining
from engine.complaints.limits import deadlines, retime
from engine.processes import topics
from engine.processes.topics import topic

WHAT = ("plan", "result")

topics.sends("lead_plan")
topics.sends("lead_result", "joined")
topics.sends("parted")
topics.sends("unmerged")


@topic(
    "tell_followers",
    zh="告知归组各件",
    en="Tell the residents in the group",
    takes={"what": "plan or result"},
    gives={"followers": "number"},
    needs=("what",),
    words={"what": Wording(set(WHAT))},
)
def tell_followers(session: Session, case: Case, work: Work) -> Mapping[str, object]:
    """Tell a complaint's followers its plan or its result; after the result they are parted."""
    what = str(work.inputs.get("what"))
    if not work.variables.get("followers") or what not in WHAT:
        return {"followers": 0}
    group = _group(session, complaints.of(session, case))
    if what == "result":
        for each, _ in group:
            joining.end(session, each, "told", None)
    fields: dict[str, object] = {"joined": None} if what == "result" else {}
    _give(session, [follower for _, follower in group], f"lead_{what}", fields)
    return {"followers": 0 if what == "result" else len(group)}


@topic("unmerge", zh="撤销合并，恢复办理", en="Undo a merge")
def unmerge(session: Session, case: Case, _: Work) -> Mapping[str, object]:
    """Reopen a merged complaint with its limits as they were."""
    complaint = complaints.of(session, case)
    deadlines.thaw(session, complaint)
    complaint.outcome = complaint.closed_at = None
    retime.follow(session, case)
    return {}


def follow(session: Session, case: Case, outcome: Outcome) -> None:
    """After each step: release followers when their lead ends, and tell a lead when a follower ends.

    Sends no statement for a complaint that is not joined with any other.
    """
    if outcome.ended is not None and outcome.variables.get("followers"):
        _let_go(session, complaints.of(session, case))
    if not outcome.variables.get("joined_to"):
        return
    if outcome.ended is not None:
        _ended(session, complaints.of(session, case))
    else:
        _bar_who_handled_the_lead(session, case, outcome)


def _group(session: Session, lead: Complaint) -> list[tuple[Joining, Complaint]]:
    return [(each, follower) for each, follower in joinings.followers(session, lead) if each.kind == GROUP]


def _give(session: Session, followers: Sequence[Complaint], message: str, fields: Mapping[str, object]) -> None:
    named = select(Wait).where(Wait.case_id.in_([each.case_id for each in followers]), Wait.name == message)
    for wait in session.scalars(named.order_by(Wait.id)).all():
        cases.afterwards(session, wait.case_id, Deliver(wait.key, dict(fields)))


def _let_go(session: Session, lead: Complaint) -> None:
    """Release the followers of a lead that ended without a result; each goes on alone."""
    group = _group(session, lead)
    for each, _ in group:
        joining.end(session, each, "lead_ended", None)
    _give(session, [follower for _, follower in group], "parted", {})


def _ended(session: Session, follower: Complaint) -> None:
    found = joinings.present(session, follower)
    if found is not None and found.kind == GROUP:
        joining.end(session, found, "closed", None)
        joining.release(session, found, follower, None)


def _bar_who_handled_the_lead(session: Session, case: Case, outcome: Outcome) -> None:
    """Bar the lead's handlers from tasks that must not be done by the handler of the complaint."""
    entered = {each.key for each in outcome.happened if each.what == "entered"}
    keys = [task.key for task in outcome.tasks if task.key in entered]
    if not keys:
        return
    opened = session.scalars(select(Task).where(Task.case_id == case.id, Task.key.in_(keys))).all()
    elements = {element for task in opened for element in task.not_by}
    if not elements:
        return
    handled = (
        select(Task.element, Task.closed_by_id)
        .join(Complaint, Complaint.case_id == Task.case_id)
        .where(Complaint.number == outcome.variables.get("joined_to"), Task.element.in_(elements))
    )
    doers = [(element, by) for element, by in session.execute(handled.distinct()) if by is not None]
    bars = {(task.id, by) for task in opened for element, by in doers if element in task.not_by}
    known = select(Bar.task_id, Bar.person_id).where(Bar.task_id.in_([task.id for task in opened]))
    fresh = bars - {(task, by) for task, by in session.execute(known)}
    if fresh:
        session.execute(insert(Bar), [{"task_id": task, "person_id": by} for task, by in sorted(fresh)])
