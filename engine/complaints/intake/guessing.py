"""Guess a category from what somebody says, or find it by a part of its name."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.complaints.core.categories import Category
from engine.complaints.intake import initials

BETWEEN = re.compile(r"[、/,，;；\s]+")


def guess(session: Session, text: str, most: int = 3) -> list[Category]:
    """Return the categories whose words occur in the text, the best first; empty when none do. A proposal only."""
    said = text.casefold()
    rated = [(_weight(each, said), each) for each in _offered(session)]
    ranked = sorted((found for found in rated if found[0]), key=lambda found: (-found[0], found[1].code))
    return [each for _, each in ranked[:most]]


def search(session: Session, typed: str, most: int = 8) -> list[Category]:
    """Return categories whose name, code, words or initials contain what was typed."""
    wanted = "".join(typed.casefold().split())
    if not wanted:
        return []
    ranked = [(_nearness(each, wanted), each) for each in _offered(session)]
    return [each for near, each in sorted(ranked, key=lambda found: (found[0], found[1].code)) if near < FAR][:most]


FAR = 9


def _offered(session: Session) -> list[Category]:
    asked = select(Category).where(Category.retired.is_(False), Category.parent.is_not(None))
    return list(session.scalars(asked.order_by(Category.code)))


def _weight(category: Category, said: str) -> int:
    """Return the weight of the matching words: longer ones weigh more; the name counts as one."""
    known = {each for each in BETWEEN.split(f"{category.words}、{category.name}".casefold()) if each}
    return sum(len(each) ** 2 for each in known if _says(said, each))


def _says(said: str, word: str) -> bool:
    """Return whether a text says a word; one in Latin letters as a word of its own (“app” is not in “trapped”)."""
    if not word.isascii():
        return word in said
    return re.search(rf"(?<![a-z0-9]){re.escape(word)}(?:e?s)?(?![a-z0-9])", said) is not None


def _nearness(category: Category, wanted: str) -> int:
    name, code = category.name.casefold(), category.code.casefold()
    short = initials.of(category.name)
    ways = (
        code.startswith(wanted),
        name.startswith(wanted),
        short.startswith(wanted),
        wanted in name,
        wanted in short and len(wanted) > 1,
        wanted in category.name_en.casefold() and len(wanted) > 2,
        any(wanted in each for each in BETWEEN.split(category.words.casefold())),
    )
    return next((number for number, fits in enumerate(ways) if fits), FAR)
