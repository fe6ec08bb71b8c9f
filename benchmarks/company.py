"""A company for the benchmarks: one community, every department, two people who may do everything."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import event
from sqlalchemy.orm import Session

from engine.company import calendars, people, permissions, places
from engine.company.people import Person
from engine.company.permissions import Grants
from engine.company.roles import DEPARTMENTS, ROLES
from engine.core import clock
from engine.core.store import Store
from engine.operations import first_start, schema
from engine.processes import publishing, versions

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
KEY = b"benchmark-benchmark-benchmark-32"


@dataclass
class Company:
    """The store, the community, and the staff: `doer` does everything, `other` what the doer may not check."""

    store: Store
    community_id: int
    doer: Person
    other: Person
    grants: Mapping[int, Grants]

    def lend(self, session: Session) -> None:
        """Give the session the person's permissions, as every page does: its guard has read them already."""
        for known in self.grants.values():
            permissions.lend(session, known)


@contextmanager
def opened(change: Callable[[dict[str, bytes]], None] = lambda files: None):  # type: ignore[no-untyped-def]
    """Open a company in a new SQLite file (WAL, FULL) with our processes; `change` may alter their files first."""
    with tempfile.TemporaryDirectory() as folder, clock.at(MONDAY):
        store = Store(f"sqlite:///{folder}/bihuan.db")
        schema.migrate(store)
        with store.transaction() as session:
            found = furnish(store, session, change)
        yield found
        store.close()


def furnish(store: Store, session: Session, change: Callable[[dict[str, bytes]], None]) -> Company:
    """Write the company into an empty store."""
    first_start.furnish(session)
    root = places.add(session, "company", None, "company", "阳光物业")
    calendars.seed(session)
    region = places.add(session, "region", root, "east", "华东")
    community = places.add(session, "community", region, "ygl", "阳光里")
    departments = {code: places.add_department(session, community, code) for code in DEPARTMENTS}
    at = {"company": root, "region": region, "community": community}
    doers = [people.add(session, login, login.title()) for login in ("doer", "other")]
    for person in doers:
        for role in ROLES.values():
            for kind in role.held_at[:1]:
                spots = departments.values() if kind == "department" else [at[kind]]
                for place in [departments[role.department]] if role.department else spots:
                    people.hold(session, person, role.code, place)
    found = publishing.read_folder(publishing.SHIPPED)
    for process in publishing.in_order(found):
        files: dict[str, bytes] = dict(found[process])
        change(files)
        versions.store(session, process, files)
    session.flush()
    grants = {person.id: permissions.grants(session, person) for person in doers}
    return Company(store, community.id, doers[0], doers[1], grants)


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    """Count the statements sent meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    yield sent
    event.remove(store.engine, "before_cursor_execute", note)
