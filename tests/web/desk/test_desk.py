"""The desk's page: registering a call, what is known about the caller beside it, immediate danger warnings."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from werkzeug.test import TestResponse

from engine.complaints.core import joinings
from engine.complaints.core.complaint import Complaint
from engine.complaints.homes.households import Household
from engine.complaints.limits import thresholds
from engine.core import clock
from engine.files import File
from tests.stories.conftest import begun, hands
from tests.stories.pages import Browsers

__all__ = ["begun", "hands"]

CALL = {"channel": "phone", "kind": "complaint", "category": "1004", "text": "楼道灯坏了三天", "households": "1"}
CALL["asked"] = "place_text="  # where it is was asked, and the caller does not know


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
    assert (complaint.channel, complaint.phone, complaint.anonymous) == ("phone", "13800001234", False)
    assert complaint.registered_by_id == hands.person("agent").id
    assert count(hands, File) == 1
    assert agent.get(f"/complaints/{complaint.id}").status_code == 200


def test_the_next_step_is_offered_to_who_wrote_it_down(agent: FlaskClient, hands: Browsers) -> None:
    page = agent.get(send(agent, text="电梯困人，喘不上气").location).text
    assert "接着办：确认研判" in page
    assert "正在通知能去的人" in page
    assert "还没有人去，请马上打电话" in page


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
    without_script = agent.post("/desk", data={**CALL, "find": "3-2-101", "act": "find"})
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


@pytest.mark.fault(2)
def test_the_question_about_danger_is_preset_by_the_words_until_somebody_answers_it(agent: FlaskClient) -> None:
    def asked(**typed: str) -> tuple[str, str]:
        page = BeautifulSoup(agent.post("/desk/danger", data=typed).data, "html.parser")
        chosen = page.select_one("input[name=danger][checked]")
        notice = page.select_one(".notice strong")
        return str(chosen["value"]) if chosen else "", notice.get_text() if notice else ""

    assert asked(text="灯坏了") == ("", "")
    assert asked(text="电梯关人了") == ("yes", "按特急处理")
    assert asked(text="电梯关人了", danger="no", danger_preset="yes") == ("no", "登记后先核实")
    assert asked(text="电梯门坏了", danger="yes", danger_preset="yes") == ("", ""), "it was only preset"
    assert asked(text="灯坏了", danger="unsure") == ("unsure", "登记后先核实")
    assert "不算危险" in agent.post("/desk/danger", data={"text": "去年电梯困过人"}).text


@pytest.mark.fault(2)
@pytest.mark.parametrize(("tap", "urgency"), [("yes", "critical"), ("no", "normal")])
def test_one_tap_each_way_settles_what_is_open(agent: FlaskClient, hands: Browsers, tap: str, urgency: str) -> None:
    page = agent.get(send(agent, text="有人在楼道里吵", danger="unsure").location)
    assert newest(hands).urgency == "urgent"
    notice = BeautifulSoup(page.data, "html.parser").select_one("#danger-doubt form")
    assert notice is not None
    path = str(notice["action"])
    assert "先核实有没有危险" in agent.get("/inbox").text
    assert agent.post(path, data={"danger": tap, "back": "/desk"}).location == "/desk"
    assert newest(hands).urgency == urgency
    assert "danger-doubt" not in agent.get(page.request.path).text
    agent.post(path, data={"danger": "no"})
    assert "已经有人核实过" in agent.get("/desk").text
    assert newest(hands).urgency == urgency


@pytest.mark.fault(23)
def test_one_page_is_one_complaint(agent: FlaskClient, hands: Browsers) -> None:
    assert send(agent, sent_as="a page").location == send(agent, sent_as="a page").location
    assert count(hands, Complaint) == 1


@pytest.mark.fault(23)
def test_back_and_register_again_is_said_and_makes_no_second_complaint(agent: FlaskClient, hands: Browsers) -> None:
    send(agent, sent_as="a page", text="灯坏了")
    again = send(agent, sent_as="another page", text="灯坏了")
    assert again.status_code == 422
    assert f"您刚登记过一样的内容，编号 {newest(hands).number}" in again.text
    assert count(hands, Complaint) == 1
    asked = [each["value"] for each in BeautifulSoup(again.data, "html.parser").select("[name=asked]")]
    assert send(agent, sent_as="another page", text="灯坏了", asked=[*asked, CALL["asked"]]).status_code == 303
    assert count(hands, Complaint) == 2
    hands.later(minutes=31)
    assert send(agent, text="灯坏了").status_code == 303


@pytest.mark.fault(24)
def test_where_it_is_and_a_number_with_a_digit_missing_are_asked_once(agent: FlaskClient, hands: Browsers) -> None:
    call = {"text": "没水了", "phone": "1381234567", "asked": ""}
    first = send(agent, **call)
    assert first.status_code == 422
    assert "在哪里？" in first.text
    assert "手机号是 11 位，这里有 10 位" in first.text
    asked = [each["value"] for each in BeautifulSoup(first.data, "html.parser").select("[name=asked]")]
    other = send(agent, **{**call, "phone": "1381234560", "asked": asked})
    assert other.status_code == 422  # another number is another question
    assert send(agent, **{**call, "asked": asked}).status_code == 303
    assert newest(hands).phone == "1381234567"
    assert send(agent, kind="praise", text="保安帮我搬了箱子", asked="").status_code == 303


@pytest.mark.fault(26)
@pytest.mark.parametrize("phone", ["+49 30 901820", "+852 2123 4567", "87654321", "0571-8765 4321转802"])
def test_foreign_and_eight_digit_numbers_are_taken(agent: FlaskClient, hands: Browsers, phone: str) -> None:
    assert send(agent, phone=phone).status_code == 303
    assert newest(hands).phone


@pytest.mark.fault(24)
def test_a_text_over_the_limit_is_said_and_whole(agent: FlaskClient, hands: Browsers) -> None:
    text = "吵" * 4001
    refused = send(agent, text=text)
    assert refused.status_code == 422
    assert "最多 4000 个字" in refused.text
    assert text in refused.text
    assert count(hands, Complaint) == 0


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


def test_each_home_says_why_it_is_proposed_and_exact_ones_come_first(agent: FlaskClient, hands: Browsers) -> None:
    with hands.store.transaction() as session:
        for label, name, phone in (
            ("1栋101", "王女", ""),
            ("1栋102", "王女士家", "13911117777"),
            ("2栋1777", "钱先生", ""),
        ):
            session.add(Household(community_id=hands.company.community.id, label=label, name=name, phone=phone))

    def proposed(text: str) -> list[tuple[str, str]]:
        page = BeautifulSoup(agent.post("/desk/households", data={"find": text}).data, "html.parser")
        homes = [each for each in page.select("ul.homes label") if each.strong]
        return [(each.strong.get_text(), each.select_one(".chip").get_text()) for each in homes]

    assert proposed("13911117777") == [("1栋102", "电话相同")]
    assert proposed("17777") == [("1栋102", "电话末尾相同")]
    assert proposed("1777")[-1] == ("2栋1777", "房号相符")
    assert proposed("3-2-101") == [("3栋2单元101", "门牌相同")]
    assert proposed("3栋2单元") == [("3栋2单元101", "楼栋单元相符"), ("3栋2单元102", "楼栋单元相符")]
    assert proposed("王女")[:2] == [("1栋101", "姓名相同"), ("1栋102", "姓名开头相同")]
    assert [label for label, _ in proposed("2单元10")] == ["3栋2单元101", "3栋2单元102"]
    for text in ("王", "3", "101", "777"):
        assert proposed(text) == []
        assert "再写几个字" in agent.post("/desk/households", data={"find": text}).text
    assert "Same phone" in agent.post("/desk/households?lang=en", data={"find": "13911117777"}).text


def test_typing_costs_the_same_however_many_households(agent: FlaskClient, hands: Browsers) -> None:
    seen: list[str] = []
    event.listen(hands.store.engine, "before_cursor_execute", lambda *said: seen.append(said[2]))

    def statements() -> int:
        seen.clear()
        agent.post("/desk/households", data={"find": "4栋"})
        agent.get("/desk")
        return len(seen)

    statements()  # the first request fills the process's cache
    before = statements()
    with hands.store.transaction() as session:
        for room in range(30):
            session.add(Household(community_id=hands.company.community.id, label=f"4栋{room}"))
    assert statements() == before


def test_the_desk_speaks_english(agent: FlaskClient) -> None:
    page = agent.get("/desk?lang=en").text
    assert "Register a call or visit" in page
    assert "Lighting of common areas" in page


# ---- repeats, groups, other channels ---------------------------------------------------------------------------------


def beside(agent: FlaskClient, **typed: str) -> str:
    return agent.post("/desk/beside", data=typed).text


def test_the_same_again_is_added_to_what_is_open(agent: FlaskClient, hands: Browsers) -> None:
    here = home(hands, "3栋2单元101")
    send(agent, household=here)
    known = newest(hands)
    assert "像是重复" in beside(agent, household=here, category="1004")
    assert "像是重复" not in beside(agent, household=here, category="2001")
    nothing = send(agent, household=here, text="", act=f"same {known.id}")
    assert nothing.status_code == 422
    assert "这次说了什么" in nothing.text
    sent = send(
        agent, household=here, text="还没修好", act=f"same {known.id}", photos=[(io.BytesIO(hands.photo), "灯.jpg")]
    )
    assert sent.status_code == 303
    assert known.number in agent.get(sent.location).text
    assert (count(hands, Complaint), count(hands, File)) == (1, 1)
    assert "还没修好" in agent.get(f"/complaints/{known.id}").text
    assert send(agent, text="别处的", act="same 99999").status_code == 404


def test_a_repeat_is_merged_after_it_was_written_down(agent: FlaskClient, hands: Browsers) -> None:
    here = home(hands, "3栋2单元101")
    send(agent, household=here)
    first = newest(hands)
    done = send(agent, household=here, text="又来说灯坏").location
    assert "重复合并" in agent.get(done).text
    sent = agent.post(f"{done}/along", data={"kind": "repeat", "lead": first.id})
    assert sent.status_code == 303
    page = agent.get(done).text
    assert f"已合并到 {first.number}" in page
    assert "重复合并" not in page
    assert newest(hands).repeat_of_id == first.id


def test_after_the_time_it_is_no_repeat(agent: FlaskClient, hands: Browsers) -> None:
    here = home(hands, "3栋2单元101")
    send(agent, household=here)
    with hands.store.transaction() as session:
        thresholds.change(session, "repeat_days", 2)
    hands.later(days=3)
    assert "像是重复" not in beside(agent, household=here, category="1004")


def test_three_households_of_a_building_make_a_group(agent: FlaskClient, hands: Browsers) -> None:
    for number, place in enumerate(("3栋2单元101", "3栋2单元102", "5栋1单元101")):
        send(agent, place_text=place, phone=f"1370000000{number}")
    assert "多户反映" not in beside(agent, place_text="3栋1单元301", category="2001")
    asked = {"place_text": "3栋2单元301", "phone": "13700000009", "category": "1004"}
    told = beside(agent, **asked)
    assert "连这一户共 3 户，同一栋楼" in told
    lead = re.findall(r'name="join" value="(\d+)"', told)[0]
    sent = send(agent, join=lead, **asked)
    page = agent.get(sent.location).text
    assert "已归入" in page
    with hands.store.reading() as session:
        followers = joinings.followers(session, session.get_one(Complaint, int(lead)))
        assert {each.place_text for _, each in followers} == {"3栋2单元102", "3栋2单元301"}
    assert "同一小区" in beside(agent, place_text="8栋1单元101", phone="13700000010", category="1004")


@pytest.mark.fault(24)
def test_what_one_building_reports_is_no_matter_of_another_s(agent: FlaskClient, hands: Browsers) -> None:
    for number, place in enumerate(("1栋2单元101", "1栋2单元102", "1栋1单元101")):
        send(agent, place_text=place, phone=f"1370000000{number}")
    there = {"phone": "13700000010", "category": "1004"}
    assert "多户反映" not in beside(agent, place_text="5栋1单元101", **there)
    assert "多户反映" in beside(agent, place_text="1栋", **there)


@pytest.mark.fault(24)
def test_a_mobile_number_of_ten_digits_is_asked_about(agent: FlaskClient) -> None:
    assert "手机号是 11 位，现在有 10 位" in beside(agent, phone="1381234567")
    assert "手机号是 11 位" not in beside(agent, phone="１３８１２３４５６７８")


def test_an_office_that_wants_an_answer(agent: FlaskClient, hands: Browsers) -> None:
    told = {"channel": "hotline", "reference": "HZ-2026-0815", "source": "12345 市民热线", "reply_days": "3"}
    assert send(agent, **told).status_code == 303
    complaint = newest(hands)
    assert (complaint.channel, complaint.reference, complaint.source) == ("hotline", "HZ-2026-0815", "12345 市民热线")
    assert complaint.due_at("reply") == clock.now() + timedelta(days=3)
    assert complaint.number in beside(agent, reference="HZ-2026-0815")
    assert "已经登记过" not in beside(agent, reference="HZ-2026-0816")
    assert send(agent, **{**told, "reply_days": "三"}, text="又一件").status_code == 422
    assert send(agent, **{**told, "reply_days": "", "reply_by": "2020-01-01T10:00"}, text="过去").status_code == 422
    assert send(agent, channel="phone", reference="别的", text="普通来电").status_code == 303
    assert newest(hands).reference == ""


def test_in_an_emergency_nobody_looks_for_a_category(agent: FlaskClient, hands: Browsers) -> None:
    assert send(agent, category="", text="灯坏了").status_code == 422
    assert send(agent, category="", text="有人被困电梯里").status_code == 303
    assert (newest(hands).category, newest(hands).urgency) == ("1011", "critical")
    assert send(agent, category="", text="快来人", danger="yes").status_code == 303
    assert newest(hands).category == "9901"


def test_categories_are_found_by_words_initials_and_what_is_said(agent: FlaskClient) -> None:
    def offered(**typed: str) -> list[str]:
        return re.findall(r'data-category="(\w+)"', agent.post("/desk/categories", data=typed).text)

    assert offered(category_find="dtg")[0] == "1001"
    assert offered(category_find="噪音")[0] == "7001"
    assert offered(category_find="lift")[0] == "1001"
    assert offered(text="楼上半夜跳舞，太吵了")[0] == "7001"
    assert offered(text="停水两天了") == ["1002"]
    assert offered(text="你好") == []
    assert "换个说法" in agent.post("/desk/categories", data={"category_find": "哈哈哈"}).text


def test_the_number_that_calls_fills_the_form(agent: FlaskClient) -> None:
    page = agent.get("/desk?phone=13700007777").text
    assert 'value="13700007777"' in page
    assert "3栋2单元101" in page


def test_whom_it_is_about_gets_no_link_to_follow_it_by(agent: FlaskClient, hands: Browsers) -> None:
    """With the resident's link they could read and answer what is hidden from them."""
    sent = send(agent, phone="13800001234", about_person=str(hands.person("agent").id))
    page = agent.get(sent.location)
    assert newest(hands).number in page.text
    assert "/c/" not in page.text
    assert BeautifulSoup(page.text, "html.parser").select_one("#link, .qr") is None
