"""One round of reading the mailbox: new mails, those to read again, and how it went."""

import logging
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.company.people import Person
from engine.core import clock
from engine.core.errors import NotFound
from engine.core.store import Store
from engine.mail_in import aside, box, taking
from engine.mail_in.box import Address, Box, MailboxSays
from engine.mail_in.rows import AGAIN, COMPLAINT, FAILED, JOINED, UNDECIDED, WAITING, ReceivedMail, mailbox
from engine.mail_in.taking import WINDOW, Found, Here

KEPT = timedelta(days=180)
MOST = 50
"""The most mails in one round; the rest is read in the next."""

log = logging.getLogger("bihuan.mail_in")


def read(store: Store, where: Address, here: Here, stopped: Callable[[], bool] = lambda: False) -> int:
    """Read new mails and mark them as read, until `stopped`; return how many became or joined a complaint.

    A mail's result is committed before it is marked: if the machine stops in between, it is read again and recognised.
    An unreadable mailbox is recorded, not raised.
    """
    taken, trouble = 0, ""
    try:
        with box.opened(where) as opened:
            for uid in _wanted(store, opened):
                if stopped():
                    break
                taken += _one(store, here, opened, uid)
    except MailboxSays as broken:
        trouble = str(broken.facts["said"])
        log.warning("%s", broken)
    store.attempt(lambda session: _note(session, trouble))
    return taken


def _wanted(store: Store, opened: Box) -> list[int]:
    """Return the numbers of the mails to read: those to be read again first, the unread ones, those that waited."""
    asked = select(ReceivedMail.uid).where(ReceivedMail.validity == opened.validity).order_by(ReceivedMail.id)
    waited = (ReceivedMail.at <= clock.now() - WINDOW, ReceivedMail.seen_at.is_(None))
    with store.reading() as session:
        again = session.scalars(asked.where(ReceivedMail.outcome == AGAIN).limit(MOST)).all()
        late = session.scalars(asked.where(ReceivedMail.outcome == WAITING, *waited).limit(MOST)).all()
    return list(dict.fromkeys((*again, *opened.unread(), *late)))[:MOST]


def _one(store: Store, here: Here, opened: Box, uid: int) -> int:
    content, whole = opened.content(uid)
    if not content:  # somebody removed it meanwhile
        store.attempt(lambda session: _gone(session, uid, opened.validity))
        return 0
    row, fresh = taking.take(store, here, Found(uid, opened.validity, content, whole))
    opened.mark(uid, flagged=row.outcome == FAILED)
    return int(fresh and row.outcome in {COMPLAINT, JOINED})


def _gone(session: Session, uid: int, validity: int) -> None:
    asked = select(ReceivedMail).where(ReceivedMail.uid == uid, ReceivedMail.validity == validity)
    for row in session.scalars(asked.where(ReceivedMail.outcome.in_(UNDECIDED))):
        row.outcome, row.reason = FAILED, "gone"
    session.flush()


def _note(session: Session, trouble: str) -> None:
    row = mailbox(session)
    row.tried_at, row.error = clock.now(), trouble
    if not trouble:
        row.read_at = row.tried_at
    session.flush()


def again(session: Session, mail_id: int, *, by: Person) -> ReceivedMail:
    """Let a mail that became nothing be read again in the next round. Raises `NotFound`."""
    row = session.get(ReceivedMail, mail_id)
    if row is None or row.outcome not in aside.SET_ASIDE:
        raise NotFound()
    aside.read_again(session, row, by=by)
    return row


def forget(session: Session) -> None:
    """Erase senders, subjects and beginnings of old mails; that they were read stays known."""
    old = ReceivedMail.at < clock.now() - KEPT
    session.execute(update(ReceivedMail).where(old, ReceivedMail.sender != "").values(sender="", subject="", words=""))
