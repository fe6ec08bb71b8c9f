"""Each kind of task does what the standard says."""

from datetime import timedelta
from decimal import Decimal

import pytest

from engine.bpmn.execution import BpmnError, Complete, NotWaiting, Work
from engine.core.errors import BihuanError, StepFailed
from tests.engine.bpmn.execution.small_diagrams import BEGINNING, Play, element, flows

START_END = element("startEvent", "s") + element("endEvent", "e")


class Nobody(BihuanError):
    """Nobody is on duty."""

    zh = "今天没有人值班。"
    en = "nobody is on duty today."


def test_a_user_task_is_offered_and_its_answers_become_variables(play: Play) -> None:
    task = element(
        "userTask", "a", name="登记", camunda_candidateGroups="desk, engineering/head", camunda_assignee="=who",
        camunda_formKey="register", camunda_dueDate="PT4H", camunda_priority="=10 + level",
    )  # fmt: skip
    case = play(START_END, task, flows("s>a a>e"), who="li", level=3)
    offered = case.task("a")
    assert (offered.name, offered.form, offered.kind, offered.process) == ("登记", "register", "user", "p")
    assert (offered.groups, offered.assignee, offered.priority) == (("desk", "engineering/head"), "li", 13)
    assert offered.due == BEGINNING + timedelta(hours=4)
    case.complete("a", {"urgent": True})
    assert case.variables["urgent"] is True
    assert case.ended == "e"


def test_groups_may_be_worked_out(play: Play) -> None:
    task = element("manualTask", "a", camunda_candidateGroups="=[lead] ")
    case = play(START_END, task, flows("s>a a>e"), lead="security")
    assert case.task("a").groups == ("security",)
    assert case.task("a").kind == "manual"


def test_a_task_can_be_completed_once_only(play: Play) -> None:
    case = play(START_END, element("userTask", "a"), flows("s>a a>e"))
    key = case.task("a").key
    case.complete("a")
    with pytest.raises(NotWaiting):
        case.do(Complete(key))


def test_a_script_runs_line_by_line(play: Play) -> None:
    script = element("scriptTask", "a", '<script>// 计费\nx = 1.50 + 1\n\ny = x * 2\n姓 = "王"</script>')
    case = play(START_END, script, flows("s>a a>e"))
    assert case.variables == {"x": Decimal("2.50"), "y": Decimal("5.00"), "姓": "王"}


def test_a_script_line_that_asks_for_too_much_names_the_task(play: Play) -> None:
    script = element("scriptTask", "a", "<script>x = count(for i in 1..9999999 return i)</script>", name="算数")
    with pytest.raises(StepFailed) as failed:
        play(START_END, script, flows("s>a a>e"))
    assert failed.value.element == "a"
    assert "算数" in failed.value.text("zh")


def service(outputs: str = "") -> str:
    parameters = (
        "<extensionElements><camunda:inputOutput>"
        '<camunda:inputParameter name="to">=who</camunda:inputParameter>'
        '<camunda:inputParameter name="kind">sms</camunda:inputParameter>'
        f"{outputs}</camunda:inputOutput></extensionElements>"
    )
    return element("serviceTask", "a", parameters, name="通知", camunda_type="external", camunda_topic="notify")


def test_a_service_task_is_done_by_the_world(play: Play) -> None:
    asked: list[Work] = []

    def perform(work: Work) -> dict[str, object]:
        asked.append(work)
        return {"sent": True, "count": 2}

    case = play(START_END, service(), flows("s>a a>e"), world={"perform": perform}, who="li")
    assert (asked[0].topic, dict(asked[0].inputs), asked[0].element) == ("notify", {"to": "li", "kind": "sms"}, "a")
    assert case.variables == {"who": "li", "sent": True, "count": 2}


def test_output_parameters_choose_what_is_kept(play: Play) -> None:
    kept = '<camunda:outputParameter name="times">=count + 1</camunda:outputParameter>'
    world = {"perform": lambda work: {"sent": True, "count": 2}}
    case = play(START_END, service(kept), flows("s>a a>e"), world=world, who="li")
    assert case.variables == {"who": "li", "times": 3}


def test_a_failing_service_names_the_element_and_keeps_the_words(play: Play) -> None:
    def perform(work: Work) -> dict[str, object]:
        raise Nobody()

    with pytest.raises(StepFailed) as failed:
        play(START_END, service(), flows("s>a a>e"), world={"perform": perform}, who="li")
    assert (failed.value.element, failed.value.name) == ("a", "通知")
    assert "今天没有人值班。" in failed.value.text("zh")
    assert "nobody is on duty today." in failed.value.text("en")
    assert isinstance(failed.value.__cause__, Nobody)


def failing(code: str) -> dict[str, object]:
    def perform(work: Work) -> dict[str, object]:
        raise BpmnError(code, "打不开", "it does not open")

    return {"perform": perform}


def test_a_bpmn_error_of_a_service_goes_to_its_boundary_event(play: Play) -> None:
    parts = (
        service(), element("userTask", "mend"), element("userTask", "other"),
        element("boundaryEvent", "b", "broken", attachedToRef="a"),
        element("boundaryEvent", "c", "any error", attachedToRef="a"),
        flows("s>a a>e b>mend mend>e c>other other>e"),
    )  # fmt: skip
    assert play(START_END, *parts, world=failing("broken"), who="li").tasks == ["mend"]
    assert play(START_END, *parts, world=failing("unheard"), who="li").tasks == ["other"]


def test_a_bpmn_error_that_nothing_catches_fails_the_step(play: Play) -> None:
    with pytest.raises(StepFailed, match="does not open"):
        play(START_END, service(), flows("s>a a>e"), world=failing("broken"), who="li")


@pytest.mark.parametrize(
    ("shape", "found", "kept"),
    [
        ("", {"urgency": "normal", "hours": 72}, {"urgency": "normal", "hours": 72}),
        ("singleEntry", {"hours": 72}, 72),
        ("singleResult", [{"hours": 72}], {"hours": 72}),
        ("collectEntries", [{"hours": 72}, {"hours": 24}], [72, 24]),
        ("resultList", {"hours": 72}, [{"hours": 72}]),
    ],
)
def test_a_rule_task_asks_its_table(play: Play, shape: str, found: object, kept: object) -> None:
    more = {"camunda_mapDecisionResult": shape} if shape else {}
    task = element("businessRuleTask", "a", camunda_decisionRef="triage", camunda_resultVariable="answer", **more)
    world = {"decide": lambda decision, variables: found if decision == "triage" and variables["x"] == 1 else None}
    assert play(START_END, task, flows("s>a a>e"), world=world, x=1).variables["answer"] == kept


def test_a_rule_task_without_a_variable_spreads_the_fields(play: Play) -> None:
    task = element("businessRuleTask", "a", camunda_decisionRef="triage")
    world = {"decide": lambda decision, variables: {"urgency": "normal", "hours": 72}}
    assert play(START_END, task, flows("s>a a>e"), world=world).variables == {"urgency": "normal", "hours": 72}
    with pytest.raises(StepFailed, match="triage"):
        play(START_END, task, flows("s>a a>e"), world={"decide": lambda decision, variables: None})


def test_a_send_task_throws_and_a_receive_task_waits(play: Play) -> None:
    parts = (
        element("sendTask", "a", messageRef="m_paid"),
        element("receiveTask", "b", messageRef="m_told"),
        element("boundaryEvent", "t", "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>",
                attachedToRef="b"),
        element("userTask", "late"),
        flows("s>a a>b b>e t>late late>e"),
    )  # fmt: skip
    case = play(START_END, *parts)
    assert [(one.kind, one.name, one.element) for one in case.outcome.thrown] == [("message", "paid", "a")]
    assert case.waits == ["b"]
    case.deliver("b", amount=5)
    assert (case.ended, case.variables, case.timers) == ("e", {"amount": 5}, {})
    assert play(START_END, *parts).fire("t").tasks == ["late"]


def test_withdrawing_a_task_ends_its_path_only(play: Play) -> None:
    case = play(START_END, element("userTask", "a"), element("userTask", "b"), flows("s>a s>b a>e b>e"))
    case.withdraw("a")
    assert (case.tasks, case.ended, case.walked("cancelled")) == (["b"], None, ["a"])
    case.withdraw("b")
    assert case.outcome.ended is not None
    assert case.outcome.ended.kind == "cancelled"
