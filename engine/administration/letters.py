"""Texts of messages, changed by the company or reset to the defaults."""

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.administration.recording import record, require
from engine.company.people import Person
from engine.core import clock
from engine.core.errors import NotFound
from engine.letters import texts
from engine.letters.rows import Template

LANGUAGES = ("zh", "en")


def codes(session: Session) -> list[str]:
    """Return the codes of all messages: the defaults in order, then the company's own."""
    ours = list(texts.shipped())
    return [*ours, *sorted(set(session.scalars(select(Template.code).distinct())) - set(ours))]


def differs(session: Session) -> set[tuple[str, str]]:
    """Return (code, language) of each text that differs from the default."""
    found = set()
    for row in session.scalars(select(Template)):
        ours = texts.shipped().get(row.code, {}).get(row.language)
        if ours is None or (row.subject, row.text) != (ours["subject"], ours["text"]):
            found.add((row.code, row.language))
    return found


def find(session: Session, code: str, language: str) -> tuple[str, str]:
    """Return the present subject and text; raises `NotFound` for an unknown code or language."""
    if code not in codes(session) or language not in LANGUAGES:
        raise NotFound()
    return texts.find(session, code, language)


def change(session: Session, by: Person, code: str, language: str, subject: str, text: str) -> None:
    """Change a text; the old one is kept with the entry. Raises `Unclear` for an unknown field."""
    require(session, by)
    before = find(session, code, language)
    texts.change(session, code, language, subject, text)
    if find(session, code, language) != before:
        was = f"{before[0]}\n\n{before[1]}"
        record(session, by, "text.changed", {"template": code, "language": language}, was)


def reset(session: Session, by: Person, code: str, language: str) -> None:
    """Reset a text to the default. Raises `NotFound` where there is none."""
    require(session, by)
    before = find(session, code, language)
    ours = texts.shipped().get(code, {}).get(language)
    if ours is None:
        raise NotFound()
    texts.change(session, code, language, ours["subject"], ours["text"])
    record(session, by, "text.reset", {"template": code, "language": language}, f"{before[0]}\n\n{before[1]}")


def sample(subject: str, text: str, language: str, zone: tzinfo) -> tuple[str, str]:
    """Return subject and text as a resident might read them, with made-up facts."""
    facts = texts.kept(_made_up(clock.now() + timedelta(hours=3)))
    return texts.fill(subject, facts, language, zone), texts.fill(text, facts, language, zone)


def _made_up(due: datetime) -> Mapping[str, object]:
    return {
        "name": {"zh": "王女士", "en": "Ms Wang"},
        "number": "YGL-260302-0001",
        "community": {"zh": "阳光里", "en": "Sunshine Lane"},
        "category": {"zh": "电梯故障", "en": "Lift fault"},
        "department": {"zh": "工程", "en": "Engineering"},
        "task": {"zh": "首次联系", "en": "First contact"},
        "due": due,
        "link": "https://example.com/c/…",
        "hours": "2",
        "level": "2",
        "lead": "YGL-260301-0002",
        "process": {"zh": "装修申请", "en": "Refurbishment"},
        "said": {"zh": "手续已办好，可以开工。", "en": "All is ready and work may begin."},
    }
