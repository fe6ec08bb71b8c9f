"""A complaint before the Spring Festival: eight days off, and two weekend days worked in for them, one a Sunday."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from engine.company import calendars, places
from engine.company.people import Holding
from engine.core import clock
from tests.stories import acts
from tests.stories.pages import Browsers

pytestmark = pytest.mark.slow

CHINA = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.fixture
def friday(hands: Browsers) -> Iterator[Browsers]:
    """The morning of Friday, 24 January 2025: Sunday the 26th is worked in, 28 January to 4 February are off."""
    with clock.at(at("2025-01-24 10:00")):
        with hands.store.transaction() as session:
            session.execute(update(Holding).values(since=clock.now()))
        yield hands


def received(hands: Browsers) -> None:
    """A complex complaint has come in, and the department has it."""
    acts.acknowledged(hands)
    acts.judged(hands, urgency="complex")
    hands.do("engineer", "accept_work")


def test_a_plan_is_owed_three_working_days_later_counting_the_sunday_and_not_the_festival(friday: Browsers) -> None:
    received(friday)
    plan = friday.now().deadline("plan")
    assert (plan.clock, plan.limit_seconds) == ("working", 3 * 24 * 3600)
    assert plan.due_at == at("2025-02-05 10:00"), "Sunday, Monday, and the Wednesday after the festival"
    friday.later(days=11)  # 4 February, the last day off
    assert friday.now().deadline("plan").was_kept is None
    friday.later(days=1, minutes=1)
    assert friday.now().deadline("plan").was_kept is False


def test_the_natural_bound_of_a_limit_does_not_wait_for_the_festival(friday: Browsers) -> None:
    friday.complain()
    assert friday.now().deadline("resolve").due_at == at("2025-01-31 10:00"), "at the latest seven days, as promised"


def test_working_time_stands_still_over_the_festival_and_not_on_the_sunday(friday: Browsers) -> None:
    with friday.store.reading() as session:
        here = calendars.of(session, friday.company.community.id)
    assert here.between(at("2025-01-28 00:00"), at("2025-02-05 00:00")) == timedelta()
    assert here.between(at("2025-01-26 00:00"), at("2025-01-27 00:00")) == timedelta(hours=7, minutes=30)


def test_a_department_that_stays_closed_on_that_sunday_moves_no_limit(friday: Browsers) -> None:
    with friday.store.transaction() as session:
        engineering = places.resolve(session, "engineering", friday.company.community.id)[0]
        own = calendars.change(session, engineering, calendars.USUAL)
        calendars.except_day(session, own, date(2025, 1, 26), [], "调休不上班")
    received(friday)
    assert friday.now().deadline("plan").due_at == at("2025-02-05 10:00")


def test_the_administrator_sees_the_festival_in_the_year(friday: Browsers) -> None:
    page = friday.browser("administrator").get("/calendars/company?year=2025").get_data(as_text=True)
    assert 'title="1月26日 周日，调休或加班，09:00–12:00 13:30–18:00，春节"' in page
    assert 'title="1月28日 周二，休息，春节"' in page
