"""Metrics for monitoring, counted as things happen. They never reveal persons or contents."""

import os
from collections.abc import Iterable
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The environment variable with prometheus-client's folder."""

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
LATE = (1, 5, 10, 30, 60, 300, 900, 3600)

# All have labels: their files are created when something is counted, not on import.
REQUESTS = Histogram(
    "bihuan_request_seconds", "Requests answered, and how long it took", ("method", "route", "status"), buckets=SECONDS
)
STEPS = Counter("bihuan_steps", "Steps of cases: done, or failed and an incident", ("outcome",))
CONFLICTS = Counter("bihuan_conflicts", "Transactions in conflict with another: retried, given up", ("then",))
LATENESS = Histogram("bihuan_timer_late_seconds", "How late timers fired", ("process",), buckets=LATE)
REFUSED = Counter("bihuan_letters_refused", "Messages that a way of sending did not take, each attempt", ("way",))
LOOPS = Counter("bihuan_loops", "Runs of the schedule's loops: done, failed", ("loop", "outcome"))


def share(folder: Path) -> None:
    """Keep the metrics of this process in files of `folder`, where those of all processes are added up.

    Call before anything is counted.
    """
    os.environ[FOLDER] = str(folder)
    values.ValueClass = values.MultiProcessValue()  # type: ignore[no-untyped-call]


def text(*more: Collector) -> bytes:
    """Return all metrics, with those that `more` reads now, in the format of Prometheus."""
    folder = os.environ.get(FOLDER)
    counted: Iterable[Collector] = (MultiProcessCollector(None, folder),) if folder else (REGISTRY,)  # type: ignore[no-untyped-call]
    found = CollectorRegistry()
    for each in (*counted, *more):
        found.register(each)
    return generate_latest(found)
