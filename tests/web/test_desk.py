"""The desk's page: a call is written down, what is known of the caller stands beside, danger is said at once."""

import io
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from werkzeug.test import TestResponse

from engine.complaints import Complaint, Household
from engine.files import File
from tests.stories.conftest import begun, hands
from tests.stories.pages import Browsers

__all__ = ["begun", "hands"]

CALL = {"channel": "phone", "kind": "complaint", "category": "1004", "text": "楼道灯坏了三天", "households": "1"}


@pytest.fixture
def agent(hands: Browsers) -> FlaskClient:
    with hands.store.transaction() as session:
        for room in ("101", "102"):
            session.add(
                Household(
                    community_id=hands.company.community.id, label=f"3栋2单元{room}", name="王女士", phone="13700007777"
                )
            )
        session.add(Household(community_id=hands.company.neighbour.id, label="3栋2单元999", name="隔壁"))
    return hands.browser("agent")


def home(hands: Browsers, label: str) -> str:
    with hands.store.reading() as session:
        return str(session.scalars(select(Household.id).where(Household.label == label)).one())


def send(client: FlaskClient, **typed: Any) -> TestResponse:
    return client.post("/desk", data={**CALL, **typed}, content_type="multipart/form-data")


def newest(hands: Browsers) -> Complaint:
    with hands.store.reading() as session:
        found = session.scalars(select(Complaint).order_by(Complaint.id.desc())).first()
        assert found is not None
        return found


def count(hands: Browsers, row: type[Complaint] | type[File]) -> int:
    with hands.store.reading() as session:
        return session.scalar(select(func.count()).select_from(row)) or 0


def test_a_call_is_written_down_and_the_number_told(agent: FlaskClient, hands: Browsers) -> None:
    sent = send(agent, phone="138 0000 1234", person_name="李先生", photos=[(io.BytesIO(hands.photo), "灯.jpg")])
    assert sent.status_code == 303
    page = agent.get(sent.location).text
    complaint = newest(hands)
    assert complaint.number in page
    assert "零零 零幺" in page
    link = BeautifulSoup(page, "html.parser").select_one("#link")
    assert link is not None
    assert hands.visitor.get(link["value"].partition("localhost")[2]).status_code == 200
    assert (complaint.channel, complaint.phone, complaint.anonymous) == ("phone", "138 0000 1234", False)
    assert complaint.registered_by_id == hands.person("agent").id
    assert count(hands, File) == 1
    assert agent.get(f"/complaints/{complaint.id}").status_code == 200


def test_the_next_step_is_offered_to_who_wrote_it_down(agent: FlaskClient, hands: Browsers) -> None:
    page = agent.get(send(agent, text="电梯困人，喘不上气").location).text
    assert "接着办：确认研判" in page
    assert "确认研判，抢险人员才会接到任务" in page


def test_the_number_is_for_who_wrote_it_down_and_for_an_hour(agent: FlaskClient, hands: Browsers) -> None:
    done = send(agent).location
    assert hands.browser("agent2").get(done).status_code == 404
    hands.later(hours=2)
    assert agent.get(done).status_code == 404


def test_what_was_typed_stays_and_every_fault_is_said(agent: FlaskClient, hands: Browsers) -> None:
    sent = send(
        agent,
        text="",
        category="9999",
        wish="快一点",
        phone="12",
        households="零",
        happened_at="昨天",
        about_person="77777",
        photos=[(io.BytesIO(b"MZ"), "a.exe")],
    )
    assert sent.status_code == 422
    page = BeautifulSoup(sent.data, "html.parser")
    wrong = {each["href"] for each in page.select("[role=alert] a")}
    assert wrong == {"#text", "#category", "#phone", "#households", "#happened_at", "#about_person"}
    for link in wrong:
        assert page.select_one(link) is not None, link
    assert "快一点" in sent.text
    assert "刚才选的文件需要重新选择" in sent.text
    assert count(hands, Complaint) == 0


def test_a_bad_file_is_said_at_its_field_and_nothing_is_kept(agent: FlaskClient, hands: Browsers) -> None:
    sent = send(agent, photos=[(io.BytesIO(hands.photo), "a.jpg"), (io.BytesIO(b"MZ"), "b.exe")])
    assert sent.status_code == 422
    assert "b.exe" in sent.text
    assert (count(hands, Complaint), count(hands, File)) == (0, 0)


def test_a_household_is_found_and_lends_name_phone_and_place(agent: FlaskClient, hands: Browsers) -> None:
    found = agent.post("/desk/households", data={"find": "2单元10"}).text
    assert "3栋2单元101" in found
    assert "137****7777" in found
    assert "13700007777" not in found
    assert "隔壁" not in agent.post("/desk/households", data={"find": "999"}).text
    assert "没有找到" in agent.post("/desk/households", data={"find": "没有"}).text
    without_script = agent.post("/desk", data={**CALL, "find": "101", "act": "find"})
    assert without_script.status_code == 200
    assert "3栋2单元101" in without_script.text
    assert CALL["text"] in without_script.text

    assert send(agent, household=home(hands, "3栋2单元101")).status_code == 303
    complaint = newest(hands)
    assert (complaint.person_name, complaint.phone, complaint.place_text) == ("王女士", "13700007777", "3栋2单元101")
    assert send(agent, text="别处的户", household=home(hands, "3栋2单元999")).status_code == 303
    assert newest(hands).household_id is None
    assert newest(hands).anonymous


def test_what_the_household_has_open_stands_beside(agent: FlaskClient, hands: Browsers) -> None:
    here = home(hands, "3栋2单元101")
    assert "选了住户或写了电话" in agent.get("/desk").text
    assert "没有别的投诉" in agent.post("/desk/beside", data={"household": here}).text
    send(agent, household=here)
    for asked in ({"household": here}, {"phone": "137-0000-7777"}):
        beside = agent.post("/desk/beside", data=asked).text
        assert f"/complaints/{newest(hands).id}" in beside
        assert "公共照明" in beside
    assert "/complaints/" not in hands.browser("agent_2").post("/desk/beside", data={"phone": "13700007777"}).text


def test_danger_is_said_while_it_is_typed(agent: FlaskClient, hands: Browsers) -> None:
    assert "按特急处理" in agent.post("/desk/danger", data={"text": "孩子被困电梯里了"}).text
    assert "按特急处理" in agent.post("/desk/danger", data={"category": "1012"}).text
    assert "按特急处理" in agent.post("/desk/danger", data={"danger": "yes"}).text
    assert "按特急处理" not in agent.post("/desk/danger", data={"text": "灯坏了", "category": "1004"}).text
    assert "按特急处理" in agent.get(send(agent, text="一楼冒烟了").location).text
    assert newest(hands).urgency == "critical"


def test_a_double_click_is_one_complaint(agent: FlaskClient, hands: Browsers) -> None:
    assert send(agent).location == send(agent).location
    assert count(hands, Complaint) == 1
    hands.later(minutes=5)
    send(agent)
    assert count(hands, Complaint) == 2


def test_a_complaint_about_the_one_who_writes_it_down(agent: FlaskClient, hands: Browsers) -> None:
    sent = send(agent, about="staff", about_person=str(hands.person("agent").id))
    assert sent.status_code == 303
    page = agent.get(sent.location)
    assert page.status_code == 200
    assert "打开这件投诉" not in page.text
    assert agent.get(f"/complaints/{newest(hands).id}").status_code == 404


def test_only_who_takes_calls_opens_the_desk_and_only_for_their_community(agent: FlaskClient, hands: Browsers) -> None:
    assert hands.browser("engineer").get("/desk").status_code == 403
    sent = send(agent, community=str(hands.company.neighbour.id))
    assert sent.status_code == 303
    assert newest(hands).community_id == hands.company.community.id


def test_typing_costs_the_same_however_many_households(agent: FlaskClient, hands: Browsers) -> None:
    seen: list[str] = []
    event.listen(hands.store.engine, "before_cursor_execute", lambda *said: seen.append(said[2]))

    def statements() -> int:
        seen.clear()
        agent.post("/desk/households", data={"find": "栋"})
        agent.get("/desk")
        return len(seen)

    before = statements()
    with hands.store.transaction() as session:
        for room in range(30):
            session.add(Household(community_id=hands.company.community.id, label=f"4栋{room}"))
    assert statements() == before


def test_the_desk_speaks_english(agent: FlaskClient) -> None:
    page = agent.get("/desk?lang=en").text
    assert "Register a call or visit" in page
    assert "Lighting of common areas" in page
