"""Which complaints may follow which; every refusal gives the reason and what to do instead."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.casework.tasks import Task
from engine.complaints.core import independence, joinings
from engine.complaints.core.codes import OFFICIAL
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.joinings import REPEAT
from engine.core.errors import Conflict

TOLD = frozenset({"calling_back", "asking_rest", "appeal_open", "appeal", "explaining", "replying"})
"""Statuses of a complaint whose result has been told."""

ELSEWHERE = frozenset({"answering", "passing_on", "checking_unfounded"})
"""Statuses of a complaint that a person is about to end in another way."""


def require(session: Session, lead: Complaint, follower: Complaint, kind: str) -> None:
    """Raise `Conflict` unless `follower` may follow `lead`."""
    distinct(lead, follower)
    _lead(session, lead, kind)
    _follower(session, follower, kind)
    _independent(session, lead, follower)


def distinct(lead: Complaint, follower: Complaint) -> None:
    """Raise `Conflict` when both are the same complaint or of different communities."""
    if lead.id == follower.id:
        raise Conflict(zh="不能并入它自己，请选另一件。", en="It cannot go along with itself; choose another one.")
    if lead.community_id != follower.community_id:
        raise Conflict(
            zh=f"{follower.number} 与 {lead.number} 不在同一小区，不能一并处理。",
            en=f"{follower.number} and {lead.number} are of different communities and cannot go together.",
        )


def _lead(session: Session, lead: Complaint, kind: str) -> None:
    if lead.past or lead.case_id is None:
        raise Conflict(
            zh=f"{lead.number} 是以往的记录，没有在办。可以把新的一件标为它的重复，不能并入。",
            en=f"{lead.number} is a record of the past; mark the new one as repeating it instead.",
        )
    if not lead.is_open:
        raise Conflict(
            zh=f"{lead.number} 已结案，不能再并入。请让新的一件单独处理。",
            en=f"{lead.number} has ended; let the new one be dealt with on its own.",
        )
    above = joinings.lead_of(session, lead)
    if above is not None:
        raise Conflict(
            zh=f"{lead.number} 本身已并入 {above.number}，请直接选 {above.number}。",
            en=f"{lead.number} goes along with {above.number} itself; choose {above.number}.",
        )
    if kind != REPEAT and lead.status in TOLD:
        raise Conflict(
            zh=f"{lead.number} 的结果已经告知，归组来不及了。请让新的一件单独处理。",
            en=f"The result of {lead.number} has been told already; let the new one be dealt with on its own.",
        )


def _follower(session: Session, follower: Complaint, kind: str) -> None:
    if follower.past or follower.case_id is None:
        raise Conflict(
            zh=f"{follower.number} 是以往的记录，没有在办，不需要归组。",
            en=f"{follower.number} is a record of the past and need not go along with anything.",
        )
    if not follower.is_open:
        raise Conflict(zh=f"{follower.number} 已结案。", en=f"{follower.number} has ended.")
    above = joinings.lead_of(session, follower)
    if above is not None:
        raise Conflict(
            zh=f"{follower.number} 已随 {above.number} 一并处理。要改的话，请先拆分。",
            en=f"{follower.number} goes along with {above.number} already. Part it first to change that.",
        )
    if joinings.followers(session, follower):
        raise Conflict(
            zh=f"{follower.number} 自己带着归组的件，不能再并入别的件。请以它为牵头件。",
            en=f"Others go along with {follower.number}; take it as the lead instead.",
        )
    if follower.status in TOLD | ELSEWHERE:
        raise Conflict(
            zh=f"{follower.number} 已在答复、回访或复核中，不再归组。",
            en=f"{follower.number} is being answered, called back or reviewed; it is too late to join it.",
        )
    if kind == REPEAT and follower.channel in OFFICIAL:
        raise Conflict(
            zh=f"{follower.number} 由热线或部门转来，要单独回复来件单位。请用“归组”，不要合并。",
            en=f"{follower.number} came through an office that is owed its own reply: join it, do not merge it.",
        )


def _independent(session: Session, lead: Complaint, follower: Complaint) -> None:
    if follower.urgency == "critical" and lead.urgency != "critical":
        raise Conflict(
            zh=f"{follower.number} 是特急件，请以它为牵头件。",
            en=f"{follower.number} is critical; take it as the lead.",
        )
    if follower.about in independence.OFFICES and follower.about != lead.about:
        raise Conflict(
            zh=f"{follower.number} 涉及主管、项目经理、区域或总部，办理和审批另走一路。请以它为牵头件，或单独处理。",
            en=f"{follower.number} is about a head, the project manager, the region or headquarters and goes another way; take it as the lead, or leave it on its own.",
        )
    about = independence.subjects(session, follower)
    if about and _work_on(session, lead, about):
        raise Conflict(
            zh=f"{follower.number} 所反映的人正在或已经办理 {lead.number}，不能一并处理。",
            en=f"Somebody whom {follower.number} is about works on {lead.number}; they cannot go together.",
        )


def _work_on(session: Session, lead: Complaint, people: set[int]) -> bool:
    theirs = or_(Task.assignee_id.in_(people), Task.closed_by_id.in_(people))
    asked = select(Task.id).where(Task.case_id == lead.case_id, Task.state != "cancelled", theirs).limit(1)
    return session.scalar(asked) is not None
