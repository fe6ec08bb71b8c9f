"""What a check says of how a process begins: who may start it, by which form, when its timer does."""

import pytest

from engine.bpmn import checking
from engine.bpmn.checking import Available
from tests.engine.requests import drawings

ROLES = Available(departments=frozenset({"desk", "engineering"}), roles=frozenset({"agent", "head"}))
ASKS = '{"title": "申请", "components": [{"type": "text", "key": "phone", "label": "电话"}]}'
SILENT = '{"title": "申请", "components": [{"type": "text", "key": "home", "label": "哪一户"}]}'


def found(start: str, task: str = 'camunda:candidateGroups="desk"', form: str = "") -> list[tuple[str, str]]:
    """Level and English words of what is found at the start event or the task."""
    files = {"bpmn/p/p.bpmn": drawings.diagram("p", start, task).encode()}
    if form:
        files["forms/p/apply.json"] = form.encode()
    return [(each.level, each.en) for each in checking.check(files, ROLES).findings if each.place in ("begun", "look")]


@pytest.mark.parametrize(
    ("started_by", "word"),
    [("agnt", 'Did you mean "agent"?'), ("engineering/chief", 'no role "chief"'), ("agent, gardening", '"gardening"')],
)
def test_a_group_that_the_company_does_not_have_is_an_error(started_by: str, word: str) -> None:
    ((level, said),) = found(drawings.people(started_by))
    assert level == "error"
    assert word in said


def test_groups_that_exist_are_fine() -> None:
    assert found(drawings.people("agent, engineering/head, desk")) == []


@pytest.mark.parametrize(("form", "word"), [("", "has no form"), (SILENT, "asks for no phone"), (ASKS, "")])
def test_residents_need_a_form_that_asks_for_the_phone(form: str, word: str) -> None:
    said = found(drawings.people("resident", "apply" if form else ""), form=form)
    assert [level for level, _words in said] == (["error"] if word else [])
    assert all(word in words for _level, words in said)


def test_a_start_form_that_nobody_may_fill_in_is_said() -> None:
    ((level, said),) = found('<startEvent id="begun" camunda:formKey="apply"/>', form=ASKS)
    assert (level, "nobody can" in said) == ("warning", True)


def test_a_task_of_the_resident_needs_one() -> None:
    ((level, said),) = found(drawings.people("agent"), 'camunda:candidateGroups="resident"')
    assert (level, "residents cannot start this process" in said) == ("error", True)
    assert found(drawings.people("resident", "apply"), 'camunda:candidateGroups="resident"', ASKS) == []


@pytest.mark.parametrize(
    ("start", "word"),
    [
        (drawings.timer("R/P1M"), ""),
        (drawings.timer("R/2027-01-01T08:00:00/P1M"), ""),
        (drawings.timer("2027-01-01T08:00:00", "timeDate"), ""),
        (drawings.timer('=date and time(today(), time("18:00:00"))', "timeDate"), ""),
        (drawings.timer("PT4H", "timeDuration"), "nothing to count from"),
        (drawings.timer("=from_on", "timeDate"), "nothing but now() and today()"),
        (drawings.timer("R/PT1S"), "does not move forward"),
        (drawings.timer("R/P1M", for_each="street"), "for_each"),
        (drawings.timer("R/P1M", started_by="agent"), "started_by means nothing here"),
    ],
)
def test_a_timer_says_when_and_for_whom(start: str, word: str) -> None:
    said = found(start)
    assert [level for level, _words in said] == (["error"] if word else []), said
    assert all(word in words for _level, words in said)
