"""A resident's secret link to their request: sent again to whoever lost it, replaced, withdrawn."""

import hmac
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import letters
from engine.casework import cases
from engine.company.people import Person
from engine.complaints.core import links
from engine.complaints.resident.own_link import MOST_LETTERS, RENEWED, WITHDRAWN, reason, tries
from engine.core import clock, secret_links, throttle
from engine.core.errors import NotFound, Throttled
from engine.core.store import Store
from engine.history import NewEntry
from engine.requests import rows
from engine.requests.notices import KIND
from engine.requests.rows import Request
from engine.requests.starting import secret_of


def ask(store: Store, number: str, phone: str, *, key: bytes, address: str, by_mail: bool) -> Request | None:
    """Answer somebody who knows number and phone but has no link, exactly as for complaints.

    The link goes to the mail that is known; without mail, or unless letters go out `by_mail`, the request is returned so
    that its state can be shown, and nothing else of it. None in all other cases, which must look alike.
    """
    wanted = links.plain_number(number)
    counted = store.attempt(lambda session: tries(session, wanted, address))

    def answer(session: Session) -> Request | None:
        request = session.scalar(select(Request).where(Request.number == wanted, Request.secret_hash != ""))
        contact = rows.contact(session, request) if request is not None else None
        kept = (contact.phone_hash if contact is not None else "") or secret_links.hash_of("nobody")
        fits = hmac.compare_digest(kept, secret_links.phone_hash(key, phone))
        if request is None or contact is None or not fits or not counted:
            return None
        throttle.take_back(session, counted)
        if not contact.mail or not by_mail:
            return request
        _send(session, request)
        return None

    return store.attempt(answer)


def _send(session: Session, request: Request) -> None:
    """Send the link to the mail that is known, a few times a day at most."""
    try:
        sent = throttle.count(session, f"request link:{request.id}", most=MOST_LETTERS, within=timedelta(days=1))
    except Throttled:
        return
    _tell(session, request, "own_link", f"asked:{sent}")


def renew(session: Session, request: Request, *, key: bytes, by: Person | None = None, why: str = "") -> str:
    """Replace the link by a new one and return its secret; the old one leads nowhere from now on.

    `by`: the colleague who recognised the resident, and `why`: how. Raises `Invalid` when they do not say.
    """
    secret = _replace(session, request, key, NewEntry(RENEWED, by.id if by else None, note=reason(by, why)))
    if by is not None:
        _tell(session, request, "link_renewed", f"turn:{request.link_turn}")
    return secret


def withdraw(session: Session, request: Request, *, key: bytes, by: Person | None = None, why: str = "") -> None:
    """Make the link lead nowhere, without handing out another; later letters to the resident carry a new one."""
    _replace(session, request, key, NewEntry(WITHDRAWN, by.id if by else None, note=reason(by, why)))


def _replace(session: Session, request: Request, key: bytes, entry: NewEntry) -> str:
    if not request.secret_hash or request.case_id is None:
        raise NotFound
    cases.record(session, request.case_id, entry)
    request.link_turn += 1
    secret = secret_of(key, request)
    request.secret_hash = secret_links.hash_of(secret)
    session.flush()
    return secret


def _tell(session: Session, request: Request, template: str, apart: str) -> None:
    if rows.contact(session, request).mail:
        name = f"{template}:request:{request.id}:{apart}:{clock.now().isoformat()}"
        letters.put(session, name, template, (KIND, request.id), {"number": request.number}, request.case_id)
