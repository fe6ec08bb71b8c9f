"""The demo company's figures are those of a company that could exist, with a few things for an auditor to find."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.company.people import Person
from engine.complaints.changes import corrections
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.feedback import Feedback
from engine.complaints.limits.deadlines import Deadline, Pause
from engine.core.settings import Settings
from engine.core.store import Store
from engine.history import Entry
from engine.improvement import Improvement, results
from engine.measures import arrivals
from engine.measures.scopes import Scope
from engine.operations import demo
from engine.operations.demo.troubles import BINS_TOLD, DOORS_TOLD
from engine.reports.rows import Report
from tests import demo_ratios

pytestmark = [pytest.mark.long, pytest.mark.slow]

NOW = demo.copying.STANDS_AT
ENOUGH = 100
"""Limits of fewer complaints are not judged: their shares are chance."""


@pytest.fixture
def session(loaded: Path) -> Iterator[Session]:
    """A reading session on the loaded company."""
    store = Store(Settings(home=loaded).store_url)
    with store.reading() as reading:
        yield reading
    store.close()


def test_every_community_has_one_to_five_complaints_for_100_homes_in_each_month(session: Session) -> None:
    for code, months in demo_ratios.per_100_homes(session, NOW).items():
        assert len(months) == 14, code
        assert all(1 <= rate <= 5 for rate in months.values()), (code, months)


def test_urgent_ones_are_answered_sooner_and_some_limits_are_missed(session: Session) -> None:
    hours = demo_ratios.hours_to_answer(session)
    assert hours["critical"] < hours["urgent"] < hours["normal"] / 2
    judged = {each: limit for each, limit in demo_ratios.limits(session, NOW).items() if limit.of >= ENOUGH}
    assert {(kind, urgency) for kind in ("first_response", "resolve") for urgency in ("urgent", "normal")} <= set(
        judged
    )
    for each, limit in judged.items():
        assert 0.03 <= limit.share <= 0.35, (each, limit)


def test_nothing_is_forgotten(session: Session) -> None:
    assert len(demo_ratios.forgotten(session, NOW)) <= 5


def test_scores_are_spread(session: Session) -> None:
    given = demo_ratios.scores(session)
    total = sum(given.values())
    assert set(given) == {1, 2, 3, 4, 5}
    assert max(given.values()) < total * 0.6
    assert 0.04 < (given[1] + given[2]) / total < 0.25


def test_heating_is_for_winter_leaks_are_for_rain_and_lifts_fail_at_night(session: Session) -> None:
    heating, leaks = (demo_ratios.in_months(session, code) for code in ("1008", "1005"))
    assert heating[12] + heating[1] > sum(heating[month] for month in range(4, 11)) * 2
    assert sum(leaks[month] for month in (6, 7, 8)) > sum(leaks[month] for month in (1, 2, 3)) * 2
    lifts = demo_ratios.at_hours(session, "1001")
    assert lifts[22] + lifts[23] > sum(lifts.values()) * 0.15


def test_one_improvement_worked_one_did_not_and_their_figures_are_those_of_the_complaints(session: Session) -> None:
    for title, category, done, worked in (
        ("单元门关不上", "1006", DOORS_TOLD, True),
        ("七到九栋垃圾清运不及时", "2001", BINS_TOLD, False),
    ):
        found = session.scalars(select(Improvement).where(Improvement.title == title)).one()
        [(goal, [measured, *_later])] = results.of(session, found)
        assert (measured.verdict == "worked") is worked, (title, measured.figures)
        assert (found.standard_at is not None) is worked
        after = _counted(session, found.community_id, category, measured.since, measured.until)
        assert after == measured.figures["after"][0], "the figures are those of the complaints"
        assert goal.changed_on is not None
        assert done <= goal.changed_on


def test_costs_differ_from_plan(session: Session) -> None:
    asked = select(Complaint.planned_cost, Complaint.actual_cost).where(Complaint.planned_cost > 0)
    costs = session.execute(asked).all()
    said = [(planned, actual) for planned, actual in costs if actual is not None]
    assert 0.4 < len(said) / len(costs) < 0.95
    assert sum(planned != actual for planned, actual in said) > len(said) * 0.9


def test_nobody_repairs_at_night_and_most_work_has_a_length(session: Session) -> None:
    board = session.scalars(select(Person).where(Person.login == "board")).one()
    until = NOW.astimezone(demo.WHERE).date()
    week = arrivals.week(session, board, Scope(department="engineering"), until - timedelta(90), until, demo.WHERE)
    assert 0.6 < week.known / week.tasks < 0.95
    assert week.at(1, 10).there == 8, "two of each of the four communities"
    assert week.at(1, 23).there == 0
    assert any(week.at(day, hour).is_short for day in range(7) for hour in range(6))


def test_last_month_was_reported_and_signed(session: Session) -> None:
    signed = session.execute(select(Report.number, Report.since).where(Report.state == "signed")).all()
    assert sorted((number[:3], since.month) for number, since in signed) == [("EAS", 10), ("YGL", 9), ("YGL", 10)]


def test_an_auditor_finds_something(session: Session) -> None:
    answers = session.execute(
        select(Person.login, Feedback.at, Feedback.score)
        .join(Person, Person.id == Feedback.by_id)
        .order_by(Feedback.at)
    ).all()
    always_five = [score for login, _, score in answers if login == "caller3"]
    assert len(always_five) >= 20
    assert sum(score == 5 for score in always_five) > len(always_five) * 0.85
    in_a_row = [at for login, at, _ in answers if login == "caller2"]
    assert sum(later - at < timedelta(minutes=1) for at, later in pairwise(in_a_row)) >= 5
    assert sum(0.8 < _share(deadline, pause) < 1 for deadline, pause in _paused(session)) >= 4
    assert _renamed_when_late(session) >= 4


def _counted(session: Session, community_id: int, category: str, since: date, until: date) -> int:
    asked = select(Complaint.received_at).where(Complaint.community_id == community_id, Complaint.category == category)
    return sum(since <= at.astimezone(demo.WHERE).date() < until for at in session.scalars(asked))


def _paused(session: Session) -> list[tuple[Deadline, Pause]]:
    asked = select(Deadline, Pause).join(Pause, Pause.complaint_id == Deadline.complaint_id)
    return [(deadline, pause) for deadline, pause in session.execute(asked.where(Deadline.kind == "resolve"))]


def _share(deadline: Deadline, pause: Pause) -> float:
    return (pause.begun_at - deadline.started_at) / (deadline.measured_due_at - deadline.started_at)


def _renamed_when_late(session: Session) -> int:
    asked = select(Entry.at, Deadline.measured_due_at).join(Complaint, Complaint.case_id == Entry.case_id)
    asked = asked.join(Deadline, Deadline.complaint_id == Complaint.id)
    renamed = session.execute(asked.where(Entry.kind == corrections.KIND, Deadline.kind == "resolve"))
    return sum(at > due for at, due in renamed)
