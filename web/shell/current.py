"""The context of the current request: settings, store, the person and their permissions."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import TypeVar, cast

from flask import current_app, g, has_request_context, request
from sqlalchemy.orm import Session

from engine.company import permissions, roles
from engine.company.people import Person
from engine.company.permissions import NOTHING, Grants
from engine.core.settings import Settings
from engine.core.store import Store

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shared:
    """What all requests of one application share."""

    settings: Settings
    store: Store


def shared() -> Shared:
    """Settings and store of this application."""
    return cast(Shared, current_app.extensions["bihuan"])


def settings() -> Settings:
    """The settings of this installation."""
    return shared().settings


def store() -> Store:
    """The store of this application; pages use `reading`, `transaction` and `attempt` instead."""
    return shared().store


def reading() -> Session:
    """The request's session for reading: one snapshot for guard, page and template, closed with the request."""
    found = g.get("reading")
    if found is None:
        g.opened = store().reading()
        found = g.reading = g.opened.__enter__()
        _lend(found)
    return cast(Session, found)


@contextmanager
def transaction() -> Iterator[Session]:
    """A session whose writes are committed at the end of the block. Earlier reads are reloaded afterwards."""
    close()
    with store().transaction() as session:
        _lend(session)
        yield session


def attempt(work: Callable[[Session], T]) -> T:
    """Do `work` in a transaction, retried from the start on a conflict with another; return its result."""
    close()

    def with_grants(session: Session) -> T:
        _lend(session)
        return work(session)

    return store().attempt(with_grants)


def rehearse(work: Callable[[Session], T]) -> T:
    """Do `work` in a transaction, take everything back, and return its result: what would be."""
    close()

    def with_grants(session: Session) -> T:
        _lend(session)
        return work(session)

    return store().rehearse(with_grants)


def _lend(session: Session) -> None:
    if grants() is not None:
        permissions.lend(session, cast(Grants, grants()))


def known() -> roles.KnownRoles:
    """The company's roles and departments as read by this request; the defaults outside a request."""
    return roles.of(reading()) if has_request_context() else roles.USUAL


def close(_: BaseException | None = None) -> None:
    """Close the reading session."""
    opened = g.pop("opened", None)
    g.pop("reading", None)
    if opened is not None:
        opened.__exit__(None, None, None)


def person() -> Person | None:
    """Who is logged in."""
    return cast("Person | None", g.get("person"))


def someone() -> Person:
    """Who is logged in, on pages that require a log-in."""
    found = person()
    if found is None:
        raise LookupError("this page needs a rule that asks for a log-in")
    return found


def grants() -> Grants | None:
    """The person's permissions."""
    return cast("Grants | None", g.get("grants"))


def may(act: str) -> bool:
    """Whether the person may do `act` anywhere."""
    known = grants()
    return bool(known.reach(act) if known else NOTHING)


def address() -> str:
    """The client's address, for bounds; of IPv6 its half, since a visitor has all of the other half."""
    said = request.remote_addr or "?"
    try:
        found = ip_address(said)
    except ValueError:
        return said
    return found.exploded[:19] if isinstance(found, IPv6Address) and not found.ipv4_mapped else said
