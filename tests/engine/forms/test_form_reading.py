"""Reading forms: mistakes are named in place, and nothing is silently ignored."""

import json

import pytest

from engine import forms
from engine.core.errors import Finding, Refused


def source(*components: object, **more: object) -> bytes:
    return json.dumps({"title": "登记", "components": list(components), **more}, ensure_ascii=False).encode()


def field(kind: str = "text", key: str = "place", **more: object) -> dict[str, object]:
    return {"type": kind, "key": key, "label": {"zh": "地点", "en": "Place"}, **more}


def findings(text: bytes) -> tuple[Finding, ...]:
    with pytest.raises(Refused) as refused:
        forms.read(text)
    return refused.value.findings


def test_a_form_with_every_kind_of_field_is_read() -> None:
    choices = [{"value": "a", "label": {"zh": "甲", "en": "A"}}]
    form = forms.read(
        source(
            *(field(kind, kind) for kind in ("text", "textarea", "number", "date", "datetime", "checkbox")),
            *(field(kind, kind, values=choices) for kind in ("select", "radio", "checklist")),
            field("select", "department", valuesFrom="departments"),
            field("filepicker", "photos", multiple=True, accept="image/*", validate={"max": 6}),
            field("dynamiclist", "actions", components=[field("text", "what"), field("date", "by")]),
            {"type": "note", "text": {"zh": "请先确保安全。", "en": "Make safe first."}},
        )
    )
    assert len(form.fields) == 13
    assert form.steering == {
        "number", "date", "datetime", "checkbox", "select", "radio", "checklist", "department",
    }  # fmt: skip
    assert form.findings == ()


def test_a_plain_label_is_chinese_and_a_missing_translation_is_only_a_warning() -> None:
    form = forms.read(source({"type": "text", "key": "place", "label": "地点"}))
    assert form.fields[0].label.text("en") == "地点"
    assert [finding.level for finding in form.findings] == ["warning"]


def test_an_unknown_property_is_named_with_the_nearest_known_one() -> None:
    (found,) = findings(source(field(valdate={"required": True})))
    assert found.place == "components[0].valdate"
    assert "validate" in found.zh
    assert "did you mean validate?" in found.en


@pytest.mark.parametrize(
    ("component", "place"),
    [
        (field("texto"), "components[0].type"),
        (field(key="3d"), "components[0].key"),
        (field(key="csrf_token"), "components[0].key"),
        ({"type": "text", "key": "a"}, "components[0]"),
        (field(validate={"minLength": -1}), "components[0].validate.minLength"),
        (field(validate={"pattern": "("}), "components[0].validate.pattern"),
        (field(validate={"pattern": r"(a)\1"}), "components[0].validate.pattern"),
        (field(validate={"max": 3}), "components[0].validate.max"),
        (field(validate=[1]), "components[0].validate"),
        (field("number", validate={"min": 5, "max": 3}), "components[0].validate"),
        (field("number", validate={"min": "many"}), "components[0].validate.min"),
        (field("date", validate={"min": "tomorrow"}), "components[0].validate.min"),
        (field("select"), "components[0]"),
        (field("select", values=[], valuesFrom="people"), "components[0]"),
        (field("select", values=[{"value": "a"}, {"value": "a"}]), "components[0].values"),
        (field("select", valuesFrom="departements"), "components[0].valuesFrom"),
        (field("select", values=["a"]), "components[0].values[0]"),
        (field("radio", values=[{"value": "a"}], default="b"), "components[0].default"),
        (field(shownIf="=kind = "), "components[0].shownIf"),
        (field(default="=1 +"), "components[0].default"),
        (field(label=7), "components[0].label"),
        (field("checkbox", validate={"required": "yes"}), "components[0].validate.required"),
        (field("dynamiclist", components=[field("filepicker", "f")]), "components[0].components[0].type"),
        (field("dynamiclist", components=[]), "components[0].components"),
        ("text", "components[0]"),
    ],
)
def test_what_is_written_wrong_is_named_at_its_place_in_both_languages(component: object, place: str) -> None:
    found = findings(source(component))
    assert place in [finding.place for finding in found]
    assert all(finding.zh and finding.en for finding in found)


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert len(findings(source(field("texto"), field(key="3d"), field(shownIf="=(")))) == 3


def test_two_fields_with_one_key_are_refused() -> None:
    (found,) = findings(source(field(), field()))
    assert found.place == "components[1]"


def test_a_condition_may_only_look_up() -> None:
    above = field("checkbox", "danger")
    forms.read(source(above, field(shownIf="=danger and urgency = 1")))
    (found,) = findings(source(field(shownIf="=danger"), above))
    assert "danger" in found.zh


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"{",
        b"\xff\xfe",
        b'{"components": []}',
        b'{"components": 3}',
        b'{"title": "a", "title": "b", "components": []}',
        b"[" * 100_000,
        b'{"components": "' + b"a" * 300_000 + b'"}',
        source(*[field(key=f"k{n}") for n in range(201)]),
    ],
)
def test_files_that_are_no_forms_are_refused_in_words(text: bytes) -> None:
    assert all(finding.zh and finding.en for finding in findings(text))


def test_variables_that_a_form_reads_are_known() -> None:
    form = forms.read(
        source(field("checkbox", "danger"), field(shownIf="=danger or urgency = 1", default="=suggested"))
    )
    assert form.names == {"urgency", "suggested"}


def test_a_default_may_read_the_variable_that_its_own_field_will_write() -> None:
    form = forms.read(source(field("text", "place", default="=place")))
    assert form.names == {"place"}
    assert form.blank({"place": "3栋"}).typed["place"] == "3栋"


def test_half_a_character_is_refused_before_a_store_meets_it() -> None:
    text = source(field()).replace("地点".encode(), b"\\ud800")
    assert [each.zh for each in findings(text)] == ["文件里有半个字符。"]
