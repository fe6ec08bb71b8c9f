"""Dates as files write them."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from engine.importing import moments

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2019/2/28 11:25:05", "2019-02-28 11:25:05"),
        ("2019-02-28T11:25:05", "2019-02-28 11:25:05"),
        ("2019-02-28T03:25:05Z", "2019-02-28 11:25:05"),
        ("2019年2月28日 下午3:05", "2019-02-28 15:05:00"),
        ("２０１９年２月２８日１１时２５分", "2019-02-28 11:25:00"),
        ("2019.2.28", "2019-02-28 00:00:00"),
        ("28.02.2019", "2019-02-28 00:00:00"),
        ("5.2.2019", "2019-02-05 00:00:00"),
        ("20190228", "2019-02-28 00:00:00"),
        ("20190228112505", "2019-02-28 11:25:05"),
        ("02/28/2019 12:19:00 PM", "2019-02-28 12:19:00"),
        ("02/28/2019 12:19:00 AM", "2019-02-28 00:19:00"),
        ("Feb 28, 2019 11:25", "2019-02-28 11:25:00"),
        ("28-Feb-2019", "2019-02-28 00:00:00"),
        ("2019-02-28 星期四 9:05", "2019-02-28 09:05:00"),
        (43524, "2019-02-28 00:00:00"),
        ("43524.5", "2019-02-28 12:00:00"),
        (1551324305, "2019-02-28 11:25:05"),
        (datetime(2019, 2, 28, 11, 25), "2019-02-28 11:25:00"),  # noqa: DTZ001 - as spreadsheets have it
    ],
)
def test_a_moment_is_read(said: object, meant: str) -> None:
    found = moments.read(said, SHANGHAI)
    assert found.at is not None, found.wrong
    assert f"{found.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}" == meant


@pytest.mark.parametrize(
    "said",
    [
        "2019-02-30",
        "2019-13-01",
        "2019-02-28 25:00",
        "1900-01-01",
        "01/01/1900 12:00:00 AM",
        0,
        2,
        "明天",
        "12:30",
        "3/4/2019",
    ],
)
def test_what_is_no_moment_is_told(said: object) -> None:
    found = moments.read(said, SHANGHAI)
    assert found.at is None
    assert found.wrong is not None
    assert all(found.wrong)


def test_days_and_months_are_told_apart_by_the_column() -> None:
    assert moments.order_of(["03/04/2019", "13/04/2019"]) == "day first"
    assert moments.order_of(["03/04/2019", "04/13/2019"]) == "month first"
    assert moments.order_of(["03/04/2019", "05/06/2019"]) == ""
    assert moments.order_of(["13/04/2019", "04/13/2019"]) == ""
    found = moments.read("03/04/2019", SHANGHAI, "day first")
    assert found.at is not None
    assert found.at.astimezone(SHANGHAI).month == 4
