"""The check of table cells against the allowed values of their columns."""

from pathlib import Path

import pytest

from engine.bpmn import checking

LIMITS = (Path(__file__).parents[4] / "bpmn/complaint/limits.dmn").read_bytes()
FIRST = b'<text>"PT5M"</text>'


def said(table: bytes) -> list[str]:
    return [each.zh for each in checking.check({"limits.dmn": table}).findings if each.level == "error"]


def test_our_limits_are_all_allowed() -> None:
    assert said(LIMITS) == []


@pytest.mark.parametrize("length", [b"12 hours", b"PT12", b"P1Y", b"", b"12\xe5\xb0\x8f\xe6\x97\xb6"])
def test_what_is_no_length_of_time_is_named_with_its_row_and_column(length: bytes) -> None:
    assert FIRST in LIMITS
    [wrong] = said(LIMITS.replace(FIRST, b'<text>"' + length + b'"</text>', 1))
    assert wrong.startswith("第 1 行「时长」")
    assert length.decode() in wrong
    assert "PT15M（15 分钟）" in wrong


@pytest.mark.parametrize("length", [b'"PT10M"', b'"P2D"', b'if urgency = "critical" then "PT5M" else "PT9M"'])
def test_other_lengths_and_what_depends_on_the_case_are_left_alone(length: bytes) -> None:
    assert said(LIMITS.replace(FIRST, b"<text>" + length + b"</text>", 1)) == []


def test_a_clock_that_nobody_knows_is_refused() -> None:
    [wrong] = said(LIMITS.replace(b'<text>"working"</text>', b'<text>"workdays"</text>', 1))
    assert "「时钟」" in wrong
