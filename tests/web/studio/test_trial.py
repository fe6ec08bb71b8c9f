"""Trial runs: begun, played as anybody, the clock turned, steps taken back, saved as a scenario that holds."""

import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from engine.casework.cases import Case
from engine.company import people
from engine.core.settings import Settings
from engine.core.store import Store
from engine.letters import Letter
from engine.operations.schedule import run_jobs
from engine.processes import versions
from engine.scenarios import trials
from engine.scenarios.sandboxes import Sandboxes
from tests.engine.scenarios.errand import DIAGRAM, SCENARIO, files
from tests.web.conftest import Company
from tests.web.processes.test_processes import Browser, words

pytestmark = pytest.mark.slow

TRIAL = "/studio/errand/trial"
SCENARIOS = "/studio/errand/scenarios"
PATH = "bpmn/errand/errand.bpmn"
STARTED = DIAGRAM.replace(
    '<startEvent id="asked" name="有人要"/>',
    '<startEvent id="asked" name="有人要"><extensionElements><camunda:properties>'
    '<camunda:property name="started_by" value="desk"/></camunda:properties></extensionElements></startEvent>',
)
BY_AGENT = {"start": "errand", "by": "agent"}
HOLDS = json.dumps(
    {"title": "慢的", "steps": [BY_AGENT, {"do": "judge", "by": "agent", "then": {"waiting": ["walk"]}}]},
    ensure_ascii=False,
)
DIFFERS = json.dumps(
    {"title": "急的", "steps": [{**BY_AGENT, "then": {"waiting": {"judge": "security"}}}]}, ensure_ascii=False
)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the sandboxes: the same company is founded once for all tests."""
    return tmp_path_factory.mktemp("trials")


@pytest.fixture
def owner(monkeypatch: pytest.MonkeyPatch, kept: Path, browser: Browser, company: Company, store: Store) -> FlaskClient:
    """The process owner's browser; a draft of the errand, which the desk starts, is open."""
    monkeypatch.setattr(trials, "sandboxes", lambda settings: Sandboxes(kept))
    with store.transaction() as session:
        versions.store(session, "errand", {**files(STARTED), SCENARIO: HOLDS.encode()}, note="第一版")
    client = browser(company.people["process_owner"])
    client.post("/studio/errand/begin")
    return client


def draw(client: FlaskClient, text: str, path: str = PATH) -> None:
    """Change a file of the draft."""
    there = client.get(f"/studio/errand/files/{path}").headers.get("X-Seen", "0")
    assert client.post(f"/studio/errand/files/{path}", data=text.encode(), headers={"X-Seen": there}).status_code == 200


def form_of(client: FlaskClient, page: str, action: str, number: int = 0) -> dict[str, str]:
    """The hidden fields of a form on a page."""
    found = BeautifulSoup(client.get(page).text, "html.parser").select(f"form[action$='{action}']")
    return {str(each["name"]): str(each["value"]) for each in found[number].select("input[type=hidden]")}


def post(client: FlaskClient, action: str, **typed: object) -> TestResponse:
    """Send a form of the trial's page."""
    page = BeautifulSoup(client.get(TRIAL).text, "html.parser")
    seen = page.select_one("input[name=seen]")
    assert seen
    return client.post(f"{TRIAL}/{action}", data={"seen": seen["value"], **typed}, follow_redirects=True)


def begin(client: FlaskClient) -> TestResponse:
    return post(client, "begin", kind="start", by="agent")


def do(client: FlaskClient, name: str, **typed: object) -> TestResponse:
    """Do a waiting task."""
    page = BeautifulSoup(client.get(TRIAL).text, "html.parser")
    card = next(each for each in page.select(".trial-tasks li") if name in each.text)
    link = card.select_one("a")
    assert link
    return post(client, str(link["href"]).removeprefix(f"{TRIAL}/"), **typed)


def work(store: Store, settings: Settings) -> None:
    run_jobs(store, settings)


def test_a_run_with_steps_taken_back_becomes_a_scenario_of_the_draft(
    owner: FlaskClient, store: Store, settings: Settings
) -> None:
    assert "客服小安" in words(begin(owner)), "who would get the task is said"
    assert "得空去" in words(do(owner, "看急不急", by="agent"))
    page = post(owner, "step", act="wait", moment="timer slow")
    assert "流程已经走完" in words(page)
    page = post(owner, "to", number=1)
    assert "后面的步骤 2" in words(page)
    page = do(owner, "看急不急", by="agent", urgent="true")
    assert "马上去" in words(page)
    assert "后面的步骤" not in words(page)
    page = post(owner, "save", title="急的，安保去", pins=["waiting", "ended"])
    assert "已存成场景" in words(page)
    kept = json.loads(owner.get("/studio/errand/files/bpmn/errand/scenarios/scenario.json").data)
    assert kept["steps"][1] == {
        "do": "judge", "by": "agent", "with": {"urgent": True}, "then": {"waiting": {"hurry": "security"}},
    }  # fmt: skip
    owner.post(f"{SCENARIOS}/play")
    work(store, settings)
    page = owner.get(SCENARIOS)
    assert words(page).count("和写的一样") == 2
    assert "太慢 → 没办" in words(page), "what no scenario walks is listed"


def test_nothing_of_a_trial_reaches_the_company(owner: FlaskClient, store: Store) -> None:
    begin(owner)
    do(owner, "看急不急", by="agent")
    post(owner, "step", act="wait", moment="+1 week")
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 0
        assert session.scalar(select(func.count()).select_from(Letter)) == 0


def test_complaints_of_the_past_are_added_and_become_part_of_the_scenario(owner: FlaskClient) -> None:
    begin(owner)
    page = post(owner, "step", act="past", category="1004", each="3", weeks="20")
    assert "之前已有的投诉：20 周，每周 3 件" in words(page)
    assert "到这时为止" in words(page)
    assert "一共最多 1500 件" in words(post(owner, "step", act="past", category="1004", each="100", weeks="20"))
    assert "周数填 1 到 160" in words(post(owner, "step", act="past", category="1004", each="1", weeks="x"))
    assert "已存成场景" in words(post(owner, "save", title="有过去的", pins=["waiting"]))
    [kept] = [
        each
        for each in json.loads(owner.get("/studio/errand/files/bpmn/errand/scenarios/scenario.json").data)["steps"]
        if "past" in each
    ]
    assert kept["past"] == {"category": "1004", "each": 3, "weeks": 20}


def test_the_calendar_and_the_clock(owner: FlaskClient) -> None:
    begin(owner)
    page = post(owner, "step", act="wait", moment="2026-04-03T16:00")
    assert "4月3日 周五 16:00" in words(page)
    assert "周六4休息周日5休息周一6假日" in "".join(words(page).split())
    assert "3月2日" not in words(post(owner, "step", act="wait", moment="+1 week")).split("走过的步骤")[0]
    assert "没有“irgendwann”这个时刻" in words(post(owner, "step", act="wait", moment="irgendwann"))


def test_a_changed_draft_is_said_and_played_as_far_as_it_goes(owner: FlaskClient) -> None:
    begin(owner)
    do(owner, "看急不急", by="agent")
    do(owner, "得空去", by="engineer")
    draw(
        owner,
        STARTED.replace(
            'id="walk" name="得空去" camunda:candidateGroups="engineering"',
            'id="walk" name="得空去" camunda:candidateGroups="security"',
        ),
    )
    assert "后来改过" in words(owner.get(TRIAL))
    assert "再走一遍" in words(post(owner, "save", title="旧的")), "an old run is not kept as if it were of now"
    page = words(post(owner, "again"))
    assert "走到第 2 步；第 3 步" in page
    assert "不归 engineer 办" in page
    assert "后来改过" not in page


def test_a_form_is_refused_at_the_field_and_a_step_in_a_sentence(owner: FlaskClient) -> None:
    asked = {"type": "textfield", "key": "why", "label": {"zh": "为什么", "en": "Why"}, "validate": {"required": True}}
    draw(owner, json.dumps({"title": {"zh": "问", "en": "Ask"}, "components": [asked]}), "forms/errand/judge.json")
    begin(owner)
    page = do(owner, "看急不急", by="agent")
    assert page.status_code == 422
    assert "有 1 处需要修改" in words(page)
    page = do(owner, "看急不急", by="guard", why="因为")
    assert page.status_code == 422
    assert "不归 guard 办" in words(page)


def test_a_resident_starts_with_the_start_form_and_answers_what_is_asked_of_them(owner: FlaskClient) -> None:
    by_resident = STARTED.replace('value="desk"', 'value="resident"').replace(
        '<startEvent id="asked"', '<startEvent id="asked" camunda:formKey="wish"'
    )
    asked_of_them = by_resident.replace(
        'id="judge" name="看急不急" camunda:candidateGroups="desk"',
        'id="judge" name="看急不急" camunda:candidateGroups="resident"',
    )
    wish = {"type": "textfield", "key": "wish", "label": {"zh": "要什么", "en": "Wish"}, "validate": {"required": True}}
    draw(owner, asked_of_them)
    draw(owner, json.dumps({"title": {"zh": "要", "en": "W"}, "components": [wish]}), "forms/errand/wish.json")
    refused = post(owner, "begin", kind="start", by="")
    assert refused.status_code == 422
    assert "请填写：要什么。" in words(refused)
    assert "替业主回答" in words(post(owner, "begin", kind="start", by="", wish="一把伞"))
    assert "马上去" in words(do(owner, "看急不急", urgent="true"))


def test_a_step_that_fails_is_said_at_its_element(owner: FlaskClient) -> None:
    draw(owner, STARTED.replace("=urgent<", "=unknown_thing > 3<"))
    begin(owner)
    page = do(owner, "看急不急", by="agent")
    assert "停在" in words(page)
    drawn = BeautifulSoup(page.text, "html.parser").select_one("[data-marks]")
    assert drawn
    assert "urgent" in json.loads(drawn.text)["findings"]


def test_a_broken_draft_says_that_it_cannot_be_tried(owner: FlaskClient) -> None:
    draw(owner, "<not a diagram")
    assert "草稿现在还不能试运行" in words(owner.get(TRIAL))


def test_two_pages_of_one_person_do_not_overwrite_each_other(owner: FlaskClient) -> None:
    begin(owner)
    stale = form_of(owner, TRIAL, "/trial/step")["seen"]
    do(owner, "看急不急", by="agent")
    late = {"seen": stale, "act": "wait", "moment": "+1 week"}
    page = owner.post(f"{TRIAL}/step", data=late, follow_redirects=True)
    assert "在别的页面里往前走了" in words(page)
    assert "得空去" in words(page)


def test_a_trial_is_ones_own_and_needs_the_right(
    owner: FlaskClient, browser: Browser, company: Company, store: Store
) -> None:
    begin(owner)
    assert browser(company.people["agent"]).get(TRIAL).status_code == 403
    with store.transaction() as session:
        from_owner = session.merge(company.people["headquarters"])
        people.hold(session, from_owner, "process_owner", session.merge(company.company))
    assert "发起这个流程" in words(browser(company.people["headquarters"]).get(TRIAL))


def test_a_trial_ends_at_its_most_steps(owner: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.scenarios.trials.MOST_STEPS", 1)
    begin(owner)
    assert "最多 1 步" in words(do(owner, "看急不急", by="agent"))
