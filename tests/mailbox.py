"""A real mailbox on a socket of this machine: an IMAP server in a thread, its mails in memory."""

import asyncio
import imaplib
import socket
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread

from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPServer
from pysasl.hashing import BuiltinHash

USER, PASSWORD = "care@example.test", "门口的桂花"


@dataclass(frozen=True)
class Mailbox:
    """Its address, and its contents as seen by another mail program."""

    port: int

    @property
    def url(self) -> str:
        """Its address as in the settings."""
        return f"imap://care%40example.test:{PASSWORD}@127.0.0.1:{self.port}/INBOX"

    @contextmanager
    def other(self) -> Iterator[imaplib.IMAP4]:
        """Another mail program that has it open."""
        server = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        server.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode())
        server.select("INBOX")
        yield server
        server.logout()

    def put(self, *mails: bytes) -> None:
        """Mails arrive."""
        with self.other() as server:
            for mail in mails:
                kind, said = server.append("INBOX", "", None, mail)
                assert kind == "OK", said

    def flags(self) -> list[str]:
        """The flags of each mail, in order: S for seen, F for flagged."""
        with self.other() as server:
            _kind, found = server.fetch("1:*", "(FLAGS)")
        said = [each.decode() for each in found if isinstance(each, bytes)]
        return [
            "".join(letter for name, letter in (("\\Seen", "S"), ("\\Flagged", "F")) if name in each) for each in said
        ]

    def unsee(self) -> None:
        """Mark all as unread, as after a crash before they could be marked."""
        with self.other() as server:
            server.store("1:*", "-FLAGS", "(\\Seen \\Flagged)")

    def empty(self) -> None:
        """Remove all mails."""
        with self.other() as server:
            server.store("1:*", "+FLAGS", "(\\Deleted)")
            server.expunge()


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """Start the server; it ends with the block."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        loop, ready, over = asyncio.new_event_loop(), Event(), asyncio.Event()
        thread = Thread(target=loop.run_until_complete, args=(_serve(listening, ready, over),), daemon=True)
        thread.start()
        assert ready.wait(10)
        yield Mailbox(listening.getsockname()[1])
        loop.call_soon_threadsafe(over.set)
        thread.join(10)
        loop.close()


async def _serve(listening: socket.socket, ready: Event, over: asyncio.Event) -> None:
    given = Namespace(
        host=None, port="0", cert=None, key=None, tls=False, proxy_protocol=None, passlib_cfg=None, debug=False,
        inherited_sockets=None, demo_data=False, demo_user=USER, demo_password=PASSWORD,
    )  # fmt: skip
    backend, config = await DictBackend.init(
        given, secure_auth=False, invalid_user_sleep=0, hash_context=BuiltinHash(rounds=1)
    )
    config.apply_context()
    answering = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(backend.login, config))
    server = await asyncio.start_server(answering, sock=listening)
    ready.set()
    await over.wait()
    server.close()
