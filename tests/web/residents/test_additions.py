"""What a resident adds reaches the people who work on the complaint: a mark on the task, and a message."""

import pytest
from sqlalchemy import select

from engine.letters import Letter
from tests.stories import acts
from tests.stories.conftest import begun, hands
from tests.stories.pages import Browsers

pytestmark = pytest.mark.slow

__all__ = ["begun", "hands"]


def told(hands: Browsers) -> set[int]:
    with hands.store.reading() as session:
        return set(session.scalars(select(Letter.to_ref).where(Letter.template == "added")))


def test_added_words_mark_the_work_and_are_told_to_who_does_it(hands: Browsers) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    acts.in_contact(hands)
    assert "业主有补充" not in hands.browser("engineer").get("/inbox").text
    sent = hands.visitor.post(f"/c/{hands.secret}/words", data={"words": "今天又不亮了"})
    assert sent.status_code == 303
    assert "业主有补充" in hands.browser("engineer").get("/inbox").text
    assert told(hands) == {hands.person(login).id for login in ("engineer", "engineer2", "engineering_head")}
    task = hands.now().open["investigate"]
    assert "业主有补充" in hands.browser("engineer").get(f"/tasks/{task.id}").text
    assert hands.browser("manager").get(f"/complaints/{hands.complaint_id}").text.count("今天又不亮了") == 1


def test_a_call_that_the_desk_notes_is_told_but_not_to_who_noted_it(hands: Browsers) -> None:
    hands.call()
    assert hands.on_page("agent", "words", added="业主又来电催") == 303
    others = {hands.person(login).id for login in ("agent2", "desk_head")}
    assert told(hands) == others


def test_the_next_task_has_no_mark(hands: Browsers) -> None:
    acts.acknowledged(hands)
    hands.visitor.post(f"/c/{hands.secret}/words", data={"words": "是二楼那盏"})
    hands.later(minutes=1)
    acts.judged(hands)
    assert "业主有补充" not in hands.browser("engineer").get("/inbox").text


DANGER = "孩子被困在电梯里"


def urgently_told(hands: Browsers) -> set[int]:
    with hands.store.reading() as session:
        return set(session.scalars(select(Letter.to_ref).where(Letter.template == "added_danger")))


def settle(hands: Browsers, danger: str) -> None:
    sent = hands.browser("agent").post(f"/complaints/{hands.complaint_id}/danger", data={"danger": danger})
    assert sent.status_code == 303


def test_danger_in_later_words_asks_the_desk_before_the_triage(hands: Browsers) -> None:
    hands.complain()
    page = f"/complaints/{hands.complaint_id}"
    assert "先核实" not in hands.browser("agent").get(page).text
    hands.visitor.post(f"/c/{hands.secret}/words", data={"words": "还是二楼那盏灯"})
    assert "先核实" not in hands.browser("agent").get(page).text
    hands.visitor.post(f"/c/{hands.secret}/words", data={"words": DANGER})
    assert "先核实" in hands.browser("agent").get(page).text
    assert hands.person("agent").id in urgently_told(hands)
    settle(hands, "yes")
    assert "make_safe_now" in hands.now().open


def test_danger_after_the_triage_is_told_to_the_desk_and_who_works_on_it(hands: Browsers) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    acts.in_contact(hands)
    hands.visitor.post(f"/c/{hands.secret}/words", data={"words": DANGER})
    told_too = {hands.person(login).id for login in ("engineer", "agent", "desk_head")}
    assert told_too <= urgently_told(hands)
    task = hands.now().open["investigate"]
    for login, page in (("agent", f"/complaints/{hands.complaint_id}"), ("engineer", f"/tasks/{task.id}")):
        assert "像有危险，请马上打电话核实" in hands.browser(login).get(page).text
    settle(hands, "yes")
    shown = hands.browser("agent").get(f"/complaints/{hands.complaint_id}").text
    assert 'id="danger-doubt"' not in shown
    assert "有危险，已打电话叫人" in shown
    assert "investigate" in hands.now().open


def test_danger_in_the_words_of_an_objection_is_noticed(hands: Browsers) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    acts.in_contact(hands)
    acts.planned(hands)
    objected = hands.visitor.post(f"/c/{hands.secret}/plan", data={"accepted": "no", "words": DANGER})
    assert objected.status_code == 303
    assert 'id="danger-doubt"' in hands.browser("agent").get(f"/complaints/{hands.complaint_id}").text
