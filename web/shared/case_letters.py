"""The messages of a case as staff see them: to whom, about what, what happened to them, whom to call instead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine.company import people
from engine.company.people import KnownPerson, Person
from engine.core import master_data
from engine.letters import Letter, Template
from engine.letters.rows import UNREACHED
from engine.letters.rules import DANGER
from engine.letters.texts import fill, shipped
from web.shared.letter_states import why
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


@dataclass(frozen=True, slots=True)
class Missed:
    """Somebody whom the newest message did not reach: who, which messages, why, and the phone of a colleague."""

    name: str
    what: tuple[str, ...]
    why: str
    phone: str
    is_resident: bool


def missed(session: Session, letters: Sequence[Letter]) -> list[Missed]:
    """Whom to telephone about a case, the resident first; the people of an alarm stand with the alarm.

    Somebody counts as reached as soon as a newer message got through, or they were told.
    """
    to = [
        each for each in letters if each.template not in DANGER and each.to_kind in ("person", "complaint", "request")
    ]
    newest = {(each.to_kind, each.to_ref): each for each in reversed(to)}
    lost = {who: each for who, each in newest.items() if each.state in UNREACHED and each.told_at is None}
    if not lost:
        return []
    texts, known = _texts(session, language()), people.known(session)
    phones = _phones(session, [ref for kind, ref in lost if kind == "person"])
    found = []
    for (kind, ref), last in lost.items():
        theirs = [each for each in to if (each.to_kind, each.to_ref) == (kind, ref) and each.state in UNREACHED]
        named = dict.fromkeys(texts[each.template].name for each in theirs if each.template in texts)
        phone = phones.get(ref, "") if kind == "person" else ""
        found.append(Missed(_named(last, known), tuple(named), why(last), phone, kind != "person"))
    return sorted(found, key=lambda each: not each.is_resident)


def _phones(session: Session, person_ids: Sequence[int]) -> Mapping[int, str]:
    rows = session.execute(select(Person.id, Person.phone).where(Person.id.in_(person_ids))) if person_ids else ()
    return {row.id: row.phone for row in rows}


def rows(session: Session, case_id: int | None) -> Sequence[Letter]:
    """The letters of a case, the newest first (one statement)."""
    return session.scalars(_LETTERS, {"case": case_id}).all() if case_id is not None else []


def shown(session: Session, letters: Sequence[Letter]) -> list[Shown]:
    """The letters of a case as messages, those to several people at once as one."""
    if not letters:
        return []
    texts = _texts(session, language())
    known = people.known(session)
    alike = groupby(letters, key=_alike)
    return [_shown(list(each), texts, known) for _key, each in alike]


def _alike(letter: Letter) -> tuple[object, ...]:
    """What is equal for letters that are shown as one."""
    held = (letter.held_for, letter.held_until, letter.together)
    return letter.template, letter.created_at, letter.state, letter.error, *held


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


def name_of_text(session: Session, code: str) -> str:
    """A message's name in the reader's language."""
    text = _texts(session, language()).get(code)
    return text.name if text else code


def _shown(letters: Sequence[Letter], texts: Mapping[str, _Text], known: Mapping[int, KnownPerson]) -> Shown:
    letter, to = letters[0], tuple(_named(each, known) for each in reversed(letters))
    template = texts.get(letter.template)
    if template is None:
        return Shown(letter, letter.template, to, "", "")
    facts = {**letter.facts, "name": _("、").join(to), "link": ""}
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
