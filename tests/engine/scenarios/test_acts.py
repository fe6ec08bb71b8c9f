"""What a step can do: the acts that our own scenarios need seldom, and what is said when one cannot be done."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from engine.operations import metadata
from engine.processes import publishing
from engine.scenarios import company, playing
from engine.scenarios.company import Company
from engine.scenarios.playing import Played
from engine.scenarios.script import read
from tests.engine.scenarios.errand import DIAGRAM, FORM, files, scenario

pytestmark = pytest.mark.slow

BY_STAFF = (
    DIAGRAM.replace("errand", "carry")
    .replace(
        '<startEvent id="asked" name="有人要"/>',
        """<startEvent id="asked" name="有人要"><extensionElements><camunda:properties>
    <camunda:property name="started_by" value="desk"/></camunda:properties></extensionElements></startEvent>""",
    )
    .replace(
        '"hurry" name="马上去" camunda:candidateGroups="security"',
        '"hurry" name="马上去" camunda:candidateGroups="resident"',
    )
)
CARRY = {"bpmn/carry/carry.bpmn": BY_STAFF.encode(), "forms/carry/judge.json": json.dumps(FORM).encode()}
"""A process that only the desk starts, without a start form; what is urgent is asked of the resident."""

PROCESSES = {**publishing.read_folder(publishing.SHIPPED), "errand": files(), "carry": CARRY}
COMPLAIN = {"complain": {"text": "楼道灯坏了三天", "category": "1004"}}
JUDGED = {"category": "1004", "urgency": "normal", "department": "engineering", "kind": "complaint", "households": 1}
TO_PAUSE: list[dict[str, Any]] = [
    COMPLAIN,
    {"do": "acknowledge", "by": "agent", "with": {"told_how": "phone"}},
    {"do": "confirm_triage", "by": "agent", "with": {**JUDGED, "way": "department"}},
    {"do": "accept_work", "by": "engineer"},
    {"do": "first_contact", "by": "engineer", "with": {"contact": "reached", "said": "说了"}},
]

WISHED = {"kind": "partial", "from_on": "@+7 days", "until_on": "@2026-04-01"}
APPLY: dict[str, Any] = {"start": "refurbishment", "with": WISHED}
SUPPLIED: list[dict[str, Any]] = [
    APPLY,
    {"do": "review", "by": "agent", "with": {"complete": "no", "missing": "图纸"}},
]
CARRIED = {"start": "carry", "by": "agent"}


@pytest.fixture(scope="module")
def small() -> Iterator[Company]:
    assert metadata.metadata.tables
    with company.founded(PROCESSES) as made:
        yield made


def play(small: Company, *steps: dict[str, Any]) -> Played:
    read_ = read("bpmn/errand/scenarios/x.json", scenario(*steps))
    return playing.play(small, read_, playing.names_of(PROCESSES))


def said(small: Company, *steps: dict[str, Any]) -> str:
    return " ".join(each.zh for each in play(small, *steps).differs)


def test_a_pause_moves_what_is_due_and_ends_by_hand(small: Company) -> None:
    pause = {"pause": "weather", "by": "engineering_head", "for": "+2 days"}
    after = {"then": {"due": {"investigate": "resolve"}}}
    assert (
        said(
            small, *TO_PAUSE, {**pause, **after}, {"wait": "+1 day"}, {"resume": "", "by": "engineering_head", **after}
        )
        == ""
    )


def test_a_resident_adds_something(small: Company) -> None:
    assert said(small, COMPLAIN, {"resident": "adds", "with": {"words": "还有一盏也坏了"}}) == ""


def test_a_resident_starts_a_request_answers_it_and_withdraws_by_the_words_of_the_button(small: Company) -> None:
    asked = {"letters": {"request_asks": "resident"}, "waiting": {"supply": "resident"}}
    again = {"waiting": {"review": "desk"}, "letters": []}
    steps = [
        {**APPLY, "then": {"letters": {"request_receipt": "resident"}, "variables": {"by_resident": True}}},
        {**SUPPLIED[1], "then": asked},
        {"do": "补充资料", "by": "resident", "with": {"papers": "photo"}, "then": again},
        {"resident": "撤回申请", "then": {"waiting": {}, "ended": "end_withdrawn"}},
    ]
    assert said(small, *steps) == ""


def test_a_colleague_starts_a_request_for_the_resident_who_has_two(small: Company) -> None:
    steps = [
        {**APPLY, "as": "one", "then": {"variables": {"by_resident": True, "number": "CJXQ-S-260302-0001"}}},
        {**APPLY, "as": "two", "by": "agent", "then": {"letters": ["request_receipt"]}},
        {"resident": "withdraw_refurbishment", "of": "two", "with": {"words": "不装了"}},
        {"of": "two", "then": {"waiting": {}, "ended": True, "variables": {"by_resident": False}}},
        {"of": "one", "then": {"waiting": {"review": "desk"}, "ended": False}},
    ]
    assert said(small, *steps) == ""


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ([{"start": "errand", "by": "agent"}], "没有人能发起：开始事件没有写 started_by"),
        ([{"start": "carry"}], "业主不能发起这个流程，请写 by：能发起的是 desk"),
        ([{"start": "carry", "by": "guard"}], "在这个小区发起这个流程"),
        ([{**CARRIED, "with": {"urgent": True}}], "没有开始表单"),
        ([{"start": "refurbishment"}], "表单不接受：kind"),
        ([{**APPLY, "with": {**WISHED, "colour": "red"}}], "表单里没有 colour；有 home, person_name"),
        ([{**APPLY, "with": {**WISHED, "until_on": "@+2 working days"}}], "表单不接受：until_on"),
        ([{**APPLY, "with": {**WISHED, "from_on": "@resolve"}}], "现在没有“resolve”这个时刻"),
        ([APPLY, {"do": "review", "by": "resident"}], "不归 resident 办，它归 desk"),
        ([*SUPPLIED, {"do": "supply", "by": "resident", "with": {"colour": 1}}], "表单里没有 colour"),
        ([*SUPPLIED, {"do": "supply", "by": "guard"}], "不归 guard 办，它归 resident"),
        ([APPLY, {"resident": "appeals"}], "现在能做的是：撤回申请(withdraw_refurbishment)"),
        (
            [
                CARRIED,
                {"do": "judge", "by": "agent", "with": {"urgent": True}},
                {"do": "hurry", "by": "resident"},
            ],
            "这个案件没有业主的链接",
        ),
        ([{"do": "judge", "by": "agent"}], "这时没有“judge”在等，在等的是：什么都没有"),
        ([{"message": "hello"}], "第一步应是 complain、start、improve、report 或 warn"),
        ([{"start": "errand"}, {"do": "judge", "by": "nobody"}], "场景里没有“nobody”这个人"),
        ([{"start": "errand"}, {"do": "judge", "by": "guard"}], "不归 guard 办，它归 desk"),
        ([{"start": "errand"}, {"do": "judge", "by": "agent", "with": {"x": 1}}], "表单里没有 x；有 urgent"),
        ([{"start": "errand"}, {"wait": "timer slow"}], "现在没有“timer slow”这个时刻"),
        ([{"start": "errand"}, {"wait": "soonish"}], "现在没有“soonish”这个时刻"),
        ([{"start": "errand"}, {"resident": "sings"}], "业主做不了“sings”"),
        ([{"start": "errand"}, {"message": "hello"}], "已经不在等待"),
        ([{"start": "errand", "as": "one"}, {"wait": "+1 day", "of": "two"}], "没有叫“two”的案件；有 one"),
        ([{"start": "nothing"}], "要用的东西不存在"),
        ([{"complain": {"txt": "灯坏了"}}], "诉求里不认识 txt"),
        ([COMPLAIN, {"do": "acknowledge", "by": "agent"}], "表单不接受：told_how"),
        ([{"complain": {"text": "灯坏了", "category": "1004", "households": "many"}}], "这一步写的值不能用"),
    ],
)
def test_what_cannot_be_done_is_said(small: Company, steps: list[dict[str, Any]], told: str) -> None:
    played = play(small, *steps)
    assert told in played.differs[-1].zh
    assert played.differs[-1].impossible
    assert len(played.found.steps) == len(steps) - 1


def test_an_incident_is_always_said(small: Company) -> None:
    broken = {
        **PROCESSES,
        "errand": {
            **files(),
            "bpmn/errand/errand.bpmn": files()["bpmn/errand/errand.bpmn"].replace(b"=urgent<", b"=urgnt<"),
        },
    }
    with company.founded(broken) as other:
        read_ = read("bpmn/errand/scenarios/x.json", scenario({"start": "errand"}, {"do": "judge", "by": "agent"}))
        played = playing.play(other, read_, playing.names_of(broken))
    assert "urgent 出错停下" in played.differs[0].zh
    assert played.found.steps[1].then == {"incident": ["urgent"]}
