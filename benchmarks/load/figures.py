"""The figures of a measurement: pages and their times, completions, closed cases, errors."""

import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

KINDS = ("complaint", "task", "completion", "next", "inbox", "registration")
MOST_SAID = 5


@dataclass
class Figures:
    """The counts, shared by all clients. Times in seconds."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    requests: int = 0
    closed: int = 0
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0
    server_cpu: float = 0.0
    client_cpu: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def took(self, kind: str, seconds: float) -> None:
        """Record that a page of that kind took so long."""
        with self.lock:
            self.requests += 1
            self.times[kind].append(seconds)

    def close(self) -> None:
        """Record that a complaint has ended."""
        with self.lock:
            self.closed += 1

    def fail(self, said: str) -> None:
        """Record an error."""
        with self.lock:
            self.errors.append(said)

    @property
    def completions(self) -> int:
        """Return the number of completed tasks, each with the pages around it."""
        return len(self.times["next"])

    @property
    def rate(self) -> float:
        """Return completions a second."""
        return self.completions / self.seconds if self.seconds else 0.0

    @property
    def cpu_ms(self) -> float:
        """Return the server's CPU time for one request, in milliseconds."""
        return self.server_cpu / (self.requests or 1) * 1e3

    def lines(self, name: str) -> Iterable[str]:
        """Return the figures as printed lines."""
        yield f"{name}: {self.completions} completions, {self.closed} cases, {self.requests} requests in {self.seconds:.1f} s"
        yield f"  completions/s {self.rate:.2f}"
        yield f"  cases/s       {self.closed / (self.seconds or 1):.2f}"
        for kind in KINDS:
            taken = sorted(self.times[kind])
            if taken:
                median, late = taken[len(taken) // 2], taken[int(len(taken) * 0.95)]
                yield f"  {kind:<13} p50 {median * 1e3:7.1f} ms   p95 {late * 1e3:7.1f} ms   ({len(taken)})"
        own = self.client_cpu / (self.requests or 1) * 1e3
        yield f"  server CPU    {self.cpu_ms:.1f} ms a request (client {own:.1f})"
        yield f"  errors        {len(self.errors)}"
        yield from (f"    {each}" for each in self.errors[:MOST_SAID])
