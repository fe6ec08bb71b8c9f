"""A real server in its own process on a free port."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent.parent
BIHUAN = (sys.executable, "-c", "from web.server.start import main; main()")


@dataclass
class Serving:
    """A running `bihuan serve`."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def children(self) -> list[int]:
        """Its processes, in the order in which they were started."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(each) for each in listed.split()]

    def get(self, path: str, timeout: float = 10, headers: Mapping[str, str] | None = None) -> tuple[int, str]:
        """Status and text of a page."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        with contextlib.closing(line):
            line.request("GET", path, headers=dict(headers or {}))
            answer = line.getresponse()
            return answer.status, answer.read().decode()

    def wait(self, seconds: float = 60) -> float:
        """Wait until it answers; returns the seconds it took."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            with contextlib.suppress(OSError, http.client.HTTPException):
                self.get("/start", timeout=seconds)
                return time.monotonic() - began
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise AssertionError(f"the server does not answer: {self.log.read_text()}")

    def end(self, seconds: float = 20) -> int:
        """Ask it to end; returns its exit code. Raises if it takes too long."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)


def free_port() -> int:
    """A free port on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(home: Path, *options: str, port: int | None = None, **settings: str) -> Serving:
    """Start serving the company in `home`; `settings` by environment names without BIHUAN_."""
    port = port or free_port()
    log = home / "serve.log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BIHUAN_")}
    environment |= {f"BIHUAN_{name.upper()}": value for name, value in settings.items()} | {"BIHUAN_HOME": str(home)}
    with log.open("ab") as said:
        process = subprocess.Popen(
            [*BIHUAN, "serve", "--port", str(port), *options], cwd=HERE, env=environment, stdout=said, stderr=said
        )
    return Serving(process, port, log)


@contextmanager
def serving(home: Path, *options: str, **settings: str) -> Iterator[Serving]:
    """A running server, stopped afterwards."""
    started = start(home, *options, **settings)
    try:
        started.wait()
        yield started
    finally:
        for pid in (*(started.children if started.process.poll() is None else ()), started.process.pid):
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        started.process.wait()


def is_alive(pid: int) -> bool:
    """Whether the process exists and has not ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


def within(seconds: float, what: Callable[[], object]) -> float:
    """Wait until `what()` is true; returns the seconds it took. Raises after `seconds`."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if what():
            return time.monotonic() - began
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s")
