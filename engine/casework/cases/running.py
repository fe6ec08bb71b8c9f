"""What goes on in one transaction: which case is stepped, what is to be done afterwards, what is to be noted."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine import history
from engine.bpmn.execution import Act
from engine.casework.cases.rows import Case
from engine.core.errors import NotFound
from engine.core.store import RowRead, connection_of, forget_what_was_read, table_of, unwritten
from engine.history import Draft


@dataclass(frozen=True, slots=True)
class Sent:
    """A message on its way. Who gets it is found out when its turn comes: until then others may take or open waits."""

    name: str
    correlation: str
    fields: Mapping[str, object]


@dataclass(slots=True)
class Running:
    """What is still to be carried out, the case that is stepped now, and what its entry shall say."""

    queue: list[tuple[int, Act] | Sent] = field(default_factory=list)
    stepping: Case | None = None
    drafts: list[Draft] = field(default_factory=list)
    rules: dict[str, list[int]] = field(default_factory=dict)


def running(session: Session) -> Running:
    """What goes on in this transaction."""
    found = session.info.get("running")
    if not isinstance(found, Running):
        found = session.info["running"] = Running()
    return found


_table = table_of(Case)
_locked = RowRead(Case, select(_table).where(_table.c.id == bindparam("case")).with_for_update(), "case")


def lock(session: Session, case_id: int) -> Case:
    """The case, locked until the transaction ends. Raises `NotFound`.

    What was read before may have been changed by whoever held it until now: it is read again when it is next asked for.
    """
    session.flush()  # what was changed in memory must not be read over
    for held in unwritten(session):  # in the middle of its step: it is held already
        if isinstance(held, Case) and held.id == case_id:
            return held
    case = _locked.one(session, fresh=True, case=case_id)
    if case is None:
        raise NotFound()
    if connection_of(session).dialect.name != "sqlite":  # there we are the one writer from the first statement on
        _forget_what_was_read(session, case)
    return case


def _forget_what_was_read(session: Session, case: Case) -> None:
    locked: set[int] = session.info.setdefault("locked cases", set())
    if case.id not in locked:
        locked.add(case.id)
        forget_what_was_read(session, case)


def record(session: Session, case_id: int, draft: Draft) -> None:
    """Add an entry to the history of a case: behind the step that runs now, or at once."""
    here = running(session)
    if here.stepping is not None and here.stepping.id == case_id:
        here.drafts.append(draft)
        return
    history.add(session, lock(session, case_id), [draft])
    session.flush()
