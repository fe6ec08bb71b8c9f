"""Rounds, beginnings and costs of before are mended and filled in from the record, on both stores."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import select, update

from engine.casework.tasks import Task
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.feedback import Feedback
from engine.core.store import Store
from engine.operations import schema
from tests.storage.test_upgrading import AT, FIRST, fill, first_store
from tests.stories import acts
from tests.stories.conftest import begun, hands
from tests.stories.hands import Hands

__all__ = ["begun", "hands"]

pytestmark = pytest.mark.slow


def at(minutes: int) -> datetime:
    return AT + timedelta(minutes=minutes)


def call(case: int, key: str, minutes: int, by: int = 1) -> dict[str, Any]:
    return {
        "case_id": case, "key": key, "process": "complaint", "element": "call_resident", "counts_as": "callback",
        "name": "电话回访", "name_en": "Call", "kind": "user", "candidate": "callback", "place_id": 2, "community_id": 2,
        "priority": 50, "can_wait": True, "state": "done", "not_by": [], "local": {}, "opened_at": at(minutes - 5),
        "closed_at": at(minutes), "closed_by_id": by,
    }  # fmt: skip


def work(key: str, element: str, counts_as: str = "") -> dict[str, Any]:
    return {**call(2, key, 1), "element": element, "counts_as": counts_as}


def entry(case: int, number: int, minutes: int, ended: str = "", round_: int = 0) -> dict[str, Any]:
    facts: dict[str, Any] = {"level": 1, "round": round_} if round_ else {"path": [["c", "call_resident", ended]]}
    kind = "complaint.reopened" if round_ else "task.done"
    chained = {"previous": b"", "hash": b"", "facts": json.dumps(facts)}
    return {"case_id": case, "number": number, "at": at(minutes), "kind": kind, **chained}


def said(complaint: int, round_: int, minutes: int, by: int | None = 1) -> dict[str, Any]:
    facts = {"outcome": "unsolved", "score": 1, "by_id": by}
    return {"complaint_id": complaint, "round": round_, "at": at(minutes), **facts}


LATER: dict[str, list[dict[str, Any]]] = {
    "cases": [FIRST["cases"][0]],
    "complaints": [
        {**FIRST["complaints"][0], "number": "YGL-260105-0002", "secret_hash": "y", "case_id": 2, "text": "门坏了",
         "round": 3, "link_turn": 0, "danger_doubt": "", "past": False}
    ],
    "tasks": [
        call(2, "c1", 60), call(2, "c2", 120), call(2, "c3", 180),
        work("p1", "plan", "plan"), work("w1", "carry_out"), work("p2", "plan", "plan"), work("w2", "carry_out"),
    ],
    # All in the same minute as the reopening, as a pushed clock has it: the order of the record tells.
    "entries": [
        entry(2, 1, 1, "p1"), entry(2, 2, 1, "w1"),
        entry(2, 3, 60, "c1"), entry(2, 4, 60, round_=2), entry(2, 5, 61, "p2"), entry(2, 6, 62, "w2"),
        entry(2, 7, 120, "c2"), entry(2, 8, 120, round_=3), entry(2, 9, 180, "c3"),
    ],
    "feedbacks": [
        said(2, 2, 60), said(2, 3, 120), said(2, 3, 180),  # the first two are one too high
        said(2, 2, 100, by=None),  # answered online: always had its own round
        said(1, 2, 100),  # nobody can know: it has no case
    ],
    "answers": [
        {"task_id": 9, "by_id": 1, "at": AT, "values": {"cost": 300, "steps": "x"}},
        {"task_id": 10, "by_id": 1, "at": AT, "values": {"actual_cost": "280.5"}},
        {"task_id": 11, "by_id": 1, "at": AT, "values": {"cost": 100}},
        {"task_id": 12, "by_id": 1, "at": AT, "values": {"actual_cost": None}},
    ],
    "attendance": [
        {"case_id": 2, "task_id": 10, "person_id": 1, "kind": "on_way", "at": at(-9), "undone_at": at(-9)},
        {"case_id": 2, "task_id": 10, "person_id": 1, "kind": "on_way", "at": at(-3)},
        {"case_id": 2, "task_id": 10, "person_id": 1, "kind": "on_site", "at": at(-1)},
    ],
    "task_drafts": [{"person_id": 1, "task_id": 1, "typed": [], "at": at(5)}],
}  # fmt: skip


@pytest.fixture
def grown(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store of just before, with rows as they were kept then, upgraded."""
    store = first_store(request, tmp_path)
    command.upgrade(schema.config(store), "0026")
    fill(store, LATER)
    schema.migrate(store)
    yield store
    store.close()


@pytest.mark.parametrize("grown", ["sqlite", "postgresql"], indirect=True)
def test_what_was_kept_of_before_is_told_by_the_record(grown: Store) -> None:
    with grown.reading() as session:
        assert list(session.scalars(select(Feedback.round).order_by(Feedback.id))) == [1, 2, 3, 2, 2]
        complaint = session.scalars(select(Complaint).where(Complaint.case_id == 2)).one()
        assert complaint.costs == {
            "1": {"planned": "300.00", "actual": "280.50"},
            "2": {"planned": "100.00", "actual": None},
        }
        assert complaint.planned_cost == 400
        assert complaint.actual_cost is None, "what the second round did cost was not said"
        begun = {task.key: task.begun_at for task in session.scalars(select(Task)) if task.begun_at}
        assert begun == {"w1": at(-3).replace(tzinfo=UTC)}, "set out, and did not take it back"
        assert session.scalars(select(Task.claimed_at).distinct()).all() == [None]


def test_a_real_record_tells_the_rounds_of_its_callbacks(hands: Hands) -> None:
    command.stamp(schema.config(hands.store), "0027")
    acts.handled(hands)
    acts.called(hands, score=1, outcome="unsolved", reason="还是坏的")
    with hands.store.transaction() as session:
        assert session.scalars(select(Feedback.round)).all() == [1]
        session.execute(update(Feedback).values(round=2))
    command.downgrade(schema.config(hands.store), "0026")
    command.upgrade(schema.config(hands.store), "0027")
    with hands.store.reading() as session:
        assert session.scalars(select(Feedback.round)).all() == [1]
        assert session.get_one(Complaint, hands.complaint_id).planned_cost == Decimal(100)
