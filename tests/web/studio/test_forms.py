"""The forms of a draft: listed, made, edited field by field, previewed, and never overwritten by somebody else."""

import json
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.core.store import Store
from engine.processes import process_drafts, versions
from tests.engine.scenarios.errand import DIAGRAM, files
from tests.web.conftest import Company
from tests.web.processes.test_processes import Browser, soup, words

pytestmark = pytest.mark.slow

FORMS = "/studio/errand/forms"
JUDGE = f"{FORMS}/judge"
PATH = "forms/errand/judge.json"
FORM: dict[str, Any] = {
    "title": {"zh": "急不急", "en": "Urgent?"},
    "components": [
        {
            "type": "radio",
            "key": "kind",
            "label": {"zh": "哪种事", "en": "What is it?"},
            "values": [
                {"value": "parcel", "label": {"zh": "取件", "en": "A parcel"}},
                {"value": "other", "label": {"zh": "别的", "en": "Something else"}},
            ],
        },
        {"type": "checkbox", "key": "urgent", "label": {"zh": "急", "en": "Urgent"}, "madeBy": {"tool": 7}},
        {"type": "text", "key": "where", "label": {"zh": "去哪里"}, "shownIf": '=kind = "other"'},
        {"type": "map", "key": "spot"},
    ],
}
WRITTEN = (json.dumps(FORM, ensure_ascii=False, indent=2) + "\n").encode()
SECOND = {"title": "去", "components": [{"type": "text", "key": "note_1", "label": "备注", "shownIf": "=urgent"}]}


@pytest.fixture
def owner(browser: Browser, company: Company, store: Store) -> FlaskClient:
    """The process owner's browser, with a draft of the errand and its two forms."""
    with store.transaction() as session:
        found = {**files(), PATH: WRITTEN, "forms/errand/go.json": json.dumps(SECOND).encode()}
        versions.store(session, "errand", found, note="第一版")
    client = browser(company.people["process_owner"])
    client.post("/studio/errand/begin")
    return client


class Draft:
    """The files of the draft as they are kept."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def read(self, path: str = PATH) -> bytes:
        with self.store.reading() as session:
            draft = process_drafts.find(session, "errand")
            assert draft
            return process_drafts.file(session, draft, path).content

    def form(self, path: str = PATH) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.read(path))
        return found

    @property
    def fields(self) -> list[Any]:
        found: list[Any] = self.form()["components"]
        return found


@pytest.fixture
def draft(owner: FlaskClient, store: Store) -> Draft:
    """The draft that the owner has begun."""
    return Draft(store)


def seen(owner: FlaskClient, address: str = JUDGE) -> str:
    """The revision that the page was shown at."""
    status = soup(owner.get(address)).select_one("#form-status")
    assert isinstance(status, Tag)
    return str(status["data-seen"])


def do(owner: FlaskClient, act: str, **typed: Any) -> TestResponse:
    given = {name.replace("__", "."): value for name, value in typed.items()}
    return owner.post(f"{JUDGE}/{act}", data={"seen": seen(owner), **given}, follow_redirects=True)


def test_the_forms_are_listed_with_the_steps_that_show_them(owner: FlaskClient) -> None:
    page = words(owner.get(FORMS))
    assert "急不急 judge 4 个字段 · 用在：看急不急" in page
    assert "还没有步骤用它" in page


def test_one_changed_property_changes_nothing_else_in_the_file(owner: FlaskClient, draft: Draft) -> None:
    do(owner, "field", at="1", label__zh="很急", label__en="Urgent", validate__required=["", "true"])
    expected = json.loads(WRITTEN)
    expected["components"][1]["label"]["zh"] = "很急"
    expected["components"][1]["validate"] = {"required": True}
    assert draft.read() == (json.dumps(expected, ensure_ascii=False, indent=2) + "\n").encode()


def test_a_field_is_added_moved_copied_and_removed(owner: FlaskClient, draft: Draft) -> None:
    page = do(owner, "add", kind="filepicker", at="0")
    assert "2. 照片和文件" in words(page)
    assert draft.fields[1]["key"] == "field_1"
    do(owner, "move", at="1", to="3")
    assert [each["key"] for each in draft.fields] == ["kind", "urgent", "where", "field_1", "spot"]
    do(owner, "add", kind="copy", at="0")
    assert draft.fields[1] == {**FORM["components"][0], "key": "kind_1"}
    do(owner, "remove", at="1")
    do(owner, "remove", at="3")
    assert draft.read() == WRITTEN


def test_a_field_goes_into_a_group_and_out_of_it(owner: FlaskClient, draft: Draft) -> None:
    do(owner, "add", kind="dynamiclist")
    do(owner, "move", at="2", to="3.1")
    assert [each["key"] for each in draft.fields[3]["components"]] == ["item", "where"]
    do(owner, "add", kind="number", group="3")
    assert draft.fields[3]["components"][2]["key"] == "item_1"
    do(owner, "move", at="3.1", to="2")
    assert draft.fields[2]["key"] == "where"


def test_a_condition_is_chosen_as_a_sentence_and_read_back(owner: FlaskClient, draft: Draft) -> None:
    rows = {"when.field": ["urgent", "kind"], "when.relation": ["", "="], "when.value": ["", "never offered"]}
    page = do(owner, "condition", at="2", **{"when.joined": "or"}, **rows)
    assert draft.fields[2]["shownIf"] == '=urgent or kind = "parcel"'
    assert "“急”已打勾，或者“哪种事”为“取件”" in words(page)
    do(owner, "condition", at="2", **{"when.field": ["", ""], "when.relation": ["", ""], "when.value": ["", ""]})
    assert "shownIf" not in draft.fields[2]


def test_a_broken_form_is_kept_and_says_at_its_field_what_is_wrong(owner: FlaskClient, draft: Draft) -> None:
    page = do(owner, "field", at="2", validate__maxLength="很多")
    assert draft.fields[2]["validate"] == {"maxLength": "很多"}
    problems = soup(page).select_one("#field-problems")
    assert problems
    assert "最多几个字：这里应是不小于 0 的整数" in problems.text
    assert "没有“map”这种字段" in words(owner.get(f"{JUDGE}?field=3"))
    assert "3 处要改才能发布" in words(page)


def test_a_field_of_another_tool_is_rewritten_on_request(owner: FlaskClient, draft: Draft) -> None:
    assert "照这里的写法改，去掉 madeBy" in words(owner.get(f"{JUDGE}?field=1"))
    assert "这个字段是别的工具写的" not in words(do(owner, "translate", at="1"))
    assert draft.fields[1] == {"type": "checkbox", "key": "urgent", "label": {"zh": "急", "en": "Urgent"}}


def test_a_whole_form_of_another_tool_can_be_published_once_it_is_rewritten(owner: FlaskClient, draft: Draft) -> None:
    theirs = {
        "type": "default", "id": "Form_1", "executionPlatformVersion": "8.8.0", "schemaVersion": 19,
        "components": [
            {"type": "text", "text": "# 先看这里", "id": "Field_1", "layout": {"row": "Row_1", "columns": None}},
            {"type": "textfield", "key": "place", "label": "地点", "id": "Field_2", "disabled": False},
        ],
    }  # fmt: skip
    do(owner, "restore", content=json.dumps(theirs, indent=2))
    assert "照这里的写法改，去掉 executionPlatformVersion、disabled" in words(owner.get(JUDGE))
    page = words(do(owner, "translate"))
    assert "要改才能发布" not in page
    assert "先看这里" in words(owner.get(f"{JUDGE}/preview"))


def test_a_file_that_is_no_form_can_be_mended_as_text(owner: FlaskClient, draft: Draft) -> None:
    do(owner, "restore", content="{不是")
    page = owner.get(JUDGE)
    assert "这个文件读不出来" in words(page)
    revision = soup(page).select_one("main [name=seen]")
    assert revision
    text = WRITTEN.decode().replace("\n", "\r\n")
    owner.post(f"{JUDGE}/restore", data={"seen": revision["value"], "content": text})
    assert draft.read() == WRITTEN


def test_a_renamed_key_is_followed_in_forms_and_said_where_it_is_not(owner: FlaskClient, draft: Draft) -> None:
    page = words(owner.get(f"{JUDGE}?field=1"))
    assert "有 3 处读这个答案" in page
    assert "流程图里的“急？" in page
    assert "场景里的“urgent”" in page
    do(owner, "rename", at="1", key="pressing", others="yes")
    assert draft.fields[1]["key"] == "pressing"
    assert draft.form("forms/errand/go.json")["components"][0]["shownIf"] == "=pressing"
    assert draft.read("bpmn/errand/errand.bpmn") == DIAGRAM.encode()
    do(owner, "rename", at="0", key="sort")
    assert draft.fields[2]["shownIf"] == '=sort = "other"'


@pytest.mark.parametrize("key", ["sort", "1a", "_a", "a b", ""])
def test_a_key_that_cannot_be_used_is_refused_with_an_example(owner: FlaskClient, draft: Draft, key: str) -> None:
    do(owner, "rename", at="0", key="sort")
    before = draft.read()
    headers = {"HX-Request": "true"}
    answer = owner.post(f"{JUDGE}/rename", data={"seen": seen(owner), "at": "1", "key": key}, headers=headers)
    assert answer.status_code == 422
    assert "编号" in words(answer)
    assert draft.read() == before


def test_the_second_tab_is_told_and_overwrites_nothing(owner: FlaskClient, draft: Draft) -> None:
    old = seen(owner)
    do(owner, "field", at="1", label__zh="先改的")
    for act, typed in (("field", {"label.zh": "后改的"}), ("remove", {}), ("restore", {"content": "{}"})):
        late = owner.post(f"{JUDGE}/{act}", data={"seen": old, "at": "1", **typed}, headers={"HX-Request": "true"})
        assert (late.status_code, late.headers["HX-Reswap"]) == (409, "none")
        assert "刚才改过这个文件" in words(late)
        assert f'data-seen="{old}"' in late.text
    assert draft.fields[1]["label"]["zh"] == "先改的"


def test_forms_are_made_copied_deleted_and_put_back(owner: FlaskClient, draft: Draft) -> None:
    assert "请填写标题" in words(owner.post(FORMS, data={"key": "x"}))
    assert "已经有这个编号" in words(owner.post(FORMS, data={"key": "judge", "title": "x"}))
    made = owner.post(FORMS, data={"title": "现场拍照", "title_en": "Photo", "key": "site_photo"})
    assert made.location == f"{FORMS}/site_photo"
    begun = owner.get(made.location)
    assert "还没有问题：用“加一个字段”，选第一个要问什么。" in words(begun)
    assert not soup(begun).select(".field-error, .chip-late")
    assert owner.post(FORMS, data={"copy_of": "judge"}).location == f"{FORMS}/judge_2"
    assert draft.read("forms/errand/judge_2.json") == WRITTEN
    asked = soup(owner.get(FORMS)).select_one(f'form[action="{JUDGE}/delete"]')
    assert asked
    assert "1 个步骤在用这个表单：看急不急" in str(asked["data-ask"])
    gone = owner.post(f"{JUDGE}/delete", data={"seen": asked.select_one("[name=seen]")["value"]})  # type: ignore[index]
    assert "步骤“看急不急”要用表单 judge" in words(gone)
    undo = soup(gone).select_one(f'form[action="{JUDGE}/restore"]')
    assert undo
    owner.post(f"{JUDGE}/restore", data={each["name"]: each["value"] for each in undo.select("input")})
    assert draft.read() == WRITTEN


def preview(owner: FlaskClient, query: str = "") -> BeautifulSoup:
    answer = owner.get(f"{JUDGE}/preview{query}")
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    return soup(answer)


def test_the_preview_is_the_real_form_in_both_languages(owner: FlaskClient) -> None:
    shown = preview(owner)
    assert "2 个字段还有错，这里没有显示" in shown.text
    assert [each["data-key"] for each in shown.select("[data-fields] > [data-key]")] == ["kind", "where"]
    assert json.loads(str(shown.select("[data-key=where]")[0]["data-shown-if"])) == [
        "=", ["field", "kind"], ["value", "other"]
    ]  # fmt: skip
    assert "What is it?" in preview(owner, "?lang=en").text


def test_the_preview_says_what_somebody_would_be_told(owner: FlaskClient) -> None:
    do(owner, "field", at="0", validate__required=["", "true"])
    assert "请选择：哪种事" in words(owner.post(f"{JUDGE}/preview", data={}))
    assert "这样填可以提交" in words(owner.post(f"{JUDGE}/preview", data={"kind": "other"}))


def test_who_may_not_draft_sees_no_form(owner: FlaskClient, browser: Browser, company: Company) -> None:
    manager = browser(company.people["project_manager"])
    for address in (FORMS, JUDGE, f"{JUDGE}/preview"):
        assert manager.get(address).status_code == 403
    for act in ("field", "condition", "add", "move", "remove", "rename", "translate", "restore", "delete", "preview"):
        assert manager.post(f"{JUDGE}/{act}", data={"seen": "1"}).status_code == 403
    assert manager.post(FORMS, data={"title": "x", "key": "x"}).status_code == 403


@pytest.mark.parametrize("at", ["9", "0.0", "x", "1.2.3", "-1", "0.9"])
def test_a_place_that_is_not_there_is_not_found(owner: FlaskClient, at: str) -> None:
    assert owner.post(f"{JUDGE}/remove", data={"seen": seen(owner), "at": at}).status_code == 404
