"""`bihuan serve` in real operation: several processes, slow clients, and all kinds of shutdown."""

import asyncio
import http.client
import os
import shutil
import signal
import socket
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from engine import history
from engine.core.store import Store
from engine.history import NewEntry
from tests import serving
from tests.serving import Serving, is_alive, within
from web.server import bridge as bridges
from web.server import page_process
from web.server.bridge import Bridge
from web.server.patience import Patient

pytestmark = [
    pytest.mark.long,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as Linux shows them"),
]

IDLE, HALF_SENT, HALF_UPLOADED = 500, 100, 20


@pytest.fixture
def home(empty_file: Path, tmp_path: Path) -> Path:
    """The folder of an empty company."""
    shutil.copy(empty_file, tmp_path / "bihuan.db")
    return tmp_path


@pytest.fixture
def served(home: Path) -> Iterator[Serving]:
    with serving.serving(home, "--processes", "2", poll_seconds="1") as started:
        yield started


def connected(port: int, sent: bytes = b"") -> socket.socket:
    line = socket.create_connection(("127.0.0.1", port), 5)
    if sent:
        line.sendall(sent)
    return line


def upload_head(size: int) -> bytes:
    return (
        "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {size}\r\n\r\n"
    ).encode()


def test_slow_and_idle_clients_keep_nobody_waiting(served: Serving) -> None:
    with ExitStack() as open_until_the_end:
        for number in range(IDLE + HALF_SENT + HALF_UPLOADED):
            half = b"" if number < IDLE else b"GET /login HTTP/1.1\r\nHost: loc"
            half = half if number < IDLE + HALF_SENT else upload_head(50_000) + b"login=a"
            open_until_the_end.enter_context(connected(served.port, half))
        slow = open_until_the_end.enter_context(connected(served.port, upload_head(3_000)))
        took = []
        for _second in range(3):
            slow.sendall(b"a" * 1000)
            began = time.monotonic()
            status, _page = served.get("/", timeout=5)
            took.append(time.monotonic() - began)
            assert status < 400
            time.sleep(max(0.0, 1 - took[-1]))
        assert max(took) < 2
        slow.settimeout(10)
        assert slow.recv(100).startswith(b"HTTP/1.1 303")  # answered once it was complete: it had no token


def test_what_runs_is_finished_when_the_server_is_told_to_end(home: Path, served: Serving) -> None:
    line = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
    with closing(sqlite3.connect(home / "bihuan.db", isolation_level=None)) as writer, closing(line):
        line.request("GET", "/lost-link")
        page = line.getresponse()
        token = serving_token(page.read().decode())
        cookie = str(page.getheader("Set-Cookie")).partition(";")[0]
        writer.execute("begin immediate")  # the request waits for the store
        form = f"csrf_token={token}&login=nobody&password=guess"
        line.request("POST", "/login", form, {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"})
        time.sleep(0.5)
        began = time.monotonic()
        served.process.send_signal(signal.SIGTERM)
        time.sleep(1)
        writer.execute("rollback")
        assert line.getresponse().status == 422  # no such person, with a message
    assert served.process.wait(20) == 0
    assert time.monotonic() - began < 20
    assert_free(served.port)


def test_a_client_that_never_finishes_does_not_keep_the_server_from_ending(served: Serving) -> None:
    with connected(served.port, upload_head(50_000) + b"login="):
        began = time.monotonic()
        served.end(20)
        assert time.monotonic() - began < 20


def test_nobody_is_left_when_the_process_that_keeps_the_others_is_killed(served: Serving) -> None:
    left = served.children
    assert len(left) == 3
    with connected(served.port, upload_head(50_000) + b"login="):
        served.process.kill()
        served.process.wait()
        within(5, lambda: not any(map(is_alive, left)))
    assert_free(served.port)


def test_a_killed_process_is_started_again_and_nobody_notices(served: Serving) -> None:
    for index in range(2):
        before = served.children
        os.kill(before[index], signal.SIGKILL)
        for _request in range(5):
            assert served.get("/")[0] < 400
        within(3, lambda before=before: len(served.children) == 3 and served.children != before)


def test_the_schedule_runs_in_one_process_and_is_started_again(home: Path, served: Serving) -> None:
    pages_and_schedule = served.children
    store = Store(f"sqlite:///{home / 'bihuan.db'}")
    for sealed in (0, 1):
        if sealed:
            os.kill(pages_and_schedule[-1], signal.SIGKILL)
        with store.transaction() as session:
            history.add(session, history.company(session), [NewEntry("people.added", None, None, {"no": sealed}, None)])
        within(10, lambda sealed=sealed: len(lines(home / "seals.log")) > sealed)
    store.close()


def test_two_servers_on_one_port_are_one_too_many(home: Path, served: Serving) -> None:
    second = serving.start(home, port=served.port)
    assert second.process.wait(20) == 1
    assert str(served.port) in second.log.read_text()
    assert served.get("/")[0] < 400


def test_more_than_the_limit_is_refused_in_words(served: Serving) -> None:
    line = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
    with closing(line):
        line.request("POST", "/login", b"a" * (81 * 1024 * 1024), {"Content-Type": "application/x-www-form-urlencoded"})
        answer = line.getresponse()
        assert answer.status == 413
        assert "80 MB" in answer.read().decode()
        line.request("GET", "/")  # the connection is still usable
        assert line.getresponse().status < 400


@pytest.mark.parametrize("behind_proxy", [False, True])
def test_only_a_proxy_that_is_trusted_says_where_a_request_comes_from(behind_proxy: bool) -> None:
    found: dict[str, object] = {}

    def app(environ, start):  # type: ignore[no-untyped-def]
        found.update(environ)
        start("200 OK", [])
        return [b"x"]

    heads = [(b"x-forwarded-for", b"1.2.3.4"), (b"x_forwarded_for", b"5.6.7.8"), (b"forwarded", b"for=9.9.9.9")]
    heads += [(b"accept", b"a"), (b"accept", b"b")]
    asyncio.run(asked(Bridge(app, threads=1, largest=10, behind_proxy=behind_proxy), heads))
    assert found.get("HTTP_X_FORWARDED_FOR") == ("1.2.3.4" if behind_proxy else None)
    assert found.get("HTTP_FORWARDED") == ("for=9.9.9.9" if behind_proxy else None)
    assert found["HTTP_ACCEPT"] == "a,b"
    assert found["PATH_INFO"] == "/%2Fé".encode().decode("latin-1")


async def asked(bridge: Bridge, heads: list[tuple[bytes, bytes]]) -> list[dict[str, object]]:
    scope = {
        "type": "http",
        "method": "GET",
        "http_version": "1.1",
        "raw_path": b"/%252F%C3%A9",
        "query_string": b"",
        "scheme": "http",
        "headers": heads,
    }
    sent: list[dict[str, object]] = []

    async def receive():  # type: ignore[no-untyped-def]
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):  # type: ignore[no-untyped-def]
        sent.append(message)

    await bridge(scope, receive, send)
    return sent


def test_requests_take_turns_and_a_slow_one_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    running_now, most, quick_done = set[int](), list[int](), threading.Event()

    def app(environ, start):  # type: ignore[no-untyped-def]
        running_now.add(me := threading.get_ident())
        most.append(len(running_now))
        if environ["PATH_INFO"] == "/slow":
            assert quick_done.wait(10)
            time.sleep(0.01)
        running_now.discard(me)
        start("200 OK", [])
        return [b"made"]

    def asked(port: int, path: str) -> threading.Thread:
        def ask() -> None:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as line:
                line.request("GET", path)
                assert line.getresponse().read() == b"made"

        thread = threading.Thread(target=ask)
        thread.start()
        return thread

    with running(Bridge(app, threads=4, largest=10, behind_proxy=False)) as port:
        slow = asked(port, "/slow")
        within(5, lambda: bool(most))
        asked(port, "/quick").join()  # while the slow one still runs
        assert running_now
        quick_done.set()
        slow.join()
        most.clear()
        monkeypatch.setattr(bridges, "LONG", 60)
        for each in [asked(port, "/slow") for _request in range(20)]:
            each.join()
    assert most == [1] * 20


def test_a_crowded_process_gives_up_connections_and_an_idle_one_keeps_them() -> None:
    go_on = threading.Event()

    def app(environ, start):  # type: ignore[no-untyped-def]
        assert go_on.wait(10)
        start("200 OK", [])
        return [b"made"]

    with running(bridge := Bridge(app, threads=1, largest=10, behind_proxy=False)) as port, ExitStack() as opened:
        lines = [http.client.HTTPConnection("127.0.0.1", port, timeout=20) for _client in range(3)]
        for line in lines:
            opened.enter_context(closing(line)).request("GET", "/")
        within(5, lambda: bridge._waiting == 2)
        go_on.set()
        answers = [line.getresponse() for line in lines]
        assert [answer.read() for answer in answers] == [b"made"] * 3
        assert sorted(answer.getheader("connection") or "kept" for answer in answers) == ["close", "kept", "kept"]
        again = next(line for line, answer in zip(lines, answers, strict=True) if not answer.getheader("connection"))
        again.request("GET", "/")
        assert again.getresponse().getheader("connection") is None


def test_an_answer_that_is_read_slowly_holds_no_thread() -> None:
    closed = threading.Event()

    class Long:
        def __iter__(self):  # type: ignore[no-untyped-def]
            return iter([b"x" * 1_000_000] * 60)

        def close(self) -> None:
            closed.set()

    def app(environ, start):  # type: ignore[no-untyped-def]
        start("200 OK", [])
        return Long() if environ["PATH_INFO"] == "/long" else [b"short"]

    with running(Bridge(app, threads=1, largest=10, behind_proxy=False)) as port:
        with connected(port, b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n") as slow:
            assert slow.recv(10)
            for _request in range(3):
                with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as line:
                    line.request("GET", "/short")
                    assert line.getresponse().read() == b"short"
        assert closed.wait(5)  # the slow one has gone, and the application is told


def test_a_connection_that_says_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Patient, "seconds", 0.2)

    def app(environ, start):  # type: ignore[no-untyped-def]
        start("200 OK", [])
        return [b"x"]

    with running(Bridge(app, threads=1, largest=10**6, behind_proxy=False)) as port:
        for half in (b"", b"GET / HTTP/1.1\r\nHo", b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HT"):
            with connected(port, half) as silent:
                silent.settimeout(5)
                while silent.recv(1000):
                    pass
        with connected(port, upload_head(10)) as uploading:  # slow, but it has asked for something
            for _byte in range(10):
                time.sleep(0.1)
                uploading.sendall(b"a")
            assert uploading.recv(100).startswith(b"HTTP/1.1 200")


def test_an_upload_that_stands_still_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridges, "STALLED", 0.2)
    server = running(Bridge(pytest.fail, threads=1, largest=10**6, behind_proxy=False))
    with server as port, connected(port, upload_head(10) + b"half") as standing_still:
        standing_still.settimeout(5)
        assert standing_still.recv(100).startswith(b"HTTP/1.1 408")


def test_processes_are_started_where_nothing_can_be_forked(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on macOS and Windows: everything that a process gets is pickled."""
    command = "import multiprocessing; from web.server import processes; from web.server.cli import main; "
    command += "processes._context = multiprocessing.get_context('spawn'); main()"
    monkeypatch.setattr(serving, "BIHUAN", (*serving.BIHUAN[:-1], command))
    with serving.serving(home, "--processes", "1", poll_seconds="1") as served:
        assert served.get("/healthz")[0] == 200
        within(60, lambda: 'bihuan_loops_total{loop="fire_timers"' in served.get("/metrics")[1])
        left = served.children
        served.process.kill()
        served.process.wait()
        within(5, lambda: not any(map(is_alive, left)))
    assert_free(served.port)


class running:
    """A server in a thread of the test, with the test's application."""

    def __init__(self, bridge: Bridge) -> None:
        self.port = serving.free_port()
        self.told = threading.Event()
        self.listening = socket.create_server(("127.0.0.1", self.port))
        server = page_process.Server(page_process.config(bridge), self.told)
        self.thread = threading.Thread(target=server.run, args=([self.listening],))

    def __enter__(self) -> int:
        self.thread.start()
        return self.port

    def __exit__(self, *_: object) -> None:
        self.told.set()
        self.thread.join()


def serving_token(page: str) -> str:
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def assert_free(port: int) -> None:
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 1)
