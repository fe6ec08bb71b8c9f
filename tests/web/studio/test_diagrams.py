"""The diagrams of a draft: added, renamed, taken out and put back; who else has one open."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from engine.company import people
from engine.core import clock
from engine.core.store import Store
from engine.processes import draft_presence
from tests.web.conftest import Company
from tests.web.processes.test_processes import Browser, words

MAIN = "bpmn/loan/loan.bpmn"


@pytest.fixture
def owner(browser: Browser, company: Company) -> FlaskClient:
    """The process owner, with the draft of a new process."""
    client = browser(company.people["process_owner"])
    assert client.post("/studio/new", data={"process": "loan", "name": "钥匙借用"}).status_code == 303
    return client


def tabs(owner: FlaskClient) -> list[str]:
    page = BeautifulSoup(owner.get("/studio/loan").text, "html.parser")
    return [each.text for each in page.select(".diagram-files nav a")]


def test_a_diagram_is_added_renamed_taken_out_and_put_back(owner: FlaskClient) -> None:
    assert owner.post("/studio/loan/diagrams", data={"name": "归还", "id": "key_return"}).status_code == 303
    assert tabs(owner) == ["钥匙借用", "归还"]
    text = owner.get("/studio/loan/files/bpmn/loan/key_return.bpmn").data
    assert b'<bpmn:process id="key_return"' in text

    owner.post("/studio/loan/diagrams/rename/bpmn/loan/key_return.bpmn", data={"id": "back.bpmn", "revision": "1"})
    page = BeautifulSoup(owner.get("/studio/loan").text, "html.parser")
    files = [str(each["href"]).rpartition("/")[2] for each in page.select(".diagram-files nav a")]
    assert files == ["loan.bpmn", "back.bpmn"]
    assert tabs(owner) == ["钥匙借用", "归还"]
    gone = owner.post("/studio/loan/diagrams/remove/bpmn/loan/back.bpmn", data={"revision": "1"}, follow_redirects=True)
    assert "back.bpmn 已从草稿里删除" in words(gone)
    assert tabs(owner) == ["钥匙借用"]
    undo = BeautifulSoup(gone.text, "html.parser").select_one("form[action*=put-back]")
    assert undo
    owner.post(str(undo["action"]))
    assert owner.get("/studio/loan/files/bpmn/loan/back.bpmn").data == text


def test_a_diagram_is_called_by_its_name_in_english_too(owner: FlaskClient) -> None:
    owner.post("/studio/new", data={"process": "key", "name": "钥匙 & 卡", "name_en": "Keys & cards"})
    for tongue, name in (("zh", "钥匙 & 卡"), ("en", "Keys & cards")):
        page = BeautifulSoup(owner.get(f"/studio/key?lang={tongue}").text, "html.parser")
        assert [each.text for each in page.select(".diagram-files nav a")] == [name]


def test_what_cannot_be_added_says_why_and_changes_nothing(owner: FlaskClient) -> None:
    for data, said in (
        ({"name": "x", "id": "loan"}, "已经有 loan.bpmn"),
        ({"name": "x", "id": "../x"}, "请填写名称"),
        ({"name": "", "id": "y"}, "请填写名称"),
    ):
        assert said in words(owner.post("/studio/loan/diagrams", data=data, follow_redirects=True))
    renamed = owner.post(
        f"/studio/loan/diagrams/rename/{MAIN}", data={"id": "a/b", "revision": "1"}, follow_redirects=True
    )
    assert "不能使用" in words(renamed)
    assert tabs(owner) == ["钥匙借用"]


def test_a_diagram_that_somebody_changed_is_not_taken_out(owner: FlaskClient) -> None:
    owner.post(f"/studio/loan/files/{MAIN}", data=b"<changed/>", headers={"X-Seen": "1"})
    late = owner.post(f"/studio/loan/diagrams/remove/{MAIN}", data={"revision": "1"}, follow_redirects=True)
    assert "刚才改过这个文件" in words(late)
    assert tabs(owner) == ["loan.bpmn"]  # nothing in it says what it is called


def test_the_last_diagram_may_go_and_the_page_says_what_to_do(owner: FlaskClient) -> None:
    owner.post(f"/studio/loan/diagrams/remove/{MAIN}", data={"revision": "1"})
    assert "请加一张" in words(owner.get("/studio/loan"))


def test_who_has_it_open_is_told_and_forgotten(
    owner: FlaskClient, browser: Browser, company: Company, store: Store
) -> None:
    with store.transaction() as session:
        second = people.add(session, "second", "李二", phone="13700000000")
        people.hold(session, second, "process_owner", company.company)
    other = browser(second)
    opened = f"/studio/loan/open/{MAIN}"
    assert owner.post(opened, headers={"X-Seen": "1"}).json == {"others": [], "overtaken": None}
    name = company.people["process_owner"].name
    assert other.post(opened, headers={"X-Seen": "1"}).json == {"others": [name], "overtaken": None}
    other.post(f"/studio/loan/files/{MAIN}", data=b"<changed/>", headers={"X-Seen": "1"})
    told = owner.post(opened, headers={"X-Seen": "1"}).json
    assert told
    assert told["others"] == ["李二"]
    assert "李二刚才改过这个文件" in str(told["overtaken"])
    clock.turn(draft_presence.LASTS + timedelta(seconds=1))
    later = owner.post(opened, headers={"X-Seen": "2"}).json
    assert later == {"others": [], "overtaken": None}


def test_who_may_not_draft_does_nothing_here(owner: FlaskClient, browser: Browser, company: Company) -> None:
    manager = browser(company.people["project_manager"])
    for path in (
        "diagrams",
        f"diagrams/rename/{MAIN}",
        f"diagrams/remove/{MAIN}",
        "diagrams/put-back/1",
        f"open/{MAIN}",
    ):
        assert manager.post(f"/studio/loan/{path}", data={"id": "x", "name": "x", "revision": "1"}).status_code == 403
    assert tabs(owner) == ["钥匙借用"]
