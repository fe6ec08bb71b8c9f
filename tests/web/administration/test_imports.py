"""The import page, as an administrator uses it."""

import io
import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from engine import complaints, jobs, letters
from engine.company import people, permissions, places
from engine.company.people import Person
from engine.complaints.core.complaint import Complaint
from engine.complaints.homes.households import Household
from engine.core import clock, secret_links
from engine.core.errors import Invalid
from engine.core.settings import Settings
from engine.core.store import Store
from engine.importing import Import, keeping, meanings
from engine.letters import Letter
from tests.web.conftest import Company

pytestmark = pytest.mark.slow

Browser = Callable[[Person | None], FlaskClient]
OLD = "编号,什么时候,投诉内容\r\n1,2024-05-06,灯坏了\r\n2,不记得,门坏了\r\n".encode("gb18030")


@pytest.fixture
def admin(company: Company, browser: Browser, store: Store) -> FlaskClient:
    with store.transaction() as session:
        complaints.seed(session)
    return browser(company.people["administrator"])


def bring(client: FlaskClient, content: bytes, name: str = "旧台账.csv", kind: str = "complaints") -> TestResponse:
    return client.post("/imports", data={"kind": kind, "file": (io.BytesIO(content), name)}, follow_redirects=True)


def soup(answer: TestResponse) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "html.parser")


def words(answer: TestResponse) -> str:
    return " ".join(soup(answer).get_text().split())


def count(store: Store, kind: type[Complaint] | type[Household]) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


def test_a_file_is_looked_through_put_right_and_read_in(admin: FlaskClient, store: Store, settings: Settings) -> None:
    page = bring(admin, OLD)
    assert page.request.path == "/imports/1"
    assert "没有认出这些必需的列：投诉时间" in words(page)
    assert count(store, Complaint) == 0
    page = admin.post(
        "/imports/1", data={"column0": "reference", "column1": "received", "column2": "text"}, follow_redirects=True
    )
    assert "读取 2 行，导入 1（已过去的 1），重复 0，已有 0，未导入 1" in words(page)
    assert "“不记得”不是日期" in words(page)
    assert count(store, Complaint) == 0
    page = admin.post("/imports/1/run", follow_redirects=True)
    assert "正在导入" in words(page)
    assert jobs.run_next(store, settings)
    page = admin.get("/imports/1")
    assert "导入 1（已过去的 1）" in words(page)
    refused = admin.get("/imports/1/refused")
    assert (
        "旧台账.refused.csv" in refused.headers["Content-Disposition"]
        or "filename*" in refused.headers["Content-Disposition"]
    )
    assert "不记得" in refused.get_data().decode("utf-8-sig")
    assert count(store, Complaint) == 1
    # The next file with these columns reuses the choices, and its rows already exist.
    assert "导入 0" in words(bring(admin, OLD))
    assert "导入 1（已过去的 1）" in words(admin.get("/imports"))
    assert admin.post("/imports/1/run").status_code == 409


def test_two_columns_cannot_be_the_same(admin: FlaskClient) -> None:
    bring(admin, OLD)
    page = admin.post("/imports/1", data={"column0": "text", "column1": "received", "column2": "text"})
    assert page.status_code == 422
    assert soup(page).select_one("#column2[aria-invalid=true]")
    assert soup(page).select_one("#column0 option[selected]")["value"] == "text"  # type: ignore[index]


def test_what_is_no_table_is_said_at_the_field(admin: FlaskClient) -> None:
    page = bring(admin, b"\x00\x01\x02" * 40, "x.bin")
    assert page.status_code == 422
    assert "不是表格" in words(page)
    assert "请选择文件" in words(admin.post("/imports", data={"kind": "complaints"}))
    assert bring(admin, OLD, kind="nonsense").status_code == 422


def test_households_for_a_new_community(admin: FlaskClient, store: Store, settings: Settings, company: Company) -> None:
    empty = admin.get("/imports/templates/households")
    book = load_workbook(io.BytesIO(empty.get_data()))
    sheet = book.active
    for number in range(1, 41):
        sheet.append([None, "3", "1", f"{number:03d}", None, f"业主{number}", f"1380000{number:04d}"])
    filled = io.BytesIO()
    book.save(filled)
    assert "未导入 40" in words(bring(admin, filled.getvalue(), "住户.xlsx", "households"))
    with store.reading() as session:
        head = keeping.unopened(session, session.get_one(Import, 1), company.people["administrator"]).open()
    said = {f"column{at}": code for code, at in head.columns.items()}
    page = admin.post("/imports/1", data={**said, "community": str(company.community.id)}, follow_redirects=True)
    assert "新增 40" in words(page)
    admin.post("/imports/1/run")
    jobs.run_next(store, settings)
    assert count(store, Household) == 40


def test_new_people_get_links_that_only_who_asked_downloads(
    admin: FlaskClient, store: Store, settings: Settings, company: Company, browser: Browser
) -> None:
    rows = "姓名,手机,岗位,小区,部门\r\n王伟,13811110001,经办,阳光里,工程\r\n"
    bring(admin, rows.encode(), "人员.csv", "people")
    admin.post("/imports/1/run")
    jobs.run_next(store, settings)
    page = BeautifulSoup(admin.get("/imports/1").text, "html.parser")
    link = next(a["href"] for a in page.select("a[download]") if "jobs" in a["href"])
    with admin.get(str(link)) as answer:
        made = load_workbook(io.BytesIO(answer.get_data())).active
    name, login, _phone, address = (cell.value for cell in made[2])
    assert (name, login) == ("王伟", "13811110001")
    with browser(None) as somebody:
        assert "王伟" in somebody.get(urlsplit(str(address)).path).text
    assert browser(company.people["process_owner"]).get(str(link)).status_code == 404
    assert browser(company.people["process_owner"]).get("/imports/1").status_code == 403


def test_large_files_are_looked_through_by_a_worker(
    admin: FlaskClient, store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "AT_ONCE", 1)
    page = bring(admin, b"id,received,text\r\n1,2024-05-06,a light is out\r\n2,2024-05-07,a door\r\n")
    assert "正在检查" in words(page)
    assert jobs.run_next(store, settings)
    assert "导入 2（已过去的 2）" in words(admin.get("/imports/1"))
    assert "已放弃" in words(admin.post("/imports/1/discard", follow_redirects=True))
    assert admin.get("/imports/1").status_code == 404


def test_files_are_not_kept_for_ever(admin: FlaskClient, store: Store) -> None:
    bring(admin, OLD)
    with clock.at(clock.now() + keeping.KEPT_FOR * 2):
        bring(admin, OLD)
    with store.reading() as session:
        assert session.scalar(select(Import.content).where(Import.id == 1)) is None
    assert "不再保留" in words(admin.get("/imports/1"))


def test_past_complaints_are_shown_without_a_case(
    admin: FlaskClient, store: Store, settings: Settings, company: Company, browser: Browser
) -> None:
    bring(admin, "编号,时间,投诉内容,小区,结果\r\n老-1,2024-05-06,楼下很吵,阳光里,已解决\r\n".encode())
    admin.post("/imports/1/run")
    jobs.run_next(store, settings)
    manager = browser(company.people["project_manager"])
    page = words(manager.get("/complaints/1"))
    assert "楼下很吵" in page
    assert "老-1" in page
    assert "已解决" in page
    assert "YGL-240506-0001" in words(manager.get("/complaints?q=很吵"))
    assert "YGL-240506-0001" not in words(manager.get("/complaints?state=open"))


def test_homes_without_a_community_are_those_of_the_only_one(
    admin: FlaskClient, store: Store, company: Company
) -> None:
    with store.transaction() as session:
        places.retire(session, session.merge(company.other_community))
    page = words(bring(admin, "楼栋,房号\n3,501\n4,\n5,\n".encode(), "和悦园.csv", "households"))
    assert "新增 1" in page
    assert "没有写房号。" in page
    assert page.count("没有写房号。") == 1  # one reason, two rows
    assert "3、4" in page


@pytest.mark.fault(29)
def test_addresses_are_shown_words_explained_and_the_import_undone(
    admin: FlaskClient, store: Store, settings: Settings, company: Company
) -> None:
    page = bring(admin, "小区,楼栋,房号\n阳光里一期,3#楼,3栋2单元0501\n合计,,1户\n".encode(), "住户.csv", "households")
    assert "小区 · 阳光里一期" in words(page)
    assert "未导入 1" in words(page)
    said = {"column0": "community", "column1": "building", "column2": "room"}
    meant = {"word0": "community:阳光里一期", "means0": company.community.code}
    assert (
        admin.post("/imports/1", data={**said, "word0": "community:阳光里一期", "means0": "nowhere"}).status_code == 422
    )
    page = admin.post("/imports/1", data={**said, **meant}, follow_redirects=True)
    shown = [[cell.get_text() for cell in row.select("td")] for row in soup(page).select(".import-addresses tbody tr")]
    assert shown == [["2", "3#楼 | 3栋2单元0501", "阳光里 3栋2单元0501", "写法不同"]]
    admin.post("/imports/1/run")
    jobs.run_next(store, settings)
    assert count(store, Household) == 1
    page = admin.get("/imports/1")
    assert "没有用到的新住户删除：1 户" in words(page)
    assert soup(page).select_one("form[action$=undo][data-ask]")
    assert "已撤销这次导入" in words(admin.post("/imports/1/undo", follow_redirects=True))
    assert count(store, Household) == 0
    assert "已撤销" in words(admin.get("/imports"))
    assert admin.post("/imports/1/undo").status_code == 409
    # The next file, with other columns, uses what the word means.
    assert "新增 1" in words(bring(admin, "楼栋,所属小区,房号\n4,阳光里一期,101\n".encode(), "又.csv", "households"))


@pytest.mark.fault(29)
def test_a_retired_home_is_asked_about_on_the_page(
    admin: FlaskClient, store: Store, settings: Settings, company: Company
) -> None:
    with store.transaction() as session:
        home = Household(
            community_id=company.community.id, building="3", room="501", label="3栋501", retired_at=clock.now()
        )
        session.add(home)
    page = bring(admin, "小区,楼栋,房号\n阳光里,三栋,0501\n".encode(), "住户.csv", "households")
    assert "文件里有 1 户已经停用" in words(page)
    said = {"column0": "community", "column1": "building", "column2": "room", "return_retired": "yes"}
    assert "恢复使用 1" in words(admin.post("/imports/1", data=said, follow_redirects=True))
    admin.post("/imports/1/run")
    jobs.run_next(store, settings)
    with store.reading() as session:
        assert session.scalars(select(Household)).one().retired_at is None


@pytest.mark.fault(29)
def test_invitations_go_by_mail_to_those_with_an_address(
    admin: FlaskClient, store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secret_links._door, "public_url", "https://care.example.test")
    rows = "姓名,手机,邮箱,岗位,小区,部门\n王伟,13811110001,wang@example.test,水电工,公司,工程\n李娜,13811110002,,客服专员,阳光里,\n"
    bring(admin, rows.encode(), "人员.csv", "people")
    said = {f"column{at}": name for at, name in enumerate(("name", "phone", "mail", "role", "community", "department"))}
    meant = {"word0": "role:水电工", "means0": "headquarters", "word1": "role:客服专员", "means1": "agent"}
    page = admin.post("/imports/1", data={**said, **meant, "mail_links": "yes"}, follow_redirects=True)
    assert "新增 2" in words(page)
    admin.post("/imports/1/run")
    jobs.run_next(store, settings)
    way = Kept()
    letters.send_due(store, [way])
    (letter,) = [each for each in way.sent if each.template == "invitation"]
    assert letter.to.mail == "wang@example.test"
    found = re.search(r"https://care\.example\.test/password/(\S+)", letter.text)
    assert found
    with store.reading() as session:
        assert people.whose_link(session, found[1]).name == "王伟"
        assert session.scalars(select(Letter.facts).where(Letter.template == "invitation")).one() == {}


class Kept:
    """A way out that keeps what it is given."""

    name = "kept"

    def __init__(self) -> None:
        self.sent: list[letters.Outgoing] = []

    def reaches(self, to: letters.Recipient) -> bool:
        return bool(to.mail)

    def send(self, given: list[letters.Outgoing]) -> dict[str, str]:
        self.sent += given
        return {}


@pytest.mark.fault(30)
def test_columns_that_were_not_used_are_named_on_the_page(admin: FlaskClient) -> None:
    page = words(bring(admin, "编号,投诉时间,投诉内容,经办人手记,是否办结\n1,2026-03-01,灯坏了,x,是\n".encode()))
    assert "没有用到的列：经办人手记。" in page
    assert "已过去的 1" in page


@pytest.mark.fault(29)
def test_a_word_can_only_mean_what_one_may_see(store: Store, company: Company) -> None:
    with store.reading() as session:
        reach = permissions.reach(session, company.people["project_manager"], "complaint.see")
        offered = meanings.options(session, "people", "community", reach)
        assert [name for _, name, _ in offered] == ["阳光里"]
        with pytest.raises(Invalid):
            meanings.require(session, "people", {("community", "西区"): company.other_community.code}, reach)
