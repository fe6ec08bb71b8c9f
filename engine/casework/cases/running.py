"""State of one transaction: the case being stepped, acts still to do, entries still to record."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from engine import history
from engine.bpmn.execution import Act
from engine.casework.cases.rows import Case
from engine.company.permissions import Granted
from engine.core import memo
from engine.core.errors import NotFound
from engine.history import NewEntry


@dataclass(frozen=True, slots=True)
class Sent:
    """A message on its way. Its receiver is looked up at delivery, since waits may open and close until then.

    `sender`: the case that sent it; None for one that was kept until somebody waited.
    """

    name: str
    correlation: str
    fields: Mapping[str, object]
    sender: int | None = None


@dataclass(slots=True)
class Running:
    """What is still to do, the cases held by id, the one stepped now, and what its entry will say."""

    queue: list[tuple[int, Act] | Sent] = field(default_factory=list)
    locked: dict[int, Case] = field(default_factory=dict)
    stepping: Case | None = None
    drafts: list[NewEntry] = field(default_factory=list)
    rules: dict[str, list[int]] = field(default_factory=dict)


def running(session: Session) -> Running:
    """Return the state of this transaction."""
    found = session.info.get(Running)
    if not isinstance(found, Running):
        found = session.info[Running] = Running()
    return found


def lock(session: Session, case_id: int) -> Case:
    """Return the case, locked until the transaction ends. Raises `NotFound`.

    Rows read before may have been changed by the previous holder, so they are read again at the next access; not what
    people may do, which no case changes. On SQLite there is one writer, so nothing can have changed.
    """
    here = running(session)
    if case_id in here.locked:
        return here.locked[case_id]
    if session.get_bind().dialect.name != "sqlite":
        session.flush()  # changes in memory must not be overwritten by reading
        session.expire_all()
        memo.forget(session, but=Granted)
    case = session.get(Case, case_id, with_for_update=True)
    if case is None:
        raise NotFound()
    here.locked[case_id] = case
    return case


def recorded(session: Session, kind: str) -> int:
    """Return how many entries of a kind the running step will write."""
    return sum(draft.kind == kind for draft in running(session).drafts)


def record(session: Session, case_id: int, draft: NewEntry) -> None:
    """Add an entry to the history of a case: after the running step, or at once."""
    here = running(session)
    if here.stepping is not None and here.stepping.id == case_id:
        here.drafts.append(draft)
        return
    history.add(session, lock(session, case_id), [draft])
    session.flush()
