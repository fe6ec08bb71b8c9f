"""The scenarios of a draft: what differs is said before publishing, accepted for a reason, renamed, taken out."""

import json

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select

from engine.core.settings import Settings
from engine.core.store import Store
from engine.history import Entry, Note
from engine.operations.schedule import run_jobs
from tests.engine.scenarios.errand import SCENARIO
from tests.web.processes.test_processes import words
from tests.web.studio.test_trial import DIFFERS, SCENARIOS, TRIAL, draw, form_of, kept, owner

pytestmark = pytest.mark.slow

__all__ = ["kept", "owner"]

DIFFERENT = "bpmn/errand/scenarios/urgent.json"


def played(client: FlaskClient, store: Store, settings: Settings) -> str:
    client.post(f"{SCENARIOS}/play")
    run_jobs(store, settings)
    return words(client.get(SCENARIOS))


def test_what_differs_is_said_and_accepted_into_the_draft_for_a_reason(
    owner: FlaskClient, store: Store, settings: Settings
) -> None:
    draw(owner, DIFFERS, SCENARIO)
    page = played(owner, store, settings)
    assert "这样还不能发布：1 个场景" in page
    assert "应在等“看急不急 judge” → security，实际在等“看急不急 judge” → desk" in page
    job = form_of(owner, SCENARIOS, "/scenarios/accept")
    assert "请写明为什么" in words(owner.post(f"{SCENARIOS}/accept", data=job, follow_redirects=True))
    page = words(owner.post(f"{SCENARIOS}/accept", data={**job, "reason": "客服先看"}, follow_redirects=True))
    assert "1 个场景改成了现在的结果" in page
    kept = json.loads(owner.get(f"/studio/errand/files/{SCENARIO}").data)
    assert kept["steps"][0]["then"] == {"waiting": {"judge": "desk"}}
    with store.reading() as session:
        asked = select(Note.text).join(Entry, Entry.note_id == Note.id)
        reason = session.scalar(asked.where(Entry.kind == "process.expectation_accepted"))
    assert reason == "客服先看"
    assert "和写的一样" in played(owner, store, settings)


def test_what_was_found_before_the_draft_was_changed_is_not_accepted(
    owner: FlaskClient, store: Store, settings: Settings
) -> None:
    draw(owner, DIFFERS, SCENARIO)
    played(owner, store, settings)
    job = form_of(owner, SCENARIOS, "/scenarios/accept")
    draw(owner, DIFFERS.replace("急的", "很急的"), SCENARIO)
    assert "草稿后来改过" in words(owner.get(SCENARIOS))
    page = owner.post(f"{SCENARIOS}/accept", data={**job, "reason": "就这样"}, follow_redirects=True)
    assert "草稿后来改过，请再试演一次" in words(page)


def test_a_file_that_cannot_be_read_is_said_beforehand(owner: FlaskClient) -> None:
    draw(owner, '{"title": "坏的"', SCENARIO)
    page = words(owner.get(SCENARIOS))
    assert "读不出来" in page
    assert "这样还不能发布" in page


def test_a_scenario_is_renamed_taken_out_and_put_back(owner: FlaskClient) -> None:
    own = form_of(owner, SCENARIOS, "/scenarios/rename")
    wrong = owner.post(f"{SCENARIOS}/rename", data={**own, "title": "", "name": "Nicht Gut"})
    assert wrong.status_code == 422
    assert "只用小写字母" in words(wrong)
    named = {**own, "title": "慢慢来", "title_en": "Slowly", "name": "slowly"}
    assert "慢慢来" in words(owner.post(f"{SCENARIOS}/rename", data=named, follow_redirects=True))
    assert owner.get(f"/studio/errand/files/{SCENARIO}").status_code == 404
    gone = owner.post(f"{SCENARIOS}/remove", data=form_of(owner, SCENARIOS, "/scenarios/remove"), follow_redirects=True)
    assert "还没有场景" in words(gone)
    undo = next(
        each for each in BeautifulSoup(gone.text, "html.parser").select("form") if "put-back" in str(each["action"])
    )
    assert "慢慢来" in words(owner.post(str(undo["action"]), follow_redirects=True))


def test_a_scenario_is_opened_as_a_trial_up_to_a_step_and_goes_on(owner: FlaskClient) -> None:
    own = form_of(owner, SCENARIOS, "/trial/open")
    page = words(owner.post(f"{TRIAL}/open", data={**own, "number": 1}, follow_redirects=True))
    assert "看急不急" in page
    assert "后面的步骤 1" in page
    on = form_of(owner, TRIAL, "/trial/to", 0)
    assert "得空去" in words(owner.post(f"{TRIAL}/to", data=on, follow_redirects=True))
