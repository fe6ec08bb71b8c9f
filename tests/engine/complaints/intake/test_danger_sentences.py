"""How well the shipped patterns judge sentences: made from some hands, judged on two others."""

import json
import time
from collections.abc import Callable

import pytest

from engine.complaints.intake import danger_likeness, danger_patterns, danger_reading
from engine.complaints.intake.danger_reading import Pattern
from engine.complaints.limits import thresholds
from tests.danger import __main__ as danger_weights
from tests.danger.sentences import JUDGED_BY, MADE_FROM, ORDINARY, rows

pytestmark = pytest.mark.slow


def alarms(text: str, patterns: tuple[Pattern, ...] | None = None) -> bool:
    signs = danger_reading.read(text, patterns or danger_patterns.shipped())
    return bool(signs) and not signs[0].against


def quality(hands: tuple[str, ...], finds: Callable[[str], bool]) -> tuple[float, float]:
    """Recall and precision."""
    found = [(danger, finds(text)) for danger, text in rows(hands)]
    right = sum(danger and alarm for danger, alarm in found)
    return right / sum(danger for danger, _ in found), right / sum(alarm for _, alarm in found)


def confirmed_first(text: str) -> bool:
    return danger_likeness.chance(text) >= thresholds.KNOWN["danger_likeness"].value / 100


@pytest.mark.fault(2)
@pytest.mark.parametrize(
    ("hands", "least"), [(MADE_FROM, 0.95), (JUDGED_BY, 0.95), *(((each,), 0.93) for each in JUDGED_BY)]
)
def test_danger_is_found_in_how_people_write_it_and_in_nothing_else(hands: tuple[str, ...], least: float) -> None:
    """Found: it alarms, or the desk is asked to confirm it."""
    recall, precision = quality(hands, lambda text: alarms(text) or confirmed_first(text))
    assert recall >= least
    assert precision >= 0.8


@pytest.mark.parametrize("hands", [(each,) for each in JUDGED_BY], ids="+".join)
def test_what_alarms_without_being_asked_is_nearly_always_danger(hands: tuple[str, ...]) -> None:
    recall, precision = quality(hands, alarms)
    assert recall >= 0.75
    assert precision >= 0.85


def test_everyday_complaints_seldom_read_like_danger() -> None:
    texts = [text for danger, text in rows(ORDINARY) if not danger]
    assert sum(alarms(text) or confirmed_first(text) for text in texts) <= 0.03 * len(texts)


def test_the_weights_are_what_the_sentences_teach() -> None:
    learned = danger_weights.learn(danger_weights.taught())
    assert learned == json.loads(danger_likeness.WEIGHTS.read_text(encoding="utf-8"))


def test_there_are_enough_sentences_of_both_sorts_and_none_twice() -> None:
    everything = list(rows(MADE_FROM + JUDGED_BY))
    assert len({text for _, text in everything}) == len(everything) >= 400
    for hand in ("elder", "letters", *JUDGED_BY):
        dangers = [danger for danger, _ in rows((hand,))]
        assert 0.4 < sum(dangers) / len(dangers) < 0.6


@pytest.mark.fault(2)
@pytest.mark.parametrize(
    ("text", "against"),
    [
        ("电梯关人了", ""),
        ("卡在电梯里出不来", ""),
        ("有人要跳楼", ""),
        ("电线冒火花", ""),
        ("掉进化粪池", ""),
        ("楼道灯坏了。三楼有人晕倒了！麻烦派人来，谢谢", ""),
        ("去年修过一次电梯，现在电梯里又困了人", ""),
        ("火还没扑灭，浓烟往楼上窜", ""),
        ("老人不小心掉进井里了", ""),
        ("Please come, someone is stuck in the lift", ""),
        ("没有人被困在电梯里", "not"),
        ("不是煤气味，是油漆", "not"),
        ("Nobody was hurt", "not"),
        ("我是记者，想了解电梯困人的情况", "question"),
        ("困人了怎么办？", "question"),
        ("上周电梯困过人", "past"),
        ("电梯里关了人，已经救出来了", "over"),
        ("怕哪天着火", "maybe"),
        ("如果发生火灾往哪里跑", "maybe"),
        ("声音像要爆炸一样", "figure"),
        ("落水管坏了", "figure"),
        ("楼道里有火灾隐患", "topic"),
    ],
)
def test_what_speaks_against_danger_is_told_apart(text: str, against: str) -> None:
    signs = danger_reading.read(text, danger_patterns.shipped())
    assert signs, "a pattern matches"
    assert signs[0].against == against


def test_who_and_what_match_in_either_order_and_only_close_together() -> None:
    own = (Pattern("group", "电梯", "", "", "电梯、lift"), Pattern("danger", "困", "", "[电梯]", "困住、stuck…in"))
    assert alarms("电梯把人困住", own)
    assert alarms("困住了，在电梯", own)
    assert alarms("ＳＴＵＣＫ here in a LIFT", own)
    assert not alarms("电梯的按钮昨天换过以后一直很好用，只是我们被大雨困住", own)
    assert not alarms("lifted, stuck up in it", own), "whole words only"
    assert not alarms("电梯坏了。困住了。", own), "not across sentences"


@pytest.mark.parametrize(
    "text",
    [
        "电梯困" * 2_500,
        "没有电梯人被困" * 1_100,
        "我掉下去没有" * 1_200,
        "像要着火" * 2_000,
        "a " * 4_000,
        "从楼" * 4_000,
    ],
)
def test_reading_takes_time_by_length_only(text: str) -> None:
    danger_reading.read("短", danger_patterns.shipped())

    def seconds(piece: str) -> float:
        began = time.process_time()
        danger_reading.read(piece, danger_patterns.shipped())
        return time.process_time() - began

    quarter, whole = seconds(text[: len(text) // 4]), seconds(text)
    assert whole < 8 * quarter + 1
