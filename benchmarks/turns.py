"""Measure pages of one checkout on request, a few at a time: the other side of `pages --against`.

Run as a file, with the checkout on PYTHONPATH: everything but this file is then the checkout's own. It takes the size
of a company and its folder, prints what it can measure, and answers each name with the CPU milliseconds of some
requests, as lines of JSON.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from benchmarks import pages
from engine.casework.tasks import Task
from engine.company import people, places
from engine.company.places import Place
from engine.core import clock
from engine.core.store import table_of

AT_ONCE = 5
MUCH = (500, 10_000)
Ask = Callable[[], None]


def main() -> None:
    """Measure what is requested until the input ends."""
    size, folder = int(sys.argv[1]), Path(sys.argv[2])
    with pages.opened(size, folder) as site:
        known = asked_for(site)
        print(json.dumps(list(known)), flush=True)
        for line in sys.stdin:
            print(json.dumps([_taken(known[json.loads(line)]) for _ in range(AT_ONCE)]), flush=True)


def _taken(ask: Ask) -> float:
    begun = time.process_time()
    ask()
    return (time.process_time() - begun) * 1e3


def asked_for(site: pages.Site) -> dict[str, Ask]:
    """Return measurements by name: every page, full inboxes, and completing a task."""
    with site.store.transaction() as session:
        for much in MUCH:
            _busy(session, much)
        finished = iter(_everybodys(session))
    known = {name: _page(site, login, address) for name, (login, address) in pages.pages(site).items()}
    known |= {f"inbox with {much:,} open tasks": _page(site, f"busy{much}", "/inbox") for much in MUCH}
    return {**known, "finishing a task": _finishing(site, finished)}


def _page(site: pages.Site, login: str, address: str) -> Ask:
    def ask() -> None:
        answer = site.as_(login).get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address} as {login}: {answer.status}")

    return ask


def _finishing(site: pages.Site, tasks: Iterator[int]) -> Ask:
    def ask() -> None:
        task = next(tasks, None)
        if task is None:
            raise SystemExit("there are no more tasks to finish")
        answer = site.as_("everybody").post(f"/tasks/{task}")
        if answer.status_code != 303:
            raise SystemExit(f"finishing task {task}: {answer.status}")

    return ask


def _person(session: Session, login: str, where: list[Place]) -> people.Person:
    found, like = people.add(session, login, login), people.by_login(session, "agent")
    found.password = like.password if like else None
    for place in where:
        people.hold(session, found, "handler", place)
    return found


def _everybodys(session: Session) -> list[int]:
    """Return tasks that need only a yes, for somebody who works in every department."""
    _person(session, "everybody", list(session.scalars(select(Place).where(Place.kind == "department"))))
    return list(session.scalars(select(Task.id).where(Task.element == "accept_work", Task.state == "open")))


def _busy(session: Session, much: int) -> None:
    """Add a person whose department has so many open tasks, one in five of them claimed."""
    region = session.scalars(select(Place).where(Place.kind == "region").limit(1)).one()
    community = places.add(session, "community", region, f"BUSY{much}", f"忙{much}")
    department = places.add_department(session, community, "engineering")
    person, table = _person(session, f"busy{much}", [department]), table_of(Task)
    some = session.execute(select(table).where(table.c.state == "open").limit(50)).mappings().all()
    rows = [
        {
            **{name: value for name, value in some[number % len(some)].items() if name != "id"},
            "key": f"busy-{much}-{number}",
            "place_id": department.id,
            "community_id": community.id,
            "role": None,
            "assignee_id": None if number % 5 else person.id,
            "due_at": clock.now() + timedelta(minutes=number - much // 4) if number % 7 else None,
            "not_by": [],
        }
        for number in range(much)
    ]
    session.execute(insert(table), rows)


if __name__ == "__main__":
    main()
