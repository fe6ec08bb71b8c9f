"""Paper forms: every sheet has its own code that leads to the desk's form, and is registered once."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from engine.complaints.core.complaint import Complaint
from engine.complaints.intake import paper_forms
from engine.complaints.intake.paper_forms import Paper
from engine.core import store
from engine.core.errors import Invalid
from tests.stories.conftest import begun, hands
from tests.stories.pages import Browsers

__all__ = ["begun", "hands"]

CALL = {"channel": "paper", "kind": "complaint", "category": "1004", "text": "楼道灯坏了", "households": "1"}
CALL["asked"] = "place_text="
CODE = re.compile(r"<strong>([0-9A-Z]{3}-[0-9A-Z]{4})</strong>")


@pytest.fixture
def agent(hands: Browsers) -> FlaskClient:
    return hands.browser("agent")


def printed(agent: FlaskClient, sheets: str = "2") -> list[str]:
    sent = agent.post("/papers", data={"sheets": sheets})
    assert sent.status_code == 303
    return CODE.findall(agent.get(sent.location).text)


def test_a_batch_is_printed_each_sheet_with_a_code_of_its_own(agent: FlaskClient) -> None:
    codes = printed(agent, "5")
    assert len(set(codes)) == 5
    page = agent.get("/papers").text
    assert "再次打印" in page
    assert agent.get("/papers?lang=en").status_code == 200
    for wrong in ("0", "201", "很多", ""):
        assert agent.post("/papers", data={"sheets": wrong}).status_code == 422


def test_a_sheet_that_is_scanned_opens_the_form_and_then_what_was_written(agent: FlaskClient, hands: Browsers) -> None:
    code, other = printed(agent)
    opened = agent.get(f"/papers/of/{code}", follow_redirects=True).text
    assert f'value="{code}"' in opened
    sent = agent.post("/desk", data={**CALL, "paper": f" http://localhost/papers/of/{code.lower()} "})
    assert sent.status_code == 303
    with hands.store.reading() as session:
        taken = session.scalars(select(Paper).where(Paper.complaint_id.is_not(None))).one()
        complaint = session.get_one(Complaint, taken.complaint_id)
    assert paper_forms.spelt(taken.code) == code
    assert complaint.channel == "paper"
    again = agent.get(f"/papers/of/{code}", follow_redirects=True)
    assert complaint.number in again.text
    assert "已经登记" in again.text
    twice = agent.post("/desk", data={**CALL, "text": "另一件", "paper": code})
    assert twice.status_code == 422
    assert f"已登记为 {complaint.number}" in twice.text
    assert agent.post("/desk", data={**CALL, "text": "第三件", "paper": other}).status_code == 303


def test_a_code_with_a_slip_is_refused_at_its_field(agent: FlaskClient) -> None:
    (code,) = printed(agent, "1")
    plain = code.replace("-", "")
    for place, sign in enumerate(plain):
        for other in set(paper_forms.ALPHABET) - {sign}:
            with pytest.raises(Invalid):
                paper_forms.read_code(plain[:place] + other + plain[place + 1 :])
    for place in range(len(plain) - 1):
        turned = plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :]
        if turned != plain:
            with pytest.raises(Invalid):
                paper_forms.read_code(turned)
    sent = agent.post("/desk", data={**CALL, "paper": "ABC-DEFG"})
    assert sent.status_code == 422
    assert "表单编码不对" in sent.text


def test_a_resident_who_scans_complains_on_the_phone_instead(agent: FlaskClient, hands: Browsers) -> None:
    (code,) = printed(agent, "1")
    assert hands.visitor.get(f"/papers/of/{code}").location == "/complain?community=YGL"
    assert hands.visitor.get("/papers/of/ABC-DEFG").location == "/complain"
    unknown = "22222" + "2"
    assert hands.visitor.get(f"/papers/of/{unknown + paper_forms.check_sign(unknown)}").status_code == 404


def test_sheets_of_another_community_are_not_ours(agent: FlaskClient, hands: Browsers) -> None:
    other = hands.browser("agent_2")
    sent = other.post("/papers", data={"sheets": "1"})
    code = CODE.findall(other.get(sent.location).text)[0]
    assert agent.get(sent.location).status_code == 404
    refused = agent.post("/desk", data={**CALL, "paper": code})
    assert refused.status_code == 422
    assert "不属于您的小区" in refused.text
    assert hands.browser("engineer").get("/papers").status_code == 403


def test_printing_leaves_nothing_locked_behind(agent: FlaskClient) -> None:
    printed(agent)
    assert not store.is_writing()
