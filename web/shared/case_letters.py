"""The messages of a case, as the staff reads them: to whom, what about, whether they went out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.company import people
from engine.company.people import Person
from engine.letters import Letter, Template
from engine.letters.sending import SECRET
from engine.letters.texts import fill
from web.shell.formats import name_of, zone
from web.shell.language import gettext as _
from web.shell.language import language


@dataclass(frozen=True, slots=True)
class Shown:
    """One message, to one or several people at once: a row of it, its kind, who it goes to, its words without links."""

    letter: Letter
    name: str
    to: tuple[str, ...]
    subject: str
    text: str


def of_case(session: Session, case_id: int | None) -> list[Shown]:
    """The messages of a case, the newest first (three statements)."""
    asked = select(Letter).where(Letter.case_id == case_id).order_by(Letter.id.desc())
    letters = list(session.scalars(asked)) if case_id is not None else []
    if not letters:
        return []
    codes = {each.template for each in letters}
    texts = {
        each.code: each
        for each in session.scalars(select(Template).where(Template.code.in_(codes), Template.language == language()))
    }
    known = people.names(session, [each.to_ref for each in letters if each.to_kind == "person"])
    alike = groupby(letters, key=lambda each: (each.template, each.created_at, each.sent_at, each.error))
    return [_shown(list(each), texts, known) for _key, each in alike]


def _shown(letters: Sequence[Letter], texts: Mapping[str, Template], known: Mapping[int, Person]) -> Shown:
    letter, to = letters[0], tuple(_named(each, known) for each in reversed(letters))
    template = texts.get(letter.template)
    if template is None:
        return Shown(letter, letter.template, to, "", "")
    facts = {**{key: value for key, value in letter.facts.items() if key not in SECRET}, "name": _("、").join(to)}
    return Shown(
        letter,
        template.name,
        to,
        fill(template.subject, facts, language(), zone()),
        fill(template.text, facts, language(), zone()),
    )


def _named(letter: Letter, known: Mapping[int, Person]) -> str:
    if letter.to_kind != "person":
        return _("业主")
    return name_of(known.get(letter.to_ref, "")) or _("已离职的同事")
