"""Who may draft and publish which process: roles named for it narrow down whom the company lets do so.

Where no role is named, everybody may who holds the act. A named role that nobody can use any more does not count, so
that nobody locks the company out by giving the last one away.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sqlalchemy import Select, String, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.company import people, permissions, places
from engine.company.people import Holding, Person
from engine.company.permissions import Permission
from engine.company.places import Place
from engine.core.errors import NotPermitted
from engine.core.memo import remembered
from engine.core.store import Base

DRAFT = "process.draft"
PUBLISH = "process.publish"
TABLES = "tables.edit"
"""Changing a table publishes its process, so that the roles named for publishing count."""

NAMED: Mapping[str, str] = MappingProxyType({DRAFT: DRAFT, PUBLISH: PUBLISH, TABLES: PUBLISH})
"""Under which act the roles for an act are named."""

NOBODY: frozenset[str] = frozenset()


class ProcessRight(Base):
    """A role that may do `act` (`process.draft` or `process.publish`) with one process."""

    __tablename__ = "process_rights"

    process: Mapped[str] = mapped_column(String(80), primary_key=True)
    act: Mapped[str] = mapped_column(String(40), primary_key=True)
    role: Mapped[str] = mapped_column(String(30), primary_key=True)


@dataclass
class Known:
    """What a session has read: the named roles by process and act, and the roles that somebody can use."""

    named: dict[tuple[str, str], frozenset[str]] | None = None
    used: dict[str, frozenset[str]] = field(default_factory=dict)


def named(session: Session, process: str, act: str) -> frozenset[str]:
    """Return the roles named for an act with a process; none when everybody may who holds the act."""
    known = remembered(session, Known)
    if known.named is None:
        known.named = {}
        for row in session.scalars(select(ProcessRight)):
            key = row.process, row.act
            known.named[key] = known.named.get(key, NOBODY) | {row.role}
    return known.named.get((process, NAMED[act]), NOBODY)


def counting(session: Session, process: str, act: str) -> frozenset[str]:
    """Return the named roles that somebody can use now."""
    found = named(session, process, act)
    return found & used(session, NAMED[act]) if found else found


def used(session: Session, act: str) -> frozenset[str]:
    """Return the roles with an act for the whole company that somebody holds now."""
    known = remembered(session, Known)
    if act not in known.used:
        known.used[act] = frozenset(session.scalars(_holders(act).with_only_columns(Holding.role).distinct()))
    return known.used[act]


def who_may(session: Session, process: str, act: str) -> list[int]:
    """Return the ids of the people who may do an act with a process, without those who stand in for them."""
    asked = _holders(act).with_only_columns(Holding.person_id).distinct().order_by(Holding.person_id)
    if roles := counting(session, process, act):
        asked = asked.where(
            Holding.person_id.in_(people.current().where(Holding.role.in_(roles)).with_only_columns(Holding.person_id))
        )
    return list(session.scalars(asked))


def _holders(act: str) -> Select[Holding]:
    """Return a query of the holdings that let people do `act` for the whole company."""
    return (
        people.current()
        .join(Permission, Permission.role == Holding.role)
        .join(Person, Person.id == Holding.person_id)
        .join(Place, Place.id == Holding.place_id)
        .where(Permission.act == act, Person.retired_at.is_(None))
        .where(or_(Permission.scope == "company", Place.kind == "company"))
    )


def may(session: Session, person: Person, process: str, act: str) -> bool:
    """Return whether a person may do an act with a process."""
    if not permissions.reach(session, person, act).everything:
        return False
    roles = counting(session, process, act)
    held = {role for role, _place in permissions.grants(session, person).held}
    return not roles or bool(roles & held)


def require(session: Session, person: Person, process: str, act: str) -> None:
    """Raise unless a person may do an act with a process: `NotPermitted`, or `NotFound` when they may see none."""
    permissions.require(session, person, act, places.company(session).id)
    if not may(session, person, process, act):
        zh, en = permissions.ACTS[act]
        raise NotPermitted(act_zh=f"{zh}“{process}”", act_en=f"{en} (“{process}”)")
