"""The page of clocks: how late timers fired, what waits, and moving one or letting it go off, with a reason."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select

from engine.casework.cases import Case
from engine.casework.timers import Timer
from engine.core import clock
from tests.stories.pages import Browsers
from tests.web.lamp import begun, hands, lamp, soup, spoken, words

pytestmark = pytest.mark.slow

__all__ = ["begun", "hands", "lamp", "spoken"]


def waits(lamp: Browsers) -> list[Timer]:
    with lamp.store.reading() as session:
        asked = select(Timer).where(Timer.due_at.is_not(None)).order_by(Timer.due_at, Timer.id)
        return list(session.scalars(asked))


def test_what_waits_is_listed_and_how_late_it_was_is_drawn(lamp: Browsers) -> None:
    page = soup(lamp, "manager", "/clocks")
    assert len(page.select("table.cards tbody tr")) == len(waits(lamp))
    assert lamp.number in words(page)
    lamp.later(days=3)
    drawn = words(soup(lamp, "manager", "/clocks"))
    assert "提前（不应该有） 0" in drawn
    assert "最近 7 天到期的 0 个计时" not in drawn
    assert "没有在等的计时" in lamp.browser("manager_2").get("/clocks").text, "another community's own"
    assert lamp.browser("engineer").get("/clocks").status_code == 403


def test_a_timer_is_moved_with_a_reason_and_stays_where_it_was_moved(lamp: Browsers) -> None:
    first = waits(lamp)[0]
    assert first.due_at is not None
    to = first.due_at + timedelta(days=3)
    typed = to.astimezone(lamp.zone).strftime("%Y-%m-%dT%H:%M") if hasattr(lamp, "zone") else ""
    typed = typed or (to + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M")
    client = lamp.browser("manager")
    client.post(f"/clocks/{first.id}/move", data={"to": typed, "reason": " "})
    assert waits(lamp)[0].due_at == first.due_at, "not without a reason"
    client.post(f"/clocks/{first.id}/move", data={"to": "2020-01-01T00:00", "reason": "早就该办"})
    assert waits(lamp)[0].due_at == first.due_at, "not into the past"
    client.post(f"/clocks/{first.id}/move", data={"to": typed, "reason": "业主出差"})
    assert "人工改过" in words(soup(lamp, "manager", "/clocks"))
    lamp.do(
        "engineer",
        "investigate",
        looked_at="site",
        facts="灯具老化",
        finding="own_fault",
        cause="equipment",
        responsible="engineering",
    )
    [moved] = [each for each in waits(lamp) if each.id == first.id]
    assert moved.due_at is not None
    assert abs(moved.due_at - to) < timedelta(minutes=1), "another step of the case does not move it back"
    told = words(soup(lamp, "manager", f"/complaints/{lamp.complaint_id}"))
    assert "业主出差" in told
    assert (
        lamp.browser("manager_2").post(f"/clocks/{first.id}/move", data={"to": typed, "reason": "x"}).status_code == 404
    )


def test_a_timer_goes_off_at_once_when_somebody_says_so(lamp: Browsers) -> None:
    first = waits(lamp)[0]
    lamp.browser("manager").post(f"/clocks/{first.id}/fire", data={"reason": "马上上报"})
    assert first.id not in {each.id for each in waits(lamp)}
    with lamp.store.reading() as session:
        assert session.get_one(Case, first.case_id).status == "running"
    again = lamp.browser("manager").post(f"/clocks/{first.id}/fire", data={"reason": "再来"})
    assert again.status_code == 404, "it went off already"


def test_the_page_costs_the_same_with_many(lamp: Browsers) -> None:
    client, seen = lamp.browser("manager"), list[str]()
    client.get("/clocks")
    event.listen(lamp.store.engine, "before_cursor_execute", lambda *said: seen.append(said[2]))
    client.get("/clocks")
    before, like = len(seen), waits(lamp)[0]
    with lamp.store.transaction() as session:
        for number in range(40):
            session.add(Timer(case_id=like.case_id, key=f"k{number}", element=like.element, expression="x",
                              due_at=clock.now() + timedelta(hours=number), set_at=clock.now()))  # fmt: skip
    seen.clear()
    client.get("/clocks")
    assert len(seen) == before
