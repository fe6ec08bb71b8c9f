"""Measure pages with few and with many cases behind them: statements and milliseconds.

    python -m benchmarks.pages [--in FOLDER] [SIZE SIZE ...]     1,000 and 100,000 cases by default
    python -m benchmarks.pages --against CHECKOUT [SIZE] [--only NAME ...]     compared with another checkout

Each page is requested through the application, logged in, with its guard, on SQLite. Output is a line per page and
size: the statements it sent, the median and the 95th percentile in milliseconds, and the median of the CPU time. Then
the largest company is compared with the smallest: `statements same` or the pages that send others, `times <ratio>` of
the page whose CPU time grew most (pages under `LITTLE` ms in both count as equal), and `inbox_p95_ms` over all inbox
pages of the largest. The company is the demo's, multiplied (see `many.py`); `crowd` holds a role in every engineering
department. Making one of a million cases takes a quarter of an hour: `--in` keeps companies in a folder for reuse.

`--against`: both checkouts are measured in turns, each in its own process with its own company, so that other load on
the machine affects both. Output is a line for each page: CPU milliseconds of theirs and ours, and ours as a share of
theirs. It adds the inbox with 500 and with 10,000 open tasks, and completing a task.
"""

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from benchmarks import many
from benchmarks.against import against
from benchmarks.company import counted
from engine.casework import tasks
from engine.casework.tasks import Task
from engine.company import people
from engine.company.places import Place
from engine.complaints.core import links
from engine.complaints.core.complaint import Complaint
from engine.core import clock
from engine.core.settings import Settings, secret
from engine.core.store import Store
from engine.core.throttle import Attempt
from engine.operations import demo, schema
from web import create_app

TIMES = 30
LITTLE = 5.0
SIZES = (1_000, 100_000)


@dataclass(frozen=True, slots=True)
class Figures:
    """The cost of one page: statements of one request; milliseconds, in all and of CPU."""

    statements: int
    ms: list[float]
    cpu: list[float]

    @property
    def median(self) -> float:
        return statistics.median(self.ms)

    @property
    def p95(self) -> float:
        return sorted(self.ms)[int(len(self.ms) * 0.95)]


@dataclass
class Site:
    """The company of one size, its application, and the logged-in people."""

    app: Flask
    store: Store
    settings: Settings
    clients: dict[str, FlaskClient]

    def as_(self, login: str) -> FlaskClient:
        """Return a browser of that person; `nobody` is logged out."""
        if login not in self.clients:
            client = self.app.test_client()
            if login != "nobody":
                said = {"login": login, "password": demo.PASSWORD}
                if client.post("/login", data=said).status_code >= 400:
                    raise SystemExit(f"{login} cannot log in")
            self.clients[login] = client
        return self.clients[login]

    def ask(self, session: Session, login: str, element: str | None = None) -> Task:
        """Return a task of this person."""
        person = people.by_login(session, login)
        if person is None:
            raise SystemExit(f"there is no {login}")
        mine = tasks.inbox(session, person)
        found = session.scalars(mine.where(Task.element == element) if element else mine).first()
        if found is None:
            raise SystemExit(f"{login} has no task {element or ''}")
        return found


@contextmanager
def opened(cases: int, kept: Path | None) -> Iterator[Site]:
    """Open a company of that size and its application, from the folder of kept ones if there is one."""
    with tempfile.TemporaryDirectory() as folder, clock.at(demo.copying.STANDS_AT):
        home = kept / str(cases) if kept else Path(folder)
        settings = Settings(home=home)
        store = Store(settings.store_url)
        if (home / many.MADE).is_file() and not schema.is_current(store):  # kept by an older checkout
            store.close()
            shutil.rmtree(home)
        if not (home / many.MADE).is_file():
            _make(store, settings, cases)
        with store.transaction() as session:  # the clock stands still: earlier log-ins were all just now
            session.execute(delete(Attempt))
        app = create_app(settings, store)
        app.config["WTF_CSRF_ENABLED"] = False
        yield Site(app, store, settings, {})
        store.close()


def _make(store: Store, settings: Settings, cases: int) -> None:
    settings.home.mkdir(parents=True, exist_ok=True)
    schema.migrate(store)
    demo.copying.load(store, settings)
    many.multiply(store, cases)
    _crowd(store)
    (settings.home / many.MADE).touch()


def _crowd(store: Store) -> None:
    """Add a person whose inbox holds the tasks of every engineering department."""
    with store.transaction() as session:
        crowd, like = people.add(session, "crowd", "人人"), people.by_login(session, "agent")
        crowd.password = like.password if like else None
        for place in session.scalars(select(Place).where(Place.code == "engineering")):
            people.hold(session, crowd, "handler", place)


def pages(site: Site) -> dict[str, tuple[str, str]]:
    """Return what to measure: name of the page, user, address."""
    with site.store.reading() as session:
        closed = select(Complaint).where(Complaint.closed_at.is_not(None), Complaint.number.like("YGL-%"))
        complaint = session.scalars(
            closed.order_by(Complaint.received_at.desc()).limit(1)
        ).one()  # in every size the same
        task = site.ask(session, "agent").id
        return {
            "inbox of the desk": ("agent", "/inbox"),
            "inbox of a repair worker": ("engineer", "/inbox"),
            "inbox of a project manager": ("manager", "/inbox"),
            "inbox of headquarters": ("board", "/inbox"),
            "inbox of a crowd": ("crowd", "/inbox"),
            "inbox, late": ("crowd", "/inbox?due=late"),
            "inbox, words": ("crowd", "/inbox?q=电梯"),
            "inbox, rare words": ("crowd", "/inbox?q=楼道"),
            "inbox, number": ("crowd", f"/inbox?q={complaint.number}"),
            "inbox, latest opened": ("crowd", "/inbox?sort=-opened"),
            "inbox, count for the bell": ("crowd", "/inbox/count"),
            "task": ("agent", f"/tasks/{task}"),
            "complaints": ("board", "/complaints"),
            "complaints of one community": ("manager", "/complaints"),
            "complaints, open, due first": ("board", "/complaints?state=open&sort=due"),
            "complaints, late": ("board", "/complaints?state=late"),
            "complaints, category": ("board", "/complaints?category=10"),
            "complaints, closed last": ("board", "/complaints?sort=-closed"),
            "complaints, words": ("board", "/complaints?q=电梯"),
            "complaints, two words": ("manager", "/complaints?q=电梯 晚上"),
            "complaints, words nobody used": ("board", "/complaints?q=鹦鹉"),
            "complaints, number": ("board", f"/complaints?q={complaint.number}"),
            "complaints, phone": ("board", f"/complaints?q={complaint.phone}"),
            "complaint": ("board", f"/complaints/{complaint.id}"),
            "desk": ("agent", "/desk"),
            "stuck": ("board", "/stuck"),
            "counts": ("board", "/counts"),
            "cases": ("owner", "/cases"),
            "incidents": ("admin", "/incidents"),
            "improvements": ("board", "/improvements"),
            "households": ("admin", "/households"),
            "people": ("admin", "/people"),
            "record": ("admin", "/record"),
            "resident's page": ("nobody", f"/c/{links.secret(secret(site.settings, 'links'), complaint.number)}"),
            "public page": ("nobody", "/p/YGL"),
        }


def measure(site: Site, login: str, address: str) -> Figures:
    """Measure a page repeatedly; the first request, which fills caches, does not count."""
    client = site.as_(login)
    status = client.get(address).status_code
    if status != 200:
        raise SystemExit(f"{address} as {login}: {status}")
    with counted(site.store) as sent:
        client.get(address)
    taken, cpu = [], []
    for _ in range(TIMES):
        begun, worked = time.perf_counter(), time.process_time()
        client.get(address)
        taken.append((time.perf_counter() - begun) * 1e3)
        cpu.append((time.process_time() - worked) * 1e3)
    return Figures(len(sent), taken, cpu)


def run(cases: int, kept: Path | None, say: Callable[[str], None] = print) -> dict[str, Figures]:
    """Measure every page of a company of that size."""
    begun = time.perf_counter()
    with opened(cases, kept) as site:
        with site.store.reading() as session:
            there = session.scalar(select(func.count()).select_from(Complaint)) or 0
            waiting = session.scalar(select(func.count()).select_from(Task).where(Task.state == "open")) or 0
        say(f"# {there} complaints, {waiting} open tasks, made in {time.perf_counter() - begun:.0f} s")
        found = {}
        for name, (login, address) in pages(site).items():
            found[name] = measure(site, login, address)
            one = found[name]
            cpu = statistics.median(one.cpu)
            say(
                f"{there:>9} {name:<32} statements {one.statements:>3}"
                f"  ms {one.median:7.1f}  p95 {one.p95:7.1f}  cpu {cpu:7.1f}"
            )
    return found


def compare(few: dict[str, Figures], many_: dict[str, Figures]) -> None:
    """Print how the larger company compares with the smaller."""
    others = [name for name in few if few[name].statements != many_[name].statements]
    print("statements", ", ".join(others) or "same")
    ratios = {name: _ratio(statistics.median(few[name].cpu), statistics.median(many_[name].cpu)) for name in few}
    worst = max(ratios, key=lambda name: ratios[name])
    print(f"times {ratios[worst]:.2f} ({worst})")
    inbox = [ms for name, one in many_.items() if name.startswith("inbox") for ms in one.ms]
    print(f"inbox_p95_ms {sorted(inbox)[int(len(inbox) * 0.95)]:.1f}")


def _ratio(few: float, many_: float) -> float:
    return 1.0 if max(few, many_) < LITTLE else many_ / few


def main() -> None:
    """Measure the requested sizes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES, help="how many cases")
    parser.add_argument("--in", dest="kept", type=Path, help="folder in which companies are kept")
    parser.add_argument("--against", type=Path, help="another checkout of the product, to be measured in turns")
    parser.add_argument("--only", nargs="*", default=(), help="with --against: pages whose names begin so")
    asked = parser.parse_args()
    if asked.against:
        against(asked.against.resolve(), min(asked.sizes), asked.kept, tuple(asked.only))
        return
    found = [run(size, asked.kept) for size in sorted(asked.sizes)]
    if len(found) > 1:
        compare(found[0], found[-1])


if __name__ == "__main__":
    main()
