"""Opaque S/MIME (RFC 8551): the mail inside a CMS SignedData (RFC 5652). Signatures are not verified.

Only the wrapping is taken off, a few nested lengths; no library of cryptography is needed for that.
"""

SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
DATA = bytes.fromhex("2a864886f70d010701")
COMPOUND, OID, OCTETS, SEQUENCE, SET, INNER = 0x20, 0x06, 0x04, 0x30, 0x31, 0xA0
MOST_DEEP = 40


class NotSigned(Exception):
    """Not a signed mail: encrypted, or damaged."""


def opened(content: bytes) -> bytes:
    """Return the mail that was signed. Raises `NotSigned`."""
    try:
        kind, wrapped = _children(_only(content, SEQUENCE))[:2]
        if kind != (OID, SIGNED_DATA):
            raise NotSigned
        fields = _children(_only(wrapped[1], SEQUENCE))
        inner = next(value for tag, value in fields if tag == SEQUENCE)
        data, explicit = _children(inner)[:2]
        if data != (OID, DATA):
            raise NotSigned
        return _octets(explicit[1])
    except (IndexError, ValueError, StopIteration, RecursionError):
        raise NotSigned from None


def _only(content: bytes, tag: int) -> bytes:
    found, value, _end = _value(content, 0)
    if found != tag:
        raise NotSigned
    return value


def _children(content: bytes) -> list[tuple[int, bytes]]:
    found, at = [], 0
    while at < len(content) and content[at : at + 2] != b"\0\0":
        tag, value, at = _value(content, at)
        found.append((tag, value))
    return found


def _octets(content: bytes) -> bytes:
    """Return the bytes of octet strings, which may come in pieces."""
    return b"".join(_octets(value) if tag & COMPOUND else value for tag, value in _children(content))


def _value(content: bytes, at: int, depth: int = 0) -> tuple[int, bytes, int]:
    """Return the tag and the bytes of the value at a place, and where it ends; lengths may be indefinite (BER)."""
    if depth > MOST_DEEP:
        raise NotSigned
    tag, size, start = content[at], content[at + 1], at + 2
    if size == 0x80:
        end = start
        while content[end : end + 2] != b"\0\0":
            _tag, _bytes, end = _value(content, end, depth + 1)
        return tag, content[start:end], end + 2
    if size > 0x80:
        digits = size - 0x80
        size, start = int.from_bytes(content[start : start + digits], "big"), start + digits
    if start + size > len(content):
        raise NotSigned
    return tag, content[start : start + size], start + size
