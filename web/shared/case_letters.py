"""The messages of a case as staff see them: to whom, about what, whether they were sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine.company import people
from engine.company.people import KnownPerson
from engine.core import master_data
from engine.letters import Letter, Template
from engine.letters.texts import fill, shipped
from web.shell.formats import name_of, zone
from web.shell.language import gettext as _
from web.shell.language import language


@dataclass(frozen=True, slots=True)
class Shown:
    """One message to one or more people: one of its rows, its kind, its recipients, its text without links."""

    letter: Letter
    name: str
    to: tuple[str, ...]
    subject: str
    text: str


def of_case(session: Session, case_id: int | None) -> list[Shown]:
    """The messages of a case, the newest first (one statement)."""
    letters = session.scalars(_LETTERS, {"case": case_id}).all() if case_id is not None else []
    if not letters:
        return []
    texts = _texts(session, language())
    known = people.known(session)
    alike = groupby(letters, key=lambda each: (each.template, each.created_at, each.sent_at, each.error))
    return [_shown(list(each), texts, known) for _key, each in alike]


_LETTERS = select(Letter).where(Letter.case_id == bindparam("case")).order_by(Letter.id.desc())
_TEXTS = select(Template.code, Template.name, Template.subject, Template.text)


@dataclass(frozen=True, slots=True)
class _Text:
    name: str
    subject: str
    text: str


def _texts(session: Session, language: str) -> Mapping[str, _Text]:
    """The texts of all messages in one language, by code."""

    def read() -> dict[str, _Text]:
        rows = session.execute(_TEXTS.where(Template.language == language))
        ours = {code: _Text(each["name"][language], **each[language]) for code, each in shipped().items()}
        return {**ours, **{row.code: _Text(row.name, row.subject, row.text) for row in rows}}

    return master_data.kept(session, ("texts of messages", language), read)


def _shown(letters: Sequence[Letter], texts: Mapping[str, _Text], known: Mapping[int, KnownPerson]) -> Shown:
    letter, to = letters[0], tuple(_named(each, known) for each in reversed(letters))
    template = texts.get(letter.template)
    if template is None:
        return Shown(letter, letter.template, to, "", "")
    facts = {**letter.facts, "name": _("、").join(to)}
    return Shown(
        letter,
        template.name,
        to,
        fill(template.subject, facts, language(), zone()),
        fill(template.text, facts, language(), zone()),
    )


def _named(letter: Letter, known: Mapping[int, KnownPerson]) -> str:
    if letter.to_kind != "person":
        return _("业主")
    return name_of(known.get(letter.to_ref, "")) or _("已离职的同事")
