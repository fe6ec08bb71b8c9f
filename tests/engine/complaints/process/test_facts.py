"""What a step tells of a complaint is in its fact when the step is over, and costs little."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from benchmarks.company import counted
from engine.complaints.facts import CallbackFact, CaseFact
from engine.complaints.homes.households import Household
from engine.core import clock
from tests.stories import acts
from tests.stories.hands import Hands

pytestmark = pytest.mark.slow


def fact(hands: Hands, complaint_id: int | None = None) -> CaseFact:
    with hands.store.reading() as session:
        return session.get_one(CaseFact, complaint_id or hands.complaint_id)


def about_facts(sent: list[str]) -> int:
    return sum(name in each for each in sent for name in ("case_facts", "callback_facts", "changed_days"))


def test_only_a_step_that_tells_something_new_asks_for_facts(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    with counted(hands.store) as sent:
        acts.in_contact(hands)
    assert about_facts(sent) == 3, "accepting it tells nothing that is counted, the first contact does"
    assert fact(hands).first_response_kept
    with counted(hands.store) as sent:
        acts.investigated(hands)
    assert about_facts(sent) == 0
    assert fact(hands).person_id is None, "nobody knows yet who will have solved it"


def test_a_return_and_a_callback_are_counted_when_they_happen(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    hands.do("engineer", "accept_work", objected=True, objection="not_ours", objection_words="不是我们的")
    assert (fact(hands).returns, fact(hands).dispatched) == (1, True)
    hands.do("dispatcher", "redispatch", department="engineering", words="确属工程")
    acts.in_contact(hands)
    acts.planned(hands, cost=100, consent="not_needed")
    acts.done(hands)
    acts.called(hands, score=2, outcome="unsolved", reason="还是不亮")
    reopened = fact(hands)
    assert (reopened.rounds, reopened.level, reopened.reached, reopened.last_score) == (2, 1, False, 2)
    with hands.store.reading() as session:
        assert [(each.round, each.score) for each in session.scalars(select(CallbackFact))] == [(1, 2)]


def test_a_second_complaint_changes_the_fact_of_the_first(hands: Hands) -> None:
    with hands.store.transaction() as session:
        homes = [Household(community_id=hands.company.community.id, label=f"9-{each}", building="9") for each in "12"]
        session.add_all(homes)
    hands.complain(household_id=homes[0].id)
    first = hands.complaint_id
    hands.withdraw()
    assert fact(hands).closed_day is not None
    clock.turn(timedelta(days=29))
    hands.complain(household_id=homes[1].id)
    assert (fact(hands, first).again_home, fact(hands, first).again_place) == (False, True)
    hands.complain(household_id=homes[0].id)
    assert (fact(hands, first).again_home, fact(hands, first).again_place) == (True, True)
