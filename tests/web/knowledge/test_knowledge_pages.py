"""Knowledge: written by who may, found on a task of that kind, asked to be read, and read in one tap."""

import pytest

from tests.stories.pages import Browsers
from tests.web.improvements.test_improvements_pages import open_task
from tests.web.lamp import begun, hands, lamp, soup, spoken, words

pytestmark = pytest.mark.slow

__all__ = ["begun", "hands", "lamp", "spoken"]

ASKED = {
    "title": "楼道灯怎么换",
    "situation": "整栋楼的灯同年安装",
    "to_do": "先查开关，再整栋更换",
    "category": "1004",
}


def written(lamp: Browsers, login: str = "manager", **changed: str) -> str:
    asked = {**ASKED, "community": str(lamp.company.community.id), **changed}
    sent = lamp.browser(login).post("/knowledge/new", data=asked)
    assert sent.status_code == 303, sent.text
    return str(sent.location)


def test_an_article_is_found_while_working_on_such_a_complaint(lamp: Browsers) -> None:
    page = written(lamp)
    task = words(soup(lamp, "engineer", open_task(lamp, "investigate")))
    assert "这类投诉怎么办（1 条知识）" in task
    assert "先查开关，再整栋更换" in task
    assert "楼道灯怎么换" in words(soup(lamp, "engineer", "/knowledge", q="同年"))
    assert "没有符合条件" in lamp.browser("engineer").get("/knowledge?category=2001").text
    assert lamp.browser("manager_2").get(page).status_code == 404, "another community's own"
    assert lamp.browser("engineer").post("/knowledge/new", data=ASKED).status_code == 403
    refused = lamp.browser("manager").post("/knowledge/new", data={**ASKED, "community": ""})
    assert refused.status_code == 403, "for all communities only who reaches all of them"
    everywhere = written(lamp, "board", title="所有小区都适用")
    assert lamp.browser("board").get(everywhere).status_code == 200


def test_it_is_changed_with_a_reason_and_retired_not_deleted(lamp: Browsers) -> None:
    page = written(lamp)
    changed = {**ASKED, "to_do": "先断电，再更换"}
    assert lamp.browser("manager").post(f"{page}/edit", data=changed).status_code == 422
    lamp.browser("manager").post(f"{page}/edit", data={**changed, "why": "有人触电"})
    shown = words(soup(lamp, "manager", page))
    assert "第 2 版" in shown
    assert "有人触电" in shown
    assert "先查开关" in shown, "the version before is kept"
    assert lamp.browser("manager_2").post(f"{page}/retire").status_code == 404
    lamp.browser("manager").post(f"{page}/retire")
    assert "还没有知识" in lamp.browser("engineer").get("/knowledge").text
    assert "楼道灯怎么换" in lamp.browser("manager").get("/knowledge?state=retired").text
    lamp.browser("manager").post(f"{page}/retire", data={"back": "yes"})
    assert "楼道灯怎么换" in lamp.browser("engineer").get("/knowledge").text


def test_training_stands_in_the_inbox_until_it_is_read(lamp: Browsers) -> None:
    page = written(lamp)
    asked = {"place": str(lamp.company.community.id), "role": "handler", "until": "2026-03-20"}
    assert lamp.browser("engineer").post(f"{page}/training", data=asked).status_code == 403
    lamp.browser("manager").post(f"{page}/training", data=asked)
    assert "要学习：楼道灯怎么换" in words(soup(lamp, "engineer", "/inbox"))
    assert "要学习" not in words(soup(lamp, "agent", "/inbox")), "an agent is no handler"
    lamp.browser("engineer").post(f"{page}/read")
    assert "要学习：" not in words(soup(lamp, "engineer", "/inbox"))
    told = words(soup(lamp, "manager", page))
    assert "人里 1 人已读" in told
    lamp.browser("manager").post(f"{page}/edit", data={**ASKED, "why": "改了做法"})
    assert "要学习：楼道灯怎么换" in words(soup(lamp, "engineer", "/inbox")), "a new version is read anew"
    lamp.later(days=30)
    assert "逾期未读" in words(soup(lamp, "manager", page))
