"""A resident's feedback on the result: a score, an outcome, and three separate ratings."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.complaints.core.complaint import Complaint
from engine.core import clock
from engine.core.errors import Invalid
from engine.core.store import Base

OUTCOMES = ("solved", "partly_solved", "unsolved")
BEST = 5


class Feedback(Base):
    """One answer to a callback. `by_id`: who called; None when the resident answered online."""

    __tablename__ = "feedbacks"
    __table_args__ = (Index("ix_feedbacks_complaint_id_at", "complaint_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"))
    round: Mapped[int]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    outcome: Mapped[str] = mapped_column(String(20))
    score: Mapped[int]
    speed: Mapped[int | None]
    attitude: Mapped[int | None]
    result: Mapped[int | None]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A resident's answer: outcome, score 1 to 5, and optionally speed, manners and result, 1 to 5 each."""

    outcome: str
    score: int
    speed: int | None = None
    attitude: int | None = None
    result: int | None = None
    words: str = ""


def check(verdict: Verdict) -> None:
    """Raise `Invalid` naming what is missing; nothing is preset, and a bad verdict needs a reason."""
    wrong: dict[str, tuple[str, str]] = {}
    if verdict.outcome not in OUTCOMES:
        wrong["outcome"] = ("请选择处理结果。", "Please say how it turned out.")
    if not 1 <= verdict.score <= BEST:
        wrong["score"] = ("请打 1 到 5 分。", "Please give a score from 1 to 5.")
    for name in ("speed", "attitude", "result"):
        value = getattr(verdict, name)
        if value is not None and not 1 <= value <= BEST:
            wrong[name] = ("请打 1 到 5 分。", "Please give a score from 1 to 5.")
    if not verdict.words.strip() and (verdict.score in (1, 2) or verdict.outcome == "unsolved"):
        wrong["words"] = ("请告诉我们哪里没有做好。", "Please tell us what was not put right.")
    if wrong:
        raise Invalid(wrong)


def keep(
    session: Session, complaint: Complaint, verdict: Verdict, by_id: int | None = None, *, of_round: int | None = None
) -> Feedback:
    """Store an answer for the figures; its words are kept with the entry. `of_round`: the round that it is about, when
    that may be over by now."""
    feedback = Feedback(
        complaint_id=complaint.id,
        round=of_round or complaint.round,
        at=clock.now(),
        by_id=by_id,
        outcome=verdict.outcome,
        score=verdict.score,
        speed=verdict.speed,
        attitude=verdict.attitude,
        result=verdict.result,
    )
    session.add(feedback)
    session.flush()
    return feedback


def of(session: Session, complaint: Complaint) -> list[Feedback]:
    """Return every answer about a complaint, oldest first."""
    return list(session.scalars(_OF_COMPLAINT, {"complaint": complaint.id}))


_OF_COMPLAINT = (
    select(Feedback).where(Feedback.complaint_id == bindparam("complaint")).order_by(Feedback.at, Feedback.id)
)
