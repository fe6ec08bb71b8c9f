"""The desk gives a resident whom it has recognised a new link; others cannot."""

import re

import pytest

from tests.stories.conftest import begun, hands
from tests.stories.pages import Browsers

__all__ = ["begun", "hands"]


@pytest.mark.fault(5)
def test_the_desk_gives_a_new_link_and_says_how_it_recognised_the_resident(hands: Browsers) -> None:
    hands.complain()
    page, path = f"/complaints/{hands.complaint_id}", f"/complaints/{hands.complaint_id}/link"
    agent = hands.browser("agent")
    assert path in agent.get(page).text
    assert agent.post(path, data={"why": " "}).status_code == 422
    assert hands.visitor.get(f"/c/{hands.secret}").status_code == 200, "nothing happened without a reason"
    made = agent.post(path, data={"why": "回拨了登记的电话", "act": "renew"})
    fresh = re.findall(r"/c/([a-z2-7]{26})", made.text)[0]
    assert hands.visitor.get(f"/c/{hands.secret}").status_code == 404
    assert hands.visitor.get(f"/c/{fresh}").status_code == 200
    told = agent.get(page).text
    assert "业主的查询链接换了新的" in told
    assert "回拨了登记的电话" in told
    assert "回拨了登记的电话" not in hands.visitor.get(f"/c/{fresh}").text
    agent.post(path, data={"why": "业主说链接发错了群", "act": "withdraw"})
    assert hands.visitor.get(f"/c/{fresh}").status_code == 404


@pytest.mark.fault(5)
def test_who_does_not_register_complaints_gives_no_link(hands: Browsers) -> None:
    hands.complain()
    path = f"/complaints/{hands.complaint_id}/link"
    for login in ("engineer", "owner"):
        assert hands.browser(login).post(path, data={"why": "x"}).status_code in {403, 404}
    assert hands.visitor.get(f"/c/{hands.secret}").status_code == 200
