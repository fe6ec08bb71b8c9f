"""Figures read from sums, from facts and as lists are the same, on both stores."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from engine import complaints
from engine.company import calendars, people, permissions, places
from engine.company.people import Person
from engine.complaints import facts
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.feedback import Feedback
from engine.complaints.facts import CaseFact
from engine.complaints.homes.households import Household
from engine.complaints.limits.deadlines import Deadline
from engine.complaints.lists import queries, sizes
from engine.complaints.lists.queries import Filters
from engine.core import clock
from engine.core.errors import NotPermitted
from engine.core.store import Store
from engine.measures import cases, figures, handlers, past, sums, tallies
from engine.measures.cases import PARTS
from engine.measures.definitions import MEASURES
from engine.measures.measure import WAYS, Value
from engine.measures.scopes import NONE, Scope
from engine.measures.sums import DAY_SUMS, Source
from engine.measures.tallies import Asked

DAY = timedelta(days=1)
SINCE, UNTIL = date(2026, 1, 1), date(2026, 3, 3)
ZONE = ZoneInfo("Asia/Shanghai")
ENDS = ("solved", "solved", "withdrawn", "unfounded", None, "solved_unreached", "merged")


@pytest.fixture
def board(each_store: Store, monkeypatch: pytest.MonkeyPatch) -> Person:
    """Somebody who sees all figures of two regions with three communities and 84 complaints."""
    monkeypatch.setattr(sums, "BUSY", 2)
    with each_store.transaction() as session:
        permissions.seed(session)
        complaints.seed(session)
        calendars.seed(session)
        root = places.add(session, "company", None, "yg", "阳光")
        board = people.add(session, "board", "board")
        people.hold(session, board, "headquarters", root)
        for name in ("a", "b"):
            region = places.add(session, "region", root, f"r{name}", f"区域{name}")
            for number in (1, 2)[: 2 if name == "a" else 1]:
                there = places.add(session, "community", region, f"{name}{number}", f"小区{name}{number}")
                _complain(session, there.id, 28)
    return board


def _complain(session: Session, community_id: int, count: int) -> None:
    homes = [Household(community_id=community_id, label=f"{each}", building=f"{each % 2}") for each in range(4)]
    session.add_all(homes)
    session.flush()
    for number in range(count):
        received = clock.now() - 55 * DAY + number * timedelta(hours=31)
        outcome = ENDS[number % len(ENDS)]
        closed = None if outcome is None else received + (number % 5) * DAY + timedelta(hours=3)
        complaint = Complaint(
            number=f"{community_id}-{number}", secret_hash=f"{community_id}-{number}", channel=("web", "phone")[number % 2],
            kind="complaint" if number % 9 else "repair", category=("1004", "1001", "2001")[number % 3],
            community_id=community_id, household_id=homes[number % 4].id, received_at=received, support=[], due={},
            department=("engineering", "security", None)[number % 3], urgency="normal", outcome=outcome,
            status="closed" if outcome else "handling", closed_at=closed, lead="engineering" if number % 5 else None,
            planned_cost=number if number % 2 else None,
        )  # fmt: skip
        session.add(complaint)
        session.flush()
        for kind, limit in (("first_response", DAY), ("resolve", 3 * DAY)):
            met = None if outcome in (None, "withdrawn", "merged") else received + (number % 4) * DAY / 2
            session.add(
                Deadline(
                    complaint_id=complaint.id, kind=kind, round=1, limit_seconds=int(limit.total_seconds()),
                    clock="natural", started_at=received, due_at=received + limit, measured_due_at=received + limit,
                    met_at=met, ended_at=None if met else closed,
                )
            )  # fmt: skip
        if outcome == "solved":
            session.add(Feedback(complaint_id=complaint.id, round=1, at=closed, outcome="solved", score=number % 5 + 1))


def _both(session: Session, way: str, scope: Scope) -> None:
    """Read from the sums and from the facts, and see that both are the same."""
    asked = Asked(tuple(MEASURES), scope, (SINCE, date(2026, 2, 1)), UNTIL, way)
    assert sums.read(session, asked) == tallies.from_facts(session, asked)


def _scopes(session: Session) -> list[Scope]:
    regions: dict[int, set[int]] = {}
    for each in places.communities(session):
        regions.setdefault(each.region_id or 0, set()).add(each.id)
    several = [frozenset(each) for each in regions.values()]
    whole = [Scope(), Scope(category="10"), Scope(department="engineering"), Scope(urgency="normal", channel="web")]
    return [*whole, *map(Scope, several), Scope(frozenset({next(iter(several[0]))})), Scope(several[0], channel="web")]


def test_sums_say_what_the_facts_say_whatever_changes(each_store: Store, board: Person) -> None:
    assert sums.settle(each_store) > 20
    with each_store.reading() as session:
        assert not sums.wrong_days(session)
        assert sums.source_of(session, Scope(), "category") is not None
        for scope in _scopes(session):
            for way in WAYS:
                _both(session, way, scope)
    with each_store.transaction() as session:  # changed, and not settled yet
        for each in session.query(Complaint).where(Complaint.category == "1004"):
            each.category, each.outcome = "1002", "unfounded" if each.closed_at else None
    with each_store.reading() as session:
        for way in WAYS:
            _both(session, way, Scope())
    sums.settle(each_store)
    with each_store.transaction() as session:
        _both(session, "category", Scope())
        session.execute(update(DAY_SUMS).where(DAY_SUMS.c.way == "all").values(loop_of=99))
        assert sums.wrong_days(session)


def test_lists_of_many_figures_are_those_of_each(each_store: Store, board: Person) -> None:
    with each_store.reading() as session:
        scope = Scope(frozenset(each.id for each in places.communities(session)[:2]))
        found = cases.lists(session, list(MEASURES), ("hit", "of", "excluded"), scope, SINCE, UNTIL)
        assert len(found) > 30
        for code in MEASURES:
            for part in PARTS[:3]:
                each = set(session.scalars(cases.ids(session, code, part, scope, SINCE, UNTIL)))
                assert list(found.get((code, part), ())) == sorted(each), (code, part)


def test_a_whole_company_or_region_is_read_from_its_own_sums(each_store: Store, board: Person) -> None:
    with each_store.reading() as session:
        every = places.communities(session)
        company, region = places.company(session).id, every[0].region_id
        asked = {
            company: frozenset(each.id for each in every),
            region: frozenset(each.id for each in every if each.region_id == region),
        }
        for place, ids in asked.items():
            assert sums.source_of(session, Scope(ids), "all") == Source(place or 0, "all", None, False)
        one = sums.source_of(session, Scope(frozenset({every[0].id})), "all")
        assert one == Source(company, "community", (str(every[0].id),), False)


def test_a_list_has_as_many_as_the_figure_says(store: Store) -> None:
    with store.transaction() as session:
        board = _small(session)
    period = [datetime.combine(each, datetime.min.time(), ZONE) for each in (SINCE, UNTIL)]
    with store.reading() as session:
        for way in ("all", "category"):
            for measure, groups in figures.values(session, board, list(MEASURES), Scope(), SINCE, UNTIL, way).items():
                for code, value in groups.items():
                    for part in PARTS:
                        filters = Filters(measure=measure, part=part, since=period[0], until=period[1], category=code)
                        found = queries.search(session, board, filters, key=b"k" * 32)
                        assert found.total == _of(value, part), (measure, part, code)


def test_a_figure_of_a_person_of_a_size_or_with_past_complaints_opens_exactly_its_cases(store: Store) -> None:
    with store.transaction() as session:
        board = _small(session)
        agent = people.add(session, "agent", "agent")
        for each in session.query(Complaint):
            each.past = each.id % 3 == 0
    with store.transaction() as session:
        for fact in session.query(CaseFact):
            fact.person_id = (agent.id, board.id, None, agent.id)[fact.complaint_id % 4]
    period = {
        name: datetime.combine(each, datetime.min.time(), ZONE) for name, each in (("since", SINCE), ("until", UNTIL))
    }
    with store.reading() as session:
        lists: list[tuple[Scope, str, dict[str, Any]]] = [
            (Scope(), "person", {}),
            (Scope(past=True), "person", {"past": "with"}),
            (Scope(), "hour", {}),
            (Scope(), "building", {}),
            (Scope(past=True), "all", {"past": "with", "size": "small"}),
            (Scope(sizes.communities_of(session, "large")), "all", {"size": "large"}),
        ]
        for scope, way, how in lists:
            for measure, groups in figures.values(session, board, list(MEASURES), scope, SINCE, UNTIL, way).items():
                for code, value in groups.items():
                    own: dict[str, Any] = {
                        "person": {"person_id": int(code or 0)},
                        "hour": {"hour": int(code or 0)},
                        "building": {"building": code or NONE},
                    }.get(way, {})
                    filters = Filters(measure=measure, part="of", **period, **how, **own)
                    assert filters == Filters.of_facts(filters.facts())
                    found = queries.search(session, board, filters, key=b"k" * 32)
                    assert found.total == _of(value, "of"), (measure, way, code)
        counted = past.counted(session, board, list(MEASURES), Scope(), SINCE, UNTIL)
        assert set(counted) == {code for code, each in MEASURES.items() if each.past}
        for code, count in counted.items():
            with_past, without = (
                figures.values(session, board, [code], Scope(past=each), SINCE, UNTIL)[code][""]
                for each in (True, False)
            )
            assert count == _of(with_past, "of") - _of(without, "of") > 0, code
        assert [each.id for each in handlers.of(session, board, Scope(person_id=7), SINCE, UNTIL)] == [
            agent.id,
            board.id,
        ]


def test_people_are_counted_only_where_their_figures_may_be_seen(each_store: Store, board: Person) -> None:
    with each_store.transaction() as session:
        one, *others = places.communities(session)
        analyst = people.add(session, "analyst", "analyst")
        people.hold(session, analyst, "analyst", places.company(session))
        session.execute(update(CaseFact).values(person_id=analyst.id))
    filters = Filters(person_id=analyst.id)
    with each_store.reading() as session, pytest.raises(NotPermitted):
        queries.search(session, analyst, filters, key=b"k" * 32)
    with each_store.transaction() as session:
        people.hold(session, analyst, "project_manager", one)
    with each_store.reading() as session:
        seen = queries.search(session, analyst, filters, key=b"k" * 32).rows
        assert {each.community_id for each in seen} == {one.id}
        theirs, every = (
            figures.values(session, analyst, ["per_homes"], scope, SINCE, UNTIL)["per_homes"][""].hit
            for scope in (Scope(person_id=analyst.id), Scope())
        )
        assert others
        assert every > theirs == sum(each.kind == "complaint" for each in seen)


def _of(value: Value, part: str) -> float:
    if part == "hit":
        return value.hit if MEASURES[value.measure].unit in ("share", "per_100_homes") else value.of
    if part == "of":
        return value.hit if MEASURES[value.measure].unit == "per_100_homes" else value.of
    return value.excluded if part == "excluded" else value.immature


def _small(session: Session) -> Person:
    permissions.seed(session)
    complaints.seed(session)
    calendars.seed(session)
    root = places.add(session, "company", None, "yg", "阳光")
    board = people.add(session, "board", "board")
    people.hold(session, board, "headquarters", root)
    _complain(session, places.add(session, "community", root, "a", "小区").id, 28)
    return board


def test_figures_are_seen_within_reach_and_people_only_by_permission(each_store: Store, board: Person) -> None:
    with each_store.transaction() as session:
        there = places.communities(session)[0]
        manager = people.add(session, "manager", "manager")
        people.hold(session, manager, "project_manager", there)
        analyst = people.add(session, "analyst", "analyst")
        people.hold(session, analyst, "analyst", places.company(session))
        agent = people.add(session, "agent", "agent")
        people.hold(session, agent, "callback", there)
    with each_store.reading() as session:
        every = figures.values(session, board, ["per_homes"], Scope(), SINCE, UNTIL, "community")["per_homes"]
        own = figures.values(session, manager, ["per_homes"], Scope(), SINCE, UNTIL, "community")["per_homes"]
        assert (len(every), list(own)) == (3, [str(there.id)])
        with pytest.raises(NotPermitted):
            figures.values(session, agent, ["loop"], Scope(), SINCE, UNTIL)
        with pytest.raises(NotPermitted):
            figures.values(session, analyst, ["loop"], Scope(), SINCE, UNTIL, "person")
        with pytest.raises(NotPermitted):
            figures.series(session, analyst, "loop", Scope(person_id=1), SINCE, UNTIL, "week")


def test_few_cases_are_no_percentage_and_young_ones_no_figure(each_store: Store, board: Person) -> None:
    with each_store.reading() as session:
        few = figures.values(session, board, ["response"], Scope(), SINCE, SINCE + 9 * DAY)["response"][""]
        assert few.of
        assert (few.value, few.interval) == (None, None)
        young = figures.values(session, board, ["second_home"], Scope(), SINCE, UNTIL)["second_home"][""]
        assert young.immature
        assert young.matured_until == date(2026, 1, 30)
        weeks = figures.series(session, board, "per_homes", Scope(), SINCE, UNTIL, "week")
        whole = figures.values(session, board, ["per_homes"], Scope(), SINCE, UNTIL)["per_homes"][""]
        assert sum(each.hit for _, each in weeks) == whole.hit
        assert [day.weekday() for day, _ in weeks[1:]] == [0] * (len(weeks) - 1)


def test_facts_are_built_after_an_upgrade(each_store: Store, board: Person) -> None:
    with each_store.transaction() as session:
        session.execute(delete(CaseFact))
        facts.begin_anew(session)
    with each_store.reading() as session:
        assert not facts.are_complete(session)
        assert list(facts.differences(session))
    assert facts.build(each_store)
    with each_store.reading() as session:
        assert facts.are_complete(session)
        assert not list(facts.differences(session))


def test_a_home_that_is_of_another_building_takes_its_complaints_along(each_store: Store, board: Person) -> None:
    with each_store.transaction() as session:
        home = session.query(Household).first()
        assert home is not None
        home.building = "9"
    with each_store.reading() as session:
        assert not list(facts.differences(session))
        assert {"9"} == {each.building for each in session.query(CaseFact).where(CaseFact.household_id == home.id)}
