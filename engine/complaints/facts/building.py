"""All facts worked out anew, in batches: after an upgrade, by command, or only to see whether any is wrong."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.complaints.core.complaint import Complaint
from engine.complaints.facts import seconds
from engine.complaints.facts.deriving import Written, note, of_row, worked_out, write
from engine.complaints.facts.material import ALL, read
from engine.complaints.facts.rows import CallbackFact, CaseFact
from engine.core.store import Base, Store

BATCH = 500


class FactsToBuild(Base):
    """There while facts are not complete: one row, up to which complaint they are."""

    __tablename__ = "facts_to_build"

    id: Mapped[int] = mapped_column(primary_key=True)
    upto: Mapped[int]


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact that is not what its complaint's rows say."""

    complaint_id: int
    name: str
    kept: object
    right: object


def are_complete(session: Session) -> bool:
    """Return whether every complaint has its fact; false for a while after an upgrade."""
    return session.get(FactsToBuild, 1) is None


def begin_anew(session: Session) -> None:
    """Let all facts be worked out anew."""
    row = session.get(FactsToBuild, 1) or FactsToBuild(id=1, upto=0)
    row.upto = 0
    session.add(row)


def build(store: Store, stopped: Callable[[], bool] = lambda: False, told: Callable[[int], object] = int) -> bool:
    """Work out the facts that are missing, in short transactions; return whether all are there. `told`: up to which."""
    while not stopped():
        upto = store.attempt(_build_some)
        if upto is None:
            return True
        told(upto)
    return False


def _build_some(session: Session) -> int | None:
    row = session.get(FactsToBuild, 1, with_for_update=True)
    if row is None:
        return None
    ids = _next(session, row.upto)
    written = Written()
    material = read(session, dict.fromkeys(ids, ALL))
    for complaint_id in ids:
        write(session, material, complaint_id, written)
    session.flush()
    # those before them, too: their second complaint may have had no fact yet
    note(session, written.days | seconds.settle(session, written.again | _ended_before(session, ids)))
    if ids:
        row.upto = ids[-1]
    else:
        session.delete(row)
    return row.upto


def _next(session: Session, after: int) -> Sequence[int]:
    return session.scalars(select(Complaint.id).where(Complaint.id > after).order_by(Complaint.id).limit(BATCH)).all()


def _ended_before(session: Session, ids: Sequence[int]) -> set[int]:
    if not ids:
        return set()
    first, last = session.execute(
        select(func.min(CaseFact.received_day), func.max(CaseFact.received_day)).where(CaseFact.complaint_id.in_(ids))
    ).one()
    return set(session.scalars(seconds.ended_between(first - seconds.LATELY, last)))


def differences(session: Session) -> Iterator[Difference]:
    """Yield every fact that is not what is worked out anew."""
    ids = _next(session, 0)
    while ids:
        material = read(session, dict.fromkeys(ids, ALL))
        again = seconds.again(session, ids)
        kept = _callbacks(session, ids)
        for each in ids:
            before = of_row(material.facts.get(each))
            fact, callbacks = worked_out(material, each)
            fact["again_home"], fact["again_place"] = again.get(each, (None, None))
            for name, value in fact.items():
                if before.get(name) != value:
                    yield Difference(each, name, before.get(name), value)
            if kept.get(each, []) != callbacks:
                yield Difference(each, "callbacks", kept.get(each, []), callbacks)
        session.expunge_all()
        ids = _next(session, ids[-1])


def _callbacks(session: Session, ids: Sequence[int]) -> dict[int, list[dict[str, object]]]:
    names = [each.key for each in CallbackFact.__mapper__.column_attrs]
    asked = select(CallbackFact).where(CallbackFact.complaint_id.in_(ids))
    found: dict[int, list[dict[str, object]]] = {}
    for row in session.scalars(asked.order_by(CallbackFact.complaint_id, CallbackFact.number)):
        found.setdefault(row.complaint_id, []).append({name: getattr(row, name) for name in names})
    return found
