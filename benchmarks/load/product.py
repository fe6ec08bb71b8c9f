"""A checkout of the product: its demo company in its own folder, served by its own processes."""

import os
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

OWN = Path(__file__).resolve().parents[2]
STARTS_WITHIN = 60.0
"""Seconds that a server may take to start."""

STOPS_WITHIN = 30.0
TICKS = os.sysconf("SC_CLK_TCK")


class Product:
    """One checkout with its company. `name` distinguishes two compared checkouts."""

    def __init__(self, name: str, checkout: Path, home: Path, database_url: str) -> None:
        self.name, self.home, self.port, self.pid = name, home, _free_port(), 0
        self._command = _command(checkout)
        self._environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("BIHUAN_")},
            "PYTHONPATH": str(checkout),
            "BIHUAN_HOME": str(home),
            "BIHUAN_DEMO": "true",
            "BIHUAN_DATABASE_URL": database_url,
            "LC_ALL": "C.UTF-8",
        }

    def run(self, *arguments: str) -> bool:
        """Run a `bihuan` command; its output is shown only when it fails. Return whether it succeeded."""
        done = subprocess.run(
            [*self._command, *arguments], env=self._environment, cwd=self.home, capture_output=True, text=True
        )
        if done.returncode:
            print(
                f"{self.name}: bihuan {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
            )
        return done.returncode == 0

    @contextmanager
    def served(self, processes: int | None) -> Iterator[None]:
        """Make the company and serve it inside the block. Raises `SystemExit` when either fails."""
        self.home.mkdir(parents=True)
        if not self.run("demo"):
            raise SystemExit(1)
        more = [] if processes is None else ["--processes", str(processes)]
        log = self.home / "serve.log"
        with log.open("w") as said:
            server = subprocess.Popen(
                [*self._command, "serve", "--port", str(self.port), *more],
                env=self._environment,
                cwd=self.home,
                stdout=said,
                stderr=subprocess.STDOUT,
            )
        self.pid = server.pid
        try:
            self._await_answer(server, log)
            yield
        finally:
            server.terminate()
            try:
                server.wait(STOPS_WITHIN)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()

    def _await_answer(self, server: "subprocess.Popen[bytes]", log: Path) -> None:
        until = time.monotonic() + STARTS_WITHIN
        while server.poll() is None and time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/login", timeout=STARTS_WITHIN):
                    return
            except OSError:
                time.sleep(0.1)
        raise SystemExit(f"{self.name}: the server does not answer:\n{log.read_text()[-2000:]}")

    def cpu(self) -> float:
        """Return the CPU seconds used so far by the server and all its children."""
        return sum(_seconds(pid) for pid in _below(self.pid))


def _command(checkout: Path) -> Sequence[str]:
    """Return how to run `bihuan` there: as installed beside it, or by this interpreter."""
    installed = checkout / ".venv" / "bin" / "bihuan"
    if installed.is_file():
        return (str(installed),)
    scripts = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    module, _, function = str(scripts["bihuan"]).partition(":")
    return (sys.executable, "-c", f"from {module} import {function}; {function}()")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _stat(pid: int) -> list[str]:
    """Return a process's fields in /proc from its state on, or none when it is gone. Its name may hold spaces:
    skipped."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _below(root: int) -> set[int]:
    parents = {int(each.name): _stat(int(each.name)) for each in Path("/proc").iterdir() if each.name.isdigit()}
    found = {root}
    while more := {pid for pid, stat in parents.items() if stat and int(stat[1]) in found} - found:
        found |= more
    return found


def _seconds(pid: int) -> float:
    """Return its own time, and that of its ended children."""
    return sum(map(int, _stat(pid)[11:15])) / TICKS
