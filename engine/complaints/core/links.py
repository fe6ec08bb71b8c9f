"""Secret links: how a resident without log-in comes back to a complaint. The store keeps only their hashes."""

import base64
import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.complaints.core.complaint import Complaint
from engine.core.errors import NotFound

_LONGEST = 64
_BETWEEN = re.compile(r"[\s_\-\u2010-\u2015\u2212]+")
_NUMBER = re.compile(r"([A-Z0-9-]*[A-Z])-?([0-9]{6})-?([0-9]{4,})")
LONGEST_WORDS = 2000
"""The most that a resident can write in one go."""


@dataclass(slots=True)
class Door:
    """Where residents find their complaints: the installation's key, and the address of its pages."""

    key: bytes | None = None
    public_url: str = ""


_door = Door()


def open_door(key: bytes, public_url: str) -> None:
    """Let messages to residents carry their link. Called once when the program starts."""
    _door.key, _door.public_url = key, public_url.rstrip("/")


def address(number: str) -> str | None:
    """The secret link of a complaint; none while the program does not know under which address it is reached."""
    if _door.key is None or not _door.public_url:
        return None
    return f"{_door.public_url}/c/{secret(_door.key, number)}"


def secret(key: bytes, number: str) -> str:
    """The secret of a complaint: 130 bits from the installation's `key`, without which nobody can make it."""
    digest = hmac.new(key, b"link:" + number.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode().lower()[:26]


def hash_of(word: str) -> str:
    """What the store keeps of a secret."""
    return hashlib.sha256(word.strip().lower().encode()).hexdigest()


def phone_hash(key: bytes, phone: str) -> str:
    """A keyed hash of a phone number, whatever way it was typed; empty for none."""
    digits = plain_phone(phone)
    return hmac.new(key, b"phone:" + digits.encode(), hashlib.sha256).hexdigest() if digits else ""


def plain_phone(phone: str) -> str:
    """The digits of a phone number, the country's own prefix left out."""
    digits = re.sub(r"\D", "", phone, flags=re.ASCII)
    for prefix in ("0086", "86"):
        if digits.startswith(prefix) and len(digits) == len(prefix) + 11:
            return digits.removeprefix(prefix)
    return digits


def follow(session: Session, number: str, word: str) -> Complaint:
    """The complaint that a secret link leads to. Raises `NotFound` alike for a wrong number and a wrong secret."""
    complaint = session.scalar(select(Complaint).where(Complaint.number == plain_number(number)))
    kept = complaint.secret_hash if complaint else hash_of("")
    if not hmac.compare_digest(kept, hash_of(word[:_LONGEST])) or complaint is None:
        raise NotFound
    return complaint


def enter(session: Session, word: str) -> Complaint:
    """The complaint that a secret alone leads to. Raises `NotFound`."""
    complaint = session.scalar(select(Complaint).where(Complaint.secret_hash == hash_of(word[:_LONGEST])))
    if complaint is None:
        raise NotFound
    return complaint


def plain_number(number: str) -> str:
    """A number as it is kept, however it was typed: small letters, wide ones, other dashes, blanks or none."""
    plain = _BETWEEN.sub("-", unicodedata.normalize("NFKC", number[:_LONGEST]).strip().upper())
    parts = _NUMBER.fullmatch(plain)
    return "-".join(parts.groups()) if parts else plain
