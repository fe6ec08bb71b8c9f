"""When a task was claimed and when work on it began: known from what its holder did, else unknown."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import pytest

from engine.casework.tasks import Task, lengths
from engine.core import clock
from tests.stories.pages import Browsers
from tests.web.casework.test_task_page import FOUND, type_in, where
from tests.web.lamp import begun as begun
from tests.web.lamp import lamp as lamp
from tests.web.lamp import of, soup
from tests.web.lamp import spoken as spoken

DRAFT: list[list[object]] = [["facts", "灯座进水", None]]


class Told(NamedTuple):
    """What a task's row says."""

    holder: int | None
    claimed: datetime | None
    begun: datetime | None
    done: datetime | None


def told(hands: Browsers, task_id: int) -> Told:
    with hands.store.reading() as session:
        task = session.get_one(Task, task_id)
        return Told(task.assignee_id, task.claimed_at, task.begun_at, task.closed_at)


def task_of(hands: Browsers) -> int:
    return hands.now().open["investigate"].id


def turn(minutes: int = 10) -> datetime:
    """Let time pass; returns the moment from which on things happen then."""
    clock.turn(timedelta(minutes=minutes))
    return clock.now()


def post(hands: Browsers, login: str, what: str, **data: object) -> int:
    return hands.browser(login).post(f"{where(hands)}/{what}", data=data).status_code


def open_page(hands: Browsers, login: str) -> bool:
    """Open the task's page and do what its script does; returns whether the script has anything to do."""
    form = soup(hands, login, where(hands)).select_one("#task-form")
    address = form.get("data-begun-url") if form else None
    if address:
        assert hands.browser(login).post(str(address)).status_code == 204
    return bool(address)


def within(at: datetime | None, since: datetime) -> bool:
    return at is not None and since <= at <= clock.now()


def claim_by_button(hands: Browsers) -> None:
    assert post(hands, "engineer", "claim") == 303


def claim_in_bulk(hands: Browsers) -> None:
    hands.browser("engineer").post("/inbox/bulk", data={"act": "claim", "task": task_of(hands)})


def assigned(hands: Browsers) -> None:
    assert post(hands, "engineering_head", "assign", person=hands.person("engineer").id) == 303


def given_in_bulk(hands: Browsers) -> None:
    sent = {"task": task_of(hands), "person": hands.person("engineer").id}
    hands.browser("engineering_head").post("/inbox/bulk/give", data=sent)


def taken_over(hands: Browsers) -> None:
    assert post(hands, "engineer2", "claim") == 303
    clock.turn(timedelta(minutes=1))
    given_in_bulk(hands)


@pytest.mark.parametrize("get", [claim_by_button, claim_in_bulk, assigned, given_in_bulk, taken_over])
def test_a_task_that_somebody_got_is_begun_once_they_open_it(lamp: Browsers, get: Callable[[Browsers], None]) -> None:
    task, since = task_of(lamp), turn()
    get(lamp)
    got = told(lamp, task)
    assert got.holder == lamp.person("engineer").id
    assert within(got.claimed, since)
    assert got.begun is None, "who has it has not looked at it"
    opened = turn()
    assert not open_page(lamp, "engineering_head")
    assert told(lamp, task).begun is None, "somebody else looked"
    assert open_page(lamp, "engineer")
    assert within((first := told(lamp, task)).begun, opened)
    turn()
    assert not open_page(lamp, "engineer"), "it is told once"
    post(lamp, "engineer", "begun")
    type_in(lamp, DRAFT)
    assert told(lamp, task) == first
    end = turn()
    lamp.browser("engineer").post(f"/tasks/{task}", data=FOUND)
    assert within((last := told(lamp, task)).done, end)
    assert last[:3] == first[:3]


def test_a_task_completed_without_being_claimed_was_begun_nobody_knows_when(lamp: Browsers) -> None:
    task = task_of(lamp)
    turn()
    open_page(lamp, "engineer")
    lamp.browser("engineer").post(f"/tasks/{task}", data=FOUND)
    told_now = told(lamp, task)
    assert told_now.done is not None
    assert told_now[:3] == (None, None, None)
    story = soup(lamp, "manager", of(lamp)).select_one("#story")
    assert story is not None
    total = story.select_one(".quiet[title*='开始办：时间不清楚']")
    assert total is not None
    assert total.text.startswith("共 ")
    paper = soup(lamp, "manager", f"{of(lamp)}/print")
    assert paper.select_one("td[title*='开始办：时间不清楚']") is not None


def test_who_drafts_before_claiming_began_with_the_first_draft(lamp: Browsers) -> None:
    task = task_of(lamp)
    since = turn()
    type_in(lamp, DRAFT)
    drafted = clock.now()
    turn()
    type_in(lamp, [["facts", "灯座进水，已换", None]])
    type_in(lamp, DRAFT, "engineer2")
    assert told(lamp, task).begun is None, "nobody has it yet"
    lamp.browser("engineer").post(f"/tasks/{task}", data=FOUND)
    finished = told(lamp, task)
    assert finished.begun is not None
    assert since <= finished.begun <= drafted
    assert finished.claimed is None
    with lamp.store.reading() as session:
        row = session.get_one(Task, task)
        found = lengths.between(row.opened_at, row.begun_at, row.closed_at)
    assert found.working is not None
    assert timedelta(minutes=10) <= found.working < timedelta(minutes=11)
    story = soup(lamp, "manager", of(lamp)).select_one("#story")
    assert story is not None
    [said] = [each for each in story.select("div[title]") if "办理 10 分" in each.text]
    assert "没有领取" in str(said["title"])
    assert f"{finished.begun + timedelta(hours=8):%H:%M:%S}" in str(said["title"])


def test_setting_out_begins_it_and_taking_that_back_does_not(lamp: Browsers) -> None:
    task, since = task_of(lamp), turn()
    post(lamp, "engineer", "going/on_way")
    assert within((first := told(lamp, task)).begun, since)
    assert within(first.claimed, since)
    post(lamp, "engineer", "going/undo")
    assert told(lamp, task) == first._replace(begun=None)
    again = turn()
    post(lamp, "engineer", "going/on_site")
    assert within(told(lamp, task).begun, again)


def test_whoever_gets_it_next_begins_anew(lamp: Browsers) -> None:
    task = task_of(lamp)
    claim_by_button(lamp)
    open_page(lamp, "engineer")
    assert told(lamp, task).begun is not None
    post(lamp, "engineer", "unclaim")
    assert told(lamp, task)[:3] == (None, None, None)
    since = turn()
    assigned(lamp)
    type_in(lamp, DRAFT)
    assert within(told(lamp, task).begun, since)
    passed = turn()
    post(lamp, "engineering_head", "assign", person=lamp.person("engineer2").id)
    second = told(lamp, task)
    assert second.begun is None
    assert within(second.claimed, passed)
    back = turn()
    assigned(lamp)
    third = told(lamp, task)
    assert within(third.claimed, back)
    assert third.begun is not None
    assert since <= third.begun < passed, "their own first draft is still there"


def test_reading_a_task_writes_nothing(lamp: Browsers) -> None:
    claim_by_button(lamp)
    task = task_of(lamp)
    soup(lamp, "engineer", where(lamp))
    assert told(lamp, task).begun is None
    assert post(lamp, "guard", "begun") == 404, "not theirs to see"
    assert post(lamp, "engineer2", "begun") == 204
    assert told(lamp, task).begun is None, "not theirs to begin"
