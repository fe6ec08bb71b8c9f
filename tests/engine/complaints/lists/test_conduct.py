"""Complaints found by how they were handled, as figures count it, on both stores."""

from datetime import timedelta

import pytest

from engine import complaints
from engine.company import people, permissions, places
from engine.company.people import Person
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.feedback import Feedback
from engine.complaints.homes.households import Household
from engine.complaints.limits.deadlines import Deadline
from engine.complaints.lists import queries
from engine.complaints.lists.queries import Filters
from engine.core import clock
from engine.core.store import Store

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def board(each_store: Store) -> Person:
    """Somebody who sees five complaints: received 40 days ago, but the fifth, a second one."""
    with each_store.transaction() as session:
        permissions.seed(session)
        complaints.seed(session)
        root = places.add(session, "company", None, "yg", "阳光")
        there = places.add(session, "community", root, "aa", "甲")
        board = people.add(session, "board", "board")
        people.hold(session, board, "headquarters", root)
        home = Household(community_id=there.id, label="1-101", building="1")
        session.add(home)
        session.flush()
        begun = clock.now() - 40 * DAY
        ends = {"1": "solved", "2": "solved_unreached", "3": "withdrawn", "4": None, "5": None}
        for number, outcome in ends.items():
            received = begun if number != "5" else begun + 20 * DAY
            session.add(
                Complaint(
                    id=int(number), number=number, secret_hash=number, channel="web", kind="complaint", category="1004",
                    community_id=there.id, household_id=home.id if number in "15" else None, received_at=received,
                    support=[], due={}, outcome=outcome, status="closed" if outcome else "handling",
                    closed_at=begun + 5 * DAY if outcome else None,
                )
            )  # fmt: skip
        session.flush()
        limits = (
            (1, "first_response", 20 * HOUR, DAY),
            (1, "resolve", 4 * DAY, 3 * DAY),  # within a pause, so that people were not late, but figures are
            (2, "first_response", 30 * HOUR, DAY),
            (2, "resolve", 2 * DAY, 3 * DAY),
            (3, "resolve", None, 7 * DAY),  # withdrawn before it was due
            (4, "first_response", None, DAY),
            (5, "first_response", HOUR, DAY),
        )
        for of, kind, met, limit in limits:
            started = begun if of != 5 else begun + 20 * DAY
            session.add(
                Deadline(
                    complaint_id=of, kind=kind, round=1, limit_seconds=int(limit.total_seconds()), clock="natural",
                    latest_seconds=None, started_at=started, due_at=started + limit + DAY,
                    measured_due_at=started + limit, met_at=None if met is None else started + met,
                    ended_at=begun + 5 * DAY if of == 3 else None,
                )
            )  # fmt: skip
        session.add(Feedback(complaint_id=1, round=1, at=begun + 5 * DAY, outcome="solved", score=5))
    return board


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        (Filters(missed="any"), "124"),
        (Filters(missed="resolve"), "1"),
        (Filters(missed="first_response"), "24"),
        (Filters(answered="in_a_day"), "15"),
        (Filters(answered="later"), "24"),
        (Filters(second=True), "1"),
        (Filters(unreached=True), "2"),
        (Filters(missed="first_response", status="open"), "4"),
    ],
    ids=str,
)
def test_they_are_found(each_store: Store, board: Person, filters: Filters, numbers: str) -> None:
    with each_store.reading() as session:
        found = queries.search(session, board, filters, key=b"a key for lists, thirty-two bytes")
    assert (sorted(each.number for each in found.rows), found.total) == (sorted(numbers), len(numbers))


def test_what_is_not_due_yet_is_not_late(each_store: Store, board: Person) -> None:
    with each_store.transaction() as session:
        session.add(
            Deadline(
                complaint_id=5, kind="resolve", round=1, limit_seconds=60, clock="natural", latest_seconds=None,
                started_at=clock.now(), due_at=clock.now() + DAY, measured_due_at=clock.now() + HOUR,
            )
        )  # fmt: skip
    for now, late in ((clock.now(), False), (clock.now() + 2 * HOUR, True)):
        with clock.at(now), each_store.reading() as session:
            found = queries.search(session, board, Filters(missed="resolve"), key=b"x" * 32)
        assert ("5" in {each.number for each in found.rows}) is late
