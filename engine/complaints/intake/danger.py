"""Danger words: found in what a resident writes, they make the concern critical until somebody has judged it."""

import json
from pathlib import Path

from sqlalchemy import String, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.core.store import Base

DEFAULTS = Path(__file__).with_name("danger.json")


class DangerWord(Base):
    """A word that speaks of danger to life."""

    __tablename__ = "danger_words"

    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(String(60), unique=True)


def seed(session: Session) -> None:
    """Put our own words in beside those that the company has already."""
    there = set(session.scalars(select(DangerWord.word)))
    fresh = [{"word": word} for word in json.loads(DEFAULTS.read_text(encoding="utf-8")) if word not in there]
    if fresh:
        session.execute(insert(DangerWord), fresh)


def found(session: Session, *texts: str) -> bool:
    """Whether one of the words stands in one of the texts, whatever the case of Latin letters and blanks within."""
    said = " ".join(" ".join(text.casefold().split()) for text in texts)
    return any(word.casefold() in said for word in session.scalars(select(DangerWord.word)))
