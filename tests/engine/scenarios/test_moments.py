"""Moments are written against tables; what cannot be read is said with an example."""

from datetime import timedelta
from decimal import Decimal

import pytest

from engine.core.errors import Unclear
from engine.scenarios import moments
from engine.scenarios.moments import Written


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("resolve", Written("resolve", Decimal(1), ())),
        ("resolve × 0.8", Written("resolve", Decimal("0.8"), ())),
        ("resolve * 0.8", Written("resolve", Decimal("0.8"), ())),
        ("limit consent x 0.5", Written("limit consent", Decimal("0.5"), ())),
        ("+2 working hours", Written("", Decimal(1), ((timedelta(hours=2), True),))),
        ("+ 1 工作日", Written("", Decimal(1), ((timedelta(days=1), True),))),
        ("rung reply 3 + 5 minutes", Written("rung reply 3", Decimal(1), ((timedelta(minutes=5), False),))),
        ("2026-04-01 09:00 +1 day", Written("2026-04-01 09:00", Decimal(1), ((timedelta(days=1), False),))),
    ],
)
def test_a_moment_is_taken_apart(text: str, read: Written) -> None:
    assert moments.read(text) == read


@pytest.mark.parametrize("text", ["", "× 0.8", "+2 parsecs", "resolve × high", "+" * 200, "resolve × 0.8 × 2"])
def test_what_is_no_moment_is_said_with_an_example(text: str) -> None:
    with pytest.raises(Unclear) as said:
        moments.read(text)
    assert "resolve × 0.8" in said.value.text("zh")
