"""Conditions as rules for the browser and in words: what they cannot express is left to the server."""

import json

import pytest

from engine import forms
from engine.forms import Choice, Form, Words

FIELDS = [
    {
        "type": "radio",
        "key": "score",
        "label": "满意度",
        "values": [{"value": n, "label": f"{n} 分"} for n in range(1, 6)],
    },
    {"type": "checkbox", "key": "danger", "label": {"zh": "有危险", "en": "Danger"}},
    {"type": "select", "key": "lead", "label": {"zh": "主办", "en": "Lead"}, "valuesFrom": "departments"},
    {"type": "checklist", "key": "support", "label": "配合", "valuesFrom": "departments"},
]
DEPARTMENTS = {"departments": (Choice("legal", Words("法务", "Legal")),)}


def form(condition: str) -> Form:
    last = {"type": "text", "key": "why", "label": "原因", "shownIf": condition}
    return forms.read(json.dumps({"components": [*FIELDS, last]}).encode())


def rule(condition: str, **known: object) -> object:
    asked = form(condition)
    text = asked.blank(known).rule(asked.fields[-1])
    return json.loads(text) if text else None


SCORE, ONE, TWO = ["field", "score"], ["value", 1], ["value", 2]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("score = 1", ["=", SCORE, ONE]),
        ("not(danger)", ["not", ["field", "danger"]]),
        ("score in (1, 2)", ["or", ["=", SCORE, ONE], ["=", SCORE, TWO]]),
        ("score in [1..2]", ["or", ["and", [">=", SCORE, ONE], ["<=", SCORE, TWO]]]),
        ("score in (<= 2)", ["or", ["<=", SCORE, TWO]]),
        ("score between 1 and 2", ["and", [">=", SCORE, ONE], ["<=", SCORE, TWO]]),
        ('list contains(support, "legal")', ["contains", ["field", "support"], ["value", "legal"]]),
        ("count(support) > 1", [">", ["count", ["field", "support"]], ONE]),
        ("round > 1 and lead != null", ["and", [">", ["value", 2], ONE], ["!=", ["field", "lead"], ["value", None]]]),
        ("sum(support) > 1", None),
        ('if danger then true else score = 1', None),
        ('lead = date("2026-01-01")', None),
    ],
)  # fmt: skip
def test_a_condition_becomes_a_rule_where_it_is_simple(condition: str, expected: object) -> None:
    assert rule(condition, round=2, secret="phone") == expected


def test_only_variables_that_conditions_read_go_to_the_browser() -> None:
    asked = form("round > 1").blank({"round": 2, "phone": "13812345678"})
    assert asked.known == {"round": 2}


@pytest.mark.parametrize(
    ("condition", "zh", "en"),
    [
        ("danger", "勾选“有危险”时填写", "Only if “Danger” is ticked"),
        ('lead = "legal"', "“主办”为“法务”时填写", "Only if “Lead” is “Legal”"),
        ("score <= 2 or danger", "“满意度”不大于“2 分”或勾选“有危险”时填写", "Only if “满意度” is at most “2 分” or “Danger” is ticked"),
        ("count(support) > 1", "视上面的回答填写", "Depends on the answers above"),
    ],
)  # fmt: skip
def test_a_condition_is_said_in_words(condition: str, zh: str, en: str) -> None:
    asked = form(condition)
    said = asked.blank().condition(asked.fields[-1], DEPARTMENTS)
    assert (said.zh, said.en) == (zh, en)


def test_a_field_that_only_the_process_could_show_is_left_out() -> None:
    asked = form("round > 1")
    assert asked.blank({"round": 1}).is_out(asked.fields[-1])
    assert not asked.blank({"round": 2}).is_out(asked.fields[-1])
    asked = form("round > 1 or danger")
    assert not asked.blank({"round": 1}).is_out(asked.fields[-1])
