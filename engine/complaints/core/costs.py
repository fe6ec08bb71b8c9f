"""What a complaint costs the company: what its plans were to cost, and what the work did cost, in yuan.

Each round has a plan of its own, and a complaint costs what all its rounds cost.
"""

from decimal import Decimal

from engine.complaints.core.complaint import Complaint

MOST = 10**12
"""No sum of money that a complaint could cost; such a number is taken as not said."""


def plan(complaint: Complaint, of_round: int, cost: object) -> None:
    """Note what the plan of a round is to cost; a later plan of the same round replaces it."""
    _note(complaint, of_round, "planned", cost)


def spend(complaint: Complaint, of_round: int, cost: object) -> None:
    """Note what the work of a round did cost, None when that was left out; said once more, it replaces what was said."""
    _note(complaint, of_round, "actual", cost)


def _note(complaint: Complaint, of_round: int, what: str, cost: object) -> None:
    is_sum = isinstance(cost, int | Decimal) and not isinstance(cost, bool) and 0 <= cost < MOST
    said = {**complaint.costs.get(str(of_round), {}), what: f"{cost:.2f}" if is_sum else None}
    complaint.costs = {**complaint.costs, str(of_round): said}
    complaint.planned_cost, complaint.actual_cost = _total(complaint, "planned"), _total(complaint, "actual")


def _total(complaint: Complaint, what: str) -> Decimal | None:
    """Return the sum of all rounds, None unless it was said in each: part of a sum would look like less."""
    said = [each.get(what) for each in complaint.costs.values()]
    return None if None in said else sum((Decimal(each) for each in said), Decimal())
