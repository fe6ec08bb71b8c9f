"""A form's file changed in place: only what was meant changes, and conditions are sentences both ways."""

import json
import re
from html import unescape
from pathlib import Path

import pytest

from engine.core.errors import Refused
from engine.forms import foreign, properties, sentences
from engine.forms.sentences import Part, Sentence
from engine.forms.source import Source, fresh

ROOT = Path(__file__).parents[3]
OURS = sorted((ROOT / "forms").glob("*/*.json"))
OUTSIDE = ROOT.parent / "shared" / "data" / "bpmn"
EMBEDDED = re.compile(r"<zeebe:userTaskForm[^>]*>(.*?)</zeebe:userTaskForm>", re.DOTALL)

WRITTEN = """{
  "title": "登记",
  "schemaVersion": 17,
  "components": [
    {
      "layout": { "row": "Row_1", "columns": null },
      "type": "number",
      "id": "Field_1",
      "label": "花费",
      "properties": { "kept": [1.50, true] },
      "validate": { "max": 100, "madeUp": "x" },
      "key": "cost"
    },
    { "type": "map", "key": "where", "zoom": 12 }
  ]
}
"""


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_a_form_without_a_change_is_the_same_file(path: Path) -> None:
    source = Source(path.read_bytes())
    for _, each in source.walk():
        typed = {name: [properties.shown(each, name)] for name in (*properties.TRUTHS, *properties.NUMBERS)}
        typed |= {f"{name}.{tongue}": [properties.shown(each, f"{name}.{tongue}")]
                  for name in properties.WORDS for tongue in ("zh", "en")}  # fmt: skip
        properties.put(each, typed | {"default": properties.default_of(each) or [""]})
    assert source.dumped() == path.read_bytes()


def test_only_the_changed_property_changes() -> None:
    source = Source(WRITTEN.encode())
    properties.put(source.field((0,)), {"validate.max": ["250"], "label.zh": ["花费"], "label.en": [""]})
    before, after = json.loads(WRITTEN), json.loads(source.dumped())
    before["components"][0]["validate"]["max"] = 250
    assert after == before
    assert list(after["components"][0]) == list(before["components"][0])
    assert b'\n      "id": "Field_1"' in source.dumped()


def test_what_cannot_be_read_stays_as_it_was_typed() -> None:
    source = Source(WRITTEN.encode())
    properties.put(source.field((0,)), {"validate.max": ["一百"]})
    assert source.field((0,))["validate"]["max"] == "一百"


def test_choices_keep_what_only_the_file_knows() -> None:
    component = {
        "type": "radio",
        "values": [{"value": "a", "label": {"zh": "甲", "en": "A"}, "shownIf": "=x", "color": "red"}],
    }
    rows = {"choice.was": ["", "a"], "choice.value": ["", "b"], "choice.zh": ["新", "甲"], "choice.en": ["", "A"]}
    properties.put(component, {"valuesFrom": [""], **rows})
    assert component["values"] == [
        {"value": "option_1", "label": {"zh": "新"}},
        {"value": "b", "label": {"zh": "甲", "en": "A"}, "shownIf": "=x", "color": "red"},
    ]


@pytest.mark.parametrize(
    ("sentence", "feel"),
    [
        (Sentence((Part("kind", "=", "fix"),)), '=kind = "fix"'),
        (Sentence((Part("score", "<=", "2"), Part("told", "unticked"))), "=score <= 2 and not(told)"),
        (Sentence((Part("where", "has", "a"), Part("cost", ">", "1.5")), "or"), '=list contains(where, "a") or cost > 1.5'),
        (Sentence((Part("where", "lacks", 'a"b\\'),)), '=not(list contains(where, "a\\"b\\\\"))'),
        (Sentence((Part("words", "filled"),)), "=words != null"),
    ],
)  # fmt: skip
def test_a_condition_is_a_sentence_both_ways(sentence: Sentence, feel: str) -> None:
    asked = {"kind": fresh("radio", "kind"), "score": fresh("number", "score"), "cost": fresh("number", "cost")}
    assert sentences.write(sentence, asked) == feel
    assert sentences.read(feel) == sentence


@pytest.mark.parametrize("feel", ['=a = "x" and (b or c)', "=count(a) > 1", "=a =", "=every x in a satisfies x"])
def test_what_is_more_than_a_sentence_is_left_alone(feel: str) -> None:
    assert sentences.read(feel) is None


def test_a_renamed_answer_is_read_under_its_new_key_and_texts_stay() -> None:
    assert sentences.renamed('=kind = "kind" and a.kind = kind', "kind", "sort") == '=sort = "kind" and a.kind = sort'
    assert sentences.renamed("=kinder", "kind", "sort") == "=kinder"


@pytest.mark.parametrize(
    "text", [b"[]", b"{", b"\xff", b'{"a": 1, "a": 2}', b'{"a": "\\ud83d"}', b'{"a": ' + b"[" * 400 + b"]" * 400 + b"}"]
)
def test_what_is_no_form_is_refused(text: bytes) -> None:
    with pytest.raises(Refused):
        Source(text)


def test_a_field_of_form_js_is_rewritten_as_it_is_written_here() -> None:
    theirs = {
        "type": "datetime", "subtype": "date", "dateLabel": "哪天", "key": "day", "id": "Field_1", "disabled": False,
        "description": "大概就行", "conditional": {"hide": "=urgent"}, "validate": {"required": True, "madeUp": 1},
    }  # fmt: skip
    assert foreign.translate(theirs) == ["disabled", "validate.madeUp"]
    assert theirs == {
        "type": "date", "key": "day", "id": "Field_1", "label": "哪天", "help": "大概就行", "shownIf": "=not(urgent)",
        "validate": {"required": True},
    }  # fmt: skip
    assert not foreign.is_foreign(theirs)


@pytest.mark.outside
@pytest.mark.skipif(not OUTSIDE.is_dir(), reason="outside data is not there: diagrams of other tools")
def test_forms_of_other_tools_open_and_stay_what_they_are() -> None:
    found = [unescape(each) for path in OUTSIDE.rglob("*.bpmn")
             for each in EMBEDDED.findall(path.read_text(encoding="utf-8", errors="replace"))]  # fmt: skip
    assert found
    for text in found:
        source = Source(text.encode())
        fields = [each for _, each in source.walk()]
        assert fields
        properties.put(fields[0], {"label.zh": ["换了"]})
        after = json.loads(source.dumped())
        assert after["components"][0].pop("label") != json.loads(text)["components"][0].get("label")
        assert [{**each, "label": None} for each in after["components"]] == [
            {**each, "label": None} for each in json.loads(text)["components"]
        ]
