"""Stuck complaints: by reason, longest first, with an action; nothing outside one's reach."""

from datetime import timedelta

import pytest

from engine.bpmn.execution import Change, act_to_json
from engine.casework import assignment
from engine.casework.cases import Case, Incident
from engine.casework.tasks import Task
from engine.complaints.core.complaint import Complaint
from engine.complaints.limits import thresholds
from engine.complaints.limits.deadlines import Pause
from engine.core import clock
from engine.core.store import Store
from tests.stories.pages import Browsers
from tests.web.lamp import begun, hands, lamp, soup, spoken, words

pytestmark = pytest.mark.slow

__all__ = ["begun", "hands", "lamp", "spoken"]


def reasons(hands: Browsers, login: str = "manager", **asked: str) -> list[tuple[str, str]]:
    page = soup(hands, login, "/stuck", **asked)
    return [
        (each.select_one(".card-title a").get_text(strip=True), each.select_one(".chip").get_text(" ", strip=True))
        for each in page.select("table.stuck tbody tr")
    ]


def stop(store: Store, complaint_id: int) -> None:
    with store.transaction() as session:
        case = session.get_one(Case, session.get_one(Complaint, complaint_id).case_id)
        case.status = "stopped"
        about = {"element": "x", "name": "x", "zh": "坏了", "en": "broken", "at": clock.now()}
        session.add(Incident(case_id=case.id, act=act_to_json(Change({})), **about))


def test_nothing_is_stuck_at_first(lamp: Browsers) -> None:
    assert "没有停滞的投诉" in words(soup(lamp, "manager", "/stuck"))


def test_each_reason_is_named_and_leads_on(lamp: Browsers) -> None:
    lamp_number = lamp.number
    stop(lamp.store, lamp.complaint_id)
    lamp.call(text="水管漏水")
    leak, leak_id = lamp.number, lamp.complaint_id
    lamp.later(days=2)
    assert set(reasons(lamp)) == {(leak, "▲ 待办逾期，没人领取"), (lamp_number, "▲ 因异常停住")}
    with lamp.store.transaction() as session:
        now = clock.now()
        session.add(
            Pause(complaint_id=leak_id, reason="weather", begun_at=now, ends_at=now + timedelta(days=3), by_id=None)
        )
    assert (leak, "‖ 暂停中") in reasons(lamp, reason="paused")
    page = soup(lamp, "manager", "/stuck")
    assert "天气原因" in words(page)
    assert "1 因异常停住" in words(page)
    assert page.select_one('table.stuck a[href="/incidents"]')
    assert reasons(lamp, "manager_2") == []
    assert lamp.browser("agent").get("/stuck").status_code == 403


def test_a_late_task_that_nobody_took_is_the_one_that_is_named(lamp: Browsers) -> None:
    with lamp.store.transaction() as session:
        assignment.claim(session, session.get_one(Task, lamp.now().open["investigate"].id), lamp.person("engineer"))
    lamp.later(days=2, hours=10)  # four fifths of the limit: the head supervises
    lamp.later(hours=3)
    page = soup(lamp, "manager", "/stuck", reason="unclaimed")
    row = page.select_one("table.stuck tbody tr")
    assert "部门主管 · 还没人领取" in row.get_text(" ", strip=True)
    assert row.select_one("a[href^='/tasks/']").get_text(strip=True) == "督办"
    assert "一项待办过了它自己的时间" in words(page)


def test_what_nobody_has_touched_for_days_is_idle(lamp: Browsers, monkeypatch: pytest.MonkeyPatch) -> None:
    with lamp.store.transaction() as session:
        thresholds.change(session, "idle_days", 1)
        case = session.get_one(Case, lamp.case_id)
        assert case.status == "running"
    clock.turn(timedelta(hours=30))
    assert (lamp.number, "◆ 多日没有进展") in reasons(lamp, reason="idle")
    assert lamp.number in {number for number, _ in reasons(lamp, department="engineering")}
    assert reasons(lamp, department="legal", community="1") == []
