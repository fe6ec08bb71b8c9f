"""Browsers in which members of the staff allowed messages (Web Push), a row each."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.company.people import Person
from engine.core import clock
from engine.core.connections import is_allowed
from engine.core.errors import Invalid, NotFound
from engine.core.store import Base
from engine.letters.people import Recipient, recipient

KIND = "browser"
"""The kind of recipient; its id is the browser's row."""

LONGEST = 2000
MOST = 20
"""The most browsers of one person; the oldest makes room."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where a browser's push service takes messages for it, and the keys that only the browser can read them with."""

    endpoint: str
    p256dh: str
    auth: str


class Browser(Base):
    """One browser of a person. `name`: what they recognise it by; the others are its subscription."""

    __tablename__ = "browsers"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    endpoint: Mapped[str] = mapped_column(Text)
    p256dh: Mapped[str] = mapped_column(String(120))
    auth: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(80))
    added_at: Mapped[datetime]


@recipient(KIND)
def a_browser(session: Session, browser_id: int, _case_id: int | None) -> Recipient | None:
    """Return a browser whose owner still works here; called when a letter is sent."""
    found = session.get(Browser, browser_id)
    person = session.get(Person, found.person_id) if found is not None else None
    if found is None or person is None or person.retired_at is not None:
        return None
    return Recipient(person.name, person.language, browser=Subscription(found.endpoint, found.p256dh, found.auth))


def of(session: Session, person_ids: Collection[int]) -> list[Browser]:
    """Return the browsers of these people, the newest first."""
    asked = select(Browser).where(Browser.person_id.in_(person_ids)).order_by(Browser.id.desc())
    return list(session.scalars(asked))


def add(session: Session, person: Person, given: Subscription, name: str, *, anywhere: bool = False) -> Browser:
    """Keep a browser of `person`; the same one again is only renamed, and follows whoever uses it now.

    `anywhere`: also push services without https or inside the company's network. Raises `Invalid` for one that does
    not look like a push service's address.
    """
    if not _is_plausible(given, anywhere=anywhere):
        raise Invalid(
            {"browser": ("这个浏览器给的推送地址无法使用。", "The push address of this browser cannot be used.")}
        )
    fingerprint = hashlib.sha256(given.endpoint.encode()).hexdigest()
    found = session.scalar(select(Browser).where(Browser.fingerprint == fingerprint))
    if found is None:
        found = Browser(fingerprint=fingerprint, endpoint=given.endpoint)
        session.add(found)
    found.person_id, found.p256dh, found.auth = person.id, given.p256dh, given.auth
    found.name, found.added_at = name[:80], clock.now()
    session.flush()
    for each in of(session, [person.id])[MOST:]:
        session.delete(each)
    session.flush()
    return found


def _is_plausible(given: Subscription, *, anywhere: bool) -> bool:
    sizes = len(given.endpoint) <= LONGEST and 80 <= len(given.p256dh) <= 120 and 16 <= len(given.auth) <= 60
    return sizes and is_allowed(given.endpoint, anywhere=anywhere)


def find(session: Session, person: Person, browser_id: int) -> Browser:
    """Return a browser of `person`. Raises `NotFound` for anybody else's."""
    found = session.get(Browser, browser_id)
    if found is None or found.person_id != person.id:
        raise NotFound()
    return found


def remove(session: Session, person: Person, browser_id: int) -> None:
    """Remove a browser of `person`. Raises `NotFound` for anybody else's."""
    session.delete(find(session, person, browser_id))
    session.flush()


def forget(session: Session, browser_ids: Collection[int]) -> None:
    """Remove browsers whose push service does not know them any more."""
    session.execute(delete(Browser).where(Browser.id.in_(browser_ids)))
