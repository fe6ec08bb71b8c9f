"""A cell of a decision table as it is typed."""

import pytest

from web import cells
from web.cells import Column

LIMIT = Column(0, "时长", "limit", True, "length")


@pytest.mark.parametrize(("amount", "unit"), [("12", "H"), ("3", "D"), ("1.5", "D"), ("abc", "M"), ('1"', "H")])
def test_a_length_stays_in_its_fields_right_or_wrong(amount: str, unit: str) -> None:
    shown = cells.cell(LIMIT, cells.read(LIMIT, {"c-n": amount, "c-u": unit}, "c"))
    assert (shown.way, shown.amount, shown.unit) == ("length", amount.replace('"', ""), unit)
