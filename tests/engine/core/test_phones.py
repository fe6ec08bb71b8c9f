"""Phone numbers as people write them."""

import pytest

from engine.core import phones

pytestmark = pytest.mark.fault(24)


@pytest.mark.parametrize(
    ("written", "digits", "tidy"),
    [
        ("138 1234-5678", "13812345678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678", "13812345678"),
        ("+86 138 1234 5678", "13812345678", "13812345678"),
        ("0086-13812345678", "13812345678", "13812345678"),
        ("0571-8765 4321 转 801", "057187654321", "057187654321转801"),
        ("0571-87654321ext.12", "057187654321", "057187654321转12"),
        ("0571-87654321 分机 6", "057187654321", "057187654321转6"),
        ("87654321", "87654321", "87654321"),
        ("+49 (0)30 901820", "49030901820", "+49030901820"),
        ("", "", ""),
    ],
)
def test_a_number_is_one_however_it_is_written(written: str, digits: str, tidy: str) -> None:
    assert (phones.digits(written), phones.tidy(written)) == (digits, tidy)
    assert phones.is_complete(written) == bool(digits)
    assert phones.digits(tidy) == phones.digits(phones.tidy(tidy)) == digits


@pytest.mark.parametrize("written", ["12345", "1" * 16, "打给我", "13812345678 王", "138****5678"])
def test_what_nobody_can_dial_is_no_number(written: str) -> None:
    assert not phones.is_complete(written)


@pytest.mark.parametrize(
    ("written", "doubtful"),
    [
        ("1381234567", True),
        ("138123456789", True),
        ("13812345678", False),
        ("+1 381 234 567", False),
        ("4008001234", False),
    ],
)
def test_a_mobile_number_with_a_digit_too_few_or_too_many_is_asked_about(written: str, doubtful: bool) -> None:
    assert phones.is_doubtful(written) is doubtful
