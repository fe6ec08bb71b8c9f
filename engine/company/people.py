"""People who work for the company: who they are, the roles they hold where, and how they log in."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import ForeignKey, Index, Select, String, false, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.company import log_ins, passwords, roles
from engine.company.log_ins import LOCKED, WRONG, Device
from engine.company.places import Place
from engine.core import clock, master_data, memo, throttle
from engine.core.errors import BihuanError, Conflict, Invalid, NotFound, Throttled
from engine.core.store import Base, Store

HASHER = PasswordHasher()

LINK_LASTS = timedelta(hours=24)
WINDOW = timedelta(minutes=15)
MOST_AT_LOGIN, MOST_OF_LOGIN, MOST_OF_ADDRESS, MOST_OF_DEVICE = 5, 30, 300, 10
"""Wrong tries in a quarter of an hour: at a login from one address, at a login, from an address (an office of sixty), of
one person on a known device."""


class WrongLogin(BihuanError):
    """Login and password do not belong together; the error does not say which of the two is wrong."""

    zh = "账号或密码不对。请检查后再试，忘记密码请联系系统管理员。"
    en = "Login or password is wrong. Check both; if you forgot the password, ask the administrator."


class LinkExpired(BihuanError):
    """The link for a new password was used already, has expired or never existed."""

    zh = "这个链接已用过或已过期。请向系统管理员要一个新的。"
    en = "This link was used or has expired. Ask the administrator for a new one."


class Person(Base):
    """A member of the staff; never deleted, only retired.

    `goes_back`: after a task they return to their list instead of the next task.
    """

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(60), index=True)
    name_en: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    mail: Mapped[str] = mapped_column(String(120), default="")
    password: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2), default="zh")
    goes_back: Mapped[bool] = mapped_column(default=False, server_default=false())
    added_at: Mapped[datetime] = mapped_column(default=clock.now)
    retired_at: Mapped[datetime | None]


class Holding(Base):
    """A role that a person holds at a place, from `since` until `until` (None: still)."""

    __tablename__ = "holdings"
    __table_args__ = (
        Index("ix_holdings_person_id_until", "person_id", "until"),
        Index("ix_holdings_place_id_role", "place_id", "role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    role: Mapped[str] = mapped_column(String(30))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    since: Mapped[datetime] = mapped_column(default=clock.now)
    until: Mapped[datetime | None]


class ResetLink(Base):
    """A one-time link to set a password; only the token's hash is stored."""

    __tablename__ = "reset_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


# ---- who there is ------------------------------------------------------------------------------------------------


def add(session: Session, login: str, name: str, *, password: str | None = None, **more: str) -> Person:
    """Add a person (`more`: name_en, phone, mail, language); without a password they need a reset link first.

    Raises `Invalid` naming the fields that are wrong or taken.
    """
    if wrong := what_is_wrong(session, login, name, password):
        raise Invalid(wrong)
    hashed = HASHER.hash(password) if password else None
    person = Person(login=login.strip().lower(), name=name.strip(), password=hashed, **more)
    session.add(person)
    session.flush()
    return person


def what_is_wrong(session: Session, login: str, name: str, password: str | None = None) -> dict[str, tuple[str, str]]:
    """Return why a person cannot be added, by field, in Chinese and English; empty when they can."""
    login, name = login.strip().lower(), name.strip()
    wrong: dict[str, tuple[str, str]] = {}
    if not login or len(login) > 60 or any(character.isspace() for character in login):
        wrong["login"] = (
            "请填写账号，不含空格，最多 60 个字符。",
            "Give a login without spaces, at most 60 characters.",
        )
    elif session.scalar(select(Person.id).where(Person.login == login)):
        wrong["login"] = ("这个账号已有人用，请换一个。", "This login is taken, choose another.")
    if not name or len(name) > 60:
        wrong["name"] = ("请填写姓名，最多 60 个字符。", "Give a name of at most 60 characters.")
    if password is not None and (weak := passwords.weakness(password, (login, name, *_company(session)))):
        wrong["password"] = weak
    return wrong


def find(session: Session, person_id: int) -> Person:
    """Return the person with this id, retired or not; raises `NotFound`."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound()
    return person


def by_login(session: Session, login: str) -> Person | None:
    """Return the person with this login, or None."""
    return session.scalar(select(Person).where(Person.login == login.strip().lower()))


def anybody(session: Session) -> bool:
    """Return whether any person exists: false before the first start."""
    return session.scalar(select(Person.id).limit(1)) is not None


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A member of the staff as pages name them."""

    id: int
    name: str
    name_en: str


def known(session: Session) -> Mapping[int, KnownPerson]:
    """Return everybody there ever was, by id; one statement at most."""
    return master_data.kept(
        session, "people", lambda: {row.id: KnownPerson(*row) for row in session.execute(_EVERYBODY)}
    )


_EVERYBODY = select(Person.id, Person.name, Person.name_en)


def names(session: Session, ids: Sequence[int]) -> dict[int, Person]:
    """Return the people with these ids, in one statement."""
    return {person.id: person for person in session.scalars(select(Person).where(Person.id.in_(set(ids))))}


def retire(session: Session, person: Person) -> None:
    """End a person's roles and log them out; their past acts keep their name."""
    person.retired_at = clock.now()
    log_ins.end_all(session, person.id, "retired")
    session.execute(
        update(Holding).where(Holding.person_id == person.id, Holding.until.is_(None)).values(until=clock.now())
    )
    session.flush()
    _forget_reach(session)


def bring_back(session: Session, person: Person) -> None:
    """Bring back a retired person; their roles have to be given again."""
    person.retired_at = None
    session.flush()


# ---- roles held --------------------------------------------------------------------------------------------------


def current() -> Select[Any]:
    """Return a query of the holdings in force now."""
    now = clock.now()
    return select(Holding).where(Holding.since <= now, (Holding.until.is_(None)) | (Holding.until > now))


def holdings(session: Session, person_id: int) -> list[Holding]:
    """Return what this person holds now, the oldest first."""
    return list(session.scalars(current().where(Holding.person_id == person_id).order_by(Holding.id)))


def hold(session: Session, person: Person, role: str, place: Place) -> Holding:
    """Give a role at a place; repeating has no effect. Raises `Conflict` where it cannot be held."""
    known = roles.of(session).offered_roles.get(role)
    if known is None or place.kind not in known.held_at or (known.department and place.code != known.department):
        raise Conflict(
            zh=f"“{known.name if known else role}”不能设在 {place.name}。",
            en=f"The role {known.name_en if known else role} cannot be held at {place.name_en or place.name}.",
        )
    if person.retired_at is not None:
        raise Conflict(zh=f"{person.name} 已离职。", en=f"{person.name} has left.")
    for each in holdings(session, person.id):
        if each.role == role and each.place_id == place.id:
            return each
    holding = Holding(person_id=person.id, role=role, place_id=place.id)
    session.add(holding)
    session.flush()
    _forget_reach(session)
    return holding


def release(session: Session, holding: Holding) -> None:
    """End a holding now."""
    holding.until = clock.now()
    session.flush()
    _forget_reach(session)


def candidates(session: Session, place_id: int, role: str | None) -> list[Person]:
    """Return the people a task of this place and role is for, by name."""
    held = current().where(Holding.place_id == place_id)
    if role is not None:
        held = held.where(Holding.role == role)
    ids = held.with_only_columns(Holding.person_id)
    query = select(Person).where(Person.id.in_(ids), Person.retired_at.is_(None)).order_by(Person.name, Person.id)
    return list(session.scalars(query))


def _forget_reach(session: Session) -> None:
    memo.forget(session)


# ---- logging in --------------------------------------------------------------------------------------------------


def authenticate(store: Store, login: str, password: str, address: str, device: Device | None = None) -> Person:
    """Return the person who logs in. Takes the store: attempts are committed first, and hashing holds no transaction.

    Only wrong tries count. `device`: the browser, if people have logged in on it before; who did has tries there of
    their own, so that nobody can lock them out by guessing elsewhere. Raises `WrongLogin`, or `Throttled` whatever the
    password.
    """
    login = login.strip().lower()
    with store.reading() as session:
        person = by_login(session, login)
    own = f"device:{device.name}:{person.id}" if device and person and person.id in device.people else ""
    try:
        with store.transaction() as session:
            tries = _count(session, login, address, own)
    except Throttled:
        _refuse(store, LOCKED, person, address)
        raise
    right = matches(person.password if person and person.password else _nobody(), password)
    if person is None or not person.password or not right or person.retired_at is not None:
        _refuse(store, WRONG, person, address)
        raise WrongLogin()
    with store.transaction() as session:
        throttle.take_back(session, tries)
        if HASHER.check_needs_rehash(person.password):
            find(session, person.id).password = HASHER.hash(password)
    return person


def _count(session: Session, login: str, address: str, own: str) -> list[int]:
    """Count a try and return the ids. A known browser first uses up its `own`, then what everybody has."""
    if own:
        with suppress(Throttled):
            return [throttle.count(session, own, most=MOST_OF_DEVICE, within=WINDOW)]
    return [throttle.count(session, key, most=most, within=WINDOW) for key, most in _allowed(login, address).items()]


def _allowed(login: str, address: str) -> dict[str, int]:
    at_login = {f"login at:{address}:{login}": MOST_AT_LOGIN, f"login of:{login}": MOST_OF_LOGIN}
    return {**at_login, f"address:{address}": MOST_OF_ADDRESS}


def _refuse(store: Store, kind: str, person: Person | None, address: str) -> None:
    with store.transaction() as session:
        log_ins.refused(session, kind, person.id if person else None, address)


@cache
def _nobody() -> str:
    """Return a dummy hash to verify for unknown logins, so that the time taken reveals nothing."""
    return HASHER.hash(secrets.token_hex(16))


def matches(kept: str, password: str) -> bool:
    """Return whether a password belongs to a hash."""
    try:
        return HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def confirm(store: Store, person: Person, password: str) -> bool:
    """Return whether this is the person's present password; guesses are counted like log-ins. Raises `Throttled`."""
    with store.transaction() as session:
        throttle.count(session, f"confirm:{person.id}", most=5, within=WINDOW)
    right = person.password is not None and matches(person.password, password)
    if right:
        with store.transaction() as session:
            throttle.forgive(session, f"confirm:{person.id}")
    return right


def set_password(session: Session, person: Person, password: str) -> None:
    """Set a new password and log the person out everywhere. Raises `Invalid` for a weak one."""
    about = (person.login, person.name, person.name_en, *_company(session))
    if weak := passwords.weakness(password, about):
        raise Invalid({"password": weak})
    person.password = HASHER.hash(password)
    log_ins.end_all(session, person.id, "password")
    session.flush()


def _company(session: Session) -> tuple[str, ...]:
    """Return the company's names, which somebody would try."""
    named = session.execute(select(Place.name, Place.name_en, Place.code).where(Place.kind == "company")).first()
    return tuple(each for each in named or () if each)


def link_address(base: str, token: str) -> str:
    """Return the address of a one-time link; `base` is the address of our pages, such as `https://care.example.cn`."""
    return f"{base.rstrip('/')}/password/{token}"


def reset_link(session: Session, person: Person, by: Person | None) -> str:
    """Return a new token for `person` to set a password once, within a day; earlier tokens stop working."""
    token, now = secrets.token_urlsafe(24), clock.now()
    session.execute(
        update(ResetLink).where(ResetLink.person_id == person.id, ResetLink.used_at.is_(None)).values(used_at=now)
    )
    session.add(
        ResetLink(
            person_id=person.id,
            token_hash=_fingerprint(token),
            made_by_id=by.id if by else None,
            expires_at=now + LINK_LASTS,
        )
    )
    session.flush()
    return token


def whose_link(session: Session, token: str) -> Person:
    """Return whose link this is; raises `LinkExpired` when it is no longer valid."""
    return find(session, _link(session, token).person_id)


def link_maker(session: Session, token: str) -> int | None:
    """Return who made this link: an administrator, or None for the command line. Raises `LinkExpired`."""
    return _link(session, token).made_by_id


def redeem(session: Session, token: str, password: str) -> Person:
    """Set a password by a link, which is then used up. Raises `LinkExpired` or `Invalid`."""
    link = _link(session, token)
    person = find(session, link.person_id)
    set_password(session, person, password)
    guarded = update(ResetLink).where(ResetLink.id == link.id, ResetLink.used_at.is_(None)).values(used_at=clock.now())
    if session.execute(guarded).rowcount != 1:  # type: ignore[attr-defined]
        raise LinkExpired()
    return person


def _link(session: Session, token: str) -> ResetLink:
    link = session.scalar(select(ResetLink).where(ResetLink.token_hash == _fingerprint(token)))
    if link is None or link.used_at is not None or link.expires_at <= clock.now():
        raise LinkExpired()
    if find(session, link.person_id).retired_at is not None:
        raise LinkExpired()
    return link


def _fingerprint(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
