"""How the outbox stands: what waits, what reached nobody, and whether each way of sending works."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session

from engine.core import clock, metrics
from engine.letters.rows import HELD, UNREACHED, WAITING, Letter, WayOut
from engine.letters.ways import Rejected

QUIET = timedelta(minutes=1)
"""A way that does not work is logged once in this time."""

JOINED = "joined"
"""Not a state: letters that went in a message with others."""

LATELY = timedelta(days=7)
SHOWN = 50

log = logging.getLogger("bihuan.outbox")


@dataclass(frozen=True, slots=True)
class Outbox:
    """What waits, how many letters and the oldest, how many are held on purpose, and how each way of sending does."""

    waiting: int
    oldest: datetime | None
    held: int
    ways: Sequence[WayOut]


def read(session: Session) -> Outbox:
    """Return how the outbox stands now."""
    waiting, oldest = session.execute(
        select(func.count(), func.min(Letter.created_at)).where(Letter.state == WAITING, Letter.due_at.is_not(None))
    ).one()
    held = session.scalar(select(func.count()).where(Letter.state == HELD)) or 0
    return Outbox(waiting, oldest, held, ways_out(session))


def unreached(session: Session) -> Mapping[str, int]:
    """Return how many letters of the last week reached nobody, by state."""
    lately = (Letter.state.in_(UNREACHED), Letter.created_at > clock.now() - LATELY)
    rows = session.execute(select(Letter.state, func.count().label("letters")).where(*lately).group_by(Letter.state))
    return {row.state: row.letters for row in rows}


def ways_out(session: Session) -> Sequence[WayOut]:
    """Return the ways that were used so far, by name."""
    return session.scalars(select(WayOut).order_by(WayOut.name)).all()


def failing(session: Session) -> list[WayOut]:
    """Return the ways by which nothing gets through now."""
    return [each for each in ways_out(session) if each.failing_since is not None]


def of_state(session: Session, state: str, before: int | None = None) -> Sequence[Letter]:
    """Return letters in a state, or `JOINED` with others, the newest first, one more than a page shows.

    `before`: those older than this id.
    """
    order = (Letter.created_at.desc(), Letter.id.desc())
    chosen = Letter.together > literal_column("1") if state == JOINED else Letter.state == state
    asked = select(Letter).where(chosen).order_by(*order).limit(SHOWN + 1)
    return session.scalars(asked if before is None else asked.where(Letter.id < before)).all()


def note(session: Session, way: str, sent: int, refused: Sequence[str]) -> None:
    """Note how a way did: how many letters it took, and why it refused the others.

    Refused ones are counted for monitoring; that nothing gets through is logged once in a minute.
    """
    row, now = session.get(WayOut, way), clock.now()
    if row is None:
        row = WayOut(name=way, tried_at=now, error="")
        session.add(row)
    row.tried_at = now
    broken = [why for why in refused if not isinstance(why, Rejected)]
    if len(broken) < sent + len(refused):  # it took some, or said of some that their address does not exist
        row.sent_at, row.failing_since, row.error = (now if sent else row.sent_at), None, ""
    else:
        row.failing_since, row.error = row.failing_since or now, broken[-1][:1000]

    if refused:
        metrics.REFUSED.labels(way).inc(len(refused))
    if row.failing_since is not None and (row.logged_at is None or now - row.logged_at >= QUIET):
        row.logged_at = now
        since = row.failing_since.isoformat(timespec="minutes")
        log.error("no letter gets out by %s since %s: %s", way, since, row.error)
