"""What a resident can do without a log-in, given the secret link of a complaint."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn.execution import NotWaiting
from engine.casework import cases
from engine.casework.cases import Wait
from engine.company.people import Person
from engine.complaints.core import feedback, links
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.feedback import Verdict
from engine.complaints.process import wanted
from engine.complaints.resident import additions, asking_up
from engine.core.errors import Conflict, Invalid
from engine.history import NewEntry
from engine.processes import topics

OFFERS = ("plan_answer", "resident_answer", "resident_appeal", "withdraw", wanted.MESSAGE)
"""Messages of the diagram that a resident may send while it waits for them."""

ADDED = "complaint.added"
"""Kind of the entry that holds what a resident adds."""

WINDOW = timedelta(hours=1)
"""The time in which what residents send is counted."""


topics.sends("plan_answer", "accepted")
topics.sends("resident_answer", "outcome", "score")
topics.sends("resident_appeal")
topics.sends("withdraw")


def offers(session: Session, complaint: Complaint) -> frozenset[str]:
    """Return what the resident can do now: the messages of `OFFERS` that the case waits for."""
    if complaint.case_id is None or not complaint.is_open:
        return frozenset()
    asked = select(Wait.name).where(Wait.case_id == complaint.case_id, Wait.name.in_(OFFERS))
    found = frozenset(session.scalars(asked)) - ({"withdraw"} if complaint.owes_reply else set())
    return found if wanted.MESSAGE not in found or asking_up.may_ask(session, complaint) else found - {wanted.MESSAGE}


def answer_plan(session: Session, complaint: Complaint, *, accepted: bool, words: str = "") -> None:
    """Accept the plan, or object with a reason. Raises `Invalid`, `Conflict` when no plan waits for an answer."""
    if not accepted and not words.strip():
        raise Invalid({"words": ("请说明您不同意的原因。", "Please say why you do not agree.")})
    _say(session, complaint, "plan_answer", {"accepted": accepted}, words)


def answer_callback(session: Session, complaint: Complaint, verdict: Verdict) -> None:
    """Answer the callback. Raises `Invalid`, `Conflict` when no answer is expected."""
    feedback.check(verdict)
    feedback.keep(session, complaint, verdict)
    _say(session, complaint, "resident_answer", {"outcome": verdict.outcome, "score": verdict.score}, verdict.words)


def appeal(session: Session, complaint: Complaint, words: str) -> None:
    """Contest the outcome "unfounded". Raises `Invalid` without a reason, `Conflict` when it is too late."""
    if not words.strip():
        raise Invalid({"words": ("请说明申诉的理由。", "Please say why the finding is wrong.")})
    _say(session, complaint, "resident_appeal", {}, words)


def withdraw(session: Session, complaint: Complaint, words: str = "", *, by: Person | None = None) -> None:
    """Withdraw the complaint; `by`: the person doing it for the resident.

    Raises `Conflict` when it has ended, or while the office that passed it on waits for its final reply.
    """
    if complaint.owes_reply and complaint.is_open:
        raise Conflict(
            zh="这件由热线或主管部门转来，要先答复来件单位。请客服在“回复来件单位”里写明撤诉，再撤回。",
            en="An office passed this on and must get its reply first: say in it that the complaint was withdrawn, then withdraw it.",
        )
    _say(session, complaint, "withdraw", {}, words, by)


def add(
    session: Session,
    complaint: Complaint,
    words: str,
    files: int = 0,
    *,
    by: Person | None = None,
    channel: str | None = None,
) -> None:
    """Add words from the resident, and record the number of files; `by`: the person who wrote them down.

    The people working on it are told, urgently where the words sound like danger. `channel`: how they came, unless
    from the resident's page or by telephone. Raises `Invalid` without words or files, `Conflict` when the complaint has
    ended.
    """
    if not words.strip() and not files:
        raise Invalid({"words": ("请写几句话，或添加照片。", "Please write a few words or add a photo.")})
    _check_length(words)
    if complaint.case_id is not None:
        cases.lock(session, complaint.case_id)
    if complaint.case_id is None or not complaint.is_open:
        raise Conflict(
            zh="这件诉求已经结案，不能再补充。需要时请重新提交。",
            en="This complaint has ended and nothing can be added. Please send a new one if you need to.",
        )
    cases.record(
        session,
        complaint.case_id,
        NewEntry(ADDED, by.id if by else None, None, {"files": files}, words.strip() or None),
    )
    additions.tell(session, complaint, by, words, channel or _channel(by))


def _channel(by: Person | None) -> str:
    return "phone" if by else "web"


def _check_length(words: str) -> None:
    if len(words) > links.LONGEST_WORDS:
        raise Invalid({"words": (f"最多 {links.LONGEST_WORDS} 个字。", f"At most {links.LONGEST_WORDS} characters.")})


def _say(
    session: Session,
    complaint: Complaint,
    message: str,
    fields: Mapping[str, object],
    words: str,
    by: Person | None = None,
) -> None:
    _check_length(words)
    try:
        if complaint.case_id is None:
            raise NotWaiting
        cases.deliver(session, complaint.case_id, message, fields, by=by, note=words.strip() or None)
    except NotWaiting:
        raise Conflict(
            zh="现在已不需要这一步：可能刚刚已经答复，或投诉已结案。",
            en="This is no longer needed: it may just have been answered, or the complaint has ended.",
        ) from None
    additions.read(session, complaint, by, words, _channel(by))
