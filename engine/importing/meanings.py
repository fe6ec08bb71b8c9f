"""What the words of a company's files mean: said once by a person, kept for every later file."""

from collections.abc import Mapping

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.core.store import Base
from engine.importing.cleaning import key

LONGEST = 80


class ImportWord(Base):
    """A word of files, as `key` writes it, in one field (role, department, …), and the code that it means."""

    __tablename__ = "import_words"

    field: Mapped[str] = mapped_column(String(20), primary_key=True)
    word: Mapped[str] = mapped_column(String(LONGEST), primary_key=True)
    means: Mapped[str] = mapped_column(String(60))


def of(session: Session) -> dict[tuple[str, str], str]:
    """Return every meaning, by field and word."""
    return {(each.field, each.word): each.means for each in session.scalars(select(ImportWord))}


def keep(session: Session, said: Mapping[tuple[str, str], str]) -> None:
    """Keep what words mean, {(field, word): code}; an empty code forgets the word."""
    for (field, word), means in said.items():
        known = key(word)[:LONGEST]
        session.execute(delete(ImportWord).where(ImportWord.field == field, ImportWord.word == known))
        if means and known:
            session.add(ImportWord(field=field, word=known, means=means))
    session.flush()
