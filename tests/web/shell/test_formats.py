from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask

from engine.core import clock
from web.shell import formats

HOUR = timedelta(hours=1)


@pytest.fixture(params=["zh", "en"])
def language(request: pytest.FixtureRequest, app: Flask):  # type: ignore[no-untyped-def]
    with app.test_request_context(f"/?lang={request.param}"):
        yield request.param


def said(language: str, zh: str, en: str) -> str:
    return zh if language == "zh" else en


def test_times_are_said_as_people_say_them(language: str) -> None:
    now = clock.now()  # nine in the morning in Shanghai, 2 March 2026
    assert ">" + said(language, "今天 09:00", "today 09:00") + "<" in formats.moment(now)
    assert said(language, "昨天 09:00", "yesterday 09:00") in formats.moment(now - 24 * HOUR)
    assert said(language, "明天 01:00", "tomorrow 01:00") in formats.moment(now + 16 * HOUR)
    assert said(language, "2月20日 09:00", "20 Feb 09:00") in formats.moment(now - timedelta(days=10))
    assert said(language, "2025年12月31日", "31 Dec 2025") == formats.day(date(2025, 12, 31))
    assert 'title="2026-03-02 09:00:00"' in formats.moment(now)
    assert formats.moment(None) == ""


def test_lengths_have_two_units(language: str) -> None:
    assert formats.duration(timedelta(hours=3, minutes=20)) == said(language, "3 小时 20 分", "3 h 20 min")
    assert formats.duration(timedelta(days=2, hours=4, minutes=9)) == said(language, "2 天 4 小时", "2 d 4 h")
    assert formats.duration(timedelta(days=2, minutes=9)) == said(language, "2 天", "2 d")
    assert formats.duration(timedelta(seconds=40)) == said(language, "不到 1 分钟", "less than a minute")


def test_what_is_left_has_a_word_and_a_state(language: str) -> None:
    now = clock.now()
    late = formats.time_left(now - timedelta(minutes=40))
    assert late is not None
    assert (late.text, late.state) == (said(language, "逾期 40 分", "Overdue by 40 min"), "late")
    states = [formats.time_left(now + left, now - HOUR * 8) for left in (HOUR, HOUR * 8)]
    assert [each.state for each in states if each] == ["soon", "in_time"]
    done = formats.time_left(now, done=now - HOUR)
    assert done is not None
    assert done.state == "done"
    over = formats.time_left(now, done=now + HOUR)
    assert over is not None
    assert over.state == "late"
    assert formats.time_left(None) is None


def test_money_phones_and_names(language: str) -> None:
    assert formats.money(Decimal("1234.5")) == "¥1,234.50"
    assert formats.money(1000) == "¥1,000"
    assert formats.money(None) == ""
    assert formats.phone("13812345678") == "138****5678"
    assert formats.phone("12345") == "***45"
    assert formats.mail("wang@example.cn") == "w***@example.cn"
    assert formats.mail("") == ""
    assert formats.name_of("project_manager") == said(language, "项目经理", "Project manager")
    assert formats.name_of("engineering") == said(language, "工程", "Engineering")
    assert formats.name_of("unknown") == "unknown"


def test_a_moment_without_request_language_is_chinese(app: Flask) -> None:
    with app.test_request_context("/"):
        assert "2026年" not in formats.day(datetime(2026, 3, 1, tzinfo=clock.now().tzinfo))


@pytest.mark.fault(24)
@pytest.mark.parametrize(("minutes", "amber"), [(5, 5 / 3), (15, 5), (60, 20), (24 * 60, 24 * 12), (72 * 60, 72 * 12)])
def test_a_short_limit_turns_amber_with_a_third_left(app: Flask, minutes: int, amber: float) -> None:
    now, whole = clock.now(), timedelta(minutes=minutes)
    with app.test_request_context("/"):
        for left, state in ((amber * 1.01, "in_time"), (amber * 0.99, "soon")):
            due = now + timedelta(minutes=left)
            found = formats.time_left(due, due - whole)
            assert found is not None
            assert found.state == state
