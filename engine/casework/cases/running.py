"""What goes on in one transaction: which case is stepped, what is to be done afterwards, what is to be noted."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from engine import history
from engine.bpmn.execution import Act
from engine.casework.cases.rows import Case
from engine.core import memo
from engine.core.errors import NotFound
from engine.history import NewEntry


@dataclass(frozen=True, slots=True)
class Sent:
    """A message on its way. Who gets it is found out when its turn comes: until then others may take or open waits."""

    name: str
    correlation: str
    fields: Mapping[str, object]


@dataclass(slots=True)
class Running:
    """What is still to be carried out, which cases are held, the one that is stepped now, and what its entry shall say."""

    queue: list[tuple[int, Act] | Sent] = field(default_factory=list)
    locked: set[int] = field(default_factory=set)
    stepping: Case | None = None
    drafts: list[NewEntry] = field(default_factory=list)
    rules: dict[str, list[int]] = field(default_factory=dict)


def running(session: Session) -> Running:
    """What goes on in this transaction."""
    found = session.info.get(Running)
    if not isinstance(found, Running):
        found = session.info[Running] = Running()
    return found


def lock(session: Session, case_id: int) -> Case:
    """The case, locked until the transaction ends. Raises `NotFound`.

    What was read before may have been changed by whoever held it until now: it is read again when it is next asked
    for. SQLite has one writer, which nobody came before.
    """
    here = running(session)
    if case_id in here.locked:
        return session.get_one(Case, case_id)
    if session.get_bind().dialect.name != "sqlite":
        session.flush()  # what was changed in memory must not be read over
        session.expire_all()
        memo.forget(session)
    case = session.get(Case, case_id, with_for_update=True)
    if case is None:
        raise NotFound()
    here.locked.add(case_id)
    return case


def record(session: Session, case_id: int, draft: NewEntry) -> None:
    """Add an entry to the history of a case: behind the step that runs now, or at once."""
    here = running(session)
    if here.stepping is not None and here.stepping.id == case_id:
        here.drafts.append(draft)
        return
    history.add(session, lock(session, case_id), [draft])
    session.flush()
