"""Files that go along with letters: each kind of letter says which, and it is made when the letter is sent."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.letters.rows import Letter

MOST_BYTES = 8 * 1024 * 1024
"""What is larger does not go along: many mail servers refuse it."""

TOO_LARGE = {
    "zh": "（文件太大，没有附上，请向发信的公司索取。）",
    "en": "(The file is too large to be attached. Please ask the company for it.)",
}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A PDF. `make` returns its content, outside of any transaction; it raises `ValueError` when that cannot be made."""

    name: str
    make: Callable[[], bytes]


Attaching = Callable[[Session, Letter, str], Attachment | None]
"""Finds what goes along with a letter, in its reader's language."""

ATTACHED: dict[str, Attaching] = {}


def attached_to(template: str) -> Callable[[Attaching], Attaching]:
    """Register what goes along with letters of a template."""

    def keep(attaching: Attaching) -> Attaching:
        ATTACHED[template] = attaching
        return attaching

    return keep


def of(session: Session, letter: Letter, language: str) -> Attachment | None:
    """Return what goes along with a letter, None for most."""
    attaching = ATTACHED.get(letter.template)
    return attaching(session, letter, language) if attaching is not None else None
