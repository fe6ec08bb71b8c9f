"""Server processes are killed while people work; the store is then compared with what people were told."""

import os
import random
import shutil
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from engine.casework.tasks import Task
from engine.core.store import Store
from engine.history import Entry
from engine.operations import schema
from tests import serving
from tests.killing import work
from tests.killing.work import Hand
from tests.serving import BIHUAN, HERE, Serving, is_alive

OPTIONS = ("--processes", "2")
GONE_WITHIN = 5.0
"""Seconds within which all processes are gone once the parent is killed."""


@dataclass
class Kill:
    """One process killed: which, how long until the server answered again, and what was wrong afterwards."""

    what: str
    seconds: float
    wrong: list[str]


@dataclass
class Scene:
    """A company at work on a server whose processes are killed."""

    home: Path
    store: Store
    hands: list[Hand]
    server: Serving
    settings: dict[str, str]
    random: random.Random
    named: dict[str, int]
    """Its processes except the parent, by what they do."""
    seen: set[int] = field(default_factory=set)

    def kill(self, within: float) -> Kill:
        """Kill some process after some time; the server restarts its processes, and we restart the server."""
        time.sleep(self.random.uniform(0.3, 1.0))
        children, wrong = self.server.children, []
        what, pid = self.random.choice([("the parent", self.server.process.pid), *self.named.items()])
        os.kill(pid, signal.SIGKILL)
        if pid == self.server.process.pid:
            self.server.process.wait()
            try:
                serving.within(GONE_WITHIN, lambda: not any(map(is_alive, children)))
            except AssertionError:
                wrong.append("processes were left")
            self.server = serving.start(self.home, *OPTIONS, port=self.server.port, **self.settings)
        seconds = self.server.wait()
        if pid in children:
            seconds += serving.within(20, lambda: len({*self.server.children} - {pid}) == len(children))
            (self.named[what],) = {*self.server.children} - {*children}
        else:
            self.named = named(self.server)
        if seconds > within:
            wrong.append(f"it took {seconds:.1f} s")
        return Kill(what, seconds, [*wrong, *self.lost()])

    def lost(self) -> list[str]:
        """Work that was acknowledged but is not done."""
        told = {task for hand in self.hands for task in list(hand.acknowledged)} - self.seen
        self.seen |= told
        with self.store.reading() as session:
            done = set(session.scalars(select(Task.id).where(Task.id.in_(told), Task.state == "done")))
        return [f"task {task} was acknowledged and is not done" for task in sorted(told - done)]

    def doubled(self) -> list[str]:
        """Work done more than once, or a case that does not have one task at a time."""
        with self.store.reading() as session:
            tasks = list(session.execute(select(Task.case_id, Task.state)))
            entries = dict(
                session.execute(
                    select(Entry.case_id, func.count()).where(Entry.kind == "task.done").group_by(Entry.case_id)
                ).all()
            )
        done, open_ = (Counter(case for case, state in tasks if state == wanted) for wanted in ("done", "open"))
        wrong = [f"case {case}: {done[case]} done, {entries.get(case, 0)} written down" for case in done]
        wrong = [each for each, case in zip(wrong, done, strict=True) if done[case] != entries.get(case, 0)]
        return wrong + [f"case {case}: {open_[case]} open" for case in {case for case, _ in tasks} if open_[case] != 1]

    def verified(self) -> list[str]:
        """What `bihuan history verify` finds."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("BIHUAN_")}
        environment |= {"BIHUAN_HOME": str(self.home)}
        environment |= {f"BIHUAN_{name.upper()}": value for name, value in self.settings.items()}
        ran = subprocess.run(
            [*BIHUAN, "history", "verify"], cwd=HERE, env=environment, capture_output=True, text=True, check=False
        )
        return [] if ran.returncode == 0 else [f"history verify: {ran.stdout}{ran.stderr}"]


def named(server: Serving) -> dict[str, int]:
    """The processes of a server just started, in the order in which it starts them."""
    return dict(zip(("pages 1", "pages 2", "the schedule"), server.children, strict=True))


@contextmanager
def working(home: Path, url: str, hands: int, seed: int) -> Iterator[Scene]:
    """A company in the store at `url`, a server, and people working on it until the end of the block."""
    store = Store(url)
    schema.migrate(store)
    with store.transaction() as session:
        first = work.furnish(session, hands)

    def following(task: int) -> int:
        with store.reading() as session:
            case = session.get_one(Task, task).case_id
            return session.scalars(select(Task.id).where(Task.case_id == case, Task.state == "open")).one()

    settings = {"database_url": url, "poll_seconds": "1"}
    stopped = threading.Event()
    with serving.serving(home, *OPTIONS, **settings) as server:
        people = [Hand(server.port, f"hand{number}", task, following) for number, task in enumerate(first)]
        threads = [threading.Thread(target=hand.work, args=(stopped.is_set,)) for hand in people]
        for thread in threads:
            thread.start()
        scene = Scene(home, store, people, server, settings, random.Random(seed), named(server))
        try:
            yield scene
        finally:
            stopped.set()
            for thread in threads:
                thread.join()
            end(scene.server)
            store.close()


def end(server: Serving) -> None:
    """End a server that may have been killed."""
    if server.process.poll() is None:
        server.end()


def finish(scene: Scene) -> list[str]:
    """What is wrong once everything has stopped."""
    idle = [f"{hand.login} finished nothing: {hand.refused[-3:]}" for hand in scene.hands if not hand.acknowledged]
    return [*idle, *scene.lost(), *scene.doubled(), *scene.verified()]


def folder(path: Path) -> Path:
    """An empty folder there."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path
