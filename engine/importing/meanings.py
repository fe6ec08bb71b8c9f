"""What the words of a company's files mean: said once by a person, kept for every later file."""

from collections.abc import Mapping

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.company import permissions, roles
from engine.company.permissions import Reach
from engine.company.places import UNASSIGNED, Place
from engine.complaints.core.categories import Category
from engine.complaints.core.codes import CHANNELS, KINDS, OUTCOMES, URGENCIES, Words
from engine.core.errors import Invalid
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


MOST_TOLD = 200


def told(words: Mapping[tuple[str, str], int], known: Mapping[tuple[str, str], str]) -> list[list[object]]:
    """Return the words that only a person can explain: field, word, number of rows, and the meaning given so far."""
    found = sorted(words.items(), key=lambda each: (each[0][0], -each[1], each[0][1]))[:MOST_TOLD]
    return [[field, word, count, known.get((field, key(word)), "")] for (field, word), count in found]


Option = tuple[str, str, str]
"""A code with its names in Chinese and English."""


def options(session: Session, kind: str, field: str, reach: Reach) -> list[Option]:
    """Return what a word of a field can mean; places only within `reach`."""
    known = roles.of(session)
    if field == "role":
        return [(each.code, each.name, each.name_en) for each in known.roles.values() if not each.retired]
    if field == "department":
        return [(each.code, each.name, each.name_en) for each in known.departments.values()]
    if field == "community":
        kinds = ("company", "region", "community") if kind == "people" else ("community",)
        asked = select(Place).where(Place.kind.in_(kinds), Place.retired_at.is_(None), Place.code != UNASSIGNED)
        asked = asked.where(permissions.within(reach, Place.id))
        return [(each.code, each.name, each.name_en or each.name) for each in session.scalars(asked.order_by(Place.id))]
    if field == "category":
        asked_for = select(Category).where(Category.retired.is_(False)).order_by(Category.code)
        return [(each.code, each.name, each.name_en) for each in session.scalars(asked_for)]
    return [(code, *names) for code, names in FIXED[field].items()]


FIXED: Mapping[str, Words] = {
    "status": {"open": ("还在办理", "Not closed yet"), "closed": ("已办结", "Closed")} | dict(OUTCOMES),
    "over": {"yes": ("是", "Yes"), "no": ("否", "No")},
    "kind": KINDS,
    "channel": CHANNELS,
    "urgency": URGENCIES,
}


def require(session: Session, kind: str, said: Mapping[tuple[str, str], str], reach: Reach) -> None:
    """Raise `Invalid` for a meaning that its field does not have, or a place outside `reach`."""
    wrong: dict[str, tuple[str, str]] = {}
    fields = {field for field, _ in said}
    offered = {field: {code for code, *_ in options(session, kind, field, reach)} for field in fields & set(FIELDS)}
    for (field, word), code in said.items():
        if field not in offered or (code and code not in offered[field]):
            wrong[f"{field}:{word}"] = (f"“{word}”不能是“{code}”。", f"“{word}” cannot be “{code}”.")
    if wrong:
        raise Invalid(wrong)


FIELDS = ("role", "department", "community", "category", *FIXED)
