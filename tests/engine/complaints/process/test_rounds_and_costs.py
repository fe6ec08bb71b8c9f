"""What a complaint's rows say of a round that ends in the very step that tells of it; what its rounds did cost."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from engine.complaints.core.complaint import Complaint
from engine.complaints.core.feedback import Feedback
from engine.complaints.lists.columns import COLUMNS, EXPORTED
from tests.stories import acts
from tests.stories.hands import Hands

pytestmark = pytest.mark.slow


def rounds(hands: Hands) -> list[tuple[int, bool]]:
    """The rounds of the answers, and whether somebody called for them."""
    with hands.store.reading() as session:
        return [
            (each.round, each.by_id is not None) for each in session.scalars(select(Feedback).order_by(Feedback.id))
        ]


def costs(hands: Hands) -> tuple[dict[str, dict[str, str | None]], Decimal | None, Decimal | None]:
    with hands.store.reading() as session:
        found = session.get_one(Complaint, hands.complaint_id)
        return found.costs, found.planned_cost, found.actual_cost


def done_for(hands: Hands, cost: str | None, by: str = "engineer") -> None:
    said = {} if cost is None else {"actual_cost": cost}
    hands.do(by, "carry_out", done_at="2026-03-02T09:00", words="已更换", **said)


def again(hands: Hands) -> None:
    """The second round up to the plan, led by the project manager."""
    acts.in_contact(hands, "manager")
    acts.planned(hands, "manager", cost=50, consent="not_needed")


def test_an_answer_belongs_to_the_round_that_was_called_about(hands: Hands) -> None:
    acts.handled(hands)
    acts.called(hands, score=1, outcome="unsolved", reason="还是不亮")
    assert hands.now().round == 2
    assert rounds(hands) == [(1, True)]
    again(hands)
    acts.done(hands, "manager")
    hands.answer(1, "unsolved", "又坏了")
    assert hands.now().round == 3
    assert rounds(hands) == [(1, True), (2, False)]


def test_an_answer_that_opens_no_round_belongs_to_its_own(hands: Hands) -> None:
    acts.handled(hands)
    acts.called(hands)
    assert rounds(hands) == [(1, True)]


def test_a_complaint_costs_what_its_rounds_cost(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    acts.in_contact(hands)
    assert costs(hands) == ({}, None, None)
    acts.planned(hands, cost=100, consent="not_needed")
    assert costs(hands) == ({"1": {"planned": "100.00"}}, Decimal(100), None)
    done_for(hands, "80.5")
    hands.do("engineer", "tell_result", told_how="phone", words="已修好")
    assert costs(hands) == ({"1": {"planned": "100.00", "actual": "80.50"}}, Decimal(100), Decimal("80.5"))
    acts.called(hands, score=1, outcome="unsolved", reason="还是不亮")
    again(hands)
    assert costs(hands)[1:] == (Decimal(150), None), "the second plan's work is not told yet"
    done_for(hands, "30", "manager")
    assert costs(hands)[1:] == (Decimal(150), Decimal("110.5"))
    with hands.store.reading() as session:
        complaint = session.get_one(Complaint, hands.complaint_id)
        cells = {name: COLUMNS[name].cell(complaint, None) for name in EXPORTED if name.endswith("cost")}  # type: ignore[arg-type]
    assert cells == {"planned_cost": 150.0, "actual_cost": 110.5}


def test_work_told_once_more_is_not_counted_twice_and_may_say_no_cost(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    acts.in_contact(hands)
    acts.planned(hands, cost=100, consent="not_needed")
    done_for(hands, "900")
    assert "approve_cost" in hands.now().open
    assert costs(hands)[1:] == (Decimal(100), Decimal(900)), "what is over stands beside the plan, not in its place"
    hands.do("engineering_head", "approve_cost", approved="no", words="先说明")
    done_for(hands, "90")
    assert costs(hands)[1:] == (Decimal(100), Decimal(90))
    hands.do("engineer", "tell_result", told_how="phone", words="已修好")
    acts.called(hands, score=1, outcome="unsolved", reason="还是不亮")
    again(hands)
    done_for(hands, None, "manager")
    assert costs(hands) == (
        {"1": {"planned": "100.00", "actual": "90.00"}, "2": {"planned": "50.00", "actual": None}},
        Decimal(150),
        None,
    )
