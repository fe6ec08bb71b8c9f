"""Several households report the same lamp: grouped, notified, separated, merged; an office waits for its reply."""

import pytest

from tests.stories import acts
from tests.stories.hands import Hands
from tests.stories.pages import Browsers

pytestmark = pytest.mark.slow


def neighbour(hands: Browsers, phone: str) -> Hands:
    """Another household reports it."""
    other = Hands(hands.store, hands.company)
    other.complain("五楼也黑着灯，看不清", phone=phone, place_text="3栋2单元502")
    return other


def test_neighbours_are_joined_told_and_parted_on_the_pages(hands: Browsers) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    first, second = neighbour(hands, "13900002222"), neighbour(hands, "13900003333")
    agent = hands.browser("agent")

    offered = agent.get(f"/complaints/{hands.complaint_id}/join").text
    assert first.number in offered
    assert second.number in offered
    nothing = agent.post(f"/complaints/{hands.complaint_id}/join", data={"note": "同一盏灯"})
    assert nothing.status_code == 422
    assert "同一盏灯" in nothing.text
    chosen = {"chosen": [first.complaint_id, second.complaint_id], "way": "gather"}
    assert hands.browser("engineer").post(f"/complaints/{hands.complaint_id}/join", data=chosen).status_code == 403
    assert agent.post(f"/complaints/{hands.complaint_id}/join", data=chosen).status_code == 303
    assert [first.now().status, second.now().status] == ["joined", "joined"]

    page = agent.get(f"/complaints/{hands.complaint_id}").text
    assert first.number in page
    task = hands.now().open["accept_work"].id
    assert "3栋2单元502" in hands.browser("engineer").get(f"/tasks/{task}").text
    resident = hands.visitor.get(f"/c/{second.secret}").text
    assert "与多户反映的同一问题一并处理" in resident
    assert hands.number not in resident

    assert agent.post(f"/complaints/{second.complaint_id}/part", data={"note": "不同的灯"}).status_code == 303
    assert second.now().status == "judging"
    refused = agent.post(
        f"/complaints/{second.complaint_id}/join", data={"chosen": [first.complaint_id], "way": "follow"}
    )
    assert refused.status_code == 409
    assert hands.number in refused.text  # the lead to choose instead


def test_the_same_said_twice_is_merged_and_read_from_the_first(hands: Browsers) -> None:
    acts.acknowledged(hands)
    again = neighbour(hands, "13800001234")
    agent = hands.browser("agent")
    merge = {"chosen": [hands.complaint_id], "way": "merge"}
    assert agent.post(f"/complaints/{again.complaint_id}/join", data=merge).status_code == 303
    assert (again.now().status, again.now().outcome) == ("closed", "merged")
    assert "五楼也黑着灯" in agent.get(f"/complaints/{hands.complaint_id}").text
    assert "撤销合并" in agent.get(f"/complaints/{again.complaint_id}").text
    assert agent.post(f"/complaints/{again.complaint_id}/part").status_code == 303
    assert again.now().outcome is None
    assert "五楼也黑着灯" not in agent.get(f"/complaints/{hands.complaint_id}").text


def test_a_repair_that_turned_into_a_complaint_is_linked_with_it(hands: Browsers) -> None:
    repair = neighbour(hands, "13900002222")
    repair.withdraw()
    hands.complain()
    agent = hands.browser("agent")
    linked = {"chosen": [repair.complaint_id], "way": "link"}
    assert agent.post(f"/complaints/{hands.complaint_id}/join", data=linked).status_code == 303
    assert agent.post(f"/complaints/{hands.complaint_id}/join", data=linked).status_code == 303
    for one, other in ((hands, repair), (repair, hands)):
        assert other.number in agent.get(f"/complaints/{one.complaint_id}").text
    assert hands.now().open.keys() == {"acknowledge"}


def test_the_hotline_gets_its_reply_from_the_inbox(hands: Browsers) -> None:
    hands.call("agent", channel="hotline", source="12345", reference="GD-0815")
    assert "reply_office" in hands.inbox("agent")
    task = hands.now().open["reply_office"].id
    assert "GD-0815" in hands.browser("agent").get(f"/tasks/{task}").text
    hands.do("agent", "reply_office", reply="已派工程部处理", final="yes")
    assert hands.now().deadline("reply").was_kept
    assert "reply_office" not in hands.now().open
