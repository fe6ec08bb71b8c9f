"""Who may draft and publish each process, and what needs somebody else's approval: changed, with its effect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.orm import Session

from engine.administration.recording import record, require
from engine.company import people
from engine.company.people import Person
from engine.core import memo
from engine.core.errors import Conflict, Invalid
from engine.processes import four_eyes, rights
from engine.processes.rights import DRAFT, PUBLISH, TABLES, ProcessRight

ACT = "people.edit"
KINDS = (DRAFT, PUBLISH)
FEWEST = 2
"""So many people have to be able to publish before an approval by somebody else can be asked for."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The roles named for drafting and for publishing a process (none: everybody who holds the act), and whether
    somebody else has to approve it."""

    roles: Mapping[str, frozenset[str]]
    four_eyes: bool


@dataclass(frozen=True, slots=True)
class Effect:
    """Who could do an act afterwards, who could not any more, and the named roles that nobody can use."""

    act: str
    who: Sequence[Person]
    lost: Sequence[Person]
    unused: frozenset[str]


def of(session: Session, process: str) -> Rules:
    """Return the rules of a process."""
    roles = {act: rights.named(session, process, act) for act in KINDS}
    return Rules(roles, process in four_eyes.all_of(session))


def offered(session: Session, act: str) -> frozenset[str]:
    """Return the roles that can be named for an act: those with the act that somebody holds."""
    found = rights.used(session, act)
    return found | rights.used(session, TABLES) if act == PUBLISH else found


def change(session: Session, by: Person, process: str, wanted: Rules) -> list[Effect]:
    """Set the rules of a process; return what it means for whom.

    Raises `NotPermitted`, `Invalid` for a role that cannot be named, `Conflict` where nobody could approve.
    """
    require(session, by, ACT)
    before = of(session, process)
    who_could = {act: rights.who_may(session, process, act) for act in KINDS}
    _check(session, wanted, before)
    session.execute(delete(ProcessRight).where(ProcessRight.process == process))
    session.add_all(
        ProcessRight(process=process, act=act, role=role) for act, roles in wanted.roles.items() for role in roles
    )
    four_eyes.keep(session, process, wanted.four_eyes)
    memo.forget(session)
    _require_approvers(session, process)
    if before != wanted:
        facts: dict[str, object] = {"process": process, "changed": _changed(before, wanted)}
        record(session, by, "process.rights_changed", facts)
    return [_effect(session, process, act, who_could[act]) for act in KINDS]


def _check(session: Session, wanted: Rules, before: Rules) -> None:
    for act, roles in wanted.roles.items():
        if roles - offered(session, act) - before.roles[act]:
            raise Invalid({act: ("请从列表中选择。", "Please choose from the list.")})


def _require_approvers(session: Session, process: str) -> None:
    if four_eyes.needed(session, process) and len(rights.who_may(session, process, PUBLISH)) < FEWEST:
        raise Conflict(
            zh="要由另一人批准，至少要有两个人能发布这个流程。请先把角色再给一个人。",
            en="For an approval by somebody else, at least two people have to be able to publish this process. Give the "
            "role to one more person first.",
        )


def _changed(before: Rules, wanted: Rules) -> dict[str, list[object]]:
    found: dict[str, list[object]] = {
        act: [sorted(before.roles[act]), sorted(wanted.roles[act])]
        for act in KINDS
        if before.roles[act] != wanted.roles[act]
    }
    if before.four_eyes != wanted.four_eyes:
        found["four_eyes"] = [before.four_eyes, wanted.four_eyes]
    return found


def _effect(session: Session, process: str, act: str, who_could: Sequence[int]) -> Effect:
    can = rights.who_may(session, process, act)
    known = people.names(session, [*can, *who_could])
    named = rights.named(session, process, act)
    lost = [known[each] for each in who_could if each not in can]
    return Effect(act, [known[each] for each in can], lost, named - rights.counting(session, process, act))


def change_for_all(session: Session, by: Person, on: bool) -> None:
    """Say whether every process needs somebody else's approval. Raises `NotPermitted`, `Conflict`."""
    require(session, by, ACT)
    before = four_eyes.EVERY in four_eyes.all_of(session)
    four_eyes.keep(session, four_eyes.EVERY, on)
    _require_approvers(session, four_eyes.EVERY)
    if before != on:
        record(session, by, "process.rights_changed", {"changed": {"four_eyes": [before, on]}})
