"""Pages of absences, rosters and offboarding: input, errors at the field, and what colleagues see."""

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient

from engine.core import clock
from tests.stories.conftest import begun as begun
from tests.stories.conftest import hands as hands
from tests.stories.hands import Hands
from tests.stories.pages import Browsers

pytestmark = pytest.mark.slow


def page(browser: FlaskClient, address: str, **asked: str) -> BeautifulSoup:
    answer = browser.get(address, query_string=asked)
    assert answer.status_code == 200, address
    return BeautifulSoup(answer.text, "html.parser")


def local(hours: float) -> str:
    return f"{clock.now() + timedelta(hours=hours + 8):%Y-%m-%dT%H:%M}"


def enter(hands: Browsers, login: str, person: str, substitute: str, hours: float = 48) -> object:
    sent = {
        "person": str(hands.person(person).id),
        "substitute": str(hands.person(substitute).id),
        "since": local(0),
        "until": local(hours),
    }
    return hands.browser(login).post("/absences", data=sent, follow_redirects=True)


def test_colleagues_of_the_department_come_first_and_nobody_stands_in_for_themselves(hands: Browsers) -> None:
    choice = page(hands.browser("engineer"), "/absences").select_one("#substitute")
    groups = {str(each["label"]): each.get_text() for each in choice.select("optgroup")}  # type: ignore[union-attr]
    assert list(groups) == ["同部门", "其他同事"]
    assert hands.person("engineer").name not in "".join(groups.values())
    assert hands.person("engineering_head").name in groups["同部门"]
    assert hands.person("cleaner").name in groups["其他同事"]


def test_a_substitute_sees_for_whom_and_the_history_says_so(hands: Browsers) -> None:
    Hands.complain(hands)
    where = f"/tasks/{hands.now().open['acknowledge'].id}"
    hands.browser("agent").post(f"{where}/claim")
    assert hands.browser("cleaner").get(where).status_code == 404
    said = enter(hands, "agent", "agent", "cleaner")
    assert "代班" in said.text  # type: ignore[attr-defined]
    listed = page(hands.browser("cleaner"), "/inbox")
    assert "代 agent先生" in listed.select_one(".work-row").get_text()  # type: ignore[union-attr]
    assert "您登记为不在岗" in page(hands.browser("agent"), "/inbox").get_text()
    done = hands.browser("cleaner").post(where, data={"told_how": "phone"})
    assert done.status_code == 303
    assert any("代班办理“受理确认”" in line for line in hands.staff_reads())
    shown = page(hands.browser("cleaner"), "/absences")
    assert shown.select("ul.rows form") == [], "only whose absence it is, or their head, ends it"
    ended = page(hands.browser("agent"), "/absences").select_one("ul.rows form")
    assert isinstance(ended, Tag)
    hands.browser("agent").post(str(ended["action"]))
    assert "您登记为不在岗" not in page(hands.browser("agent"), "/inbox").get_text()


def test_what_is_wrong_is_said_at_the_field_and_stays(hands: Browsers) -> None:
    for substitute, hours, field in (("agent", 9, "substitute"), ("agent2", -9, "until")):
        answer = enter(hands, "agent", "agent", substitute, hours)
        found = BeautifulSoup(answer.text, "html.parser")  # type: ignore[attr-defined]
        assert found.select_one(f"#{field}-error"), field
        assert found.select_one("#since")["value"] == local(0)  # type: ignore[index]
    empty = hands.browser("agent").post("/absences", data={"since": "morgen"})
    assert empty.status_code == 422
    assert enter(hands, "agent", "engineer", "agent2").status_code == 404  # type: ignore[attr-defined]


def test_a_roster_is_made_shown_swapped_and_seen_where_work_is_given(hands: Browsers) -> None:
    head = hands.browser("desk_head")
    listed = page(head, "/rosters").select("section:last-of-type a")
    where = next(str(each["href"]) for each in listed if "客服" in each.get_text())
    agent, agent2 = (str(hands.person(login).id) for login in ("agent", "agent2"))
    bad = head.post(where, data={"person": agent, "begins": "25:00", "ends": ""})
    assert bad.status_code == 422
    assert {"weekdays-error", "begins-error", "ends-error"} <= set(re.findall(r'id="(\w+-error)"', bad.text))
    sent = {"person": agent, "weekdays": ["0", "1"], "begins": "08:30", "ends": "17:30"}
    assert head.post(where, data=sent).status_code == 303
    shown = page(head, where)
    assert len(shown.select(".turn")) == 2
    assert shown.select_one(".turn-now strong").get_text(strip=True) == "agent先生"  # type: ignore[union-attr]
    assert page(hands.browser("agent2"), where).select(".turn form") == []
    assert "08:30–17:30" in page(hands.browser("agent"), "/rosters").get_text()
    assert "08:30" not in page(hands.browser("agent2"), "/rosters").get_text()
    form = shown.select_one(".turn form")
    assert form is not None
    day = form.select_one("[name=day]")["value"]  # type: ignore[index]
    head.post(str(form["action"]), data={"act": "swap", "day": str(day), "person": agent2})
    assert page(head, where).select_one(".turn-now strong").get_text(strip=True) == "agent2先生"  # type: ignore[union-attr]
    Hands.complain(hands)
    task = str(hands.now().open["acknowledge"].id)
    give = head.post("/inbox/bulk", data={"act": "give", "task": task})
    on_duty = [each.get_text() for each in BeautifulSoup(give.text, "html.parser").select("label.choice")]
    assert "agent2先生" in on_duty[0]
    assert "在班" in on_duty[0]
    head.post(str(form["action"]), data={"act": "remove"})
    assert len(page(head, where).select(".turn")) == 1
    assert hands.browser("guard").get(where).status_code == 404
    assert hands.browser("agent").post(str(form["action"]), data={"act": "remove"}).status_code == 403


def test_leaving_hands_everything_over_in_one_act(hands: Browsers) -> None:
    Hands.complain(hands)
    where = f"/tasks/{hands.now().open['acknowledge'].id}"
    hands.browser("agent").post(f"{where}/claim")
    root, leaver = hands.browser("administrator"), hands.person("agent").id
    refused = root.post(f"/people/{leaver}/retire", follow_redirects=True)
    assert "名下还有待办" in refused.text
    shown = page(root, f"/people/{leaver}/leaving")
    field = shown.select_one("select[name^=successor-]")
    assert field is not None
    assert root.post(f"/people/{leaver}/leaving").status_code == 422
    assert hands.inbox("agent") == ["acknowledge"]
    to = str(hands.person("agent2").id)
    done = root.post(f"/people/{leaver}/leaving", data={str(field["name"]): to, "note": "多谢"}, follow_redirects=True)
    assert "交出 1 件" in done.text
    assert hands.inbox("agent2") == ["acknowledge"]
    assert hands.browser("agent").get("/inbox").status_code == 303
    assert any("转交“受理确认”" in line for line in hands.staff_reads())
