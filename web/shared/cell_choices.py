"""Choices for cells of decision tables in this company: departments, roles, regions, categories."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.company.places import Place
from engine.company.roles import KnownRoles
from engine.complaints.core import categories
from engine.complaints.core.categories import KnownCategory
from web.shared import decisions_taken
from web.shell import current
from web.shell.formats import name_of
from web.shell.language import gettext as _

Choices = Sequence[tuple[str, str]]

WIDER = ("region", "company")
"""Levels that a group names, in the order in which a role is looked for there."""


@dataclass(frozen=True, slots=True)
class Offers:
    """Choices by variable for inputs (`asked`) and outputs (`given`), as FEEL with labels; categories by code.

    `own`: those of the questions in a process's own forms. `shipped`: whether the words of complaints are meant.
    """

    asked: Mapping[str, Choices]
    given: Mapping[str, Choices]
    categories: Mapping[str, KnownCategory]
    own: Mapping[str, Choices] = field(default_factory=dict)
    shipped: bool = True

    def code_of(self, typed: str) -> str | None:
        """The category given by a code, a unique name, or both; None if there is none."""
        text = typed.strip()
        first = text.split(" ", 1)[0].upper()
        for code in (text.upper(), first):
            if code in self.categories and (code == text.upper() or self._is_named(code, text)):
                return code
        folded = text.casefold()
        found = [code for code, each in self.categories.items() if folded in _names(each)]
        return found[0] if len(found) == 1 else None

    def _is_named(self, code: str, text: str) -> bool:
        return text.partition(" ")[2].strip().casefold() in _names(self.categories[code])

    def listed(self, parents: bool) -> list[tuple[str, str]]:
        """Categories to choose from (code, words): those of the first level, or of the second."""
        every = sorted(self.categories.values(), key=lambda each: (each.parent or "", each.position, each.code))
        return [(each.code, name_of(each)) for each in every if (each.parent is None) == parents and not each.retired]

    def in_words(self, text: str) -> str:
        """A cell with its codes in words; numbers and other FEEL stay as they are."""
        bare = text.strip()
        if bare.startswith("[") and bare.endswith("]"):
            bare = bare[1:-1].strip() or _("（没有）")
        said = decisions_taken.in_words(bare, self.categories)
        return text if said.startswith("if ") else said


def _names(category: KnownCategory) -> tuple[str, str]:
    return category.name.casefold(), category.name_en.casefold()


def offers(session: Session) -> Offers:
    """The current choices (two statements)."""
    known = current.known()
    departments = [(f'"{each.code}"', _said(each)) for each in known.offered_departments.values()]
    heads = [
        (f'"{each.code}/head"', _("{department}的主管", department=_said(each)))
        for each in known.offered_departments.values()
        if "head" in known.offered_roles
    ]
    roles = _roles(known)
    lists = [("[]", _("（没有）")), *((f"[{text}]", words) for text, words in [*departments, *roles])]
    regions = _regions(session)
    return Offers(
        asked={"department": departments, "lead": [*departments, *roles], "region": regions},
        given={
            "department": departments,
            "lead": [*departments, *roles],
            "approver": [*roles, *heads],
            "group": [*roles, *heads, *departments],
            "support": lists,
        },
        categories=categories.known(session),
    )


def _said(each: object) -> str:
    return str(name_of(each))


def _roles(known: KnownRoles) -> list[tuple[str, str]]:
    """Roles held at a community, a region or the company, each as a diagram names it."""
    found = []
    for role in known.offered_roles.values():
        level = role.held_at[0]
        if level != "department":
            found.append((f'"{level}:{role.code}"' if level in WIDER else f'"{role.code}"', _said(role)))
    return found


def _regions(session: Session) -> list[tuple[str, str]]:
    """Regions by code; a shared code appears once."""
    rows = session.scalars(select(Place).where(Place.kind == "region", Place.retired_at.is_(None)).order_by(Place.id))
    return [(f'"{code}"', name) for code, name in {each.code: _said(each) for each in rows}.items()]
