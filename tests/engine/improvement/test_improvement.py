"""An improvement that starts from complaints and ends with a standard, or starts another round."""

from decimal import Decimal
from typing import Any

import pytest

from engine import improvement
from engine.complaints.core.complaint import Complaint
from engine.complaints.timeline import timeline
from engine.core.errors import Invalid, NotFound
from engine.improvement import Improvement, queries
from engine.processes import publishing, versions
from tests.stories import acts
from tests.stories.hands import Hands


def begin(hands: Hands, by: str = "engineering_head", **changed: Any) -> int:
    asked = {"title": "楼道灯老化", "department": "engineering", "complaint_ids": [hands.complaint_id], **changed}
    begun = hands.store.attempt(lambda session: improvement.start(session, by=hands.person(by), **asked))
    hands.case_id = begun.case_id or 0
    return begun.id


def planned(hands: Hands) -> None:
    hands.do("engineering_head", "root_cause", method="site", cause="equipment", words="灯具用了十年以上，统一老化")
    hands.do(
        "engineering_head",
        "measure_plan",
        measure="complaints",
        better="lower",
        baseline=12,
        target=4,
        check_on="2026-04-01",
    )
    hands.do(
        "engineering_head",
        "actions",
        what_1="更换一期灯具",
        owner_1="engineer",
        due_1="2026-03-10",
        more_1="true",
        what_2="每月巡灯",
        owner_2="guard",
        due_2="2026-03-20",
    )


def of(hands: Hands, improvement_id: int, by: str = "manager") -> Improvement:
    with hands.store.reading() as session:
        return queries.find(session, hands.person(by), improvement_id)


def worked_on(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)


def test_a_whole_loop_from_a_complaint_to_a_standard(hands: Hands) -> None:
    worked_on(hands)
    found = begin(hands)
    assert of(hands, found).stage == "plan"
    planned(hands)
    assert of(hands, found).stage == "do"
    with hands.store.reading() as session:
        actions = queries.actions(session, of(hands, found))
    assert [(each.title, str(each.due_on)) for each in actions] == [
        ("更换一期灯具", "2026-03-10"),
        ("每月巡灯", "2026-03-20"),
    ]
    assert hands.inbox("engineer") == hands.inbox("guard") == ["do_action"]
    hands.do("engineer", "do_action", action_result="done", words="全部更换")
    with hands.store.reading() as session:
        done = [each.done_at is not None for each in queries.actions(session, of(hands, found))]
    assert done == [True, False]
    hands.do("guard", "do_action", action_result="done", words="已排班")
    hands.later(days=31)
    hands.do("inspector", "check_effect", measured=3, words="四周投诉记录")
    checked = of(hands, found)
    assert (checked.stage, checked.baseline, checked.target, checked.measured) == (
        "act",
        Decimal(12),
        Decimal(4),
        Decimal(3),
    )
    assert checked.reached
    hands.do("manager", "decide_act", decision="standardise", words="写入巡检标准")
    ended = of(hands, found)
    assert (ended.status, ended.stage, ended.outcome) == ("ended", "ended", "standardised")


def test_round_again_when_it_did_not_work(hands: Hands) -> None:
    worked_on(hands)
    found = begin(hands)
    planned(hands)
    hands.do("engineer", "do_action", action_result="done", words="全部更换")
    hands.do("guard", "do_action", action_result="not_possible", words="人手不足")
    hands.later(days=31)
    hands.do("inspector", "check_effect", measured=9, words="四周投诉记录")
    assert of(hands, found).reached is False
    hands.do("manager", "decide_act", decision="again", words="原因没有找对")
    again = of(hands, found)
    assert (again.round, again.stage, again.status) == (2, "plan", "running")


def test_the_complaint_tells_that_it_led_to_something(hands: Hands) -> None:
    worked_on(hands)
    found = begin(hands)
    with hands.store.reading() as session:
        complaint = session.get_one(Complaint, hands.complaint_id)
        assert [each.id for each in improvement.of_complaint(session, complaint)] == [found]
        assert any("改进" in line.zh for line in timeline.of(session, complaint))
        linked = queries.complaints(session, hands.person("manager"), of(hands, found))
    assert [each.number for each in linked] == [hands.number]


def test_an_investigation_can_ask_for_one_and_gets_one_only(hands: Hands) -> None:
    worked_on(hands)
    acts.in_contact(hands)
    answers = {"looked_at": ["site"], "facts": "灯具老化", "finding": "own_fault", "cause": "equipment"}
    hands.do("engineer", "investigate", responsible="engineering", improve="true", **answers)
    hands.do(
        "engineer",
        "plan",
        steps="更换灯具",
        start_on="2026-03-02",
        finish_on="2026-03-05",
        cost=10,
        consent="not_needed",
    )
    acts.done(hands)
    with hands.store.reading() as session:
        page = queries.search(session, hands.person("manager"), queries.Filters())
    assert [(each.cause, each.department) for each in page.rows] == [("equipment", "engineering")]


def test_others_do_not_see_it_and_what_is_wrong_is_named(hands: Hands) -> None:
    worked_on(hands)
    found = begin(hands)
    with pytest.raises(NotFound):
        of(hands, found, "manager_2")
    with pytest.raises(Invalid) as refused:
        begin(hands, title=" ", department="kitchen", cause="stars")
    assert set(refused.value.fields) == {"title", "department", "cause"}
    with pytest.raises(NotFound):
        begin(hands, by="manager_2")


def test_an_action_belongs_to_the_round_that_ends_with_it(hands: Hands) -> None:
    shipped = publishing.read_folder(publishing.SHIPPED)["improvement"]
    path = "bpmn/improvement/improvement.bpmn"
    flow = b'<bpmn:sequenceFlow id="do_action__check_day" sourceRef="do_action" targetRef='
    counts = (
        b'"next_round"/><bpmn:scriptTask id="next_round" name="x" scriptFormat="feel"><bpmn:script>round = round + 1'
    )
    counts += b'</bpmn:script></bpmn:scriptTask><bpmn:sequenceFlow id="on" sourceRef="next_round" targetRef='
    straight = shipped[path].replace(flow, flow + counts)
    with hands.store.transaction() as session:
        publishing.publish(session, "improvement", {**versions.without_scenarios(shipped), path: straight})
    worked_on(hands)
    found = begin(hands)
    planned(hands)
    hands.do("engineer", "do_action", action_result="done", words="全部更换")
    hands.do("guard", "do_action", action_result="done", words="已排班")
    assert of(hands, found).round == 2
    with hands.store.reading() as session:
        done = [(each.round, each.result) for each in queries.actions(session, of(hands, found))]
    assert done == [(1, "done"), (1, "done")]
