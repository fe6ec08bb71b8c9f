"""Mails put together line by line, as no library would: with what real programs get wrong."""

import base64
from itertools import count

HEAD = (
    "From: Feng <feng@example.test>\r\nTo: care@example.test\r\nMessage-ID: <1@example.test>\r\nMIME-Version: 1.0\r\n"
)
ANSWER = "Subject: Re: YGL-261116-0030\r\nIn-Reply-To: <2@example.test>\r\n"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(5_000)

_boundaries = count(1)


def part(kind: str, body: str, *fields: str) -> str:
    """One part with its own fields."""
    return "\r\n".join([f"Content-Type: {kind}", *fields, "", body])


def plain(body: str, *fields: str) -> str:
    return part("text/plain; charset=utf-8", body, *fields)


def page(body: str, *fields: str) -> str:
    return part("text/html; charset=utf-8", body, *fields)


def picture(*fields: str) -> str:
    return part("image/png", base64.encodebytes(PICTURE).decode(), "Content-Transfer-Encoding: base64", *fields)


def multi(kind: str, *parts: str, more: str = "") -> str:
    """A container of parts."""
    bound = f"b{next(_boundaries)}"
    held = "".join(f"--{bound}\r\n{each}\r\n" for each in parts)
    return f'Content-Type: multipart/{kind}; boundary="{bound}"{more}\r\n\r\n{held}--{bound}--\r\n'


def mail(body: str, *fields: str, head: str = HEAD) -> bytes:
    """A whole mail; `fields` as `Name: value`."""
    return (head + "".join(f"{each}\r\n" for each in fields) + body).encode()
