"""The processes pages: published versions can be read; uploads are checked, and published only when confirmed."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.casework import cases
from engine.company.people import Person
from engine.core import clock
from engine.core.errors import Unclear
from engine.core.store import Store
from engine.processes import process_files, uploads, versions
from tests.web.conftest import Company

pytestmark = pytest.mark.slow

SAMPLES = Path(__file__).parent / "diagrams"
REPAIR = (SAMPLES / "repair.bpmn").read_bytes()
FILES = {
    "bpmn/repair/repair.bpmn": REPAIR,
    "bpmn/repair/supervision.bpmn": (SAMPLES / "supervision.bpmn").read_bytes(),
    "bpmn/repair/haste.dmn": (SAMPLES / "haste.dmn").read_bytes(),
    "forms/repair/judge.json": (SAMPLES / "judge.json").read_bytes(),
}
Browser = Callable[[Person | None], FlaskClient]


@pytest.fixture
def published(store: Store, company: Company) -> None:
    """The sample process as version 1."""
    with store.transaction() as session:
        versions.store(session, "repair", FILES, by_id=company.people["process_owner"].id, note="第一版")


@pytest.fixture
def owner(browser: Browser, company: Company) -> FlaskClient:
    """The process owner's browser."""
    return browser(company.people["process_owner"])


def soup(answer: TestResponse) -> BeautifulSoup:
    return BeautifulSoup(answer.data, "html.parser")


def words(answer: TestResponse) -> str:
    return " ".join(soup(answer).get_text(" ").split())


def bring(client: FlaskClient, *files: tuple[str, bytes], **more: str) -> TestResponse:
    given = [(io.BytesIO(content), name) for name, content in files]
    return client.post("/processes/upload", data={"files": given, **more}, content_type="multipart/form-data")


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def numbers(store: Store) -> list[int]:
    with store.reading() as session:
        newest = versions.latest(session, "repair")
    return [newest.number] if newest else []


# ---- reading ---------------------------------------------------------------------------------------------------------


def test_the_list_says_who_published_what_and_how_many_cases_run_on_it(
    store: Store, company: Company, published: None, owner: FlaskClient
) -> None:
    with store.transaction() as session:
        for key in ("R-1", "R-2"):
            cases.start(session, "repair", {}, business_key=key, place_id=company.community.id)
    row = soup(owner.get("/processes")).select_one("tbody tr")
    assert row is not None
    cells = [" ".join(cell.get_text(" ").split()) for cell in row.select("td")]
    assert cells[0] == "报修 repair"
    assert "第 1 版" in cells[1]
    assert "本区流程负责人 第一版" in cells[1]
    assert cells[3:] == ["2", "2"]


@pytest.mark.usefixtures("published")
def test_a_version_shows_its_diagrams_tables_and_forms(owner: FlaskClient) -> None:
    page = soup(owner.get("/processes/repair/1"))
    assert {section["data-xml"] for section in page.select("[data-diagram]")} == {
        "/processes/repair/1/files/bpmn/repair/repair.bpmn",
        "/processes/repair/1/files/bpmn/repair/supervision.bpmn",
    }
    table = page.select_one("table.decision")
    assert table is not None
    assert [cell.get_text(strip=True) for cell in table.select("tbody tr:first-child td")] == [
        "1",
        '"lift"',
        "true",
        "电梯可能困人",
    ]
    form = page.select_one("details.form-shown")
    assert form is not None
    assert "判断是否急修" in form.get_text()
    assert "urgent" in form.get_text()


@pytest.mark.usefixtures("published")
def test_a_form_can_be_seen_as_it_is_filled_in(owner: FlaskClient) -> None:
    link = soup(owner.get("/processes/repair/1")).select_one("details.form-shown a")
    assert link is not None
    page = soup(owner.get(str(link["href"])))
    assert page.select_one("input[name=urgent][type=checkbox]") is not None
    assert owner.get("/processes/repair/1/forms/nothing").status_code == 404


@pytest.mark.usefixtures("published")
def test_the_diagram_can_be_read_in_words_in_the_order_of_the_flow(owner: FlaskClient) -> None:
    steps = soup(owner.get("/processes/repair/1?lang=en")).select_one(".diagram-steps")
    assert steps is not None
    names = [button.get_text(strip=True) for button in steps.select("button")]
    assert names[:4] == ["Reported", "Judge urgency", "Urgent?", "Go there"]
    assert "Service desk → Urgent?" in " ".join(steps.get_text(" ").split())


@pytest.mark.usefixtures("published")
def test_only_pages_that_draw_loosen_the_policy_and_files_come_as_attachments(owner: FlaskClient) -> None:
    assert "style-src-attr 'unsafe-inline'" in owner.get("/processes/repair/1").headers["Content-Security-Policy"]
    assert "unsafe-inline" not in owner.get("/processes").headers["Content-Security-Policy"]
    file = owner.get("/processes/repair/1/files/bpmn/repair/repair.bpmn")
    assert file.data == REPAIR
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert owner.get("/processes/repair/1/files/bpmn/repair/../../etc/passwd").status_code == 404


@pytest.mark.usefixtures("published")
def test_a_downloaded_zip_can_be_brought_back_and_is_the_same(store: Store, owner: FlaskClient) -> None:
    whole = owner.get("/processes/repair/1/all.zip").data
    verdict = words(owner.get(bring(owner, ("repair.zip", whole)).location))
    assert "与现用的第 1 版完全相同" in verdict
    assert "确认发布" not in verdict


def test_what_was_never_published_is_not_found(owner: FlaskClient) -> None:
    for address in ("/processes/repair", "/processes/repair/1", "/processes/repair/1/all.zip", "/processes/uploads/7"):
        assert owner.get(address).status_code == 404


def test_an_empty_list_says_what_to_do(owner: FlaskClient) -> None:
    assert "还没有发布流程" in words(owner.get("/processes"))


# ---- publishing ------------------------------------------------------------------------------------------------------


def test_nothing_is_published_until_it_is_confirmed_and_then_it_is(
    store: Store, owner: FlaskClient, published: None
) -> None:
    changed = REPAIR.replace("到场处理".encode(), "上门处理".encode())
    brought = bring(owner, ("repair.bpmn", changed))
    assert brought.status_code == 303
    page = words(owner.get(brought.location))
    assert "可以发布" in page
    assert "改动 bpmn/repair/repair.bpmn" in page
    assert numbers(store) == [1]
    done = owner.post(f"{brought.location}/publish", data={"note": "改了名称"}, follow_redirects=True)
    assert "已发布：第 2 版" in words(done)
    assert numbers(store) == [2]
    with store.reading() as session:
        newest = versions.latest(session, "repair")
        assert newest is not None
        assert versions.files_of(session, newest.id) == {**FILES, "bpmn/repair/repair.bpmn": changed}
        assert newest.note == "改了名称"
    assert owner.get(brought.location).status_code == 404


@pytest.mark.usefixtures("published")
def test_what_is_wrong_is_said_at_the_element_and_cannot_be_published(store: Store, owner: FlaskClient) -> None:
    wrong = REPAIR.replace(b">=urgent<", b">=urgent and<")
    location = bring(owner, ("repair.bpmn", wrong)).location
    page = owner.get(location)
    assert "还不能发布" in words(page)
    assert "to_go" in words(page)
    marks = soup(page).select("[data-marks]")[-1]
    assert '"to_go": [{"level": "error"' in marks.get_text()
    assert soup(page).select_one("form[action$=publish]") is None
    assert owner.post(f"{location}/publish", data={"note": "试试"}).status_code == 422
    assert numbers(store) == [1]


@pytest.mark.usefixtures("published")
def test_what_is_wrong_in_another_process_does_not_keep_this_one_from_being_published(
    store: Store, owner: FlaskClient
) -> None:
    other = REPAIR.replace(b'id="repair"', b'id="other"').replace(b">=urgent<", b">=urgent and<")
    with store.transaction() as session:
        versions.store(session, "other", {"bpmn/other/other.bpmn": other})
    renamed = REPAIR.replace("修好".encode(), "已修好".encode())
    assert "可以发布" in words(owner.get(bring(owner, ("repair.bpmn", renamed)).location))


def test_a_new_process_is_named_by_its_own_diagram(store: Store, owner: FlaskClient) -> None:
    files = [(Path(path).name, content) for path, content in FILES.items()]
    location = bring(owner, *files).location
    assert "这是一个新流程" in words(owner.get(location))
    unsaid = owner.post(f"{location}/publish", data={"note": " "})
    assert unsaid.status_code == 422
    assert "请写明改了什么、为什么" in words(unsaid)
    assert numbers(store) == []
    owner.post(f"{location}/publish", data={"note": "第一次用"})
    assert "第一次用" in words(owner.get("/processes"))
    with store.reading() as session:
        newest = versions.latest(session, "repair")
        assert newest is not None
        assert set(versions.files_of(session, newest.id)) == set(FILES)


@pytest.mark.usefixtures("published")
def test_files_that_are_not_brought_stay_unless_these_are_all(store: Store, owner: FlaskClient) -> None:
    diagram = REPAIR.replace("修好".encode(), "已修好".encode())
    kept = words(owner.get(bring(owner, ("repair.bpmn", diagram)).location))
    whole = words(owner.get(bring(owner, ("repair.bpmn", diagram), whole="yes").location))
    assert "去掉" not in kept
    assert "去掉 bpmn/repair/haste.dmn" in whole


@pytest.mark.usefixtures("published")
def test_a_table_alone_needs_to_be_told_which_process_it_belongs_to(owner: FlaskClient) -> None:
    table = FILES["bpmn/repair/haste.dmn"].replace(b">false<", b">true<")
    refused = bring(owner, ("haste.dmn", table))
    assert refused.status_code == 422
    assert "请在下面选择" in words(refused)
    assert bring(owner, ("haste.dmn", table), process="repair").status_code == 303


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("notes.txt", b"hello", "没有找到可用的文件"),
        ("x.zip", b"PK\x03\x04 not a zip", "打不开"),
        ("x.zip", zipped({"readme.md": b"", "../../x.txt": b""}), "没有找到可用的文件"),
        ("x.zip", zipped({"bpmn/a/a.bpmn": REPAIR, "bpmn/b/b.bpmn": REPAIR}), "有几个流程"),
        ("x.zip", zipped({"big.bpmn": b" " * 30_001}), "超过 2 MB"),
        ("big.bpmn", b" " * 30_001, "超过 2 MB"),
        ("x.zip", zipped({f"{n}.json": b"{}" for n in range(process_files.MOST_FILES + 1)}), "太多或太大"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(
    owner: FlaskClient, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, said: str
) -> None:
    monkeypatch.setattr(process_files, "LARGEST_FILE", 30_000)
    refused = bring(owner, (name, content))
    assert refused.status_code == 422
    assert said in words(refused)


@pytest.mark.parametrize(
    "diagram",
    [
        b"",
        b"not xml",
        b'<!DOCTYPE x [<!ENTITY a "b">]><definitions/>',
        b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>',
        REPAIR[: len(REPAIR) // 2],
    ],
)
@pytest.mark.usefixtures("published")
def test_a_broken_file_gets_a_verdict_and_no_error_page(store: Store, owner: FlaskClient, diagram: bytes) -> None:
    page = owner.get(bring(owner, ("repair.bpmn", diagram), process="repair").location)
    assert page.status_code == 200
    assert "还不能发布" in words(page)
    assert numbers(store) == [1]


def test_a_zip_from_windows_keeps_its_chinese_names() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xx.json", b"{}")
    renamed = buffer.getvalue().replace(b"xx.json", "表".encode("gb18030") + b".json")
    assert list(uploads.gather([("x.zip", renamed)])) == ["表.json"]


def test_a_process_cannot_be_called_anything() -> None:
    with pytest.raises(Unclear, match="cannot be a process id"):
        uploads.place({"repair.bpmn": REPAIR}, "../x")


# ---- who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("published")
def test_who_may_see_but_not_publish_cannot_bring_anything(browser: Browser, company: Company) -> None:
    reader = browser(company.people["region_quality"])
    assert reader.get("/processes/repair/1").status_code == 200
    assert "上传新版本" not in words(reader.get("/processes"))
    assert bring(reader, ("repair.bpmn", REPAIR)).status_code == 403


@pytest.mark.usefixtures("published")
def test_what_somebody_else_brought_is_not_found(browser: Browser, company: Company, owner: FlaskClient) -> None:
    location = bring(owner, ("repair.bpmn", REPAIR)).location
    other = browser(company.people["administrator"])
    assert other.get(location).status_code in (403, 404)
    assert other.post(f"{location}/publish").status_code in (403, 404)
    assert other.get(f"{location}/files/bpmn/repair/repair.bpmn").status_code in (403, 404)


@pytest.mark.usefixtures("published")
def test_what_is_discarded_or_a_day_old_is_gone(store: Store, owner: FlaskClient) -> None:
    location = bring(owner, ("repair.bpmn", REPAIR)).location
    assert "没有变化" in words(owner.post(f"{location}/discard", follow_redirects=True))
    assert owner.get(location).status_code == 404
    old = bring(owner, ("repair.bpmn", REPAIR)).location
    clock.turn(uploads.KEPT_FOR * 2)
    bring(owner, ("repair.bpmn", REPAIR))
    assert owner.get(old).status_code == 404


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("haste (1).dmn", "bpmn/repair/haste.dmn"),
        ("新的紧急程度表.dmn", "bpmn/repair/haste.dmn"),
        ("repair - 副本.bpmn", "bpmn/repair/repair.bpmn"),
        ("judge (2).json", "forms/repair/judge.json"),
    ],
)
def test_a_file_that_was_renamed_on_its_way_takes_the_place_of_the_one_that_it_replaces(
    published: None, owner: FlaskClient, name: str, path: str
) -> None:
    text = FILES[path] + b"\n"
    judged = owner.get(bring(owner, (name, text), process="repair").location)
    said = words(judged)
    assert f"改动 {path}" in said
    assert "新增" not in said


def test_what_changed_in_a_table_is_said_cell_by_cell(published: None, owner: FlaskClient) -> None:
    old = FILES["bpmn/repair/haste.dmn"]
    new = old.replace(b"<text>false</text>", b"<text>true</text>")
    said = words(owner.get(bring(owner, ("haste.dmn", new), process="repair").location))
    assert "急修判断 第 2 行 急修 否 → 是" in said
    gone = re.sub(rb"<rule id=.rule_lift.*?</rule>", b"", old, count=1, flags=re.DOTALL)
    said = words(owner.get(bring(owner, ("haste.dmn", gone), process="repair").location))
    assert "去掉 急修判断 第 1 行" in said
