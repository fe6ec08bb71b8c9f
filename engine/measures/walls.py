"""Links to the screen in the hall: figures of one place without names, for whoever has the link, until it is withdrawn."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import history
from engine.company import permissions, places
from engine.company.people import Person
from engine.core import clock, secret_links
from engine.core.errors import Conflict, Invalid, NotFound
from engine.core.store import Base
from engine.history import NewEntry

ACT = "company.edit"
LONGEST_NAME = 60
MOST = 100
"""Links that hold at once."""


class WallLink(Base):
    """One link: for which place, and what it is called. The secret itself is kept nowhere; it follows from the id."""

    __tablename__ = "wall_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


def secret(key: bytes, link: WallLink) -> str:
    """Return the secret of a link."""
    return secret_links.secret(key, f"wall:{link.id}")


def every(session: Session, person: Person) -> list[WallLink]:
    """Return the links that hold, of the places that `person` administers, the newest first."""
    reach = permissions.reach(session, person, ACT)
    asked = select(WallLink).where(WallLink.withdrawn_at.is_(None), permissions.within(reach, WallLink.place_id))
    return list(session.scalars(asked.order_by(WallLink.id.desc()).limit(MOST)))


def make(session: Session, place_id: int, name: str, *, key: bytes, by: Person) -> WallLink:
    """Make a link for a community, region or the company. Raises `Invalid` naming the fields, `NotPermitted`."""
    place = places.known(session).get(place_id)
    if place is None or place.kind == "department":
        raise Invalid({"place": ("请从列表中选择。", "Please choose from the list.")})
    if not permissions.reach(session, by, ACT).covers(place.path):
        raise permissions.refusal(ACT)
    if not name.strip() or len(name) > LONGEST_NAME:
        said = (
            f"请写挂在哪里，最多 {LONGEST_NAME} 个字。",
            f"Say where it hangs, in at most {LONGEST_NAME} characters.",
        )
        raise Invalid({"name": said})
    if len(every(session, by)) >= MOST:
        raise Conflict(zh="链接太多了，请先作废不用的。", en="There are too many links; withdraw some first.")
    link = WallLink(place_id=place.id, name=name.strip(), secret_hash="", by_id=by.id, at=clock.now())
    link.secret_hash = secret_links.hash_of(f"new:{place.id}:{clock.now().isoformat()}")
    session.add(link)
    session.flush()
    link.secret_hash = secret_links.hash_of(secret(key, link))
    facts = {"wall": link.id, "place": place.id}
    history.add(session, history.company(session), [NewEntry("wall.made", by.id, facts=facts, note=link.name)])
    session.flush()
    return link


def withdraw(session: Session, link_id: int, *, by: Person) -> WallLink:
    """Make a link lead nowhere from now on. Raises `NotFound`."""
    link = session.get(WallLink, link_id)
    place = places.known(session).get(link.place_id) if link else None
    if link is None or place is None or not permissions.reach(session, by, ACT).covers(place.path):
        raise NotFound()
    if link.withdrawn_at is None:
        link.withdrawn_at = clock.now()
        history.add(session, history.company(session), [NewEntry("wall.withdrawn", by.id, facts={"wall": link.id})])
        session.flush()
    return link


def find(session: Session, word: str) -> WallLink:
    """Return the link with this secret. Raises `NotFound` when there is none, or none any more."""
    asked = select(WallLink).where(
        WallLink.secret_hash == secret_links.hash_of(word[: secret_links.LONGEST]), WallLink.withdrawn_at.is_(None)
    )
    found = session.scalar(asked)
    if found is None:
        raise NotFound()
    return found
