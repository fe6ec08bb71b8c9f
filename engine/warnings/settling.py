"""Whether warnings were right: decided once 14 days have passed, and counted beside what chance alone would give."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from engine.casework import cases
from engine.complaints import facts
from engine.complaints.facts import CaseFact
from engine.core import clock
from engine.history import NewEntry
from engine.measures import intervals
from engine.measures.intervals import Interval
from engine.measures.measure import FEWEST
from engine.warnings.opening import FOLLOWED_WEEKS, codes_of
from engine.warnings.rows import EarlyWarning

AFTER = timedelta(weeks=FOLLOWED_WEEKS)


def next_due(session: Session) -> int | None:
    """Return a warning whose 14 days are over but which is not decided yet; none while facts are still built."""
    if not facts.are_complete(session):
        return None
    due = select(EarlyWarning.id).where(
        EarlyWarning.settled_at.is_(None), EarlyWarning.opened_at <= clock.now() - AFTER
    )
    return session.scalar(due.order_by(EarlyWarning.opened_at).limit(1))


def settle_next(session: Session) -> bool:
    """Decide one warning; return False when none is due.

    A hit: a patrol found something, or another complaint of its place and category came within 14 days.
    """
    found = next_due(session)
    if found is None:
        return False
    warning = session.get_one(EarlyWarning, found)
    if warning.case_id is not None:
        cases.lock(session, warning.case_id)  # a patrol may just be told
    if warning.settled_at is None:
        _settle(session, warning)
    return True


def _settle(session: Session, warning: EarlyWarning) -> None:
    came = select(CaseFact.complaint_id).where(
        CaseFact.community_id == warning.community_id,
        CaseFact.category.in_(codes_of(session, warning.category)),
        CaseFact.kind == "complaint",
        CaseFact.past.is_(False),
        CaseFact.received_at > warning.opened_at,
        CaseFact.received_at <= warning.opened_at + AFTER,
    )
    warning.followed = session.scalar(came.limit(1)) is not None
    warning.hit, warning.settled_at = bool(warning.found) or warning.followed, clock.now()
    if warning.case_id is not None:
        told = {"hit": warning.hit, "followed": warning.followed, "found": warning.found}
        cases.record(session, warning.case_id, NewEntry("warning.settled", None, None, told))
    session.flush()


@dataclass(frozen=True, slots=True)
class HitRate:
    """How many warnings were right: `hit` of `of` whose 14 days have passed; `open`: not yet known.

    `share` and `interval`: None for fewer than 30. `by_chance`: the share that chance alone would give at places so
    busy, None without any warning.
    """

    hit: int
    of: int
    open: int
    share: float | None
    interval: Interval | None
    by_chance: float | None


def rate(session: Session, *conditions: ColumnElement[bool]) -> HitRate:
    """Return the hit rate of the warnings that fit; one statement."""
    settled = EarlyWarning.settled_at.is_not(None)
    hit, of, still_open, by_chance = session.execute(
        select(
            func.count().filter(EarlyWarning.hit.is_(True)),
            func.count().filter(settled),
            func.count().filter(~settled),
            func.avg(EarlyWarning.by_chance).filter(settled),
        )
        .select_from(EarlyWarning)
        .where(*conditions)
    ).one()
    enough = of >= FEWEST
    return HitRate(
        hit, of, still_open, hit / of if enough else None, intervals.share(hit, of) if enough else None, by_chance
    )
