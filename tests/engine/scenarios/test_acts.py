"""What a step can do: the acts that our own scenarios need seldom, and what is said when one cannot be done."""

from collections.abc import Iterator
from typing import Any

import pytest

from engine.operations import metadata
from engine.processes import publishing
from engine.scenarios import company, playing
from engine.scenarios.company import Company
from engine.scenarios.playing import Played
from engine.scenarios.script import read
from tests.engine.scenarios.errand import files, scenario

pytestmark = pytest.mark.slow

PROCESSES = {**publishing.read_folder(publishing.SHIPPED), "errand": files()}
COMPLAIN = {"complain": {"text": "楼道灯坏了三天", "category": "1004"}}
JUDGED = {"category": "1004", "urgency": "normal", "department": "engineering", "kind": "complaint", "households": 1}
TO_PAUSE: list[dict[str, Any]] = [
    COMPLAIN,
    {"do": "acknowledge", "by": "agent", "with": {"told_how": "phone"}},
    {"do": "confirm_triage", "by": "agent", "with": {**JUDGED, "way": "department"}},
    {"do": "accept_work", "by": "engineer"},
    {"do": "first_contact", "by": "engineer", "with": {"contact": "reached", "said": "说了"}},
]


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


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ([{"do": "judge", "by": "agent"}], "这时没有“judge”在等，在等的是：什么都没有"),
        ([{"wait": "+1 day"}], "第一步应是 complain、start 或 improve"),
        ([{"start": "errand"}, {"do": "judge", "by": "nobody"}], "场景里没有“nobody”这个人"),
        ([{"start": "errand"}, {"do": "judge", "by": "guard"}], "不归 guard 办，它归 desk"),
        ([{"start": "errand"}, {"do": "judge", "by": "agent", "with": {"x": 1}}], "表单里没有 x；有 urgent"),
        ([{"start": "errand"}, {"wait": "timer slow"}], "现在没有“timer slow”这个时刻"),
        ([{"start": "errand"}, {"wait": "soonish"}], "现在没有“soonish”这个时刻"),
        ([{"start": "errand"}, {"resident": "sings"}], "业主做不了“sings”"),
        ([{"start": "errand"}, {"message": "hello"}], "已经不在等待"),
        ([{"start": "errand", "as": "one"}, {"wait": "+1 day", "of": "two"}], "没有叫“two”的案件；有 one"),
        ([{"start": "nothing"}], "没有找到"),
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
