"""The pages of warnings: the list, one warning with its reason, and the same on the task of the patrol."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from engine.complaints.limits import thresholds
from engine.core import clock
from engine.operations.schedule import look_for_warnings
from engine.warnings import EarlyWarning
from tests.engine.warnings.complained import complained, newest, weekly
from tests.stories.pages import Browsers
from tests.web.lamp import begun, hands, soup, words

pytestmark = pytest.mark.slow

__all__ = ["begun", "hands"]


@pytest.fixture
def warned(hands: Browsers) -> Browsers:
    """Two warnings in one week: lifts here, rubbish at the neighbour's."""
    with hands.store.transaction() as session:
        here, there = hands.company.community.id, hands.company.neighbour.id
        complained(session, here, "1001", [*weekly(2, hour=22), *newest(9, hour=22)])
        complained(session, there, "2001", [*weekly(2), *newest(12)])
    assert look_for_warnings(hands.store) == 2
    with hands.store.reading() as session:
        found = session.scalars(select(EarlyWarning).where(EarlyWarning.category == "1001")).one()
    hands.case_id = found.case_id or 0
    return hands


def address(hands: Browsers) -> str:
    with hands.store.reading() as session:
        return f"/warnings/{session.scalar(select(EarlyWarning.id).where(EarlyWarning.category == '1001'))}"


def test_the_list_can_be_searched_and_narrowed_and_shows_what_is_in_reach(warned: Browsers) -> None:
    def listed(login: str = "board", **asked: str) -> list[str]:
        return [each.text for each in soup(warned, login, "/warnings", **asked).select("td[data-label=类别]")]

    assert sorted(listed()) == ["垃圾清运", "电梯故障"]
    assert listed("manager") == ["电梯故障"]
    assert listed(q="电梯") == listed(category="10") == listed(q="阳光里") == ["电梯故障"]
    assert listed(q="YGL-Y") == ["电梯故障"]
    assert listed(hit="yes") == []
    assert "没有符合条件的预警" in words(soup(warned, "board", "/warnings", hit="yes"))
    assert warned.browser("agent").get("/warnings").status_code == 403


def test_one_says_in_plain_words_why_and_leads_to_its_complaints(warned: Browsers) -> None:
    page = soup(warned, "manager", address(warned))
    told = words(page)
    assert "平常一周约 2 件" in told
    assert "这一周有 9 件" in told
    assert "22:00" in told or "21:00" in told or "20:00" in told
    assert len(page.select("figure.weeks rect")) == 60
    behind = page.select_one("a[href*='/complaints?']")
    assert behind is not None
    found = BeautifulSoup(warned.browser("manager").get(str(behind["href"])).data, "html.parser")
    assert len(found.select("table.complaints tbody tr")) == 9


def test_the_patrol_reads_where_and_when_to_go(warned: Browsers) -> None:
    warned.do("inspector", "look", patrol="yes", department="engineering", words="夜里到机房看")
    task = next(each for each in warned._open_tasks() if each.element == "patrol")
    told = words(soup(warned, "engineer", f"/tasks/{task.id}"))
    assert "电梯故障" in told
    assert "何时去看" in told
    assert "平常一周约 2 件" in told
    listed = words(soup(warned, "engineer", "/inbox"))
    assert "现场巡查" in listed
    assert "电梯故障" in listed


def test_the_hit_rate_stands_beside_chance_and_the_warning_tells_its_end(warned: Browsers) -> None:
    warned.do("inspector", "look", patrol="no", words="检修中")
    clock.turn(timedelta(days=15))
    look_for_warnings(warned.store)
    told = words(soup(warned, "manager", "/warnings"))
    assert "0 / 1 条 预警命中" in told
    assert "98 % 只凭偶然也会“命中”" in told
    assert "没有命中" in words(soup(warned, "manager", address(warned)))


def test_a_manager_looks_now_and_others_cannot(warned: Browsers) -> None:
    asked = warned.browser("manager").post("/warnings/look")
    assert asked.status_code == 303
    warned.finish_jobs()
    assert "上周有 2 条预警" in words(soup(warned, "manager", str(asked.location)))
    assert warned.browser("engineering_head").post("/warnings/look").status_code == 403
    with warned.store.transaction() as session:
        thresholds.change(session, "warning_most", 0)
    refused = warned.browser("manager").post("/warnings/look")
    assert refused.status_code == 409
    assert "预警已停用" in words(BeautifulSoup(refused.data, "html.parser"))
    assert not soup(warned, "manager", "/warnings").select("form[action='/warnings/look']")
