"""The IMAP mailbox: new mails, their bytes, and the flags we set."""

import imaplib
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from engine.core.errors import BihuanError, WrongSettings

TIMEOUT = 20  # seconds, for each answer of the server
LARGEST = 30 * 1024 * 1024
"""Bytes of a mail to fetch; of a larger one only the head is fetched."""

BROKEN = (OSError, imaplib.IMAP4.error, UnicodeError)


class MailboxSays(BihuanError):
    """The mailbox cannot be read: the server's answer."""

    zh = "邮箱无法读取：{said}"
    en = "The mailbox cannot be read: {said}"


@dataclass(frozen=True, slots=True)
class Address:
    """The mailbox's address: `imaps://user:password@host:993/INBOX`, or `imap://` with STARTTLS.

    `plain`: it may be read without encryption where the server offers none.
    """

    host: str
    port: int
    secure: bool
    user: str
    password: str
    folder: str
    plain: bool = False


def address(url: str, *, plain: bool = False) -> Address:
    """Return the address as set. Raises `WrongSettings`; the password is never repeated."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in {"imap", "imaps"} or not parts.hostname or not parts.username:
        raise WrongSettings(
            zh="imap_url 应写成 imaps://用户:密码@主机:端口/文件夹，用户名里的 @ 写成 %40。",
            en="imap_url must read imaps://user:password@host:port/folder; write an @ in the user's name as %40.",
        )
    secure = parts.scheme == "imaps"
    return Address(
        parts.hostname,
        port or (993 if secure else 143),
        secure,
        unquote(parts.username),
        unquote(parts.password or ""),
        unquote(parts.path.strip("/")) or "INBOX",
        plain,
    )


class Box:
    """An open mailbox. Raises `MailboxSays` with the server's words when a command fails."""

    def __init__(self, server: imaplib.IMAP4) -> None:
        self._server = server
        self.validity = 0
        """Changes when the server gives its mails new numbers."""

    def enter(self, user: str, password: str) -> None:
        """Log in, with the method that supports any password where the server offers it."""
        if "AUTH=PLAIN" in self._server.capabilities:
            said = f"\0{user}\0{password}".encode()
            self._ask("LOGIN", lambda: self._server.authenticate("PLAIN", lambda _: said))
        else:
            self._ask("LOGIN", lambda: self._server.login(user, password))

    def select(self, folder: str) -> None:
        """Open a folder."""
        self._ask("SELECT", lambda: self._server.select(f'"{folder}"'))
        _kind, found = self._server.response("UIDVALIDITY")
        self.validity = int(found[0] or 0) if found and found[0] else 0

    def unread(self) -> list[int]:
        """Return the numbers of the unread mails, oldest first."""
        found = self._ask("SEARCH", lambda: self._server.uid("SEARCH", "UNSEEN", "UNDELETED"))
        return sorted(int(each) for each in (found[0] or b"").split())

    def content(self, uid: int) -> tuple[bytes, bool]:
        """Return the bytes of a mail, and whether they are complete; leaves it unread. Empty when it is gone."""
        answer = self._ask("FETCH", lambda: self._server.uid("FETCH", str(uid), "(RFC822.SIZE)"))
        size = re.search(rb"RFC822\.SIZE (\d+)", b" ".join(each for each in answer if isinstance(each, bytes)))
        whole = size is not None and int(size.group(1)) <= LARGEST
        wanted = "(BODY.PEEK[])" if whole else "(BODY.PEEK[HEADER])"
        answer = self._ask("FETCH", lambda: self._server.uid("FETCH", str(uid), wanted))
        return next((bytes(each[1]) for each in answer if isinstance(each, tuple)), b""), whole

    def mark(self, uid: int, *, flagged: bool = False) -> None:
        """Mark a mail as read; flagged when somebody should look at it."""
        flags = "(\\Seen \\Flagged)" if flagged else "(\\Seen)"
        self._ask("STORE", lambda: self._server.uid("STORE", str(uid), "+FLAGS.SILENT", flags))

    def _ask(self, what: str, asked: Callable[[], tuple[str, Any]]) -> Any:
        try:
            kind, found = asked()
        except BROKEN as broken:
            raise MailboxSays(said=f"{what}: {_said(broken)}") from None
        if kind != "OK":
            raise MailboxSays(said=f"{what}: {_said(found)}")
        return found


@contextmanager
def opened(where: Address) -> Iterator[Box]:
    """Log in and open the folder; log out at the end. Raises `MailboxSays`."""
    try:
        server = _connect(where)
    except BROKEN as broken:
        raise MailboxSays(said=_said(broken)) from None
    try:
        box = Box(server)
        box.enter(where.user, where.password)
        box.select(where.folder)
        yield box
    finally:
        with suppress(*BROKEN):
            server.logout()


def _connect(where: Address) -> imaplib.IMAP4:
    trust = ssl.create_default_context()
    if where.secure:
        return imaplib.IMAP4_SSL(where.host, where.port, ssl_context=trust, timeout=TIMEOUT)
    server = imaplib.IMAP4(where.host, where.port, timeout=TIMEOUT)
    if "STARTTLS" in server.capabilities:
        server.starttls(trust)
    elif not where.plain:
        server.shutdown()
        raise OSError(
            "邮箱服务器不支持加密，没有登录；本机或内网的服务器可设 BIHUAN_MAIL_PLAIN=true / the server offers no "
            "encryption, nobody logged in; for one on this machine or network set BIHUAN_MAIL_PLAIN=true"
        )
    return server


def _said(answer: object) -> str:
    """Return a server's answer in one short line."""
    parts = answer if isinstance(answer, list) else [answer]
    words = (each.decode(errors="replace") if isinstance(each, bytes) else str(each) for each in parts)
    return " ".join(" ".join(words).split())[:300]
