"""The table of permissions, changed role by role, with a preview of the effect."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.administration.recording import record, require
from engine.company import people, permissions, roles
from engine.company.people import Holding, Person
from engine.company.permissions import ACTS, SCOPES, Permission
from engine.core import memo
from engine.core.errors import Invalid, NotFound

ACT = "people.edit"
MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class Shift:
    """One act whose scope changes; "" for none at all."""

    act: str
    before: str
    after: str

    @property
    def gains(self) -> bool:
        """Return whether the role may do more afterwards."""
        return width(self.after) > width(self.before)


@dataclass(frozen=True, slots=True)
class Effect:
    """The effect of a change: the shifts, and who holds the role now (some by name, and how many in all)."""

    shifts: tuple[Shift, ...]
    holders: tuple[Person, ...]
    count: int


def width(scope: str) -> int:
    """Return how wide a scope is: 0 for none."""
    return SCOPES.index(scope) + 1 if scope in SCOPES else 0


def granted(session: Session) -> dict[str, dict[str, str]]:
    """Return the widest scope of every act, by role; acts that a role may not do are missing."""
    found: dict[str, dict[str, str]] = {}
    for role, act, scope in session.execute(select(Permission.role, Permission.act, Permission.scope)):
        kept = found.setdefault(role, {})
        if width(scope) > width(kept.get(act, "")):
            kept[act] = scope
    return found


def effect(session: Session, role: str, wanted: Mapping[str, str]) -> Effect:
    """Return what changes if `role` may do the acts of `wanted` within these scopes, and for whom."""
    _check(session, role, wanted)
    before = granted(session).get(role, {})
    shifts = tuple(
        Shift(act, before.get(act, ""), wanted[act])
        for act in ACTS
        if act in wanted and wanted[act] != before.get(act, "")
    )
    held = people.current().where(Holding.role == role).with_only_columns(Holding.person_id)
    asked = select(Person).where(Person.id.in_(held), Person.retired_at.is_(None)).order_by(Person.name, Person.id)
    holders = session.scalars(asked).all()
    return Effect(shifts, tuple(holders[:MOST_NAMED]), len(holders))


def change(session: Session, by: Person, role: str, wanted: Mapping[str, str]) -> Effect:
    """Let `role` do the acts of `wanted` within these scopes ("" for not at all); other acts stay.

    Raises `Invalid`, `NotPermitted`, or `Conflict` when nobody would be left to manage people.
    """
    require(session, by, ACT)
    found = effect(session, role, wanted)
    for shift in found.shifts:
        session.execute(delete(Permission).where(Permission.role == role, Permission.act == shift.act))
        if shift.after:
            session.add(Permission(role=role, act=shift.act, scope=shift.after))
    session.flush()
    memo.forget(session)
    permissions.keep_editor(session)
    if found.shifts:
        changed = {shift.act: [shift.before, shift.after] for shift in found.shifts}
        record(session, by, "permission.changed", {"role": role, "changed": changed})
    return found


def _check(session: Session, role: str, wanted: Mapping[str, str]) -> None:
    if role not in roles.of(session).roles:
        raise NotFound()
    wrong = {
        act: ("请从列表中选择。", "Please choose from the list.")
        for act, scope in wanted.items()
        if act not in ACTS or (scope and scope not in SCOPES)
    }
    if wrong:
        raise Invalid(wrong)
