"""A company with so many facts, written directly with bare complaints: to tell a million would take hours."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from benchmarks import many
from engine.company import calendars, people, permissions, places
from engine.company.people import Person
from engine.company.places import Place
from engine.complaints.core.complaint import Complaint
from engine.complaints.facts import CaseFact
from engine.complaints.homes.households import Household
from engine.core import clock
from engine.core.store import Store, table_of
from engine.measures import sums
from engine.operations import first_start, schema
from engine.processes import publishing

NOW = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
DAYS = 450
REGIONS, COMMUNITIES = 4, 25
BATCH = 10_000
PASSWORD = "benchmark-benchmark"
CATEGORIES = [f"{area}{number:02}" for area in range(10, 16) for number in range(1, 11)]
DEPARTMENTS = ("desk", "engineering", "security", "cleaning", "finance")
CHANNELS = ("web", "phone", "visit", "group", "hotline")


def made(folder: Path, size: int) -> Store:
    """Return the company of that size, made now if it is not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    file, mark = folder / "facts.db", folder / many.MADE
    store = Store(f"sqlite:///{file}")
    if mark.exists() and not schema.is_current(store):  # kept by an older checkout
        store.close()
        mark.unlink()
    if not mark.exists():
        file.unlink(missing_ok=True)
        schema.migrate(store)
        with clock.at(NOW), store.transaction() as session:
            _found(session)
        with store.engine.connect() as connection:  # past the session, which would work the facts out
            for statement in ("commit", "pragma synchronous=off", "pragma cache_size=-800000", "begin"):
                connection.exec_driver_sql(statement)
            where = connection.execute(select(Place.id, Place.region_id).where(Place.kind == "community")).all()
            for rows in _batches(size, [(each.id, each.region_id) for each in where]):
                connection.execute(insert(table_of(Complaint)), [_bare(each) for each in rows])
                connection.execute(insert(CaseFact), rows)
                connection.commit()
            connection.invalidate()
        with store.transaction() as session:
            sums.forget(session)
        sums.settle(store)
        mark.touch()
    return store


def _found(session: Session) -> None:
    first_start.furnish(session)
    calendars.seed(session)
    root = places.add(session, "company", None, "all", "公司")
    board = people.add(session, "board", "董事会", password=PASSWORD)
    for role in ("headquarters", "administrator"):
        people.hold(session, board, role, root)
    for number in range(REGIONS):
        region = places.add(session, "region", root, f"r{number}", f"区域 {number}")
        for each in range(COMMUNITIES):
            there = places.add(session, "community", region, f"c{number}-{each}", f"小区 {number}-{each}")
            homes = [{"community_id": there.id, "label": f"{home}", "building": f"{home % 10}"} for home in range(500)]
            session.execute(insert(Household), homes)
    publishing.publish_all(session, publishing.read_folder(publishing.SHIPPED))


def reaching_all(session: Session) -> Person:
    """Somebody who sees the figures of the whole company."""
    for person in session.scalars(select(Person)):
        if permissions.reach(session, person, "figures.see").everything:
            return person
    raise LookupError("nobody sees all figures")


def first_community(session: Session) -> int:
    """A community."""
    return session.scalars(select(Place.id).where(Place.kind == "community")).first() or 0


def _batches(size: int, communities: list[tuple[int, int]]) -> Iterator[list[dict[str, Any]]]:
    chance = random.Random(size)
    for first in range(0, size, BATCH):
        yield [_fact(number, chance, communities) for number in range(first + 1, min(first + BATCH, size) + 1)]


def _fact(number: int, chance: random.Random, communities: list[tuple[int, int]]) -> dict[str, Any]:
    received = NOW - timedelta(days=chance.random() * DAYS)
    took = timedelta(hours=chance.expovariate(1 / 60))
    closed = received + took if received + took < NOW else None
    community, region = chance.choice(communities)
    local = received.astimezone(SHANGHAI)
    kept = chance.random() < 0.9
    score = chance.choice((1, 3, 4, 5, 5)) if closed and chance.random() < 0.9 else None
    day = local.date()
    ended = None if closed is None else closed.astimezone(SHANGHAI).date()
    outcome = None if closed is None else chance.choice(("solved",) * 8 + ("withdrawn", "unfounded"))
    asked = outcome == "solved"
    return {
        "complaint_id": number, "community_id": community, "region_id": region, "building": str(chance.randrange(10)),
        "household_id": None, "kind": "complaint", "category": chance.choice(CATEGORIES),
        "department": chance.choice(DEPARTMENTS), "urgency": chance.choice(("critical", "urgent", "normal", "normal")),
        "channel": chance.choice(CHANNELS), "person_id": None, "past": False, "level": 0, "rounds": 1,
        "outcome": outcome, "received_at": received, "received_day": day, "received_hour": local.hour,
        "closed_at": closed, "closed_day": ended, "first_response_seconds": int(chance.expovariate(1 / 30_000)),
        "resolve_seconds": None if closed is None else int(took.total_seconds()),
        "open_seconds": None if closed is None else int(took.total_seconds()), "paused_seconds": 0,
        "acknowledge_day": day, "acknowledge_kept": kept, "first_response_day": day + timedelta(days=1),
        "first_response_kept": kept, "plan_day": day + timedelta(days=3), "plan_kept": kept,
        "due_day": day + timedelta(days=4), "due_kept": kept, "callback_day": ended, "callback_kept": kept,
        "loop_day": day + timedelta(days=7), "loop_closed": asked and kept, "again_home": chance.random() < 0.05,
        "again_place": chance.random() < 0.1, "supervised": chance.random() < 0.1, "dispatched": True,
        "returns": int(chance.random() < 0.03), "reassigned": 0, "owes_callback": asked, "callbacks": 1,
        "reached": score is not None, "answered_day": ended if score else None,
        "last_outcome": "solved" if score else None, "last_score": score, "planned_cost": 100, "actual_cost": None,
    }  # fmt: skip


def _bare(fact: dict[str, Any]) -> dict[str, Any]:
    """The complaint behind a fact, as far as lists and counts read it."""
    number, closed = fact["complaint_id"], fact["closed_at"]
    same = ("community_id", "kind", "category", "department", "urgency", "channel", "level", "outcome", "received_at")
    return {
        "id": number,
        "number": f"{number}",
        "secret_hash": f"{number}",
        "status": "acting" if closed is None else "closed",
        "closed_at": closed,
        "next_due_at": fact["received_at"] + timedelta(days=4) if closed is None else None,
        **{name: fact[name] for name in same},
    }
