"""The pages (WSGI) behind uvicorn (ASGI): a slow client costs a socket, never a thread.

A request gets a thread once it has arrived completely, and the thread is free again once a piece of the answer is
made, however long the client takes to read it.
"""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from contextvars import copy_context
from dataclasses import dataclass, field
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any, TypeVar, cast
from urllib.parse import unquote_to_bytes
from wsgiref.types import WSGIApplication, WSGIEnvironment

from web.shell.environment import LOST, STRIPPED

log = logging.getLogger("bihuan.web")

T = TypeVar("T")

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

IN_MEMORY = 1024 * 1024
"""A body larger than this many bytes is kept on disk until it is read."""

PIECE = 256 * 1024
"""Roughly how many bytes of an answer are made at a time."""

LONG = 0.2
"""Seconds after which a running request no longer keeps the next one waiting."""

CROWDED = 2
"""While so many requests wait for their turn, connections are given up: who connects anew may reach an idle process."""

CLOSING = b"connection", b"close"
"""Header of an answer after which its connection is closed."""

STALLED = 60.0
"""Seconds without data after which an unfinished body is given up."""

FORWARDED = frozenset(
    {"HTTP_FORWARDED"} | {f"HTTP_X_FORWARDED_{name}" for name in ("FOR", "PROTO", "HOST", "PORT", "PREFIX", "BY")}
)
"""Headers a proxy sets about the client. From a client they cannot be trusted."""


@dataclass(slots=True)
class Body:
    """The body that a client sends: all of it, or, above the limit, only its length."""

    largest: int
    size: int = 0
    lost: OSError | None = None
    file: IO[bytes] = field(default_factory=lambda: cast(IO[bytes], SpooledTemporaryFile(IN_MEMORY)))  # noqa: SIM115

    def add(self, data: bytes) -> None:
        """Store a chunk, unless the body is already too large or there is no room."""
        self.size += len(data)
        if self.lost is not None:
            return
        if self.size > self.largest:
            self._drop()
            return
        try:
            self.file.write(data)
        except OSError as full:
            self.lost = full
            self._drop()

    def _drop(self) -> None:
        with suppress(OSError):  # try again what could not be written before
            self.file.close()
        self.file = BytesIO()


class Bridge:
    """An ASGI application around the WSGI one. Requests run one after the other; beside those that take long, the next.

    `threads`: how many run at a time at most. Two that ran at once would wait for each other's interpreter lock at
    every statement to the store, and both would take longer than one after the other.
    `largest`: maximum bytes of a body. A larger one is read to its end and passed on empty with its length, so
    that the application refuses it in its own words. `behind_proxy`: whether to trust forwarded headers.
    """

    def __init__(self, app: WSGIApplication, *, threads: int, largest: int, behind_proxy: bool) -> None:
        self._app = app
        self._pool = ThreadPoolExecutor(threads, "pages")
        self._turn, self._waiting = asyncio.Semaphore(), 0
        self._largest, self._behind_proxy = largest, behind_proxy

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            raise ValueError(f"only HTTP is served here, not {scope['type']}")
        body = Body(self._largest)
        try:
            if await _received(receive, body):
                await self._answer(self._environ(scope, body), send)
        except TimeoutError:
            await send({"type": "http.response.start", "status": 408, "headers": [CLOSING]})
            await send({"type": "http.response.body", "body": b""})
        finally:
            body.file.close()

    async def _answer(self, environ: WSGIEnvironment, send: Send) -> None:
        # One context for the whole request, whichever threads its pieces are made in.
        context = copy_context()
        answer = Answer(self._app, environ)
        try:
            piece, more = await self._in_turn(context.run, answer.piece)
            headers = [*answer.headers, CLOSING] if self._waiting >= CROWDED else answer.headers
            await send({"type": "http.response.start", "status": answer.status, "headers": headers})
            await send({"type": "http.response.body", "body": piece, "more_body": more})
            while more:
                piece, more = await self._in_turn(context.run, answer.piece)
                await send({"type": "http.response.body", "body": piece, "more_body": more})
        finally:
            if not answer.closed:
                await self._in_turn(context.run, answer.close)

    async def _in_turn(self, run: Callable[[Callable[[], T]], T], work: Callable[[], T]) -> T:
        """Do `work` in a thread when its turn comes. The turn ends with the work, or after `LONG`."""
        self._waiting += 1
        try:
            await self._turn.acquire()
        finally:
            self._waiting -= 1
        loop, turn = asyncio.get_running_loop(), ExitStack()
        turn.callback(self._turn.release)
        ending = loop.call_later(LONG, turn.close)
        try:
            return await loop.run_in_executor(self._pool, run, work)
        finally:
            ending.cancel()
            turn.close()

    def _environ(self, scope: Message, body: Body) -> WSGIEnvironment:
        server, client = scope.get("server") or ("localhost", 80), scope.get("client") or ("", 0)
        body.file.seek(0)
        environ: WSGIEnvironment = {
            "REQUEST_METHOD": scope["method"],
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
            "QUERY_STRING": scope["query_string"].decode("latin-1"),
            "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
            "SERVER_NAME": server[0],
            "SERVER_PORT": str(server[1]),
            "REMOTE_ADDR": client[0],
            "REMOTE_PORT": str(client[1]),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": scope["scheme"],
            "wsgi.input": body.file,
            "wsgi.input_terminated": True,
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        self._add_headers(environ, scope["headers"])
        if body.size:
            environ["CONTENT_LENGTH"] = str(body.size)
        if body.lost:
            environ[LOST] = body.lost
        return environ

    def _add_headers(self, environ: WSGIEnvironment, headers: Iterable[tuple[bytes, bytes]]) -> None:
        for raw, raw_value in headers:
            if b"_" in raw:  # would be mistaken for the same name with a dash, which a proxy may have set or removed
                continue
            name, value = raw.decode("latin-1").upper().replace("-", "_"), raw_value.decode("latin-1")
            key = name if name in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{name}"
            if key in FORWARDED and not self._behind_proxy:
                environ[STRIPPED] = True
            elif key in environ and key.startswith("HTTP_"):
                environ[key] += ("; " if key == "HTTP_COOKIE" else ",") + value
            else:
                environ[key] = value


async def _received(receive: Receive, body: Body) -> bool:
    """Receive the whole body; returns whether the client is still there. Raises `TimeoutError` if data stops."""
    more = True
    while more:
        message = await asyncio.wait_for(receive(), STALLED)
        if message["type"] == "http.disconnect":
            return False
        body.add(message.get("body", b""))
        more = message.get("more_body", False)
    return True


class Answer:
    """The application's answer, made piece by piece."""

    def __init__(self, app: WSGIApplication, environ: WSGIEnvironment) -> None:
        self._app, self._environ = app, environ
        self._made: Iterable[bytes] | None = None
        self._pieces: Iterator[bytes] = iter(())
        self.status, self.headers = 500, list[tuple[bytes, bytes]]()
        self.closed = False

    def piece(self) -> tuple[bytes, bool]:
        """The next bytes, and whether there are more. The first call runs the application."""
        if self._made is None:
            self._made = self._app(self._environ, self._start)
            self._pieces = iter(self._made)
        found, size = [], 0
        for each in self._pieces:
            found.append(each)
            size += len(each)
            if size >= PIECE:
                return b"".join(found), True
        self.close()
        return b"".join(found), False

    def close(self) -> None:
        """Tell the application that its answer was sent or is no longer wanted."""
        self.closed = True
        if (close := getattr(self._made, "close", None)) is not None:
            close()

    def _start(self, status: str, headers: list[tuple[str, str]], _error: object = None) -> Callable[[bytes], object]:
        self.status = int(status.split(" ", 1)[0])
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return _unwritable


def _unwritable(_data: bytes) -> None:
    raise NotImplementedError("answers are returned, not written")
