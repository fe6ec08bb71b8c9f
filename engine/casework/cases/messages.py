"""Messages and signals between cases: a message goes to one wait; one that comes too early is kept."""

import hashlib
from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import and_, insert, or_, select, text
from sqlalchemy.orm import Session

from engine.bpmn.execution import Broadcast, Deliver, Thrown, coding
from engine.casework.cases.rows import Case, KeptMessage, Wait
from engine.casework.cases.running import Sent, running
from engine.core import clock
from engine.core.errors import NotWaiting

Give = Callable[[int, Deliver], object]

Begin = Callable[[Session, int, str, str, Mapping[str, object]], bool]
"""Begins cases by a message or signal: (session, sender's case, kind, name, fields) -> whether it began any."""

_beginners: list[Begin] = []

_in_turn = text("select pg_advisory_xact_lock(:number)")


def begins(begin: Begin) -> Begin:
    """Register who begins cases by a message that no case waits for, and by every signal."""
    _beginners.append(begin)
    return begin


def pass_on(session: Session, case: Case, thrown: Sequence[Thrown], opened: Sequence[Wait]) -> None:
    """Queue the messages a step threw for their receivers, and kept messages for the waits it opened."""
    if opened:
        _take_kept(session, opened)
    for each in thrown:
        if each.kind == "message":
            correlation = each.correlation if each.correlation is not None else case.business_key
            running(session).queue.append(Sent(each.name, correlation, dict(each.fields), case.id))
        elif each.kind == "signal":
            _broadcast(session, case, each)


def hand_over(session: Session, sent: Sent, give: Give) -> None:
    """Deliver a message to the longest wait, with `give(case id, act)`; keep it when nobody waits."""
    _take_turns(session, [(sent.name, sent.correlation)])
    tried: list[int] = []
    while (wait := _waiting_for(session, sent, tried)) is not None:
        tried.append(wait.id)
        try:
            give(wait.case_id, Deliver(wait.key, dict(sent.fields)))
        except NotWaiting:
            continue  # the case went on while we waited for its lock
        return
    if sent.sender is None or not _begin(session, sent.sender, "message", sent.name, sent.fields):
        keep(session, sent)


def _begin(session: Session, sender: int, kind: str, name: str, fields: Mapping[str, object]) -> bool:
    return any(begin(session, sender, kind, name, fields) for begin in _beginners)


def keep(session: Session, sent: Sent) -> None:
    """Keep a message for the first matching wait."""
    fields = coding.dumps(dict(sent.fields))
    row = {"name": sent.name, "correlation": sent.correlation, "fields": fields, "at": clock.now()}
    session.execute(insert(KeptMessage).values(row))


def _waiting_for(session: Session, sent: Sent, tried: Sequence[int]) -> Wait | None:
    fitting = select(Wait).where(
        Wait.kind == "message", Wait.name == sent.name, Wait.correlation == sent.correlation, Wait.id.not_in(tried)
    )
    return session.scalar(fitting.order_by(Wait.id).limit(1))


def _take_kept(session: Session, opened: Sequence[Wait]) -> None:
    waits = [wait for wait in opened if wait.kind == "message"]
    if not waits:
        return
    _take_turns(session, [(wait.name, wait.correlation) for wait in waits])
    fits = [and_(KeptMessage.name == wait.name, KeptMessage.correlation == wait.correlation) for wait in waits]
    for kept in session.scalars(select(KeptMessage).where(or_(*fits)).order_by(KeptMessage.id)).all():
        taker = next((wait for wait in waits if (wait.name, wait.correlation) == (kept.name, kept.correlation)), None)
        if taker is not None:
            waits.remove(taker)
            session.delete(kept)
            running(session).queue.append(Sent(kept.name, kept.correlation, coding.loads(kept.fields)))


def _take_turns(session: Session, named: Sequence[tuple[str, str]]) -> None:
    """Serialize the transactions that send or await messages of a name and correlation.

    Otherwise one could find nobody waiting while the other finds nothing kept. SQLite has one writer anyway.
    """
    if session.get_bind().dialect.name == "sqlite":
        return
    for name, correlation in sorted(set(named)):
        digest = hashlib.sha256(f"{name}\0{correlation}".encode()).digest()
        session.connection().execute(_in_turn, {"number": int.from_bytes(digest[:8], signed=True)})


def _broadcast(session: Session, case: Case, thrown: Thrown) -> None:
    listening = (
        select(Wait.case_id)
        .where(Wait.kind == "signal", Wait.name == thrown.name, Wait.case_id != case.id)
        .distinct()
        .order_by(Wait.case_id)
    )
    for case_id in session.scalars(listening).all():
        running(session).queue.append((case_id, Broadcast(thrown.name, dict(thrown.fields))))
    _begin(session, case.id, "signal", thrown.name, thrown.fields)
