"""Mails that became no complaint, for the desk: a person may have written one of them."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from engine import history
from engine.company import permissions
from engine.company.people import Person
from engine.complaints.intake import danger
from engine.core import clock
from engine.core.errors import NotFound
from engine.history import NewEntry
from engine.mail_in.rows import AGAIN, FAILED, PASSED_OVER, RETURNED, WAITING, ReceivedMail

ACT = "complaint.register"
SET_ASIDE = (PASSED_OVER, FAILED, WAITING)
SHOWN_FOR = timedelta(days=30)
MOST = 100


def count(session: Session, person: Person) -> int:
    """Return how many nobody has looked at yet; counts up to a hundred."""
    unseen = select(ReceivedMail.id).where(*_within(session, person), ReceivedMail.seen_at.is_(None)).limit(MOST)
    return session.scalar(select(func.count()).select_from(unseen.subquery())) or 0


def of(session: Session, person: Person) -> list[ReceivedMail]:
    """Return those of the last month within reach: first those that nobody has looked at, newest first."""
    order = (ReceivedMail.seen_at.is_not(None), ReceivedMail.id.desc())
    return list(session.scalars(select(ReceivedMail).where(*_within(session, person)).order_by(*order).limit(MOST)))


def alarming(session: Session, mails: Sequence[ReceivedMail]) -> set[int]:
    """Return those that nobody has looked at and whose words would alarm."""
    return {each.id for each in mails if not each.seen_at and danger.found(session, each.subject, each.words)}


def see(session: Session, mail_id: int, *, by: Person) -> None:
    """Note that somebody has looked at a mail, and that it is none for us. Raises `NotFound`."""
    mail = _find(session, mail_id, by)
    mail.seen_at = mail.seen_at or clock.now()
    session.flush()


def take_in(session: Session, mail_id: int, *, by: Person) -> None:
    """Let a mail be read again in the next round, and registered whatever it looks like. Raises `NotFound`."""
    read_again(session, _find(session, mail_id, by), by=by)


def read_again(session: Session, mail: ReceivedMail, *, by: Person) -> None:
    """Let a mail be read again; the company's record says who wanted that. The caller checks the permission."""
    mail.outcome, mail.reason = AGAIN, mail.reason if mail.outcome == FAILED else ""
    history.add(session, history.company(session), [NewEntry("mail.again", by.id, facts={"mail": mail.id})])
    session.flush()


def _find(session: Session, mail_id: int, person: Person) -> ReceivedMail:
    asked = select(ReceivedMail).where(ReceivedMail.id == mail_id, *_within(session, person))
    mail = session.scalar(asked)
    if mail is None:
        raise NotFound
    return mail


def _within(session: Session, person: Person) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions: set aside lately, at places whose complaints this person registers.

    One whose community is unknown is for everybody who registers complaints anywhere. Our own are noise; reports about
    mails of ours stand at their letters.
    """
    reach = permissions.reach(session, person, ACT)
    within = permissions.within(reach, ReceivedMail.community_id)
    return (
        ReceivedMail.outcome.in_(SET_ASIDE),
        ReceivedMail.reason.not_in(("own", RETURNED)),
        ReceivedMail.at > clock.now() - SHOWN_FOR,
        or_(within, ReceivedMail.community_id.is_(None)) if reach.ids else within,
    )
