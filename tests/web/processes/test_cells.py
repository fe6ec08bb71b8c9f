"""A cell of a decision table as entered."""

import pytest

from web.shared import decision_cells
from web.shared.cell_choices import Offers
from web.shared.decision_cells import Column

LIMIT = Column(0, "时长", "limit", True, "length")
NOTHING = Offers({}, {}, {})


@pytest.mark.parametrize(("amount", "unit"), [("12", "H"), ("3", "D"), ("1.5", "D"), ("abc", "M"), ('1"', "H")])
def test_a_length_stays_in_its_fields_right_or_wrong(amount: str, unit: str) -> None:
    shown = decision_cells.cell(LIMIT, decision_cells.read(LIMIT, {"c-n": amount, "c-u": unit}, "c", NOTHING))
    assert (shown.way, shown.amount, shown.unit) == ("length", amount.replace('"', ""), unit)


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ({"c-o": ">", "c-v": "5000"}, "> 5000"),
        ({"c-o": "=", "c-v": "5000"}, "5000"),
        ({"c-o": "<=", "c-v": "12,000.5"}, "<= 12000.5"),
        ({"c-o": "-", "c-v": ""}, "-"),
    ],
)
def test_a_comparison_is_chosen_and_comes_back_as_it_was(sent: dict[str, str], text: str) -> None:
    column = Column(0, "费用", "cost", False, "number")
    assert decision_cells.read(column, sent, "c", NOTHING) == text
    assert decision_cells.wrong(column, text, NOTHING) is None
    shown = decision_cells.cell(column, text)
    assert (shown.way, shown.unit) == ("number", sent["c-o"])
    assert shown.amount == sent["c-v"].replace(",", "")


@pytest.mark.parametrize("text", ["[100..200]", "not(5)", "< cost / 2"])
def test_what_no_field_can_say_stays_a_formula(text: str) -> None:
    assert decision_cells.cell(Column(0, "费用", "cost", False, "number"), text).way == "feel"
    assert decision_cells.cell(Column(0, "类别", "category", False, "codes"), text).way == "feel"


@pytest.mark.parametrize("typed", ["8小时", "8 h", "8 hours"])
def test_a_length_typed_with_its_unit_is_understood(typed: str) -> None:
    assert decision_cells.read(LIMIT, {"c-n": typed, "c-u": "D"}, "c", NOTHING) == '"PT8H"'
