"""Secret links that lead a resident without a log-in back to a complaint. The store keeps only their hashes."""

import base64
import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.complaints.core.complaint import Complaint
from engine.core import phones
from engine.core.errors import NotFound

_LONGEST = 64
_BETWEEN = re.compile(r"[\s_\-\u2010-\u2015\u2212]+")
_NUMBER = re.compile(r"([A-Z0-9-]*[A-Z])-?([0-9]{6})-?([0-9]{4,})")
LONGEST_WORDS = 2000
"""The most that a resident can write at once, in characters."""


@dataclass(slots=True)
class Door:
    """What links to complaints are made from: the installation's key and the address of its pages."""

    key: bytes | None = None
    public_url: str = ""


_door = Door()


def open_door(key: bytes, public_url: str) -> None:
    """Set the door, so that messages to residents carry their link. Call once at program start."""
    _door.key, _door.public_url = key, public_url.rstrip("/")


def address(complaint: Complaint) -> str | None:
    """Return the secret link of a complaint, or None while the program does not know its own address."""
    if _door.key is None or not _door.public_url:
        return None
    return f"{_door.public_url}/c/{secret_of(_door.key, complaint)}"


def page(path: str) -> str | None:
    """Return the address of a page for the staff, or None while the program does not know its own address."""
    return f"{_door.public_url}{path}" if _door.public_url else None


def of_staff(complaint: Complaint) -> str | None:
    """Return the address of a complaint's page for the staff, or None while the program does not know its own."""
    return page(f"/complaints/{complaint.id}")


def secret_of(key: bytes, complaint: Complaint) -> str:
    """Return the secret of the link that a complaint has now."""
    return secret(key, complaint.number, complaint.link_turn)


def secret(key: bytes, number: str, turn: int = 0) -> str:
    """Return the secret of a complaint: 130 bits derived from the installation's `key`.

    `turn`: how often its link was replaced. Every letter can print the link, though no secret is stored anywhere.
    """
    meant = f"link:{number}:{turn}" if turn else f"link:{number}"
    digest = hmac.new(key, meant.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode().lower()[:26]


def hash_of(word: str) -> str:
    """Return the hash of a secret, as stored."""
    return hashlib.sha256(word.strip().lower().encode()).hexdigest()


def phone_hash(key: bytes, phone: str) -> str:
    """Return a keyed hash of a phone number however it was typed, or "" for none."""
    digits = phones.digits(phone)
    return hmac.new(key, b"phone:" + digits.encode(), hashlib.sha256).hexdigest() if digits else ""


def follow(session: Session, number: str, word: str) -> Complaint:
    """Return the complaint of a secret link. Raises the same `NotFound` for a wrong number and a wrong secret."""
    complaint = session.scalar(select(Complaint).where(Complaint.number == plain_number(number)))
    kept = complaint.secret_hash if complaint else hash_of("")
    if not hmac.compare_digest(kept, hash_of(word[:_LONGEST])) or complaint is None:
        raise NotFound
    return complaint


def enter(session: Session, word: str) -> Complaint:
    """Return the complaint of a secret alone. Raises `NotFound`."""
    complaint = session.scalar(select(Complaint).where(Complaint.secret_hash == hash_of(word[:_LONGEST])))
    if complaint is None:
        raise NotFound
    return complaint


def plain_number(number: str) -> str:
    """Return a complaint number as stored, however it was typed: lower case, full-width, other dashes or blanks."""
    plain = _BETWEEN.sub("-", unicodedata.normalize("NFKC", number[:_LONGEST]).strip().upper())
    parts = _NUMBER.fullmatch(plain)
    return "-".join(parts.groups()) if parts else plain
