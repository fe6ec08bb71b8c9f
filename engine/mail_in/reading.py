"""Parse a mail: its sender, text and attachments, and whether a machine wrote it."""

import email
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parseaddr

from engine.core.errors import BihuanError
from engine.mail_in import decoding

MOST_PARTS = 200
MOST_ATTACHED = 20
SMALLEST_PICTURE = 4 * 1024
"""Smaller inline pictures are logos and lines, not evidence."""

LONGEST = 100_000
"""The most characters of a mail that are examined."""

NUMBER = re.compile(r"(?<![0-9A-Za-z])([A-Za-z][0-9A-Za-z]{0,39}(?:-G)?-\d{6}-\d{4,6})(?!\d)")
OURS = re.compile(r"<[0-9a-f]{40}\.(\d{1,9})@")
"""The ids of our own letters name their case."""

QUOTED = re.compile(
    r"^(?:>.*|-{2,} ?(?:Original Message|原始邮件|原邮件|Forwarded message|转发的邮件|回复的原邮件)\b.*|-{2,}\s*原始邮件\s*-{2,}"
    r"|(?:On .{5,120} wrote|在.{4,120}(?:写道|来信))\s*[:：].*|_{10,}|(?:发件人|From)\s*[:：].*)$",
    re.IGNORECASE,
)
"""The line that introduces quoted text."""


class Unreadable(BihuanError):
    """The mail has no sender to answer."""

    zh = "邮件没有可用的发件人地址。"
    en = "The mail has no sender's address that could be used."


@dataclass(frozen=True, slots=True)
class Attached:
    """A file attached to a mail; its name is the sender's."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail. `key` identifies it; `automatic`: why it must not be answered, empty for a person's own.

    `number`: of a complaint, in its subject. `case_id`: of the case whose letter it answers. `vouched`: whether the
    receiving server found nothing against the sender's address. `fresh`: its text without quotations.
    """

    key: str
    sender: str
    name: str
    to: Sequence[str]
    subject: str
    text: str
    attached: Sequence[Attached]
    automatic: str
    number: str
    case_id: int | None
    vouched: bool

    @property
    def fresh(self) -> str:
        """Return the new text above the quotation; all of it when nothing is above."""
        lines = self.text.split("\n")
        kept = next((lines[:place] for place, line in enumerate(lines) if QUOTED.match(line.strip())), lines)
        return "\n".join(kept).strip() or self.text


def read(content: bytes, own: Sequence[str] = ()) -> Mail:
    """Parse a mail from a mailbox. `own`: the company's own addresses. Raises `Unreadable` without a sender."""
    message = email.message_from_bytes(content)
    name, address = parseaddr(decoding.header(message, "From"))
    address = address.strip().casefold()
    if not re.fullmatch(r"[^@\s]{1,64}@[^@\s]{1,188}", address):
        raise Unreadable()
    subject = decoding.header(message, "Subject")[:500]
    found = NUMBER.search(subject)
    answered = OURS.findall(f"{message.get('In-Reply-To', '')} {message.get('References', '')}"[:20_000])
    return Mail(
        key=key_of(message, content),
        sender=address,
        name=name.strip()[:60],
        to=_recipients(message),
        subject=subject,
        text=_text(message),
        attached=tuple(_attached(message)),
        automatic=_automatic(message, address, own),
        number=found.group(1).upper() if found else "",
        case_id=int(answered[-1]) if answered else None,
        vouched=_vouched(message),
    )


def head(content: bytes) -> Message:
    """Parse a mail's headers only, for one whose body cannot be read."""
    return BytesHeaderParser().parsebytes(content[:LONGEST])


def key_of(message: Message, content: bytes) -> str:
    """Return a hash that identifies a mail: of its own id, or of its bytes when it has none."""
    said = " ".join(str(message.get("Message-ID") or "").split())
    return hashlib.sha256(said.encode(errors="replace") or content).hexdigest()


def _recipients(message: Message) -> tuple[str, ...]:
    named = [str(each) for name in ("Delivered-To", "X-Original-To", "To", "Cc") for each in message.get_all(name, [])]
    return tuple(dict.fromkeys(address.strip().casefold() for _name, address in getaddresses(named) if "@" in address))


def _automatic(message: Message, sender: str, own: Sequence[str]) -> str:
    """Return why a mail comes from a machine: answering it might never end."""
    said = {name: decoding.header(message, name).casefold() for name in ("Auto-Submitted", "Precedence", "Return-Path")}
    local = sender.partition("@")[0]
    reasons = (
        ("own", sender in own),
        ("bounce", said["Return-Path"] == "<>" or message.get_content_type() == "multipart/report"),
        ("bounce", local in {"mailer-daemon", "postmaster"}),
        ("automatic", said["Auto-Submitted"] not in {"", "no"} or "X-Autoreply" in message),
        (
            "automatic",
            "X-Autorespond" in message or local.replace("-", "").replace("_", "") in {"noreply", "donotreply"},
        ),
        ("list", said["Precedence"] in {"bulk", "junk", "list", "auto_reply"}),
        ("list", any(name in message for name in ("List-Id", "List-Unsubscribe", "List-Post"))),
    )
    return next((code for code, holds in reasons if holds), "")


def _vouched(message: Message) -> bool:
    """Return False when the receiving server found the sender forged; only its own, topmost header counts."""
    verdict = decoding.header(message, "Authentication-Results").casefold()
    return not re.search(r"\b(?:dmarc|spf|dkim)=fail\b", verdict) or "dmarc=pass" in verdict


def _leaves(message: Message) -> Iterator[Message]:
    """Yield the parts that are no containers; a mail inside a mail is one part."""
    waiting, seen = [message], 0
    while waiting and seen < MOST_PARTS:
        part, seen = waiting.pop(0), seen + 1
        inner = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            waiting = [each for each in inner if isinstance(each, Message)] + waiting
        else:
            yield part


def _is_text(part: Message) -> bool:
    return part.get_content_type() in {"text/plain", "text/html"} and not _is_attached(part)


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _text(message: Message) -> str:
    texts = [(part.get_content_type(), _body(part)) for part in _leaves(message) if _is_text(part)]
    plain = [text for kind, text in texts if kind == "text/plain" and text.strip()]
    marked = [decoding.of_html(text) for kind, text in texts if kind == "text/html"]
    return decoding.plain("\n".join(plain or marked))[:LONGEST].strip()


def _body(part: Message) -> str:
    content = part.get_payload(decode=True)
    return decoding.text_of(content, part.get_content_charset()) if isinstance(content, bytes) else ""


def _attached(message: Message) -> Iterator[Attached]:
    """Yield everything that is not text of the mail itself."""
    found = 0
    for part in _leaves(message):
        content = part.get_payload(decode=True)
        if _is_text(part) or found >= MOST_ATTACHED:
            continue
        whole = content if isinstance(content, bytes) else b""
        if part.get_content_disposition() != "attachment" and len(whole) < SMALLEST_PICTURE and part.get("Content-ID"):
            continue
        found += 1
        yield Attached(_name(part), whole)


def _name(part: Message) -> str:
    raw = part.get_filename() or ""
    holder = Message()
    holder["Name"] = raw
    return decoding.header(holder, "Name")[:120] or part.get_content_type()
