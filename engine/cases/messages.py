"""Messages and signals between cases: one message goes to one wait; one that comes too early is kept."""

from collections.abc import Callable, Sequence

from sqlalchemy import and_, insert, or_, select
from sqlalchemy.orm import Session

from engine import clock
from engine.cases.rows import Case, KeptMessage, Wait
from engine.spiff import Act, Broadcast, Deliver, Thrown, coding

Queue = Callable[[int, Act], None]


def pass_on(session: Session, case: Case, thrown: Sequence[Thrown], opened: Sequence[Wait], queue: Queue) -> None:
    """Carry what a step has thrown to who waits for it, and what was kept to the waits that it has opened."""
    if opened:
        _take_kept(session, opened, queue)
    for each in thrown:
        if each.kind == "message":
            _send(session, case, each, queue)
        elif each.kind == "signal":
            _broadcast(session, case, each, queue)


def _send(session: Session, case: Case, thrown: Thrown, queue: Queue) -> None:
    correlation = thrown.correlation if thrown.correlation is not None else case.business_key
    session.flush()
    fitting = select(Wait).where(Wait.kind == "message", Wait.name == thrown.name, Wait.correlation == correlation)
    wait = session.scalar(fitting.order_by(Wait.id).limit(1))
    if wait is not None:
        queue(wait.case_id, Deliver(wait.key, dict(thrown.fields)))
        return
    session.execute(
        insert(KeptMessage).values(
            name=thrown.name, correlation=correlation, fields=coding.dumps(dict(thrown.fields)), at=clock.now()
        )
    )


def _take_kept(session: Session, opened: Sequence[Wait], queue: Queue) -> None:
    waits = [wait for wait in opened if wait.kind == "message"]
    fits = [and_(KeptMessage.name == wait.name, KeptMessage.correlation == wait.correlation) for wait in waits]
    if not fits:
        return
    for kept in session.scalars(select(KeptMessage).where(or_(*fits)).order_by(KeptMessage.id)):
        for wait in waits:
            if (wait.name, wait.correlation) == (kept.name, kept.correlation):
                waits.remove(wait)
                session.delete(kept)
                queue(wait.case_id, Deliver(wait.key, coding.loads(kept.fields)))
                break


def _broadcast(session: Session, case: Case, thrown: Thrown, queue: Queue) -> None:
    listening = (
        select(Wait.case_id)
        .where(Wait.kind == "signal", Wait.name == thrown.name, Wait.case_id != case.id)
        .distinct()
        .order_by(Wait.case_id)
    )
    for case_id in session.scalars(listening).all():
        queue(case_id, Broadcast(thrown.name, dict(thrown.fields)))
