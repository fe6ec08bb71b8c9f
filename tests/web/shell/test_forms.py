"""Forms on a page: labelled, errors at the field and in a summary, working without scripts, safe from injection."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask, render_template_string
from werkzeug.datastructures import FileStorage, MultiDict

from engine import forms
from engine.forms import Checked, Choice, Form, Words

PAGE = """{% from "forms/fields.html" import form_fields with context %}{{ form_fields(form, checked, choices) }}"""
DEPARTMENTS = {
    "departments": (
        Choice("engineering", Words("工程", "Engineering")),
        Choice("legal", Words('法"务<b>', 'Le"gal<b>')),
    )
}
SHIPPED = sorted((Path(__file__).parents[3] / "forms").glob("*/*.json"))
YES_NO = [{"value": True, "label": {"zh": "是", "en": "Yes"}}, {"value": False, "label": {"zh": "否", "en": "No"}}]
SCORES = [{"value": number, "label": f"{number} 分"} for number in (1, 2, 5)]


def field(kind: str, key: str, zh: str, **more: object) -> dict[str, object]:
    return {"type": kind, "key": key, "label": {"zh": zh, "en": key.capitalize()}, **more}


FORM = forms.read(
    json.dumps(
        {
            "title": "试",
            "components": [
                {"type": "note", "text": {"zh": "请先确保安全。", "en": "Make safe first."}},
                field("radio", "reached", "联系上了吗", values=YES_NO, validate={"required": True}),
                field("radio", "score", "满意度", values=SCORES, shownIf="=reached"),
                field("textarea", "why", "原因", shownIf="=reached and score <= 2", help="业主原话"),
                field("select", "department", "部门", valuesFrom="departments"),
                field("checklist", "support", "配合部门", valuesFrom="departments"),
                field("number", "cost", "费用", unit="元", decimalDigits=2),
                field("datetime", "arrived", "到场时间"),
                field("date", "due", "完成日期"),
                field("checkbox", "danger", "有危险"),
                field("text", "phone", "电话", validate={"validationType": "phone"}),
                field("text", "later", "第二轮才问", shownIf="=round > 1"),
                field("filepicker", "photos", "照片", multiple=True, accept="image/*"),
                field(
                    "dynamiclist",
                    "actions",
                    "措施",
                    components=[
                        field("text", "what", "做什么", validate={"required": True}),
                        field("select", "who", "谁", valuesFrom="departments"),
                        field("date", "by", "何时", shownIf='=danger and who = "legal"'),
                    ],
                ),
            ],
        }
    ).encode()
)


@dataclass
class Page:
    """A rendered form, and what a browser would send without changes."""

    soup: BeautifulSoup

    def one(self, selector: str) -> Tag:
        found = self.soup.select(selector)
        assert len(found) == 1, f"{selector}: {len(found)}"
        return found[0]

    def sent(self) -> MultiDict[str, str]:
        sent: MultiDict[str, str] = MultiDict()
        for each in self.soup.select("input[name], textarea, select"):
            name, kind = str(each["name"]), each.get("type")
            if each.find_parent("template") or kind == "file":
                continue
            if each.name == "select":
                for option in each.select("option[selected]"):
                    sent.add(name, str(option["value"]))
            elif each.name == "textarea":
                sent.add(name, each.text.removeprefix("\n"))
            elif kind not in {"radio", "checkbox"} or each.has_attr("checked"):
                sent.add(name, str(each["value"]))
        return sent


@pytest.fixture
def draw(app: Flask) -> Callable[..., Page]:
    def drawn(checked: Checked, language: str = "zh", form: Form = FORM) -> Page:
        with app.test_request_context(f"/?lang={language}"):
            text = render_template_string(PAGE, form=form, checked=checked, choices=DEPARTMENTS)
        return Page(BeautifulSoup(text, "html.parser"))

    return drawn


def blank() -> Checked:
    return FORM.blank({"round": 1})


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_control_has_a_label_and_every_description_is_there(draw: Callable[..., Page], language: str) -> None:
    page = draw(blank(), language)
    for control in page.soup.select("input:not([type=hidden]), textarea, select"):
        labelled = control.find_parent("label") or page.soup.select(f"label[for='{control.get('id')}']")
        assert labelled, control
    ids = [str(each["id"]) for each in page.soup.select("[id]")]
    assert len(ids) == len(set(ids))
    for each in page.soup.select("[aria-describedby]"):
        assert set(str(each["aria-describedby"]).split()) <= set(ids)
    assert not page.soup.select("[style], [onclick]")


def test_errors_stand_at_the_field_and_above_and_what_was_typed_stays(draw: Callable[..., Page]) -> None:
    typed = MultiDict(
        [("cost", "viel"), ("phone", '"><script>'), ("department", "legal"), ("support", "legal"), ("danger", "true")]
    )
    page = draw(FORM.check(typed, context={"round": 1}, choices=DEPARTMENTS))
    links = [str(link["href"]).removeprefix("#") for link in page.soup.select("[role=alert] a")]
    assert links == ["f-reached", "f-cost", "f-phone"]
    for each in links:
        assert page.one(f"[id='{each}']")["aria-invalid"] == "true"
        assert f"{each}-error" in str(page.one(f"[id='{each}']")["aria-describedby"])
    assert page.one("#f-cost")["value"] == "viel"
    assert page.one("#f-phone")["value"] == '"><script>'
    assert page.soup.select("script") == []
    assert page.sent().getlist("support") == ["legal"]
    assert page.sent()["danger"] == "true"


def test_what_is_drawn_comes_back_the_same(draw: Callable[..., Page]) -> None:
    values = {
        "reached": False,
        "department": "legal",
        "support": ["engineering", "legal"],
        "cost": 3,
        "arrived": datetime.fromisoformat("2026-03-02T09:30:00+08:00"),
        "danger": True,
        "actions": [{"what": "换泵\"'<", "who": "legal", "by": None}, {"what": "巡查", "who": None, "by": None}],
    }
    page = draw(FORM.blank({"round": 1}, values))
    checked = FORM.check(page.sent(), context={"round": 1}, choices=DEPARTMENTS)
    assert checked.errors == {}
    assert {key: checked.values[key] for key in values} == values


def test_conditions_stand_in_words_and_as_a_rule_and_never_in_the_way(draw: Callable[..., Page]) -> None:
    page = draw(blank())
    assert page.one("#f-why-when").text == "“联系上了吗”为“是”且“满意度”不大于“2 分”时填写"
    rule = json.loads(str(page.one("[data-key=why]")["data-shown-if"]))
    assert rule == ["and", ["field", "reached"], ["<=", ["field", "score"], ["value", 2.0]]]
    assert not page.soup.select(".field[hidden]")
    assert [each["data-value"] for each in page.soup.select("[name=reached]")] == ["true", "false"]


def test_a_field_of_another_round_is_not_drawn_at_all(draw: Callable[..., Page]) -> None:
    assert not draw(FORM.blank({"round": 1})).soup.select("[name=later]")
    assert draw(FORM.blank({"round": 2})).soup.select("[name=later]")


def test_rows_are_there_without_scripts_and_one_more_can_be_asked_for(draw: Callable[..., Page]) -> None:
    page = draw(blank())
    assert page.soup.select("[name='actions.0.what']")
    assert page.one("[name=_more]")["value"] == "actions"
    asked = FORM.check({"actions.0.what": "换泵", "_more": "actions"}, context={"round": 1}, choices=DEPARTMENTS)
    page = draw(asked)
    assert page.one("[name='actions.0.what']")["value"] == "换泵"
    assert page.one("[name='actions.1.what']")["value"] == ""
    assert not page.soup.select("[role=alert]")  # no errors for a row that was just added
    first = page.soup.select("button:not([type=button])")[0]
    assert not first.has_attr("name")  # Enter submits the form and adds no row


def test_errors_inside_a_row_are_found_by_their_link(draw: Callable[..., Page]) -> None:
    sent = {"reached": "True", "actions.3.who": "legal", "actions.9.what": "巡查"}
    page = draw(FORM.check(sent, context={"round": 1}, choices=DEPARTMENTS))
    assert [link["href"] for link in page.soup.select("[role=alert] a")] == ["#f-actions.0.what"]
    assert page.one("[id='f-actions.0.what']")["aria-invalid"] == "true"
    assert page.one("[name='actions.1.what']")["value"] == "巡查"


def test_a_photo_can_be_taken_at_once_but_need_not(draw: Callable[..., Page]) -> None:
    page = draw(blank())
    camera, chosen = page.soup.select("[name=photos]")
    assert camera["capture"] == "environment"
    assert not chosen.has_attr("capture")
    assert chosen.has_attr("multiple")
    again = draw(FORM.check({"photos.kept": "7"}, MultiDict([("photos", FileStorage(filename="a.jpg"))]), {"round": 1}))
    assert "请重新添加" in again.one("[data-key=photos]").text
    assert again.sent()["photos.kept"] == "7"


def test_every_shipped_form_is_drawn_in_both_languages(draw: Callable[..., Page]) -> None:
    assert len(SHIPPED) > 20
    for path in SHIPPED:
        form = forms.read(path.read_bytes())
        assert form.findings == (), path
        zh, en = (draw(form.blank(dict.fromkeys(form.names, 1)), language, form) for language in ("zh", "en"))
        assert len(zh.soup.select(".field")) == len(en.soup.select(".field")) > 0
        assert not any("一" <= character <= "鿿" for character in en.soup.text), path
