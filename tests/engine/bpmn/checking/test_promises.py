"""A table of limits keeps what it promises: each urgency has each limit, none is nothing, none is there twice."""

import pytest

from engine.bpmn.checking import promises
from engine.bpmn.checking.verdict import Promise
from engine.feel import dmn

PROMISE = Promise(
    by="urgency",
    codes={"urgent": ("紧急", "urgent"), "normal": ("一般", "normal")},
    of="kind",
    each={"answer": ("答复", "answer"), "resolve": ("办结", "resolve")},
)
ROWS = (
    ('"urgent"', '"answer"', '"PT1H"'),
    ('"urgent"', '"resolve"', '"P1D"'),
    ('"normal"', '"answer"', '"P1D"'),
    ('"normal"', '"resolve"', '"P5D"'),
)
LENGTH = "<outputValues><text>duration(?) instance of days and time duration</text></outputValues>"


def said(*rows: tuple[str, str, str]) -> list[str]:
    """What is wrong with a table of these rows, in English."""
    lines = "".join(
        f'<rule id="r{number}"><inputEntry id="i{number}"><text>{urgency}</text></inputEntry>'
        f'<outputEntry id="k{number}"><text>{kind}</text></outputEntry>'
        f'<outputEntry id="l{number}"><text>{length}</text></outputEntry></rule>'
        for number, (urgency, kind, length) in enumerate(rows)
    )
    text = (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:d">'
        '<decision id="limits" name="limits"><decisionTable id="t" hitPolicy="RULE ORDER"><input id="i">'
        '<inputExpression id="ie"><text>urgency</text></inputExpression></input><output id="o1" name="kind"/>'
        f'<output id="o2" name="limit">{LENGTH}</output>{lines}</decisionTable></decision></definitions>'
    )
    return [each.en for each in promises.broken(dmn.read(text.encode()).decisions["limits"], PROMISE)]


def test_a_whole_table_keeps_its_promise() -> None:
    assert said(*ROWS) == []


@pytest.mark.parametrize("missing", range(len(ROWS)))
def test_each_urgency_needs_each_limit(missing: int) -> None:
    (told,) = said(*ROWS[:missing], *ROWS[missing + 1 :])
    urgency, kind, _ = ROWS[missing]
    assert told.startswith(f"{urgency} has no limit {kind}")


def test_a_row_for_any_urgency_serves_all() -> None:
    assert said(("-", '"answer"', '"PT1H"'), ("-", '"resolve"', '"P1D"')) == []


@pytest.mark.parametrize("nothing", ['"PT0S"', '"P0D"', 'duration("PT0S")', '"-PT1H"'])
def test_no_limit_is_nothing(nothing: str) -> None:
    (told,) = said(*ROWS[:3], ('"normal"', '"resolve"', nothing))
    assert told.startswith("row 4")


def test_no_limit_is_there_twice() -> None:
    (told,) = said(*ROWS, ('"urgent"', '"answer"', '"PT2H"'))
    assert "2 times" in told
