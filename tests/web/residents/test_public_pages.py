"""Public pages: how to reach the company, what it promises; and the posters that lead there."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from PIL import Image

from engine.company import calendars, public_pages
from engine.company.people import Person
from engine.company.places import Place
from engine.complaints.core.meaning import PROCESS
from engine.complaints.homes.buildings import Building
from engine.complaints.homes.households import Household
from engine.core.store import Store
from engine.processes import publishing, versions
from tests.stories.hands import Hands
from tests.web.residents.seen import read, words

Browser = Callable[[Person | None], FlaskClient]


def limits(page: BeautifulSoup) -> dict[str, dict[str, str]]:
    """The promises, by heading."""
    found = {}
    for each in page.select("ul.promises"):
        rows = {row.span.get_text(): row.strong.get_text() for row in each.find_all("li")}
        found[each.find_previous("h3").get_text()] = rows
    return found


def test_the_promises_are_those_of_the_tables(client: FlaskClient, store: Store) -> None:
    promised = limits(read(client.get("/p/ygl")))
    assert promised["一般"]["客服受理"] == "15 分"
    assert promised["一般"]["办完并告诉您结果"] == "3 个工作日，最晚 7 天"
    assert list(promised) == [
        "危及人身安全（困人、着火、漏气、触电）",
        "紧急（停水、停电、电梯停运）",
        "一般",
        "复杂（要几个部门一起办）",
    ]
    files = dict(publishing.read_folder(publishing.SHIPPED)[PROCESS])
    path = "bpmn/complaint/limits.dmn"
    files[path] = files[path].replace(b'"PT15M"', b'"PT10M"')
    with store.transaction() as session:
        versions.store(session, PROCESS, files)
    assert limits(read(client.get("/p/YGL")))["一般"]["客服受理"] == "10 分"


def test_the_ladder_is_told_in_plain_words(client: FlaskClient) -> None:
    rungs = [each.get_text(" ", strip=True) for each in read(client.get("/p/YGL")).select("ol.rungs li")]
    assert rungs == ["50% 经办部门", "80% 部门主管", "100% 项目经理", "150% 区域品质部", "200% 总部投诉领导小组"]


def test_hours_come_from_the_calendar_and_the_phone_from_the_place(
    client: FlaskClient, store: Store, hands: Hands
) -> None:
    with store.transaction() as session:
        week = {day: [["08:30", "20:00"]] for day in calendars.WEEKDAYS} | {"sun": [["09:00", "12:00"]]}
        calendars.change(session, hands.company.community.id, week, public_holidays=False)
        session.get_one(Place, hands.company.community.id).phone = "0571-88886666"
    said = words(client.get("/p/YGL"))
    assert "周一至周六 08:30–20:00 周日 09:00–12:00" in said
    assert "法定节假日" not in said
    assert "0571-88886666" in said
    assert "400-800-1234" in words(client.get("/p/HBY"))


def test_every_community_is_in_the_list_and_an_unknown_one_is_not_there(client: FlaskClient) -> None:
    ways = [each["href"] for each in read(client.get("/p")).select("a.tile")]
    assert ways == ["/p/HBY", "/p/YGL"]
    assert client.get("/p/nowhere").status_code == 404


def test_what_a_company_writes_holds_for_its_communities_until_one_says_otherwise(
    client: FlaskClient, browser: Browser, hands: Hands, store: Store
) -> None:
    admin = browser(hands.person("administrator"))
    root, home = hands.company.root.id, hands.company.community.id
    assert "12345" in words(client.get("/p/YGL"))  # the default, until the company writes its own
    admin.post(f"/boards/{root}", data={"outside_zh": "请打 12345 或找街道", "desk_zh": "各小区南门"})
    admin.post(f"/boards/{home}", data={"desk_zh": "3栋一楼", "mail_zh": "care@example.test"})
    assert "3栋一楼" in words(client.get("/p/YGL"))
    assert "各小区南门" in words(client.get("/p/HBY"))
    assert all("请打 12345 或找街道" in words(client.get(path)) for path in ("/p/YGL", "/p/HBY"))
    assert "3栋一楼" in words(client.get("/p/YGL?lang=en"))  # the other language is better than nothing
    with store.reading() as session:
        assert public_pages.place_of_mail(session, "Care@Example.test") == home
    too_long = admin.post(f"/boards/{home}", data={"more_en": "x" * 2001})
    assert too_long.status_code == 422
    assert browser(hands.person("manager")).get(f"/boards/{home}").status_code in {403, 404}


def test_how_large_files_may_be_is_changed_in_the_product(browser: Browser, client: FlaskClient, hands: Hands) -> None:
    admin = browser(hands.person("administrator"))
    beyond = {"photo": "0", "photo_megapixels": "101", "paper": "20", "video": "500", "waiting": "0"}
    wrong = admin.post("/boards/files", data={**beyond, "video_seconds": "1"})
    assert wrong.status_code == 422
    assert len(read(wrong).select(".field-error")) == 5
    within = {"photo": "10", "photo_megapixels": "1", "paper": "20", "video": "30", "waiting": "100"}
    admin.post("/boards/files", data={**within, "video_seconds": ""})
    assert "视频最大 30 MB" in words(client.get("/complain?community=YGL&kind=repair&area=10"))
    shown = read(admin.get("/boards"))
    assert {name: shown.select_one(f"#{name}")["value"] for name in within} == within
    large = BytesIO()
    Image.new("RGB", (1100, 1000)).save(large, "JPEG")
    refused = client.post("/complain/files", data={"file": (BytesIO(large.getvalue()), "x.jpg")})
    assert "像素太多" in refused.get_json()["error"]


# ---- posters


@pytest.fixture
def built(store: Store, hands: Hands) -> None:
    """Two buildings: one with lifts, one without."""
    home = hands.company.community.id
    with store.transaction() as session:
        session.add(Building(community_id=home, name="1", units=2, lifts=2))
        session.add(Building(community_id=home, name="2", units=1, lifts=0))
        session.add(Household(community_id=home, building="2", unit="1", room="101", label="2栋1单元101"))


def test_each_poster_names_its_place_and_its_code_leads_there(
    browser: Browser, client: FlaskClient, hands: Hands, built: None, tmp_path: Path
) -> None:
    agent = browser(hands.person("agent"))
    page = read(agent.get("/posters?community=YGL&where=lifts&where=units&where=desk&size=a5"))
    places = [each.get_text() for each in page.select(".poster-place")]
    assert places == ["客服中心", "1栋1单元", "1栋2单元", "1栋1单元电梯", "1栋2单元电梯", "2栋1单元"]
    said = page.select(".poster-code img")[3]["alt"].removeprefix("二维码：http://localhost")
    assert "阳光里 1栋1单元电梯" in words(client.get(f"{said}&kind=repair&area=10"))
    assert page.select(".sheets-a5.sheets-wide")
    some = read(agent.get("/posters?community=YGL&where=lifts&building=2"))
    assert not some.select(".poster")
    assert "没有可以打印的地方" in some.get_text()


def test_posters_are_for_ones_own_communities(browser: Browser, hands: Hands, built: None) -> None:
    manager = browser(hands.person("manager"))
    assert [each["value"] for each in read(manager.get("/posters")).select("#community option")] == ["YGL"]
    assert manager.get("/posters?community=HBY").status_code == 404
    assert len(read(browser(hands.person("administrator")).get("/posters")).select("#community option")) == 3
    assert browser(hands.person("engineer")).get("/posters").status_code == 403


def test_without_a_public_address_the_page_warns(browser: Browser, hands: Hands) -> None:
    assert "BIHUAN_PUBLIC_URL" in words(browser(hands.person("manager")).get("/posters"))


def test_posters_begin_with_where_they_hang_as_a_rule(browser: Browser, hands: Hands, built: None) -> None:
    page = read(browser(hands.person("manager")).get("/posters?community=YGL"))
    ticked = {str(each["value"]) for each in page.select("input[name=where][checked]")}
    assert ticked == {"community", "units", "lifts"}
    assert len(page.select(".poster")) == 1 + 3 + 2
    unticked = read(browser(hands.person("manager")).get("/posters?community=YGL&size=a4"))
    assert not unticked.select("input[name=where][checked]")
