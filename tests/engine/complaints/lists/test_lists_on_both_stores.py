"""Lists, counts and stuck complaints are the same on SQLite and PostgreSQL, for the company and one community."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine import complaints
from engine.company import people, permissions, places
from engine.company.people import Person
from engine.complaints.core.complaint import Complaint
from engine.complaints.lists import counts, queries, stuck
from engine.complaints.lists.queries import Filters
from engine.core import clock
from engine.core.store import Store

pytestmark = pytest.mark.slow

KEY = b"a key for lists, thirty-two bytes"
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def staff(each_store: Store) -> dict[str, Person]:
    """Two communities with six complaints; the board sees both, the manager the first."""
    with each_store.transaction() as session:
        permissions.seed(session)
        complaints.seed(session)
        root = places.add(session, "company", None, "yg", "阳光")
        first, second = (places.add(session, "community", root, code, code) for code in ("aa", "bb"))
        found = {name: people.add(session, name, name) for name in ("board", "manager")}
        people.hold(session, found["board"], "headquarters", root)
        people.hold(session, found["manager"], "project_manager", first)
        now = clock.now()
        for number in range(6):
            over = {"status": "closed", "outcome": "solved", "closed_at": now - timedelta(hours=number)}
            session.add(
                Complaint(
                    number=f"A-260101-000{number}", secret_hash=str(number), text=f"路灯{number}号不亮", channel="web",
                    community_id=(first if number % 2 else second).id, kind="complaint", category="1004",
                    received_at=now - timedelta(days=number), support=[], due={}, past=number == 5,
                    department="engineering" if number < 3 else "security", level=number % 3, round=1 + number // 4,
                    **(over if number > 1 else {}),
                )
            )  # fmt: skip
    return found


CASES: list[tuple[dict[str, Any], list[int]]] = [
    ({}, [0, 1, 2, 3, 4, 5]),
    ({"sort": "received"}, [5, 4, 3, 2, 1, 0]),
    ({"sort": "number"}, [0, 1, 2, 3, 4, 5]),
    ({"sort": "-level"}, [2, 5, 1, 4, 0, 3]),
    ({"sort": "due"}, [0, 1, 2, 3, 4, 5]),
    ({"sort": "-closed"}, [2, 3, 4, 5, 0, 1]),
    ({"sort": "-closed", "status": "closed"}, [2, 3, 4, 5]),
    ({"sort": "closed", "status": "closed", "per_page": 2, "page": 2}, [3, 2]),
    ({"category": "10", "department": "security"}, [3, 4, 5]),
    ({"category": "1004", "kind": "complaint", "urgency": "critical"}, []),
    ({"past": "only"}, [5]),
    ({"past": "without", "reopened": True}, [4]),
    ({"words": "路灯3号"}, [3]),
    ({"words": "路灯", "status": "closed", "level": 2}, [2, 5]),
    ({"words": "a-260101-0003"}, [3]),
    ({"words": "260101-0009"}, []),
    ({"status": "open"}, [0, 1]),
    ({"status": "stuck"}, []),
]


def test_a_list_shows_what_fits_in_its_order(each_store: Store, staff: dict[str, Person]) -> None:
    for asked, expected in CASES:
        with each_store.reading() as session:
            seen = {
                login: [int(row.number[-1]) for row in queries.search(session, who, Filters(**asked), key=KEY).rows]
                for login, who in staff.items()
            }
        assert seen["board"] == expected, asked
        if "page" not in asked:
            assert seen["manager"] == [number for number in expected if number % 2], asked


def test_counts_and_what_is_stuck(each_store: Store, staff: dict[str, Person]) -> None:
    with each_store.reading() as session:
        period = counts.period(Filters(past="without"), ZONE)
        rows = {way: counts.by(session, staff["board"], way, period, key=KEY) for way in counts.WAYS}
        mine = counts.by(session, staff["manager"], "department", period, key=KEY)
        fits = queries.fitting(session, staff["board"], Filters(status="open"), KEY)
        assert stuck.find(session, fits).rows == []
    assert {way: sum(row.received for row in found) for way, found in rows.items()} == dict.fromkeys(counts.WAYS, 5)
    assert {(row.code, row.received, row.closed) for row in rows["department"]} == {
        ("engineering", 3, 1),
        ("security", 2, 2),
    }
    assert {(row.code, row.received) for row in mine} == {("engineering", 1), ("security", 1)}


def test_counts_are_the_same_on_both_stores(each_store: Store, staff: dict[str, Person]) -> None:
    now = clock.now()
    period = Filters(past="without", since=now - timedelta(days=30), until=now + timedelta(days=1))
    with each_store.reading() as session:
        for way, expected in {"department": {"engineering": 3, "security": 2}, "area": {"10": 5}}.items():
            rows = counts.by(session, staff["board"], way, period, key=KEY)
            assert {row.code: row.received for row in rows} == expected
        assert sum(row.open for row in counts.by(session, staff["manager"], "channel", period, key=KEY)) == 1
