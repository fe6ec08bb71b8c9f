"""A resident's secret link: sent again to whoever lost it, replaced when somebody else has it, withdrawn."""

import hmac
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import history, letters
from engine.casework import cases
from engine.company.people import Person
from engine.complaints.core import links
from engine.complaints.core.complaint import Complaint
from engine.complaints.resident.resident_acts import WINDOW
from engine.core import clock, throttle
from engine.core.errors import Invalid, Throttled
from engine.core.store import Store
from engine.history import NewEntry

MOST_OF_ADDRESS = 20
MOST_AT_NUMBER = 5
"""Wrong tries in an hour: of an address altogether, and of an address at one number."""

GUESSED = 30
"""After so many wrong tries at a number from anywhere, an address has one try at it instead of five.

Whoever guesses from many addresses is slowed down; the resident, who is right at the first try, is not locked out.
"""

MOST_LETTERS = 3
"""Letters with the link of one complaint in a day."""

RENEWED, WITHDRAWN = "link.renewed", "link.withdrawn"
"""Kinds of the entries that say so."""

LONGEST_REASON = 500


def ask(store: Store, number: str, phone: str, *, key: bytes, address: str, by_mail: bool) -> Complaint | None:
    """Answer somebody who knows number and phone but has no link.

    The link goes to the mail that the complaint knows; without mail, or unless letters go out `by_mail`, the complaint
    is returned so that its state can be shown, and nothing else of it. None in all other cases, which must look alike:
    a link was sent, the number or the phone is wrong, or it was tried too often. Only wrong tries count.
    """
    wanted = links.plain_number(number)
    counted = store.attempt(lambda session: tries(session, wanted, address))

    def answer(session: Session) -> Complaint | None:
        complaint = session.scalar(select(Complaint).where(Complaint.number == wanted))
        kept = (complaint.phone_hash if complaint is not None else "") or links.hash_of("nobody")
        fits = hmac.compare_digest(kept, links.phone_hash(key, phone))
        if complaint is None or not fits or not counted:
            return None
        throttle.take_back(session, counted)
        if not complaint.mail or not by_mail:
            return complaint
        _send(session, complaint)
        return None

    return store.attempt(answer)


def tries(session: Session, number: str, address: str) -> Sequence[int]:
    """Count a try and return what was counted; nothing when it is one too many."""
    most = MOST_AT_NUMBER if throttle.made(session, f"link of:{number}", within=WINDOW) < GUESSED else 1
    try:
        with session.begin_nested():
            return (
                throttle.count(session, f"links:{address}", most=MOST_OF_ADDRESS, within=WINDOW),
                throttle.count(session, f"link at:{address}:{number}", most=most, within=WINDOW),
                throttle.count(session, f"link of:{number}", most=1_000_000, within=WINDOW),
            )
    except Throttled:
        return ()


def _send(session: Session, complaint: Complaint) -> None:
    """Send the link to the complaint's mail, a few times a day at most."""
    try:
        sent = throttle.count(session, f"link letter:{complaint.id}", most=MOST_LETTERS, within=timedelta(days=1))
    except Throttled:
        return
    _tell(session, complaint, "own_link", f"asked:{sent}")


def renew(session: Session, complaint: Complaint, *, key: bytes, by: Person | None = None, why: str = "") -> str:
    """Replace the link by a new one and return its secret; the old one leads nowhere from now on.

    `by`: the colleague who recognised the resident, and `why`: how. The resident is told by mail if it is known, so
    that nobody can take a link away unnoticed. Raises `Invalid` when a colleague does not say how.
    """
    secret = _replace(session, complaint, key, NewEntry(RENEWED, by.id if by else None, note=reason(by, why)))
    if by is not None:
        _tell(session, complaint, "link_renewed", f"turn:{complaint.link_turn}")
    return secret


def withdraw(session: Session, complaint: Complaint, *, key: bytes, by: Person | None = None, why: str = "") -> None:
    """Make the link lead nowhere, without handing out another; later letters to the resident carry a new one.

    Raises `Invalid` when a colleague does not say why.
    """
    _replace(session, complaint, key, NewEntry(WITHDRAWN, by.id if by else None, note=reason(by, why)))


def reason(by: Person | None, why: str) -> str | None:
    """Return how a colleague recognised the resident, as it is kept. Raises `Invalid` when they do not say."""
    said = why.strip()
    if by is not None and not said:
        raise Invalid({"why": ("请写明怎样核实是业主本人。", "Please say how you recognised the resident.")})
    if len(said) > LONGEST_REASON:
        raise Invalid({"why": (f"最多 {LONGEST_REASON} 个字。", f"At most {LONGEST_REASON} characters.")})
    return said or None


def _replace(session: Session, complaint: Complaint, key: bytes, entry: NewEntry) -> str:
    if complaint.case_id is not None:
        cases.record(session, complaint.case_id, entry)
    else:  # from before the company used Bihuan
        facts = {"complaint": complaint.id}
        history.add(session, history.company(session), [NewEntry(entry.kind, entry.by_id, None, facts, entry.note)])
    complaint.link_turn += 1
    secret = links.secret_of(key, complaint)
    complaint.secret_hash = links.hash_of(secret)
    session.flush()
    return secret


def _tell(session: Session, complaint: Complaint, template: str, apart: str) -> None:
    if not complaint.mail:
        return
    name = f"{template}:{complaint.id}:{apart}:{clock.now().isoformat()}"
    letters.put(session, name, template, ("complaint", complaint.id), {"number": complaint.number}, complaint.case_id)
