"""Unary tests: the cells of a decision table."""

from datetime import date
from decimal import Decimal

import pytest

from engine import feel

CELLS = [
    ('"紧急","特急"', "特急", True),
    ('"紧急","特急"', "一般", False),
    ('not("紧急","特急")', "一般", True),
    ('not("紧急")', "紧急", False),
    ("-", "anything", True),
    ("", None, True),
    ("[1..5]", 5, True),
    ("[1..5)", 5, False),
    ("]1..5]", Decimal(1), False),
    ("< 5, > 10", 12, True),
    (">= 5", 4.5, False),
    ("5", 5, True),
    ("5", 5.0, True),
    ("true", True, True),
    ("true", False, False),
    ("false", False, True),
    ('date("2026-02-14")', date(2026, 2, 14), True),
    ('>= date("2026-02-14")', date(2026, 2, 13), False),
    ("? > 3 and ? < 9", 5, True),
    ('contains(?, "困人")', "电梯困人", True),
    ("limit", 7, True),
    ("< limit", 6, True),
    ("[1..limit]", 8, False),
    ("allowed", "b", True),
    ("null", None, True),
    ("null", 3, False),
    ("> 5", None, None),
    ("> 5", "text", None),
    ("not(> 5)", None, None),
    ("other = 1", "whatever", True),
]


@pytest.mark.parametrize(("text", "value", "expected"), CELLS)
def test_cell(text: str, value: object, expected: bool | None) -> None:
    context = {"limit": 7, "allowed": ["a", "b"], "other": 1}
    assert feel.compile_tests(text).holds(value, context) is expected


def test_names_of_a_cell() -> None:
    tests = feel.compile_tests("? > limit, < other.low")
    assert tests.names == {"limit", "other"}
    assert tests.missing({"limit": 1}) == ["other"]


def test_a_broken_cell_says_where() -> None:
    with pytest.raises(feel.BadExpression) as caught:
        feel.compile_tests('"a", ')
    assert caught.value.position == 6
