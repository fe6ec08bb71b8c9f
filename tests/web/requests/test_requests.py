"""The pages of requests: started by the staff, applied for by residents, kept from everybody else."""

import io
from collections.abc import Iterator
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from engine.core.store import Store
from engine.history import Entry
from engine.requests.rows import Request, RequestContact
from tests.engine.requests.acting import PROCESS, Acting
from tests.stories.company import KEY, Company
from tests.stories.conftest import begun
from tests.stories.pages import Browsers, jpeg
from tests.web.lamp import soup, words

__all__ = ["begun"]

pytestmark = pytest.mark.slow

APPLIED = {
    "community": "YGL",
    "home": "3栋2单元501",
    "person_name": "王小明",
    "phone": "13812345678",
    "kind": "partial",
    "from_on": "2030-03-10",
    "until_on": "2030-04-10",
    "text": "敲掉厨房的墙，电话 13812345678",
    "sent_as": "one page",
}


@pytest.fixture
def hands(begun: tuple[Path, Company], tmp_path: Path) -> Iterator[Browsers]:
    """The company with the process open to residents, and browsers of its people."""
    path, company = begun
    store = Store(f"sqlite:///{copy(path, tmp_path / 'requests.db')}")
    home = tmp_path / "home"
    (home / "secrets").mkdir(parents=True)
    (home / "secrets" / "links").write_text(KEY.hex())
    found = Browsers(store, company, home)
    Acting(store, company).open()
    yield found
    store.close()


def apply(visitor: FlaskClient, **changed: Any) -> Any:
    """A resident sends the form."""
    data = {**APPLIED, **changed}
    return visitor.post(f"/apply/{PROCESS}", data=data, content_type="multipart/form-data")


def applied(hands: Browsers, **changed: Any) -> str:
    """A resident has applied; returns the address behind their link."""
    sent = apply(hands.visitor, **changed)
    assert sent.status_code == 303, sent.text
    return str(sent.location).removesuffix("/receipt")


def count(hands: Browsers) -> int:
    with hands.store.reading() as session:
        return len(session.scalars(select(Request.id)).all())


def test_what_residents_may_start_stands_on_the_start_page_only_while_it_is_open(hands: Browsers) -> None:
    assert "装修申请" in hands.visitor.get("/").text
    assert "装修申请" in hands.visitor.get("/p/ygl").text
    shut = hands.browser("administrator").post(f"/openings/{PROCESS}", data={"on": ""})
    assert shut.status_code == 303
    assert "装修申请" not in hands.visitor.get("/").text
    for answer in (hands.visitor.get(f"/apply/{PROCESS}?community=YGL"), apply(hands.visitor)):
        assert answer.status_code == 404
    assert hands.browser("manager").post(f"/openings/{PROCESS}", data={"on": "1"}).status_code in (403, 404)
    assert count(hands) == 0


def test_errors_keep_what_was_typed_and_a_photo(hands: Browsers) -> None:
    picture = (io.BytesIO(jpeg()), "图纸.jpg")
    again = apply(hands.visitor, phone="123", home="", drawings=picture)
    assert again.status_code == 422
    assert "电话号码不对" in again.text
    assert "敲掉厨房的墙" in again.text
    assert "drawings.kept" in again.text
    assert count(hands) == 0


def test_the_same_page_sent_twice_is_one_request(hands: Browsers) -> None:
    assert applied(hands) == applied(hands)
    assert count(hands) == 1


def test_going_back_and_sending_the_same_again_is_one_request_and_uses_no_limit_up(hands: Browsers) -> None:
    for number in range(12):
        applied(hands, sent_as=f"page {number}")
    assert count(hands) == 1
    applied(hands, text="还要改卫生间")
    assert count(hands) == 2


def test_one_phone_or_one_address_cannot_bury_the_staff(hands: Browsers) -> None:
    for number in range(10):
        applied(hands, sent_as=str(number), text=f"第 {number} 次")
    refused = apply(hands.visitor, sent_as="11", text="再来")
    assert refused.status_code == 429
    assert "再来" in refused.text
    assert count(hands) == 10


def test_a_colleague_who_is_logged_in_only_looks_at_the_residents_page(hands: Browsers) -> None:
    link = applied(hands)
    assert hands.browser("agent").get(link).status_code == 200
    refused = hands.browser("agent").post(f"{link}/send/withdraw_refurbishment", data={"words": ""})
    assert refused.status_code == 409
    assert "不能代业主操作" in refused.text


def test_the_link_is_replaced_and_the_old_one_leads_nowhere(hands: Browsers) -> None:
    link = applied(hands)
    fresh = hands.visitor.post(f"{link}/link", data={"act": "renew"})
    assert fresh.status_code == 303
    gone = hands.visitor.get(link)
    assert gone.status_code == 404
    assert "/lost-link" in gone.text
    assert hands.visitor.get(str(fresh.location)).status_code == 200


def test_a_lost_link_number_and_phone_show_the_state_and_nothing_else(hands: Browsers) -> None:
    link = applied(hands)
    number = words_of_number(hands)
    shown = hands.visitor.post("/lost-link", data={"number": number.lower(), "phone": "138 1234 5678"})
    assert "客服正在核对资料" in shown.text
    assert link.rpartition("/")[2] not in shown.text
    assert "王小明" not in shown.text
    wrong = hands.visitor.post("/lost-link", data={"number": number, "phone": "13800000000"})
    assert "客服正在核对资料" not in wrong.text


def words_of_number(hands: Browsers) -> str:
    with hands.store.reading() as session:
        return session.scalars(select(Request.number)).one()


def test_phone_and_name_are_masked_and_who_looks_is_recorded(hands: Browsers) -> None:
    applied(hands)
    page = words(soup(hands, "agent", "/requests/1"))
    assert "138****5678" in page
    shown = hands.browser("agent").post("/requests/1/phone", follow_redirects=True)
    assert "13812345678" in shown.text
    with hands.store.reading() as session:
        assert session.scalars(select(Entry.kind).where(Entry.kind == "phone.shown")).all() == ["phone.shown"] * 2
    assert hands.browser("agent_2").get("/requests/1").status_code == 404
    assert hands.browser("agent_2").post("/requests/1/phone").status_code == 404
    assert hands.browser("engineer").get("/requests/1").status_code == 404
    hands.browser("agent").post("/tasks/1", data={"complete": "yes"})
    assert "13812345678" not in hands.browser("engineer").get("/requests/1").text


def test_the_list_is_filtered_in_its_address_and_costs_the_same_for_many(hands: Browsers) -> None:
    acting = Acting(hands.store, hands.company)
    acting.start("agent")

    def statements() -> int:
        seen: list[str] = []
        listener = lambda *args: seen.append(args[2])  # noqa: E731
        event.listen(hands.store.engine, "before_cursor_execute", listener)
        assert hands.browser("manager").get("/requests?state=open&sort=number").status_code == 200
        event.remove(hands.store.engine, "before_cursor_execute", listener)
        return len(seen)

    statements()  # what does not change is cached by the first
    few = statements()
    for _ in range(24):
        acting.start("agent")
    assert statements() == few
    page = soup(hands, "manager", "/requests", q=acting.request.number, process=PROCESS, mine="")
    assert [each.get_text() for each in page.select(".card-title a")] == [acting.request.number]
    assert "没有符合条件的事项" in words(soup(hands, "manager", "/requests", state="ended"))
    assert len(soup(hands, "agent", "/requests", mine="yes").select(".card-title a")) == 25


def test_a_colleague_starts_it_with_a_photo_and_only_where_the_diagram_says(hands: Browsers) -> None:
    typed = {**APPLIED, "community": hands.company.community.id, "drawings": (io.BytesIO(jpeg()), "图纸.jpg")}
    sent = hands.browser("agent").post(f"/requests/new/{PROCESS}", data=typed, content_type="multipart/form-data")
    assert sent.status_code == 303, sent.text
    assert "图纸.jpg" in hands.browser("agent").get(str(sent.location)).text
    with hands.browser("agent").get("/files/1") as picture:
        assert picture.status_code == 200
    assert hands.browser("agent_2").get("/files/1").status_code == 404
    assert hands.browser("engineer").get(f"/requests/new/{PROCESS}").status_code == 404
    assert hands.browser("engineer").post(f"/requests/new/{PROCESS}", data=APPLIED).status_code == 404
    with hands.store.reading() as session:
        assert session.scalars(select(RequestContact.language)).one() == "zh"


def test_the_process_page_says_how_it_begins(hands: Browsers) -> None:
    page = words(soup(hands, "owner", f"/processes/{PROCESS}/1"))
    assert "由人发起：客服、项目经理、业主 已对业主开放" in page
