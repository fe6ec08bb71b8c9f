"""Reports of mail servers about mails of ours: which mail, and what became of it (RFC 3464, RFC 3462, RFC 8098)."""

import re
from collections.abc import Iterator
from email.message import Message

from engine.letters.returns import Report
from engine.mail_in import addresses

OURS = re.compile(r"<([0-9a-f]{40})(?:\.\d{1,9})?@")
SENDERS = frozenset({"mailer-daemon", "postmaster"})
MOST_PARTS = 30
FAILED, DELIVERED = "failed", "delivered"


def read(message: Message, words: str) -> Report | None:
    """Return what a mail reports about one of ours; None when it is no report, or says nothing final.

    `words`: its own text, the reason where a mail server gives no other.
    """
    parts = [part for part, _number in zip(message.walk(), range(MOST_PARTS), strict=False)]
    mail_id = next(_named(message, parts), None)
    if mail_id is None:
        return None
    fields = list(_fields(parts))
    action = next((each["Action"].strip().casefold() for each in fields if each["Action"]), "")
    if not action and any("displayed" in str(each["Disposition"] or "").casefold() for each in fields):
        action = DELIVERED
    if not action and _is_plain_bounce(message):
        return Report(mail_id, False, " ".join(words.split()))
    if action not in {FAILED, DELIVERED}:
        return None
    said = (str(each["Diagnostic-Code"] or each["Status"] or "") for each in fields if each["Action"])
    return Report(mail_id, action == DELIVERED, " ".join(next(said, "").split()))


def _named(message: Message, parts: list[Message]) -> Iterator[str]:
    """Yield the ids of mails of ours that it names: the returned mail's own, then the one it answers."""
    for part in parts[1:]:
        yield from OURS.findall(str(part["Message-ID"] or ""))
        yield from OURS.findall(str(part["Original-Message-ID"] or ""))
        if part.get_content_type() == "text/rfc822-headers":
            yield from re.findall(rf"^Message-ID:\s*{OURS.pattern}", _text(part), re.IGNORECASE | re.MULTILINE)
    yield from OURS.findall(f"{message['In-Reply-To'] or ''} {message['References'] or ''}"[:20_000])


def _fields(parts: list[Message]) -> Iterator[Message]:
    """Yield the groups of fields of its machine-readable parts: of the mail, and of each recipient."""
    for part in parts:
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            yield from part.get_payload()  # type: ignore[misc]
        elif part.get_content_type() == "message/disposition-notification":
            yield from part.get_payload() if part.is_multipart() else ()  # type: ignore[misc]


def _is_plain_bounce(message: Message) -> bool:
    """Whether a mail server wrote it about a failure, without the fields of a standard report."""
    sender = next(iter(addresses.of(message, "From")), ("", ""))[1]
    return "X-Failed-Recipients" in message or sender.partition("@")[0] in SENDERS


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    return content.decode("utf-8", "replace")[:20_000] if isinstance(content, bytes) else ""
