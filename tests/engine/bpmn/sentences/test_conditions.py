"""Conditions as sentences: what is filled in is what the engine evaluates, and what was written so is read back."""

from pathlib import Path

import pytest

from engine import feel
from engine.bpmn import diagrams
from engine.bpmn.sentences import Group, Part, conditions
from engine.core.errors import Unclear

SENTENCES = {
    '=way = "outside"': Group("and", (Part("way", "=", "outside", "text"),)),
    "=improve": Group("and", (Part("improve", "holds"),)),
    "=not(answered)": Group("and", (Part("answered", "fails"),)),
    "=joined != null": Group("and", (Part("joined", "filled"),)),
    "=reply.limit = null": Group("and", (Part("reply.limit", "empty"),)),
    "=actual_cost > approved_cost": Group("and", (Part("actual_cost", ">", "approved_cost", "field"),)),
    '=day >= date("2026-01-31")': Group("and", (Part("day", ">=", "2026-01-31", "date"),)),
    '=list contains(support, "legal")': Group("and", (Part("support", "contains", "legal", "text"),)),
    '=answered and (score <= 2 or outcome = "unsolved")': Group(
        "and",
        (
            Part("answered", "holds"),
            Group("or", (Part("score", "<=", "2", "number"), Part("outcome", "=", "unsolved", "text"))),
        ),
    ),
}
OTHERS = ["", "=", "=a +", "=count(limits) > 0", "=a and count(b) > 1", "=if a then b else c", "=a or (b and (c or d))"]


@pytest.mark.parametrize("text", SENTENCES)
def test_a_condition_is_read_as_sentences_which_write_the_same(text: str) -> None:
    found = conditions.read(text)
    assert found == SENTENCES[text]
    assert conditions.write(found) == text
    assert conditions.of(conditions.as_json(found)) == found


@pytest.mark.parametrize("text", OTHERS)
def test_what_is_no_sentence_stays_text(text: str) -> None:
    assert conditions.read(text) is None


def test_the_engine_decides_what_the_sentences_say() -> None:
    joined = conditions.of(
        {
            "joined": "and",
            "parts": [
                {"field": "urgency", "relation": "=", "value": 'a "quoted" \\ word', "kind": "text"},
                {"joined": "or", "parts": [
                    {"field": "cost", "relation": ">", "value": "500", "kind": "number"},
                    {"field": "press", "relation": "=", "value": "true", "kind": "truth"},
                ]},
            ],
        }
    )  # fmt: skip
    written = conditions.write(joined).removeprefix("=")
    assert feel.evaluate(written, {"urgency": 'a "quoted" \\ word', "cost": 501, "press": False}) is True
    assert feel.evaluate(written, {"urgency": 'a "quoted" \\ word', "cost": 500, "press": False}) is False
    assert conditions.read(f"={written}") == joined


@pytest.mark.parametrize(
    "given",
    [
        None,
        {"parts": []},
        {"parts": ["x"]},
        {"parts": [{"field": "", "relation": "holds"}]},
        {"parts": [{"field": "a b", "relation": "holds"}]},
        {"parts": [{"field": "a", "relation": "="}]},
        {"parts": [{"field": "a", "relation": "<", "value": "many", "kind": "number"}]},
        {"parts": [{"field": "a", "relation": "like", "value": "1", "kind": "number"}]},
    ],
)
def test_what_is_missing_is_said(given: object) -> None:
    with pytest.raises(Unclear):
        conditions.write(conditions.of(given))


def test_most_conditions_of_ours_are_sentences() -> None:
    found = [diagrams.read(path.read_bytes()) for path in Path("bpmn").rglob("*.bpmn")]
    texts = [flow.condition for diagram in found for flow in diagram.flows if flow.condition]
    assert len(texts) > 40
    assert all(conditions.read(text) for text in texts)
