"""Ways to send a letter: mail, and the log in demo mode; `push` is the third."""

import hashlib
import logging
import smtplib
import ssl
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Protocol
from urllib.parse import unquote, urlsplit

from engine.core import clock
from engine.core.errors import WrongSettings
from engine.letters import attachments, letterhead
from engine.letters.attachments import Attachment
from engine.letters.letterhead import Letterhead
from engine.letters.people import Recipient

TIMEOUT = 20  # seconds


class Rejected(str):
    """Why the recipient's own address takes no letter: it is not tried again, and the way itself works."""

    __slots__ = ()


GONE = Rejected("收信的浏览器已不存在，已移除 / the browser is gone and was removed")

log = logging.getLogger("bihuan.outbox")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A letter with its text. `page`: the path of the page of ours that it is about, if any; `link`: its address."""

    key: str
    template: str
    to: Recipient
    subject: str
    text: str
    case_id: int | None = None
    page: str = ""
    link: str = ""
    head: Letterhead = field(default_factory=Letterhead)
    attachment: Attachment | None = None


def _refusal(refused: smtplib.SMTPRecipientsRefused) -> str:
    """Return the mail server's answer about the one recipient; codes from 500 are for good (RFC 5321, 4.2.1)."""
    code, said = next(iter(refused.recipients.values()))
    words = f"{code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"[:300]
    return Rejected(words) if code >= 500 else words


def mail_id(key: str) -> str:
    """Return how a mail with this key is named in its Message-ID."""
    return hashlib.sha256(key.encode()).hexdigest()[:40]


class Way(Protocol):
    """One way of sending. `reaches`: whether it can be used for this recipient; `send` raises when it fails."""

    name: str

    def reaches(self, to: Recipient) -> bool:
        """Return whether this recipient can be reached this way."""

    def send(self, letters: list[Outgoing]) -> dict[str, str]:
        """Send and return what failed: {key: why}."""


class LogWay:
    """Stands in for a way in demo mode: logs a letter, without its text and address, and reaches nobody real."""

    name = "log"

    def reaches(self, to: Recipient) -> bool:
        """Return True: it takes every letter."""
        return True

    def send(self, letters: list[Outgoing]) -> dict[str, str]:
        """Log the letters. Cannot fail."""
        for letter in letters:
            log.info("letter %s (%s): %s", letter.key, letter.template, letter.subject)
        return {}


class MailWay:
    """Sends by SMTP; one connection for all due letters. Encrypted, unless the settings allow it `plain`."""

    name = "mail"

    def __init__(self, url: str, sender: str, *, plain: bool = False) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or "@" not in sender:
            raise WrongSettings(
                zh="smtp_url 应写成 smtp://用户：密码@主机：端口，mail_from 应是邮箱地址。",
                en="smtp_url must read smtp://user:password@host:port, and mail_from be a mail address.",
            )
        self.host, self.secure = parts.hostname, parts.scheme == "smtps"
        self.port = parts.port or (465 if self.secure else 587)
        self.user, self.password = unquote(parts.username or ""), unquote(parts.password or "")
        self.sender, self.plain = sender, plain

    def reaches(self, to: Recipient) -> bool:
        """Return whether the recipient has a mail address."""
        return "@" in to.mail

    def send(self, letters: list[Outgoing]) -> dict[str, str]:
        """Pass the letters to the mail server; refused ones are returned with its message."""
        failed: dict[str, str] = {}
        try:
            with self._connect() as server:
                for letter in letters:
                    try:
                        server.send_message(self.message(letter))
                    except smtplib.SMTPRecipientsRefused as refused:
                        failed[letter.key] = _refusal(refused)
                        server.rset()
                    except (smtplib.SMTPResponseException, ValueError) as refused:
                        failed[letter.key] = str(refused)
                        server.rset()
        except (OSError, smtplib.SMTPException) as broken:
            done = set(failed)
            failed |= {letter.key: str(broken) for letter in letters if letter.key not in done}
        return failed

    def message(self, letter: Outgoing) -> EmailMessage:
        """Return the mail. Its id comes from the letter's key, so that the receiver can recognise duplicates.

        It ends with its case, so that an answer names that even if its subject has changed.
        """
        user, _, domain = letter.to.mail.strip().rpartition("@")
        mail = EmailMessage()
        mail["From"] = self._from(letter)
        mail["To"] = Address(letter.to.name, user, domain)
        mail["Subject"] = " ".join(letter.subject.split())
        mail["Date"] = format_datetime(clock.now())
        about = f".{letter.case_id}" if letter.case_id is not None else ""
        mail["Message-ID"] = f"<{mail_id(letter.key)}{about}@{parseaddr(self.sender)[1].rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
        file = letter.attachment.make() if letter.attachment is not None else b""
        fits = len(file) <= attachments.MOST_BYTES
        text = letter.text if fits else f"{letter.text}\n{attachments.TOO_LARGE[letter.to.language]}"
        letterhead.fill(mail, text, letter.head, letter.to.language)
        if letter.attachment is not None and fits:
            mail.add_attachment(file, "application", "pdf", filename=letter.attachment.name)
        return mail

    def _from(self, letter: Outgoing) -> Address:
        """Return the sender: named as the settings say, otherwise as the company is called."""
        name, address = parseaddr(self.sender)
        return Address(name or letter.head.said(letter.to.language), addr_spec=address)

    def _connect(self) -> smtplib.SMTP:
        trust = ssl.create_default_context()
        if self.secure:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=trust)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=trust)
            elif not self.plain:
                server.close()
                raise smtplib.SMTPNotSupportedError(
                    "邮件服务器不支持加密，没有发送；本机或内网的服务器可设 BIHUAN_MAIL_PLAIN=true / the mail server offers "
                    "no encryption, nothing was sent; for one on this machine or network set BIHUAN_MAIL_PLAIN=true"
                )
        if self.user:
            server.login(self.user, self.password)
        return server
