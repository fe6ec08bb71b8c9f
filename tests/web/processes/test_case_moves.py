"""Moving many cases: what stands where, what is tried, who may, and two who do it at once."""

from itertools import pairwise
from statistics import median
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session

from engine import jobs
from engine.administration import case_moves
from engine.administration.case_moves import Wanted
from engine.bpmn.execution import Plan
from engine.casework import cases
from engine.casework.cases import Case
from engine.complaints.core.complaint import Concerned
from engine.core.settings import Settings
from engine.history import Entry
from engine.jobs import Job
from engine.operations.schedule.run_jobs import run_jobs
from engine.processes import versions
from tests.engine.complaints.alarms.test_alarm_moves import moved, renamed
from tests.stories.conftest import begun as begun
from tests.stories.conftest import hands as hands
from tests.stories.hands import Hands
from tests.stories.pages import Browsers
from tests.web.processes.stuck_process import BAD, GOOD, publish, stop

pytestmark = pytest.mark.slow


@pytest.fixture
def stuck(hands: Browsers) -> Browsers:
    """Three cases that stopped on version 1, and version 2, which is right."""
    publish(hands, BAD)
    for number in range(3):
        stop(hands, f"P-{number}")
    publish(hands, GOOD)
    return hands


def fields(hands: Browsers, login: str = "owner") -> dict[str, Any]:
    page = hands.browser(login).get("/cases/moves?process=photos").text
    boxes = BeautifulSoup(page, "html.parser").select("[name=since]")
    since = [str(each["value"]) for each in boxes if each.has_attr("checked")]
    return {"process": "photos", "to": "2", "community": "", "number": "", "since": since, "retry": "1"}


def run(hands: Browsers) -> Job:
    run_jobs(hands.store, Settings(home=hands.app.extensions["bihuan"].settings.home, demo=True))
    with hands.store.reading() as session:
        job = session.scalars(select(Job).order_by(Job.id.desc())).first()
        assert job is not None
        return job


def states(hands: Browsers) -> list[str]:
    with hands.store.reading() as session:
        return list(session.scalars(select(Case.status).where(Case.process == "photos").order_by(Case.id)))


def test_a_preview_counts_what_stands_where(stuck: Browsers) -> None:
    page = stuck.browser("owner").post("/cases/moves/preview", data=fields(stuck)).text
    row = BeautifulSoup(page, "html.parser").select_one("table.moves tbody tr")
    assert row is not None
    assert "看照片" in row.get_text()
    assert [each.get_text() for each in row.select("td")][1:4] == ["3", "0", "0"]


def test_a_trial_changes_nothing_and_leads_to_the_move(stuck: Browsers) -> None:
    sent = stuck.browser("owner").post("/cases/moves", data={**fields(stuck), "do": "trial"})
    assert sent.status_code == 303
    job = run(stuck)
    assert (job.state, job.outcome["moved"], states(stuck)) == ("done", 3, ["stopped"] * 3)
    page = stuck.browser("owner").get(sent.location)
    assert "试移：3 件能移" in page.text
    again = stuck.browser("owner").post(f"/cases/moves/after/{job.id}", data={"reason": "改正了变量名"})
    assert again.status_code == 303
    assert run(stuck).outcome["moved"] == 3
    assert states(stuck) == ["running"] * 3
    with stuck.store.reading() as session:
        kinds = session.scalars(select(Entry.kind).where(Entry.kind.in_(("case.moved", "cases.moved")))).all()
        assert sorted(kinds) == ["case.moved"] * 3 + ["cases.moved"]


def test_a_move_needs_a_reason(stuck: Browsers) -> None:
    sent = stuck.browser("owner").post("/cases/moves", data={**fields(stuck), "do": "move", "reason": " "})
    assert sent.status_code == 422
    assert "请写明原因" in sent.text


def test_of_two_who_move_the_same_cases_one_does_and_the_other_is_told(stuck: Browsers) -> None:
    asked = {**fields(stuck), "do": "move", "reason": "改正了变量名"}
    for login in ("owner", "administrator"):
        assert stuck.browser(login).post("/cases/moves", data=asked).status_code == 303
    with stuck.store.reading() as session:
        ids = [job.id for job in session.scalars(select(Job).order_by(Job.id))]
        wanted = case_moves.wanted_by(session.get_one(Job, ids[1]))
    run(stuck)
    with stuck.store.reading() as session:
        first, second = (session.get_one(Job, each) for each in ids)
        assert (first.outcome["moved"], second.outcome["moved"]) == (3, 0)
    late = case_moves._once(stuck.store, stuck.person("owner").id, stuck.case_id, wanted, "再移", trial=False)
    assert late[0] == "already"
    assert late[1] is not None


def test_each_case_is_moved_or_stays_whatever_happens_between(stuck: Browsers, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker dies after the first case: the job begins again and does the rest."""
    stuck.browser("owner").post("/cases/moves", data={**fields(stuck), "do": "move", "reason": "改正了变量名"})
    done = case_moves._once
    seen: list[int] = []

    def dies(*given: Any, **more: Any) -> Any:
        if len(seen) == 1:
            raise jobs.GivenUp
        seen.append(1)
        return done(*given, **more)

    monkeypatch.setattr(case_moves, "_once", dies)
    jobs.run_next(stuck.store, stuck.app.extensions["bihuan"].settings)
    assert sorted(states(stuck)) == ["running", "stopped", "stopped"]
    monkeypatch.setattr(case_moves, "_once", done)
    assert run(stuck).outcome["moved"] == 2
    assert states(stuck) == ["running"] * 3


@pytest.mark.long
def test_three_thousand_are_moved_each_in_so_many_statements_with_one_entry(stuck: Browsers) -> None:
    place = stuck.company.community.id
    publish(stuck, BAD)
    with stuck.store.transaction() as session:
        for number in range(3_000):
            cases.start(session, "photos", {}, business_key=f"M-{number}", place_id=place)
    publish(stuck, GOOD)
    asked = {**fields(stuck), "to": "4", "do": "move", "reason": "改正了变量名"}
    assert stuck.browser("owner").post("/cases/moves", data=asked).status_code == 303
    sent: list[int] = []
    count = 0

    def note(*_told: object) -> None:
        nonlocal count
        count += 1

    def done(session: Session, *_context: object) -> None:
        sent.append(count)

    event.listen(stuck.store.engine, "before_cursor_execute", note)
    event.listen(Session, "after_commit", done)
    job = run(stuck)
    event.remove(Session, "after_commit", done)
    assert job.outcome["moved"] == 3_003
    each = [later - earlier for earlier, later in pairwise(sent)]
    assert median(each[2_500:2_900]) <= median(each[100:500])
    with stuck.store.reading() as session:
        entries = session.execute(
            select(Entry.case_id, func.count()).where(Entry.kind == "case.moved").group_by(Entry.case_id)
        ).all()
    assert len(entries) == 3_003
    assert {number for _case, number in entries} == {1}


def test_a_fault_with_one_case_is_said_and_the_others_are_moved(
    stuck: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck.browser("owner").post("/cases/moves", data={**fields(stuck), "do": "move", "reason": "改正了变量名"})
    move = cases.move

    def broken(session: Session, case: Case, *rest: Any) -> Any:
        if case.id == stuck.case_id:
            raise KeyError("x")
        return move(session, case, *rest)

    monkeypatch.setattr(cases, "move", broken)
    outcome = run(stuck).outcome
    assert (outcome["moved"], outcome["stayed"]) == (2, 1)
    assert outcome["why"][0][2] == "系统出错，没有移动。请告诉管理员。"
    with stuck.store.reading() as session:
        entry = session.scalars(select(Entry).where(Entry.kind == "cases.moved")).one()
    assert (entry.facts["moved"], entry.facts["stayed"]) == (2, 1)


@pytest.mark.parametrize("login", ["agent", "manager", "board"])
def test_others_may_not(stuck: Browsers, login: str) -> None:
    assert stuck.browser(login).get("/cases/moves").status_code in (403, 404)
    sent = stuck.browser(login).post("/cases/moves", data={**fields(stuck), "do": "move", "reason": "试试"})
    assert sent.status_code in (403, 404)


def test_nobody_moves_complaints_about_themselves(hands: Browsers) -> None:
    for _ in range(2):
        Hands.complain(hands)
    with hands.store.transaction() as session:
        session.add(Concerned(complaint_id=hands.complaint_id, person_id=hands.person("owner").id))
    with hands.store.reading() as session:
        owner = hands.person("owner")
        [group] = case_moves.running(session, owner, "complaint")
        assert group.cases == 1
        wanted = Wanted("complaint", (group.pin,), "elsewhere", plan=Plan())
        assert case_moves.count(session, owner, wanted) == 1


def test_only_a_community_or_only_what_is_stopped(stuck: Browsers) -> None:
    with stuck.store.transaction() as session:
        session.execute(update(Case).where(Case.id == stuck.case_id).values(status="running"))
    with stuck.store.transaction() as session:
        pin = versions.pin_latest(session, "photos")
        since = tuple(each.pin for each in case_moves.running(session, stuck.person("owner"), "photos"))
        for more, count in (({"stopped": True}, 2), ({"number": "P-1"}, 1), ({"community_id": 1}, 0)):
            wanted = Wanted("photos", since, pin, **more)  # type: ignore[arg-type]
            assert case_moves.count(session, stuck.person("owner"), wanted) == count


def test_the_story_the_answers_and_the_diagram_of_a_moved_complaint_know_its_old_steps(hands: Browsers) -> None:
    hands.complain()
    hands.do("agent", "acknowledge", told_how="phone")
    step = next(iter(hands.now().open))
    anew = {each: f"{each}_anew" for each in ("acknowledge", step)}

    def alter(text: bytes) -> bytes:
        for each in anew:
            text = renamed(each)(text)
        return text

    moved(hands, alter, Plan(anew))
    assert list(hands.now().open) == [anew[step]]
    told = hands.staff_reads()
    assert "完成“受理确认”" in told
    assert "案件移到另一版流程" in told
    page = hands.browser("manager").get(f"/complaints/{hands.complaint_id}")
    assert page.status_code == 200
    assert "受理确认" in page.text
    drawn = hands.browser("manager").get(f"/cases/{hands.case_id}/diagrams")
    assert drawn.status_code == 200
    assert anew[step] in drawn.text
