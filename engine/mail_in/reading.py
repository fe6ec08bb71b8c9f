"""Parse a mail: who wrote it, what they wrote, its files, and whether a machine wrote it."""

import email
import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from zoneinfo import ZoneInfo

from engine.core import parsing
from engine.core.errors import BihuanError
from engine.core.words import kept
from engine.letters.returns import Report
from engine.mail_in import addresses, decoding, machines, parts, quoting, reports
from engine.mail_in.parts import LONGEST, Attached

NUMBER = re.compile(r"(?<![0-9A-Za-z])([A-Za-z][0-9A-Za-z]{0,39}(?:-G)?-\d{6}-\d{4,6})(?!\d)")
OURS = re.compile(r"<[0-9a-f]{40}\.(\d{1,9})@")
"""The ids of our own letters name their case."""

ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
POINTING = re.compile(
    r"fyi|(?:please)?(?:see|read)(?:the)?(?:mail)?below|siehe(?:unten|weiterunten)|voirci-dessous|veraajo"
    r"|.{0,6}(?:见下|如下|看下面|看一?下|请阅|请知悉|请处理|供参考|转发给?您?).{0,8}",
    re.IGNORECASE,
)
"""Words above another mail that say only that it is there."""

USUAL_ZONE = ZoneInfo("Asia/Shanghai")


class Unreadable(BihuanError):
    """The mail has no sender to answer."""

    zh = "邮件没有可用的发件人地址。"
    en = "The mail has no sender's address that could be used."


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail. `key` identifies it; `automatic`: why it must not be answered, empty for a person's own.

    `sender` wrote it, `answer_to` is answered: another one where a form of a web site writes for its visitor. `name`:
    of who is answered. `number`: of a complaint, in its subject. `case_id`: of the case whose letter it answers.
    `vouched`: whether the receiving server found nothing against the sender's address. `text`: what was written now,
    with what was passed on; `quoted`: what the mail program quoted. `notes`: `signed`, `encrypted`. `report`: what it
    says became of a mail of ours.
    """

    key: str
    sender: str
    answer_to: str
    name: str
    to: Sequence[str]
    subject: str
    text: str
    quoted: str
    language: str
    attached: Sequence[Attached]
    automatic: str
    number: str
    case_id: int | None
    vouched: bool
    notes: frozenset[str]
    report: Report | None = None


def read(content: bytes, own: Collection[str] = (), zone: ZoneInfo = USUAL_ZONE) -> Mail:
    """Parse a mail from a mailbox. `own`: the company's own addresses; `zone`: that of its clocks.

    Raises `Unreadable` without a sender.
    """
    with parsing.alone():
        return _read(content, own, zone)


def _read(content: bytes, own: Collection[str], zone: ZoneInfo) -> Mail:
    message = email.message_from_bytes(content)
    sender, answered = _people(message, own)
    subject = decoding.header(message, "Subject")[:500]
    found = NUMBER.search(subject)
    references = f"{message.get('In-Reply-To', '')} {message.get('References', '')}"[:20_000]
    ours = OURS.findall(references)
    held = parts.read(message, zone)
    passed_on = bool(quoting.PASSING.match(subject))
    answers = not passed_on and bool(found or references.strip() or quoting.ANSWERING.match(subject))
    told = quoting.split(held.words, passed_on=passed_on, answer=answers)
    form = answered != sender and not answers  # of a web site: it quotes nothing
    silent = not told.words and not held.enclosed and not (answers and held.attached)
    if form or silent or (not answers and _only_points(told, own)):
        told = quoting.Told(held.words, "")
    words = "\n\n".join(filter(None, (told.words, *held.enclosed)))
    language = "zh" if not f"{subject}{words}".strip() or re.search("[一-鿿]", subject + words) else "en"
    invited = [each.said(language, beside=words) for each in held.invited]
    automatic = machines.why(message, sender[1], answered[1], own)
    return Mail(
        key=key_of(message, content),
        sender=sender[1],
        answer_to=answered[1],
        name=answered[0].strip()[:60],
        to=_recipients(message),
        subject=subject,
        text=kept("\n\n".join(filter(None, (words, *invited))))[:LONGEST],
        quoted=kept("\n\n".join(filter(None, (told.quoted, *held.quoted))))[:LONGEST],
        language=language,
        attached=tuple(held.attached),
        automatic=automatic or machines.by_words(subject, words, answers=answers, named=bool(found)),
        number=found.group(1).upper() if found else "",
        case_id=int(ours[-1]) if ours else None,
        vouched=_vouched(message),
        notes=frozenset(held.notes),
        report=reports.read(message, held.words) if automatic == "bounce" else None,
    )


def _only_points(told: quoting.Told, own: Collection[str]) -> bool:
    """Whether the words above somebody else's mail only point to it, as “see below” does."""
    named = ADDRESS.findall(told.quoted[:500].casefold())
    pointing = POINTING.fullmatch(decoding.seen(told.words).rstrip(".:!。：！，"))
    return pointing is not None and bool(named) and not any(addresses.is_own(each, own) for each in named)


def _people(message: Message, own: Collection[str]) -> tuple[addresses.Named, addresses.Named]:
    """Return who wrote it and who is answered. Raises `Unreadable`."""
    sender = next(iter(addresses.of(message, "From") or addresses.of(message, "Sender")), None)
    if sender is None:
        raise Unreadable()
    return sender, addresses.answered_at(message, sender, own)


def key_of_unread(content: bytes) -> str:
    """Return the key of a mail that cannot be read, by its headers only."""
    parsing.require_unlocked()
    return key_of(BytesHeaderParser().parsebytes(content[:LONGEST]), content)


def key_of(message: Message, content: bytes) -> str:
    """Return a hash that identifies a mail: of its own id, or of its bytes when it has none."""
    said = " ".join(str(message.get("Message-ID") or "").split())
    return hashlib.sha256(said.encode(errors="replace") or content).hexdigest()


def _recipients(message: Message) -> tuple[str, ...]:
    named = [str(each) for name in ("Delivered-To", "X-Original-To", "To", "Cc") for each in message.get_all(name, [])]
    return tuple(dict.fromkeys(address.strip().casefold() for _name, address in getaddresses(named) if "@" in address))


def _vouched(message: Message) -> bool:
    """Return False when the receiving server found the sender forged; only its own, topmost header counts."""
    verdict = decoding.header(message, "Authentication-Results").casefold()
    return not re.search(r"\b(?:dmarc|spf|dkim)=fail\b", verdict) or "dmarc=pass" in verdict
