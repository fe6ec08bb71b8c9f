"""Danger words: in a resident's text they make the concern critical until a person has judged it."""

import json
from pathlib import Path

from sqlalchemy import String, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.core.store import Base

DEFAULTS = Path(__file__).with_name("danger.json")


class DangerWord(Base):
    """A word that indicates danger to life."""

    __tablename__ = "danger_words"

    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(String(60), unique=True)


def seed(session: Session) -> None:
    """Insert the default danger words beside those the company already has."""
    there = set(session.scalars(select(DangerWord.word)))
    fresh = [{"word": word} for word in json.loads(DEFAULTS.read_text(encoding="utf-8")) if word not in there]
    if fresh:
        session.execute(insert(DangerWord), fresh)


def found(session: Session, *texts: str) -> bool:
    """Return whether one of the words occurs in one of the texts, ignoring Latin case and blanks."""
    said = " ".join(" ".join(text.casefold().split()) for text in texts)
    return any(word.casefold() in said for word in session.scalars(select(DangerWord.word)))
