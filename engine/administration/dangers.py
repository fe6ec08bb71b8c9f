"""The danger words, edited by the company."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.administration.recording import record, require
from engine.company.people import Person
from engine.complaints.intake.danger import DangerWord
from engine.core.errors import Conflict, Invalid

LONGEST = 20
MOST = 300
"""The most danger words: each is searched for in every complaint."""


def every(session: Session) -> list[str]:
    """Return the words, oldest first."""
    return list(session.scalars(select(DangerWord.word).order_by(DangerWord.id)))


def add(session: Session, by: Person, word: str) -> None:
    """Add a word; an existing one changes nothing. Raises `Invalid`."""
    require(session, by)
    word = " ".join(word.split())
    if not 2 <= len(word) <= LONGEST:
        raise Invalid({"word": (f"请填写 2 到 {LONGEST} 个字。", f"Give 2 to {LONGEST} characters.")})
    there = every(session)
    if word in there:
        return
    if len(there) >= MOST:
        raise Invalid({"word": (f"最多 {MOST} 个词。", f"There are at most {MOST} words.")})
    session.add(DangerWord(word=word))
    record(session, by, "danger.added", {"word": word})


def drop(session: Session, by: Person, word: str) -> None:
    """Remove a word. Raises `Conflict` for the last one: without any, danger would go unnoticed."""
    require(session, by)
    row = session.scalar(select(DangerWord).where(DangerWord.word == word))
    if row is None:
        return
    if (session.scalar(select(func.count(DangerWord.id))) or 0) <= 1:
        raise Conflict(zh="至少要留一个危险词。", en="At least one danger word has to stay.")
    session.delete(row)
    record(session, by, "danger.dropped", {"word": word})
