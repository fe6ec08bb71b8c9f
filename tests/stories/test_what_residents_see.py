"""The resident's page: steps in plain words, the plan, the result, and nothing internal."""

import pytest

from engine.complaints.core import links
from engine.complaints.resident import status_page
from engine.complaints.resident.status_page import Standing
from tests.stories import acts
from tests.stories.hands import Hands

pytestmark = pytest.mark.slow


def seen(hands: Hands) -> Standing:
    with hands.store.reading() as session:
        return status_page.of(session, links.enter(session, hands.secret))


def states(hands: Hands) -> dict[str, str]:
    return {step.code: step.state for step in seen(hands).steps}


def test_the_steps_from_the_first_word_to_the_end(hands: Hands) -> None:
    hands.complain()
    assert list(states(hands).values()) == ["now"] + ["ahead"] * 6
    assert {promise.kind for promise in seen(hands).promises} == {"acknowledge", "first_response", "resolve"}
    hands.do("agent", "acknowledge", told_how="phone")
    assert states(hands)["acknowledged"] == "done"
    acts.judged(hands)
    acts.in_contact(hands)
    assert states(hands)["investigated"] == "now"
    acts.planned(hands)
    offered = seen(hands)
    assert offered.plan is not None
    assert (offered.plan.words, str(offered.plan.finish_on)) == ("更换灯具", "2026-03-05")
    assert states(hands)["planned"] == "now"
    hands.accept_plan()
    acts.done(hands)
    assert [word.words for word in seen(hands).told] == ["已修好"]
    assert states(hands)["called_back"] == "now"
    acts.called(hands)
    assert set(states(hands).values()) == {"done"}
    assert seen(hands).outcome == "solved"


def test_what_the_desk_wrote_down_itself_is_confirmed(hands: Hands) -> None:
    hands.call()
    assert list(states(hands).items())[:2] == [("acknowledged", "done"), ("judged", "now")]


def test_a_new_round_begins_with_the_department_again(hands: Hands) -> None:
    acts.handled(hands)
    hands.later(hours=1)
    hands.answer(1, "unsolved", "还是不亮")
    again = states(hands)
    assert (again["judged"], again["contacted"], again["called_back"]) == ("done", "now", "ahead")
    assert seen(hands).plan is None


def test_no_names_rungs_or_inner_words(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    hands.later(hours=37)
    acts.in_contact(hands)
    acts.investigated(hands)
    read = " ".join(hands.resident_reads()) + str(seen(hands))
    for inner in ("engineer", "督办", "灯具老化", "业主说明了情况", "越过"):
        assert inner not in read
