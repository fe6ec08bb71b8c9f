"""Secret links that lead somebody without a log-in back to what is theirs. The store keeps only their hashes."""

import base64
import hashlib
import hmac
from dataclasses import dataclass

from engine.core import phones

LONGEST = 64
"""The most characters of a secret or a number that are looked at."""


@dataclass(slots=True)
class Door:
    """What links are made from: the installation's key and the address of its pages."""

    key: bytes | None = None
    public_url: str = ""


_door = Door()


def open_door(key: bytes, public_url: str) -> None:
    """Set the door, so that messages to residents carry their link. Call once at program start."""
    _door.key, _door.public_url = key, public_url.rstrip("/")


def page(path: str) -> str | None:
    """Return the address of one of our pages, or None while the program does not know its own address."""
    return f"{_door.public_url}{path}" if _door.public_url else None


def address(path: str, number: str, turn: int) -> str | None:
    """Return the secret link below `path` (`/c/`), or None while the program does not know its own address."""
    return page(f"{path}{secret(_door.key, number, turn)}") if _door.key is not None else None


def secret(key: bytes, number: str, turn: int = 0) -> str:
    """Return the secret of what has this number: 130 bits derived from the installation's `key`.

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
