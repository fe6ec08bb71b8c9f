"""Secret links that lead a resident without a log-in back to a complaint. The store keeps only their hashes."""

import hmac
import re
import unicodedata

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.complaints.core.complaint import Complaint
from engine.core import secret_links
from engine.core.errors import NotFound
from engine.core.secret_links import LONGEST, hash_of, open_door, phone_hash, secret

__all__ = [
    "LONGEST_WORDS",
    "address",
    "enter",
    "follow",
    "hash_of",
    "of_staff",
    "open_door",
    "page",
    "phone_hash",
    "plain_number",
    "secret",
    "secret_of",
]

_BETWEEN = re.compile(r"[\s_\-\u2010-\u2015\u2212]+")
_NUMBER = re.compile(r"([A-Z0-9-]*[A-Z])-?([0-9]{6})-?([0-9]{4,})")
LONGEST_WORDS = 2000
"""The most that a resident can write at once, in characters."""


def address(complaint: Complaint) -> str | None:
    """Return the secret link of a complaint, or None while the program does not know its own address."""
    return secret_links.address("/c/", complaint.number, complaint.link_turn)


def page(path: str) -> str | None:
    """Return the address of a page for the staff, or None while the program does not know its own address."""
    return secret_links.page(path)


def of_staff(complaint: Complaint) -> str | None:
    """Return the address of a complaint's page for the staff, or None while the program does not know its own."""
    return page(f"/complaints/{complaint.id}")


def secret_of(key: bytes, complaint: Complaint) -> str:
    """Return the secret of the link that a complaint has now."""
    return secret(key, complaint.number, complaint.link_turn)


def follow(session: Session, number: str, word: str) -> Complaint:
    """Return the complaint of a secret link. Raises the same `NotFound` for a wrong number and a wrong secret."""
    complaint = session.scalar(select(Complaint).where(Complaint.number == plain_number(number)))
    kept = complaint.secret_hash if complaint else hash_of("")
    if not hmac.compare_digest(kept, hash_of(word[:LONGEST])) or complaint is None:
        raise NotFound
    return complaint


def enter(session: Session, word: str) -> Complaint:
    """Return the complaint of a secret alone. Raises `NotFound`."""
    complaint = session.scalar(select(Complaint).where(Complaint.secret_hash == hash_of(word[:LONGEST])))
    if complaint is None:
        raise NotFound
    return complaint


def plain_number(number: str) -> str:
    """Return a complaint number as stored, however it was typed: lower case, full-width, other dashes or blanks."""
    plain = _BETWEEN.sub("-", unicodedata.normalize("NFKC", number[:LONGEST]).strip().upper())
    parts = _NUMBER.fullmatch(plain)
    return "-".join(parts.groups()) if parts else plain
