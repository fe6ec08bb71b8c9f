"""The parts of a mail (RFC 2046): which of them are its text, which are files, and which hold another mail."""

import email
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import Message
from zoneinfo import ZoneInfo

from engine.mail_in import addresses, choosing, decoding, invitations, markup, names, quoting, smime, tnef
from engine.mail_in.invitations import Invitation

MOST_PARTS = 200
MOST_ATTACHED = 20
MOST_WITHIN = 1
"""Mails within mails that are read; those within them are files."""

MOST_WRAPPED = 3
SMALLEST_PICTURE = 4 * 1024
"""Smaller inline pictures are logos and lines, not evidence."""

LONGEST = 100_000
"""The most characters of a mail that are examined."""

MARKED = frozenset({"text/html", "application/xhtml+xml", "text/enriched", "text/richtext"})
TEXTS = MARKED | {"text/plain", "text/markdown", "text/x-markdown", "text"}
PAGE = re.compile(r"\s*<(?:!doctype html|html)\b", re.IGNORECASE)
LEFT_OUT = frozenset(
    {"text/x-amp-html", "text/watch-html", "text/rfc822-headers", "message/delivery-status", "application/applefile"}
)
SIGNATURES = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}
    | {"application/pgp-keys"}
)
SMIME = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
CALENDARS = frozenset({"text/calendar", "application/ics", "text/x-vcalendar"})
TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
MAILS = frozenset({"message/rfc822", "message/global", "message/news"})


@dataclass(frozen=True, slots=True)
class Attached:
    """A file attached to a mail; its name is the sender's."""

    name: str
    content: bytes


@dataclass(slots=True)
class Parts:
    """What the parts of a mail hold. `words`: its own text. `enclosed`: mails within it, each with its head.

    `notes`: `signed` or `encrypted`, which readers should know.
    """

    zone: ZoneInfo
    words: str = ""
    enclosed: list[str] = field(default_factory=list)
    quoted: list[str] = field(default_factory=list)
    attached: list[Attached] = field(default_factory=list)
    invited: list[Invitation] = field(default_factory=list)
    notes: set[str] = field(default_factory=set)
    seen: int = 0
    within: int = 0
    wrapped: int = 0
    spare: list[tuple[Attached, str]] = field(default_factory=list)
    """Files of text, which count as the mail's own when it has no other."""


def read(message: Message, zone: ZoneInfo) -> Parts:
    """Return what a mail holds; moments of invitations are told in `zone`."""
    found = Parts(zone)
    found.words = _text(found, message).strip()
    if not decoding.seen(found.words) and not found.enclosed and found.spare:
        found.words = choosing.all_of([text for _file, text in found.spare]).strip()
        texts = [file for file, _text in found.spare]
        found.attached = [each for each in found.attached if each not in texts]
    found.words = found.words[:LONGEST]
    return found


def _text(found: Parts, part: Message) -> str:
    """Return the text of a part and those within it; note its files."""
    found.seen += 1
    kind, inner = part.get_content_type(), part.get_payload()
    if found.seen > MOST_PARTS or kind in LEFT_OUT:
        return ""
    if part.get_content_maintype() == "multipart" and isinstance(inner, list):
        return _container(found, part, [each for each in inner if isinstance(each, Message)])
    name = names.of(part)
    ending = name.casefold().rpartition(".")[2]
    if kind in SIGNATURES:
        found.notes.add("signed")
    elif kind in SMIME or ending == "p7m":
        return _unwrapped(found, part, name)
    elif kind in MAILS or ending == "eml":
        _enclose(found, part, name)
    elif kind in CALENDARS or ending == "ics":
        _invite(found, part)
    elif kind in TNEF or name.casefold() == "winmail.dat":
        return _outlook(found, part, name)
    elif kind in TEXTS and part.get_content_disposition() != "attachment" and not name:
        return _decoded(part)
    else:
        _attach(found, part, name)
    return ""


def _container(found: Parts, part: Message, inner: Sequence[Message]) -> str:
    kind = part.get_content_subtype()
    if kind == "encrypted":
        found.notes.add("encrypted")
    if kind == "alternative":
        return choosing.one_of([_text(found, each) for each in inner])
    if kind == "related" and inner:
        start = str(part.get_param("start", "")).strip()
        root = next((each for each in inner if start and str(each.get("Content-ID", "")).strip() == start), inner[0])
        return choosing.all_of([_text(found, root), *(_text(found, each) for each in inner if each is not root)])
    return choosing.all_of([_text(found, each) for each in inner])


def _decoded(part: Message) -> str:
    content, charset = decoding.body(part), part.get_content_charset()
    if part.get_content_type() in MARKED:
        return decoding.plain(markup.text_of(decoding.text_of(content, charset or markup.charset_of(content))))
    text = decoding.plain(decoding.text_of(content, charset))
    if PAGE.match(text):  # whatever it is called
        return decoding.plain(markup.text_of(text))
    if str(part.get_param("format", "")).casefold() == "flowed":
        text = decoding.flowed(text, joined=str(part.get_param("delsp", "")).casefold() == "yes")
    return text[:LONGEST]


def _attach(found: Parts, part: Message, name: str) -> None:
    content = decoding.body(part)
    kind = decoding.plain(part.get_content_type())
    if part.get_content_disposition() != "attachment" and len(content) < SMALLEST_PICTURE and part.get("Content-ID"):
        return
    if kind in TEXTS:
        found.spare.append((Attached(name or kind, content), _decoded(part)))
    _put(found, name or kind, content)


def _put(found: Parts, name: str, content: bytes) -> None:
    if len(found.attached) < MOST_ATTACHED:
        found.attached.append(Attached(name, content))


def _unwrapped(found: Parts, part: Message, name: str) -> str:
    """Return the text of a mail that is wrapped in its signature."""
    content = decoding.body(part)
    found.wrapped += 1
    try:
        inner = smime.opened(content) if found.wrapped <= MOST_WRAPPED else b""
    except smime.NotSigned:
        inner = b""
    if not inner:
        found.notes.add("encrypted")
        _put(found, name or "smime.p7m", content)
        return ""
    found.notes.add("signed")
    return _text(found, email.message_from_bytes(inner))


def _enclose(found: Parts, part: Message, name: str) -> None:
    """Read a mail within a mail; one within that is a file."""
    content = _bytes_of(part)
    message = email.message_from_bytes(content)
    if found.within >= MOST_WITHIN or not (message.get("From") or message.get("Subject")):
        _put(found, name or f"{decoding.header(message, 'Subject') or 'mail'}.eml", content)
        return
    found.within += 1
    said = _text(found, message)
    subject = decoding.header(message, "Subject")
    told = quoting.split(said, passed_on=bool(quoting.PASSING.match(subject)))
    written = ", ".join(" ".join(filter(None, (name, f"<{at}>"))) for name, at in addresses.of(message, "From")[:1])
    head = " · ".join(filter(None, (written, decoding.header(message, "Date"), subject)))
    found.enclosed.append(f"── {head} ──\n{told.words or told.quoted}"[:LONGEST])
    if told.words and told.quoted:
        found.quoted.append(told.quoted)
    found.within -= 1


def _bytes_of(part: Message) -> bytes:
    inner = part.get_payload()
    if not isinstance(inner, list):
        return decoding.body(part)
    message = inner[0] if inner and isinstance(inner[0], Message) else Message()
    if message.items() or "base64" not in str(part.get("Content-Transfer-Encoding", "")).casefold():
        return message.as_bytes()
    holder = Message()  # encoded, which RFC 2046 does not allow, but programs do
    holder["Content-Transfer-Encoding"] = "base64"
    holder.set_payload(message.get_payload())
    return decoding.body(holder)


def _invite(found: Parts, part: Message) -> None:
    text = decoding.text_of(decoding.body(part), part.get_content_charset())
    known = {each.identity for each in found.invited}
    read_now = invitations.read(text, found.zone)
    found.invited += [each for each in read_now if each.identity not in known]
    if not read_now:
        _put(found, names.of(part) or "invitation.ics", decoding.body(part))


def _outlook(found: Parts, part: Message, name: str) -> str:
    """Return the text that Outlook packed, with its files, into one of its own."""
    content = decoding.body(part)
    try:
        packed = tnef.opened(content)
    except tnef.NotPacked:
        _put(found, name or "winmail.dat", content)
        return ""
    for called, held in packed.files:
        _put(found, called, held)
    return decoding.plain(markup.text_of(packed.text) if packed.is_html else packed.text)[:LONGEST]
