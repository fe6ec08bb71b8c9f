"""What a draft changes: drawn and in words, beside the newest version, as Markdown; and any two published versions."""

import json

from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from engine.core.store import Store
from engine.processes import versions
from tests.engine.scenarios.errand import DIAGRAM, files
from tests.web.conftest import Company
from tests.web.processes.test_processes import Browser, words
from tests.web.studio.test_drafts import KEPT, begun, owner

__all__ = ["owner"]

CHANGED = DIAGRAM.replace("PT4H", "PT2H").replace('name="马上去" camunda:candidateGroups="security"', 'name="马上去" camunda:candidateGroups="engineering"')  # fmt: skip


def test_a_draft_without_changes_says_so(owner: FlaskClient) -> None:
    begun(owner)
    assert "两个版本完全相同" in words(owner.get("/studio/errand/differences"))


def test_changes_stand_in_words_and_on_both_drawings(owner: FlaskClient) -> None:
    begun(owner)
    owner.post(KEPT, data=CHANGED.encode(), headers={"X-Seen": "1"})
    page = owner.get("/studio/errand/differences")
    said = words(page)
    assert "太慢 定时边界事件 时间 4 小时后 → 2 小时后" in said
    assert "马上去 用户任务 由谁办 安保 → 工程" in said
    drawn = BeautifulSoup(page.text, "html.parser").select("[data-versions] [data-diagram]")
    assert [str(each["data-xml"]) for each in drawn] == ["/processes/errand/1/files/bpmn/errand/errand.bpmn", KEPT]
    for each in drawn:
        marks = json.loads(str(each.select_one("[data-marks]").string))  # type: ignore[union-attr]
        assert marks["changed"]["slow"] == {"text": "改动", "how": "changed"}
    mail = owner.get("/studio/errand/differences.md")
    assert "- **改动** 太慢 (定时边界事件)\n  - 时间：4 小时后 → 2 小时后\n" in mail.text


def test_a_broken_draft_does_not_hide_what_else_changed(owner: FlaskClient) -> None:
    begun(owner)
    owner.post(KEPT, data=b"<not", headers={"X-Seen": "1"})
    owner.post("/studio/errand/files/forms/errand/judge.json", data=files()["forms/errand/judge.json"].replace(b"\\u6025\"", b"\\u5f88\\u6025\""), headers={"X-Seen": "1"})  # fmt: skip
    said = words(owner.get("/studio/errand/differences"))
    assert "读不了" in said
    assert "急 → 很急" in said


def test_two_published_versions_are_compared_by_whoever_may_see_them(
    owner: FlaskClient, browser: Browser, company: Company, store: Store
) -> None:
    with store.transaction() as session:
        versions.store(session, "errand", files(CHANGED), note="快一点")
    for address in ("/processes/errand/1/differences/2", "/processes/errand/2/differences/1"):
        assert "4 小时后 → 2 小时后" in words(owner.get(address))
    assert "2 小时后" in owner.get("/processes/errand/2/differences/1.md").text
    manager = browser(company.people["project_manager"])
    assert manager.get("/processes/errand/1/differences/2").status_code == 403
    assert manager.get("/studio/errand/differences").status_code == 403
