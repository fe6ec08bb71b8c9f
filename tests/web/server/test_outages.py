"""A real server on a PostgreSQL that becomes unavailable and comes back."""

import contextlib
import http.client
import re
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from engine.core.store import Store
from tests import serving

pytestmark = [
    pytest.mark.long,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="PostgreSQL is reached by a Unix socket"),
]
NAME = ".s.PGSQL.5432"


class Line:
    """A socket in its own folder that forwards to PostgreSQL and can be cut and restored."""

    def __init__(self, folder: Path, to: str) -> None:
        self.folder, self._to = folder, to
        self._open: list[socket.socket] = []
        self.mend()

    def mend(self) -> None:
        """Let connections through."""
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(self.folder / NAME))
        self._listening.listen(64)
        threading.Thread(target=self._take, args=(self._listening,), daemon=True).start()

    def cut(self) -> None:
        """End all connections and accept no more."""
        (self.folder / NAME).unlink()
        for each in (self._listening, *self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self._open.clear()

    def _take(self, listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                taken, _address = listening.accept()
                beyond = socket.socket(socket.AF_UNIX)
                beyond.connect(self._to)
                self._open += [taken, beyond]
                for one, other in ((taken, beyond), (beyond, taken)):
                    threading.Thread(target=_pass, args=(one, other), daemon=True).start()


def _pass(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
    for each in (one, other):
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def line(postgres_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    real = make_url(str(postgres_store.url))
    made = Line(tmp_path_factory.mktemp("pg"), f"{real.query['host']}/{NAME}")
    yield made
    with contextlib.suppress(OSError):
        made.cut()


def test_a_store_that_goes_away_is_said_in_words_and_all_goes_on_when_it_is_back(
    postgres_store: Store, line: Line, tmp_path: Path
) -> None:
    url = postgres_store.url.update_query_dict({"host": str(line.folder)}).render_as_string(hide_password=False)
    with serving.serving(tmp_path, "--processes", "2", database_url=url, poll_seconds="1") as served:
        assert served.get("/readyz")[0] == 200
        line.cut()
        before = len(served.log.read_text())
        began, asked = time.monotonic(), 0
        while time.monotonic() - began < 3:
            asked += 1
            status, page = served.get("/login")
            assert status == 503, page
            assert "暂时连不上数据库" in page
        assert served.get("/healthz")[0] == 200
        assert served.get("/readyz")[0] == 503
        assert retry_after(served.port) == "10"
        said = served.log.read_text()[before:]
        told = [each for each in said.splitlines() if "cannot be reached" in each]
        assert "Traceback" not in said
        assert 1 <= len(told) <= 3 * 2 * (time.monotonic() - began + 1)  # a line a second and what was left out
        assert asked > len(told) / 2
        line.mend()
        serving.within(10, lambda: served.get("/readyz")[0] == 200)
        assert served.get("/login")[0] == 303
        turns = re.compile(r'bihuan_loops_total{loop="fire_timers",outcome="done"} (\S+)')
        serving.within(20, lambda: turns.findall(served.get("/metrics")[1]))
        done = float(turns.findall(served.get("/metrics")[1])[0])
        serving.within(20, lambda: float(turns.findall(served.get("/metrics")[1])[0]) > done)


def retry_after(port: int) -> str | None:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as asking:
        asking.request("GET", "/login")
        return asking.getresponse().getheader("Retry-After")
