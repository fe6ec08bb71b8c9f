"""The pages of working calendars: shifts, departments, a year, files and a subscription."""

import io
from collections.abc import Callable
from datetime import date, time

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from sqlalchemy import select

from engine.company import calendars
from engine.company.calendars import CalendarException, CalendarSubscription
from engine.company.people import Person
from engine.core.store import Store
from engine.history import Entry
from tests.engine.company.calendars.test_ics import event, file
from tests.web.conftest import Company

pytestmark = pytest.mark.slow


@pytest.fixture
def admin(browser: Callable[[Person | None], FlaskClient], company: Company, store: Store) -> FlaskClient:
    with store.transaction() as session:
        calendars.seed(session)
    return browser(company.people["administrator"])


def soup(client: FlaskClient, path: str) -> BeautifulSoup:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return BeautifulSoup(answer.data, "html.parser")


def week(**spans: str) -> dict[str, str]:
    """What the form sends: mon="09:00-12:00 13:00-17:00"."""
    return {
        f"{day}.{number}.{end}": at
        for day, said in spans.items()
        for number, span in enumerate(said.split())
        for end, at in zip(("from", "to"), span.split("-"), strict=True)
    }


def typed(page: Tag, day: str) -> list[str]:
    """The periods that the form shows for a day."""
    values = [str(each["value"]) for each in page.select(f"[data-rows] input[name^='{day}.']")]
    return [f"{a}-{b}" for a, b in zip(values[::2], values[1::2], strict=True) if a]


def test_a_day_has_as_many_periods_as_it_needs_and_a_night_is_one_of_them(
    admin: FlaskClient, company: Company, store: Store
) -> None:
    path = f"/calendars/{company.community.id}"
    sent = week(mon="22:00-06:00 17:00-19:00 08:00-10:00 11:00-12:00 13:00-16:00", sun="20:00-00:00")
    assert admin.post(path, data=sent).status_code == 303
    with store.reading() as session:
        here = calendars.of(session, company.community.id)
    assert here.hours[0][-1] == (time(22), time())
    assert here.hours[1] == ((time(0), time(6)),)
    assert here.hours[6] == ((time(20), time()),)
    page = soup(admin, path)
    assert typed(page, "mon") == ["08:00-10:00", "11:00-12:00", "13:00-16:00", "17:00-19:00", "22:00-06:00"]
    assert typed(page, "tue") == []


def test_a_period_more_is_offered_without_scripts_too(admin: FlaskClient, store: Store) -> None:
    sent = {**week(mon="09:00-12:00"), "more": "mon"}
    page = BeautifulSoup(admin.post("/calendars/company", data=sent).data, "html.parser")
    assert len(page.select("[data-rows] input[name^='mon.']")) == 4
    with store.reading() as session:
        assert len(calendars.of(session, None).hours) == 5, "nothing is stored yet"


@pytest.mark.parametrize(
    ("spans", "said"),
    [
        ("09:00-12:00 11:00-13:00", "周一的时段应先后有序"),
        ("09:00-", "不是时间"),
        ("09:00-09:00", "结束要晚于开始"),
    ],
)
def test_what_makes_no_sense_is_said_with_its_day(admin: FlaskClient, spans: str, said: str) -> None:
    answer = admin.post("/calendars/company", data=week(mon=spans))
    assert answer.status_code == 422
    page = BeautifulSoup(answer.data, "html.parser")
    assert said in page.select_one("[role=alert]").get_text()
    assert typed(page, "mon") == spans.split()


def test_a_department_gets_hours_of_its_own_on_the_page_of_its_community(
    admin: FlaskClient, company: Company, store: Store
) -> None:
    engineering = company.departments["engineering"].id
    link = soup(admin, f"/calendars/{company.community.id}").select_one(f"a[href='/calendars/{engineering}']")
    assert link is not None
    page = soup(admin, f"/calendars/{engineering}")
    assert "答应业主的时限始终按小区的时间算" in page.get_text()
    assert admin.post(f"/calendars/{engineering}", data=week(sat="08:00-12:00")).status_code == 303
    with store.reading() as session:
        assert calendars.of(session, engineering).on(date(2026, 3, 7)) != ()
        assert calendars.of(session, company.community.id).on(date(2026, 3, 7)) == ()
    assert "阳光里 · 工程" in soup(admin, "/calendars").get_text()


def test_a_year_is_drawn_and_said(admin: FlaskClient, company: Company) -> None:
    admin.post("/calendars/company/days", data={"day": "2026-03-03", "name": "停电", **week(day="09:00-11:00")})
    page = soup(admin, "/calendars/company?year=2026")
    assert len(page.select(".months table")) == 12
    assert len(page.select(".months td.year-day")) == 365
    said = {str(each["title"]).split("，")[0]: each for each in page.select(".months td.year-day")}
    assert said["3月3日 周二"]["title"] == "3月3日 周二，缩短，09:00–11:00，停电"
    assert "is-short" in said["3月3日 周二"]["class"]
    assert "is-make_up" in said["2月14日 周六"]["class"]
    assert said["2月17日 周二"].select_one(".only-read").get_text() == "2月17日 周二，休息，春节"
    assert "is-free" in said["3月8日 周日"]["class"]
    assert page.select_one(".year a[rel=next]")["href"] == "/calendars/company?year=2027#year"
    later = soup(admin, "/calendars/company?year=2099")
    assert len(later.select(".months td.is-unknown")) == 365
    assert soup(admin, "/calendars/company?year=nonsense").select_one(".year h2").get_text() == "2026 年一览"


def bring(admin: FlaskClient, path: str, content: bytes, status: int = 200, **more: str) -> BeautifulSoup:
    answer = admin.post(f"{path}/file", data={"file": (io.BytesIO(content), "days.ics"), **more})
    assert answer.status_code == status
    return BeautifulSoup(answer.data, "html.parser")


DAYS = file(
    event("SUMMARY:停水", "DTSTART;VALUE=DATE:20260303"),
    event("SUMMARY:停电", "DTSTART;VALUE=DATE:20260304"),
    event("SUMMARY:例会", "DTSTART;VALUE=DATE:20260305", "RRULE:FREQ=MONTHLY"),
)


def names(store: Store) -> dict[str, str]:
    with store.reading() as session:
        return {f"{each.day:%m-%d}": each.name for each in session.scalars(select(CalendarException))}


def test_a_file_is_looked_at_before_anything_is_written(admin: FlaskClient, store: Store) -> None:
    admin.post("/calendars/company/days", data={"day": "2026-03-03", "name": "值班", **week(day="10:00-11:00")})
    page = bring(admin, "/calendars/company", DAYS)
    assert names(store) == {"03-03": "值班"}
    rows = [" ".join(each.get_text(" ").split()) for each in page.select("tbody tr")]
    assert "3月3日 停水 10:00–11:00 休息" in rows[0]
    assert "原来不同" in rows[0]
    assert "新的" in rows[1]
    assert "只认每年、每周" in page.get_text()
    days = str(page.select_one("[name=days]")["value"])
    assert admin.post("/calendars/company/file/keep", data={"days": days}).status_code == 303
    assert names(store) == {"03-03": "值班", "03-04": "停电"}
    admin.post("/calendars/company/file/keep", data={"days": days, "over_own": "on"})
    assert names(store) == {"03-03": "停水", "03-04": "停电"}
    with store.reading() as session:
        told = [each.facts["days"] for each in session.scalars(select(Entry)) if each.kind == "calendar.days_brought"]
    assert told == [1, 1]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"not a calendar", "BEGIN:VCALENDAR"),
        (file(*[event("DTSTART;VALUE=DATE:20260101", "DTEND;VALUE=DATE:20291231")]), "一次最多 800 天"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(
    admin: FlaskClient, store: Store, content: bytes, said: str
) -> None:
    page = bring(admin, "/calendars/company", content, 422)
    assert said in page.select_one("[role=alert]").get_text()
    assert names(store) == {}


@pytest.mark.parametrize("days", ["", "{}", "[[1,2,3]]", '[["2026-03-03",[["18:00","09:00"]],"x"]]', "[" * 100_000])
def test_what_comes_back_from_the_preview_is_checked_again(admin: FlaskClient, store: Store, days: str) -> None:
    admin.post("/calendars/company/file/keep", data={"days": days})
    assert names(store) == {}


def test_a_place_without_hours_of_its_own_takes_no_file(admin: FlaskClient, company: Company) -> None:
    assert admin.get(f"/calendars/{company.community.id}/file").status_code == 409
    bring(admin, f"/calendars/{company.community.id}", DAYS, 409)


def test_what_was_exported_is_imported_elsewhere(admin: FlaskClient, company: Company, store: Store) -> None:
    admin.post("/calendars/company/days", data={"day": "2026-03-03", "name": "停电", **week(day="09:00-11:00")})
    answer = admin.get("/calendars/company/ics")
    assert answer.mimetype == "text/calendar"
    assert "春节（班）".encode() in answer.data
    path = f"/calendars/{company.community.id}"
    admin.post(
        path, data={**week(**dict.fromkeys(calendars.WEEKDAYS[:5], "09:00-12:00 13:30-18:00")), "holidays": "on"}
    )
    page = bring(admin, path, answer.data)
    assert len(page.select("tbody tr")) == 1, "public holidays are known already"
    admin.post(f"{path}/file/keep", data={"days": str(page.select_one("[name=days]")["value"])})
    with store.reading() as session:
        assert calendars.of(session, company.community.id).on(date(2026, 3, 3)) == ((time(9), time(11)),)


def test_a_calendar_is_subscribed_to_and_left_again(admin: FlaskClient, store: Store) -> None:
    path = "/calendars/company/subscription"
    refused = admin.post(path, data={"address": "https://192.168.1.4/days.ics"}, follow_redirects=True)
    assert "地址要以 https:// 开头" in refused.get_data(as_text=True)
    admin.post(path, data={"address": "https://days.example.com/x.ics", "means": "open"})
    with store.transaction() as session:
        row = session.scalars(select(CalendarSubscription)).one()
        assert (row.means, row.fetched_at) == ("open", None)
        row.failed = ["对方回答 404。", "The other side answered 404."]
    page = soup(admin, "/calendars/company").select_one("#subscription").get_text()
    assert "上次没有取到：对方回答 404。" in page
    admin.post(path, data={"do": "fetch"})
    admin.post(path, data={"do": "end"})
    with store.reading() as session:
        assert session.scalars(select(CalendarSubscription)).all() == []
        kinds = [each.kind for each in session.scalars(select(Entry)) if each.kind.startswith("calendar.")]
    assert kinds == ["calendar.subscribed", "calendar.unsubscribed"]
