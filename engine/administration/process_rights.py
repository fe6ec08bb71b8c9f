"""Who may draft and publish each process, and what needs somebody else's approval: changed, with its effect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import delete
from sqlalchemy.orm import Session

from engine.administration.recording import record, require
from engine.company import people, permissions
from engine.company.people import Person
from engine.core import clock, memo
from engine.core.errors import Conflict, Invalid, NotPermitted
from engine.processes import four_eyes, rights
from engine.processes.four_eyes import FourEyes
from engine.processes.rights import DRAFT, PUBLISH, TABLES, ProcessRight

ACT = "people.edit"
SEE = (ACT, DRAFT, PUBLISH, TABLES)
"""Who may read the rules: who sets them, and those whom they are about."""

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


def require_seeing(session: Session, by: Person) -> None:
    """Raise `NotPermitted` unless a person may read the rules."""
    if not any(permissions.reach(session, by, act).everything for act in SEE):
        raise permissions.refusal(ACT)


def of(session: Session, process: str) -> Rules:
    """Return the rules of a process."""
    roles = {act: rights.named(session, process, act) for act in KINDS}
    return Rules(roles, process in four_eyes.all_of(session))


def offered(session: Session, act: str) -> frozenset[str]:
    """Return the roles that can be named for an act: those with the act that somebody holds."""
    found = rights.used(session, act)
    return found | rights.used(session, TABLES) if act == PUBLISH else found


def change(session: Session, by: Person, process: str, wanted: Rules) -> list[Effect]:
    """Set the rules of a process; return what it means for whom. An approval goes on until somebody else agrees.

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
    _set_four_eyes(session, by, process, wanted.four_eyes)
    memo.forget(session)
    _require_approvers(session, process)
    if changed := _changed(before, replace(wanted, four_eyes=before.four_eyes or wanted.four_eyes)):
        facts: dict[str, object] = {"process": process, "changed": changed}
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
    """Ask for somebody else's approval of every process, or ask that this ends. Raises `NotPermitted`, `Conflict`."""
    require(session, by, ACT)
    before = four_eyes.EVERY in four_eyes.all_of(session)
    _set_four_eyes(session, by, four_eyes.EVERY, on)
    _require_approvers(session, four_eyes.EVERY)
    if on and not before:
        record(session, by, "process.rights_changed", {"changed": {"four_eyes": [before, on]}})


# ---- the end of an approval ------------------------------------------------------------------------------------------


def _set_four_eyes(session: Session, by: Person, process: str, on: bool) -> None:
    """Begin it; or note that somebody wants it to end, which takes another person."""
    row = four_eyes.of(session, process, lock=True)
    if on and row is None:
        four_eyes.keep(session, process, True)
    elif not on and row is not None and row.end_asked_by_id is None:
        row.end_asked_by_id, row.end_asked_at = by.id, clock.now()
        record(session, by, "process.four_eyes_end_asked", {"process": process})


def may_agree(session: Session, row: FourEyes, by: Person) -> bool:
    """Return whether a person may agree that an approval ends: another one who sets the rules, or may publish it."""
    return row.end_asked_by_id not in {None, by.id} and _is_concerned(session, row.process, by)


def may_keep(session: Session, row: FourEyes, by: Person) -> bool:
    """Return whether a person may say that an approval goes on: whoever asked for its end, or might agree to it."""
    return row.end_asked_by_id == by.id or may_agree(session, row, by)


def _is_concerned(session: Session, process: str, by: Person) -> bool:
    return permissions.reach(session, by, ACT).everything or rights.may(session, by, process, PUBLISH)


def decide_end(session: Session, by: Person, process: str, *, agreed: bool) -> None:
    """End an approval as somebody else asked, or let it go on. Raises `NotPermitted`, `Conflict` when nobody asks."""
    row = four_eyes.of(session, process, lock=True)
    if row is None or row.end_asked_by_id is None:
        raise Conflict(
            zh="没有人在请求关掉，或者刚才已经有了结果。", en="Nobody asks for it to end, or it has just been decided."
        )
    if not (may_agree if agreed else may_keep)(session, row, by):
        raise NotPermitted(
            act_zh="自己同意关掉“要另一人批准”", act_en="agree yourself that no approval is needed any more"
        )
    if agreed:
        facts = {"process": process, "asked_by": row.end_asked_by_id, "changed": {"four_eyes": [True, False]}}
        four_eyes.keep(session, process, False)
        record(session, by, "process.rights_changed", facts)
    else:
        row.end_asked_by_id = row.end_asked_at = None
        record(session, by, "process.four_eyes_kept", {"process": process})
