"""Files of any tool in a draft: taken in, judged, mended once it was looked at, undone, and taken out as a zip."""

import io
import zipfile

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.core.store import Store
from engine.processes import process_drafts, process_files, versions
from tests.engine.scenarios.errand import DIAGRAM, files
from tests.web.conftest import Company
from tests.web.processes.test_processes import Browser, soup, words, zipped

pytestmark = pytest.mark.slow

PATH = "bpmn/errand/errand.bpmn"
FOREIGN = (
    DIAGRAM.replace('id="errand"', 'id="Process_1"')
    .replace("=urgent<", "${urgent}<")
    .replace('camunda:candidateGroups="engineering"', "")
    .encode()
)
"""What another tool might have drawn: an expression in its own language, and a step that nobody does."""

XXE = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><definitions>&x;</definitions>'
LAUGHS = b'<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "' + b"&a;" * 1000 + b'">]><definitions>&b;</definitions>'


@pytest.fixture
def owner(browser: Browser, company: Company, store: Store) -> FlaskClient:
    """The process owner's browser; the errand is published."""
    with store.transaction() as session:
        versions.store(session, "errand", files(), note="第一版")
    return browser(company.people["process_owner"])


def bring(owner: FlaskClient, *given: tuple[str, bytes], **more: str) -> TestResponse:
    sent = [(io.BytesIO(content), name) for name, content in given]
    return owner.post("/studio/import", data={"files": sent, **more}, content_type="multipart/form-data")


def drafted(store: Store, process: str = "errand") -> dict[str, bytes]:
    with store.reading() as session:
        draft = process_drafts.find(session, process)
        return process_drafts.files_of(session, draft) if draft else {}


def undo_of(page: TestResponse) -> str:
    form = BeautifulSoup(page.text, "html.parser").select_one(".studio-undo")
    assert form
    return str(form["action"])


def test_a_foreign_diagram_becomes_a_draft_with_a_verdict_and_is_mended_on_request(
    owner: FlaskClient, store: Store
) -> None:
    page = owner.get(bring(owner, ("their.bpmn20.xml", FOREIGN), new_id="key_loan").location)
    assert "their.bpmn ▲ 要修改" in words(page)
    assert "--repair" not in words(page)
    path = "bpmn/key_loan/their.bpmn"
    assert b'id="key_loan"' in drafted(store, "key_loan")[path]

    preview = owner.get(f"/studio/key_loan/mend?file={path}&how=repair")
    assert "会改这些" in words(preview)
    assert b"${urgent}" in drafted(store, "key_loan")[path]
    sent = {each["name"]: each["value"] for each in soup(preview).select("form[action$='/mend'] input[name]")}
    page = owner.post("/studio/key_loan/mend", data=sent, follow_redirects=True)
    assert b"${urgent}<" not in drafted(store, "key_loan")[path]
    owner.post(undo_of(page))
    assert b"${urgent}" in drafted(store, "key_loan")[path]

    sketch = owner.get(f"/studio/key_loan/mend?file={path}&how=sketch")
    assert "不能发布" in words(sketch)
    assert owner.get(f"/studio/key_loan/mended?file={path}&how=sketch").status_code == 200


def test_an_import_is_undone_as_one_and_overwrites_nothing_that_came_later(owner: FlaskClient, store: Store) -> None:
    owner.post("/studio/errand/begin")
    changed = DIAGRAM.replace("跑腿", "帮忙跑腿").encode()
    page = owner.get(bring(owner, ("errand.bpmn", changed), ("more.json", b'{"components": []}')).location)
    assert drafted(store)[PATH] == changed
    assert "forms/errand/more.json" in drafted(store)
    undo = undo_of(page)
    owner.post(undo)
    assert drafted(store) == files()

    page = owner.get(bring(owner, ("errand.bpmn", changed)).location)
    seen = owner.get(f"/studio/errand/files/{PATH}").headers["X-Seen"]
    owner.post(f"/studio/errand/files/{PATH}", data=b"<later/>", headers={"X-Seen": seen})
    assert "没有撤销" in words(owner.post(undo_of(page), follow_redirects=True))
    assert drafted(store)[PATH] == b"<later/>"


def test_what_was_taken_out_and_comes_back_changes_nothing(owner: FlaskClient, store: Store) -> None:
    packed = owner.get("/processes/errand/1/all.zip").data
    assert "和现用的第 1 版完全相同" in words(owner.get(bring(owner, ("errand.zip", packed), whole="yes").location))
    assert not drafted(store)
    owner.post("/studio/errand/begin")
    owner.post(f"/studio/errand/files/{PATH}", data=DIAGRAM.replace("跑腿", "x").encode(), headers={"X-Seen": "1"})
    packed = owner.get("/studio/errand/all.zip").data
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert set(archive.namelist()) == set(files())
    assert "和草稿里的完全相同" in words(owner.get(bring(owner, ("errand.zip", packed), whole="yes").location))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.zip", zipped({"bpmn/errand/x.bpmn": b" " * 30_001}), "超过 2 MB"),
        ("x.zip", b"PK\x03\x04broken", "打不开"),
        ("x.exe", b"MZ", "没有找到可用的文件"),
        ("x.xml", XXE, "没有找到可用的文件"),
    ],
)
def test_what_cannot_be_taken_in_is_said_and_nothing_is_drafted(
    owner: FlaskClient, store: Store, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, said: str
) -> None:
    monkeypatch.setattr(process_files, "LARGEST_FILE", 30_000)
    page = bring(owner, (name, content), process="errand")
    assert page.status_code == 422
    assert said in words(page)
    assert not drafted(store)


@pytest.mark.parametrize("content", [XXE, LAUGHS, b"<not", b"", "中文".encode("gbk")])
def test_a_hostile_or_broken_file_gets_a_sentence(owner: FlaskClient, content: bytes) -> None:
    page = owner.get(bring(owner, ("x.bpmn", content), process="errand").location)
    assert "不是流程图或规则表 下载 无法读取这个文件" in words(page)
    assert "root:" not in page.text
    preview = owner.get("/studio/errand/mend?file=bpmn/errand/x.bpmn&how=repair")
    assert preview.status_code == 200


def test_nobody_else_takes_files_in_or_out(owner: FlaskClient, browser: Browser, company: Company) -> None:
    owner.post("/studio/errand/begin")
    manager = browser(company.people["project_manager"])
    assert bring(manager, ("errand.bpmn", FOREIGN)).status_code == 403
    assert manager.get("/studio/errand/all.zip").status_code == 403
    assert manager.get("/studio/errand/check").status_code == 403
    assert manager.post("/studio/errand/changes/1/undo").status_code == 403
    assert owner.post("/studio/errand/changes/1/undo").status_code == 404
