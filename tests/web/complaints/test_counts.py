"""Counts of a period: the figures agree with the linked lists, and stay within reach."""

from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select, update

from engine.complaints.core.complaint import Complaint
from engine.complaints.homes.households import Household
from engine.complaints.lists import counts
from tests.stories.pages import Browsers
from tests.web.lamp import begun, hands, lamp, soup, spoken, words

pytestmark = pytest.mark.slow

__all__ = ["begun", "hands", "lamp", "spoken"]


def row(hands: Browsers, name: str, login: str = "manager", **asked: str) -> list[str]:
    """The row of the table named `name`."""
    page = soup(hands, login, "/counts", **asked)
    rows = {each.th.get_text(strip=True): each for each in page.select(".counts tbody tr")}
    return [each.get_text(strip=True) for each in rows[name].select("td")] if name in rows else []


def test_every_number_leads_to_the_complaints_behind_it(lamp: Browsers) -> None:
    lamp.later(days=9)
    lamp.call(text="垃圾没有运走", category="2001")
    for way in ("community", "department", "area", "category", "channel"):
        page = soup(lamp, "manager", "/counts", by=way)
        numbers = page.select(".counts td a")
        assert numbers
        for each in numbers:
            shown = lamp.browser("manager").get(each["href"]).text
            assert f'<span class="head-count">{each.get_text(strip=True)}</span>' in shown, each["href"]


def test_numbers_are_those_of_the_period_and_of_now(lamp: Browsers) -> None:
    assert row(lamp, "阳光里") == ["1", "0", "1", "0"]
    lamp.later(days=9)
    lamp.call(text="垃圾没有运走", category="2001")
    assert row(lamp, "阳光里") == ["2", "0", "2", "1"]
    assert row(lamp, "阳光里", since="2026-03-10") == ["1", "0", "2", "1"]
    assert row(lamp, "来电", by="channel", category="20") == ["1", "0", "1", "0"]


def test_nothing_is_counted_outside_of_reach(lamp: Browsers) -> None:
    assert "这段时间没有符合条件的" in words(soup(lamp, "manager_2", "/counts"))


def test_an_address_that_says_nothing_useful_still_opens(lamp: Browsers) -> None:
    for asked in ({"since": "2030-01-01", "until": "2020-01-01"}, {"by": "x", "since": "nonsense"}, {"category": "%"}):
        assert lamp.browser("manager").get("/counts", query_string=asked).status_code == 200


def test_links_are_our_own(lamp: Browsers) -> None:
    page = soup(lamp, "manager", "/counts")
    assert {urlsplit(each["href"]).path for each in page.select(".bars a")} == {"/complaints"}


def live_in(hands: Browsers, building: str, room: str) -> None:
    """A resident of that household complains."""
    with hands.store.transaction() as session:
        asked = select(Household).where(Household.building == building, Household.room == room)
        home = session.scalar(asked) or Household(
            community_id=hands.company.community.id, building=building, unit="1", room=room, label=f"{building}栋{room}"
        )
        session.add(home)
        session.flush()
        known = str(home.id)
    hands.call(text=f"垃圾没有运走 {hands.number}", category="2001", household=known)


def test_a_building_leads_to_its_homes_and_these_to_their_complaints(lamp: Browsers) -> None:
    here = lamp.company.community.id
    for building, room in (("3", "101"), ("3", "101"), ("3", "102"), ("12", "101")):
        live_in(lamp, building, room)
    assert row(lamp, "阳光里 3栋", by="building") == ["3", "0", "3", "0"]
    assert row(lamp, "12栋", by="building", community=str(here)) == ["1", "0", "1", "0"]
    page = soup(lamp, "manager", "/counts", by="building")
    assert "另有 1 件没有登记住户或楼栋" in words(page)
    assert "5 收到" in words(page)
    lead = page.select_one(".counts td a")
    assert lead is not None
    inside = BeautifulSoup(lamp.browser("manager").get(lead["href"]).data, "html.parser")
    assert [each.get_text() for each in inside.select(".bar-name")] == ["3栋101", "3栋102"]
    for each in inside.select(".counts td a"):
        shown = lamp.browser("manager").get(each["href"]).text
        assert f'<span class="head-count">{each.get_text(strip=True)}</span>' in shown, each["href"]
    assert "Building 3" in lamp.browser("manager").get(f"{lead['href']}&lang=en").text
    assert "这段时间没有符合条件的" in words(soup(lamp, "manager_2", "/counts", by="building"))


def test_of_very_many_the_newest_are_counted_by_building(lamp: Browsers, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "都没有登记住户或楼栋" in words(soup(lamp, "manager", "/counts", by="building"))
    live_in(lamp, "3", "101")
    live_in(lamp, "3", "102")
    monkeypatch.setattr(counts, "MOST_OF_HOMES", 1)
    assert "每项只数最新的 1 件" in words(soup(lamp, "manager", "/counts", by="building"))


@pytest.mark.fault(34)
def test_complaints_are_counted_unless_another_kind_is_asked_for(lamp: Browsers) -> None:
    with lamp.store.transaction() as session:
        session.execute(update(Complaint).values(kind="repair"))
    page = words(soup(lamp, "manager", "/counts"))
    assert "投诉统计" in page
    assert row(lamp, "阳光里") == []
    assert row(lamp, "阳光里", kind="repair") == row(lamp, "阳光里", kind="all") == ["1", "0", "1", "0"]
    assert "报修统计" in words(soup(lamp, "manager", "/counts", kind="repair"))


@pytest.mark.fault(34)
def test_a_period_is_never_changed_without_a_word(lamp: Browsers) -> None:
    swapped = soup(lamp, "manager", "/counts", since="2026-03-31", until="2026-01-01")
    assert "起止日期写反了，已对调" in words(swapped)
    assert [each["value"] for each in swapped.select("input[type=date]")] == ["2026-01-01", "2026-03-31"]
    assert row(lamp, "阳光里", since="2026-03-31", until="2026-01-01") == ["1", "0", "1", "0"]
    long = words(soup(lamp, "manager", "/counts", since="2020-01-01", until="2026-03-31"))
    assert "一次最多统计 366 天，所以从 2025-03-31 算起" in long
    assert "一次最多" not in words(soup(lamp, "manager", "/counts", since="2026-01-01", until="2026-03-31"))


@pytest.mark.fault(34)
@pytest.mark.parametrize(("past", "there"), [("", "0"), ("with", "1"), ("only", "1")])
def test_past_complaints_are_counted_when_asked_for_and_the_list_agrees(lamp: Browsers, past: str, there: str) -> None:
    with lamp.store.transaction() as session:
        session.execute(update(Complaint).values(past=True))
    page = soup(lamp, "manager", "/counts", past=past)
    assert (row(lamp, "阳光里", past=past) or ["0"])[0] == there
    for each in page.select(".counts td a"):
        listed = lamp.browser("manager").get(each["href"]).text
        assert f'<span class="head-count">{each.get_text(strip=True)}</span>' in listed


@pytest.mark.fault(34)
def test_counts_and_stuck_are_buttons_of_the_list(lamp: Browsers) -> None:
    head = soup(lamp, "manager", "/complaints").select(".head a[role=button]")
    assert {"/counts", "/stuck"} <= {each["href"] for each in head}
