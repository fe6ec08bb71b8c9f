"""The demo's people have a password that everybody knows: none of them may be met outside this machine."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import history
from engine.company import people
from engine.company.people import Person
from engine.core.settings import Settings
from engine.history import NewEntry
from engine.operations.demo.company import BRANCH, LAWYER, OTHERS, PASSWORD, SITES, STAFF


def is_outside(of: Settings) -> bool:
    """Return whether others than this machine reach the pages: by their address, or through a proxy."""
    hosts = {of.host, urlsplit(of.public_url).hostname or of.host}
    return of.behind_proxy or not all(_is_loopback(each) for each in hosts)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def holders(session: Session) -> list[Person]:
    """Return the demo's people who still have the password that everybody knows."""
    logins = {post.login for post in (*STAFF, *OTHERS, LAWYER)}
    logins |= {site.login(post) for site in SITES for post, _ in BRANCH}
    asked = select(Person).where(Person.login.in_(logins), Person.retired_at.is_(None), Person.password.is_not(None))
    known: dict[str, bool] = {}  # people of a loaded demo share one hash, which takes its time
    return [each for each in session.scalars(asked.order_by(Person.id)) if _knows(known, each.password or "")]


def _knows(known: dict[str, bool], hashed: str) -> bool:
    if hashed not in known:
        known[hashed] = people.matches(hashed, PASSWORD)
    return known[hashed]


def replace(session: Session, password: str) -> int:
    """Give all of them another password, logged out everywhere; return how many. Raises `Invalid` for a weak one."""
    found = holders(session)
    for person in found:
        people.set_password(session, person, password)
    drafts = [NewEntry("password.changed", None, None, {"person": each.id, "demo": True}) for each in found]
    history.add(session, history.company(session), drafts)
    return len(found)
