"""Mails put together line by line, as no library would: with what real programs get wrong."""

import base64
from itertools import count

from engine.mail_in import smime

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


def der(tag: int, *values: bytes, endless: bool = False) -> bytes:
    """One value of ASN.1; `endless`: with an indefinite length, as programs write that do not know it yet."""
    whole = b"".join(values)
    if endless:
        return bytes([tag, 0x80]) + whole + b"\0\0"
    if len(whole) < 0x80:
        return bytes([tag, len(whole)]) + whole
    size = len(whole).to_bytes((len(whole).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + whole


def signed(content: bytes, *, endless: bool = False, kind: bytes = smime.SIGNED_DATA) -> bytes:
    """A CMS ContentInfo with the content, without certificates."""
    octets = der(0x04, content)
    if endless:
        octets = der(0x24, der(0x04, content[:20]), der(0x04, content[20:]), endless=True)
    inner = der(0x30, der(0x06, smime.DATA), der(0xA0, octets, endless=endless), endless=endless)
    fields = (der(0x02, b"\1"), der(0x31), inner, der(0x31))
    data = der(0x30, *fields, endless=endless)
    return der(0x30, der(0x06, kind), der(0xA0, data, endless=endless), endless=endless)
