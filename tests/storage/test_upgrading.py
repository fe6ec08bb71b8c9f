"""A company that started with the first schema and works after the upgrade, on both stores."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import MetaData, create_engine, text

from engine.casework import phrases
from engine.casework.tasks import Task
from engine.company import permissions, roles
from engine.company.people import Person
from engine.complaints.core import categories
from engine.complaints.core.complaint import Complaint
from engine.complaints.homes import households
from engine.complaints.intake import danger
from engine.complaints.lists import queries
from engine.core.store import Store
from engine.operations import schema
from engine.processes import released

pytestmark = pytest.mark.slow

AT = datetime(2026, 1, 5, 2, 0)  # noqa: DTZ001  as SQLite keeps it
KEY = b"k" * 32
FIRST: dict[str, list[dict[str, Any]]] = {
    "places": [
        {"kind": "company", "code": "yg", "name": "阳光物业", "path": "1/"},
        {"kind": "community", "code": "ygl", "name": "阳光里", "path": "1/2/", "parent_id": 1},
    ],
    "people": [{"login": "agent", "name": "周敏", "language": "zh", "session_key": "k", "added_at": AT}],
    "holdings": [{"person_id": 1, "role": "agent", "place_id": 1, "since": AT}],
    "permissions": [{"role": "agent", "act": "complaint.see", "scope": "company"}],
    "categories": [
        {"code": "10", "name": "公共设施", "danger": False, "retired": False},
        {"code": "1004", "parent": "10", "name": "照明", "danger": False, "retired": False},
    ],
    "contents": [{"hash": "as shipped", "content": b"1"}, {"hash": "as changed", "content": b"2"}],
    "versions": [
        {"process": "complaint", "number": 1, "hash": "1", "calls": [], "published_at": AT},
        {"process": "complaint", "number": 2, "hash": "2", "calls": [], "published_at": AT, "by_id": 1},
    ],
    "version_files": [
        {"version_id": 1, "path": "bpmn/complaint/limits.dmn", "content_hash": "as shipped"},
        {"version_id": 2, "path": "bpmn/complaint/limits.dmn", "content_hash": "as changed"},
    ],
    "danger_words": [{"word": "着火"}, {"word": "吊顶掉落"}],
    "pins": [{"hash": "pin", "versions": {}}],
    "cases": [
        {
            "process": "complaint", "pin": "pin", "revision": 1, "waiting": {}, "status": "running", "entries": 0,
            "business_key": "YGL-260105-0001", "place_id": 2, "barred": [], "started_at": AT, "head": b"",
        }
    ],
    "tasks": [
        {
            "case_id": 1, "key": f"{process}/{element}", "process": process, "element": element, "name": element, "name_en": element,
            "kind": "user", "candidate": "desk", "place_id": 2, "community_id": 2, "priority": 50, "state": "open",
            "not_by": [], "local": {}, "opened_at": AT,
        }
        for process, element in (
            ("escalation", "supervise"), ("reply", "reply_office"), ("complaint", "plan"), ("complaint", "approve"),
            ("own_ladder", "supervise"),
        )
    ],
    "households": [{"community_id": 2, "building": "3", "unit": "2", "room": "501", "label": "3栋2单元501"}],
    "complaints": [
        {
            "number": "YGL-260105-0001", "secret_hash": "x", "community_id": 2, "household_id": 1, "phone_hash": "",
            "anonymous": True, "language": "zh", "text": "楼道灯不亮", "channel": "web", "kind": "complaint",
            "category": "1004", "danger": False, "households": 1, "press": False, "received_at": AT, "level": 0,
            "support": [], "round": 1, "due": {}, "status": "closed", "outcome": "solved", "closed_at": AT,
        }
    ],
    "deadlines": [
        {
            "complaint_id": 1, "kind": "resolve", "round": 1, "limit_seconds": 60, "clock": "natural",
            "extension_seconds": 0, "started_at": AT, "due_at": AT, "measured_due_at": AT, "met_at": AT,
        }
    ],
}  # fmt: skip


@pytest.fixture
def grown(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store of the first schema with a small company in it, upgraded."""
    store = first_store(request, tmp_path)
    schema.migrate(store)
    yield store
    store.close()


def first_store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """A store of the first schema with a small company in it, on SQLite or PostgreSQL as the parameter says."""
    if request.param == "sqlite":
        store = Store(f"sqlite:///{tmp_path / 'old.db'}")
    else:
        store = request.getfixturevalue("postgres_store")
        command.downgrade(schema.config(store), "base")
    command.upgrade(schema.config(store), "0001")
    fill(store, FIRST)
    return store


def fill(store: Store, rows_of: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Write rows into a store of any schema; columns that they do not name are empty."""
    reading = create_engine(store.url)
    kept = MetaData()
    kept.reflect(reading)
    with reading.begin() as connection:
        for table, rows in rows_of.items():
            for row in rows:
                empty = {
                    column.name: ""
                    for column in kept.tables[table].columns
                    if not column.nullable and column.name != "id" and column.name not in row
                }
                connection.execute(kept.tables[table].insert(), {**empty, **row})
    reading.dispose()


@pytest.mark.parametrize("grown", ["sqlite", "postgresql"], indirect=True)
def test_a_company_of_the_first_tables_works_on(grown: Store) -> None:
    with grown.reading() as session:
        agent = session.get_one(Person, 1)
        for words in ("灯不亮", "501", "照明"):
            assert queries.search(session, agent, queries.Filters(words=words), key=KEY).total == 1, words
        assert [each.label for each in households.search(session, [2], "3-2-501").rows] == ["3栋2单元501"]
        assert categories.standard(session) == "9901"
        assert categories.find(session, "1004").words
        assert permissions.reach(session, agent, "complaint.correct")
        assert not permissions.reach(session, agent, "complaint.register"), "what the company took away stays so"
        assert "agent" in roles.of(session).roles
        assert danger.found(session, "大堂吊顶掉落"), "the company's own word"
        assert danger.found(session, "楼道着火了"), "found by a pattern of ours"
        assert not danger.found(session, "爆炸"), "the company had dropped this word"
        assert session.query(phrases.Phrase).count() == len(phrases.shipped())
    with grown.transaction() as session:
        session.get_one(Complaint, 1).wish = "换成感应灯"
    with grown.reading() as session:
        agent = session.get_one(Person, 1)
        assert queries.search(session, agent, queries.Filters(words="感应灯"), key=KEY).total == 1
        if grown.is_sqlite:
            assert session.execute(text("pragma foreign_keys")).scalar() == 1
            assert session.execute(text("pragma foreign_key_check")).first() is None


@pytest.mark.parametrize("grown", ["sqlite", "postgresql"], indirect=True)
def test_tasks_of_before_count_as_what_their_steps_meant(grown: Store) -> None:
    with grown.reading() as session:
        counted = [(task.process, task.element, task.counts_as) for task in session.query(Task).order_by(Task.id)]
    assert counted == [
        ("escalation", "supervise", "supervision"),
        ("reply", "reply_office", "office_reply"),
        ("complaint", "plan", "plan"),
        ("complaint", "approve", ""),
        ("own_ladder", "supervise", "supervision"),
    ]


@pytest.mark.fault(28)
@pytest.mark.parametrize("grown", ["sqlite", "postgresql"], indirect=True)
def test_a_limit_changed_before_the_upgrade_is_known_as_the_company_s(grown: Store) -> None:
    with grown.reading() as session:
        assert released.files_of(session, "complaint") == {"bpmn/complaint/limits.dmn": b"1"}
