"""The page of a case for whoever may help it: what it shows, what is tried out, what is refused."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from engine.casework.cases import Case, Incident
from engine.casework.tasks import Task
from engine.company import permissions
from engine.complaints.core.complaint import Concerned
from engine.history import Entry
from tests.stories.conftest import begun as begun
from tests.stories.conftest import hands as hands
from tests.stories.pages import Browsers
from tests.web.processes.stuck_process import BAD, GOOD, publish, stop

pytestmark = pytest.mark.slow


@pytest.fixture
def stuck(hands: Browsers) -> Browsers:
    publish(hands, BAD)
    stop(hands)
    return hands


def page(hands: Browsers, login: str = "owner", **asked: str) -> BeautifulSoup:
    found = hands.browser(login).get(f"/cases/{hands.case_id}", query_string=asked)
    assert found.status_code == 200, found.status
    return BeautifulSoup(found.text, "html.parser")


def revision(hands: Browsers) -> str:
    with hands.store.reading() as session:
        return str(session.get_one(Case, hands.case_id).revision)


def send(hands: Browsers, where: str, login: str = "owner", **typed: Any) -> Any:
    typed = {"revision": revision(hands), "reason": "版本写错了", "retry": "1", **typed}
    return hands.browser(login).post(f"/cases/{hands.case_id}/{where}", data=typed)


def tasks_open(hands: Browsers) -> list[str]:
    with hands.store.reading() as session:
        asked = select(Task.element).where(Task.case_id == hands.case_id, Task.state == "open")
        return sorted(session.scalars(asked))


VARIABLE = {"verb": "variable", "at": "", "name": "photo_okk", "kind": "truth", "value": "false"}


def test_it_says_why_it_stopped_where_it_stands_and_what_it_holds(stuck: Browsers) -> None:
    words = page(stuck).get_text(" ", strip=True)
    for each in ("photo_okk", "看照片", "第 1 版", "因异常停住"):
        assert each in words
    english = page(stuck, lang="en").get_text(" ", strip=True)
    assert not re.search(
        r"[\u4e00-\u9fff]{2,} [\u4e00-\u9fff]", english.replace("看照片", "").replace("照片合格吗", "")
    )


def test_an_incident_leads_there_and_a_list_of_cases_too(stuck: Browsers) -> None:
    for where in ("/incidents", "/cases"):
        assert f'href="/cases/{stuck.case_id}"' in stuck.browser("owner").get(where).text


def test_a_variable_is_tried_out_then_set(stuck: Browsers) -> None:
    tried = send(stuck, "preview", **VARIABLE)
    assert tried.status_code == 200
    assert "重新整改" in tried.text
    assert tasks_open(stuck) == []
    assert send(stuck, "help", **VARIABLE).status_code == 303
    assert tasks_open(stuck) == ["mend"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": "photo_ookk"}, "都没有用到"),
        ({"value": "也许"}, "不是一个合适的值"),
        ({"kind": "feel", "value": "1 +"}, "不是一个合适的值"),
        ({"kind": "feel", "value": "for i in 1..9000 return i"}, "不是一个合适的值"),
        ({"kind": "feel", "value": '"' + "x" * 5000 + '"'}, "不是一个合适的值"),
        ({"kind": "feel", "value": '"\\u0000"'}, "不是一个合适的值"),
        ({"kind": "feel", "value": "{a: 1}"}, "不是一个合适的值"),
        ({"kind": "number", "value": "1E+999999"}, "不是一个合适的值"),
        ({"kind": "number", "value": "9" * 100_000}, "不是一个合适的值"),
        ({"kind": "number", "value": "NaN"}, "不是一个合适的值"),
        ({"reason": " "}, "请写明原因"),
    ],
)
def test_what_is_typed_wrong_is_said_and_kept(stuck: Browsers, typed: dict[str, str], words: str) -> None:
    found = send(stuck, "preview", **{**VARIABLE, **typed})
    assert found.status_code == 422
    assert words in found.text
    assert tasks_open(stuck) == []


def test_a_token_is_put_elsewhere(stuck: Browsers) -> None:
    key = str(page(stuck).select_one("[name=token]")["value"])  # type: ignore[index]
    typed = {"verb": "put", "token": key, "how": "before", "element": "mend"}
    assert "重新整改" in send(stuck, "preview", **typed).text
    assert send(stuck, "help", **typed).status_code == 303
    assert tasks_open(stuck) == ["mend"]


def test_a_case_moves_and_what_has_no_place_is_asked(stuck: Browsers) -> None:
    publish(stuck, GOOD.replace('"look"', '"regard"').replace('"begin" targetRef="look"', '"begin" targetRef="regard"'))
    asked = send(stuck, "preview", verb="move", number="2")
    assert asked.status_code == 409
    assert 'name="step:look"' in asked.text
    typed = {"verb": "move", "number": "2", "step:look": "mend"}
    assert "重新整改" in send(stuck, "preview", **typed).text
    assert send(stuck, "help", **typed).status_code == 303
    assert tasks_open(stuck) == ["mend"]
    assert "第 2 版" in page(stuck).get_text(" ", strip=True)


def test_a_case_is_ended(stuck: Browsers) -> None:
    assert send(stuck, "help", verb="end").status_code == 303
    with stuck.store.reading() as session:
        assert session.get_one(Case, stuck.case_id).status == "ended"
        assert session.scalar(select(Incident.id).where(Incident.solved_at.is_(None))) is None
    assert "不能再处置" in page(stuck).get_text()


def test_who_saw_it_before_somebody_else_helped_it_is_told(stuck: Browsers) -> None:
    seen = revision(stuck)
    assert send(stuck, "help", "administrator", **VARIABLE).status_code == 303
    late = send(stuck, "help", **{**VARIABLE, "revision": seen})
    assert late.status_code == 409
    assert "这期间案件又有变化" in late.text


@pytest.mark.parametrize("login", ["agent", "engineer", "manager", "board"])
def test_others_neither_see_nor_help_it(stuck: Browsers, login: str) -> None:
    assert stuck.browser(login).get(f"/cases/{stuck.case_id}").status_code in (403, 404)
    assert send(stuck, "help", login, **VARIABLE).status_code in (403, 404)
    assert tasks_open(stuck) == []


def test_nobody_helps_a_complaint_about_themselves(hands: Browsers) -> None:
    hands.complain()
    with hands.store.transaction() as session:
        session.add(Concerned(complaint_id=hands.complaint_id, person_id=hands.person("owner").id))
    assert hands.browser("owner").get(f"/cases/{hands.case_id}").status_code == 404
    assert send(hands, "help", verb="end").status_code == 404


def test_what_was_done_is_in_the_story_of_a_complaint(hands: Browsers) -> None:
    hands.complain()
    key = next(task.key for task in hands.now().open.values())
    assert send(hands, "help", verb="put", token=key, how="repeat").status_code == 303
    told = hands.staff_reads()
    assert any("人工处置" in line for line in told), told
    assert not any("人工处置" in line for line in hands.resident_reads())
    with hands.store.reading() as session:
        assert session.scalar(select(Entry.id).where(Entry.kind == "case.put")) is not None


def test_a_complaint_that_is_ended_by_hand_is_closed_without_a_known_outcome(hands: Browsers) -> None:
    hands.complain()
    assert send(hands, "help", verb="end").status_code == 303
    now = hands.now()
    assert (now.status, now.outcome, now.open) == ("closed", "unknown", {})
    assert any("结果没有留下记录" in line for line in hands.resident_reads())


NOISE = "9" * 5000


@pytest.mark.parametrize(
    "typed",
    [
        {"verb": "move", "number": NOISE},
        {"verb": "move", "number": "7"},
        {"verb": "put", "token": NOISE, "how": "skip"},
        {"verb": "put", "token": "'; drop", "how": "before", "element": "nowhere"},
        {"verb": "variable", "at": "17", "name": "photo_okk", "kind": "truth", "value": "true"},
        {"verb": "nothing", "name": "x" * 5000, "kind": "?", "value": NOISE},
        {"verb": "move", "number": "1", "revision": NOISE},
    ],
)
def test_noise_is_refused_in_words(stuck: Browsers, typed: dict[str, str]) -> None:
    for where in ("preview", "help"):
        assert send(stuck, where, **typed).status_code in (404, 409, 422)
    assert tasks_open(stuck) == []


def test_who_helps_can_be_decided_by_the_company() -> None:
    granted = {(role, act) for role, act, _scope in permissions.defaults()}
    for act in ("case.help", "case.move"):
        assert {role for role, each in granted if each == act} == {"process_owner", "administrator"}
