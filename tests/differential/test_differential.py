"""A seeded share of `make differential`."""

from decimal import Decimal

import pytest

from tests.differential import comparing, listing, peer, running
from tests.differential.inventing import FORMS, GRAMMAR

pytestmark = pytest.mark.slow

needs_feelin = pytest.mark.skipif(bool(peer.absent()), reason=peer.absent())


@needs_feelin
def test_we_differ_from_feelin_only_where_we_know_who_is_right() -> None:
    report = running.run(seed=1, count=900)
    assert [(each.text, each.ours, each.theirs) for each in report.unexplained] == []
    assert report.count == 900
    assert len(report.uncovered) < 20


@needs_feelin
def test_an_engine_that_is_wrong_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    right = comparing.ours

    def wrong(kind: str, text: str) -> object:
        value = right(kind, text)
        return value + 1 if isinstance(value, Decimal) else value

    monkeypatch.setattr(comparing, "ours", wrong)
    assert len(running.run(seed=1, count=100).unexplained) > 5


def test_the_list_speaks_of_rules_that_exist_and_says_why() -> None:
    for known in listing.read():
        assert known.rules <= GRAMMAR | FORMS | {"range"}
        assert known.why
        assert known.clause.startswith("10.3")


def test_the_same_seed_invents_the_same() -> None:
    first, second = ([part.text for _, part in running.invented(5, 200)] for _ in range(2))
    assert first == second
    assert len(set(first)) > 150
