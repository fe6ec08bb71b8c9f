"""An alarm follows its complaint into another version of the process."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn.execution import Plan
from engine.casework import cases
from engine.complaints.alarms.rows import Alarm
from engine.processes import versions
from tests.engine.complaints.alarms.test_alarms import on_the_banner, standing, trapped
from tests.stories.hands import Hands

pytestmark = pytest.mark.slow


def moved(hands: Hands, alter: Callable[[bytes], bytes], plan: Plan) -> None:
    """Publish another version of the complaint, and move this one to it."""

    def work(session: Session) -> None:
        newest = versions.latest(session, "complaint")
        assert newest is not None
        files = {
            path: alter(text) if path.endswith(".bpmn") else text
            for path, text in versions.files_of(session, newest.id).items()
        }
        versions.store(session, "complaint", files)
        case = cases.take(session, hands.case_id, None)
        cases.move(session, case, versions.pin_latest(session, "complaint"), plan, hands.person("owner"), "新版本")

    hands.store.attempt(work)


def renamed(step: str) -> Callable[[bytes], bytes]:
    return lambda text: re.sub(rf'(id|Ref|bpmnElement)="{step}"'.encode(), rf'\1="{step}_anew"'.encode(), text)


def test_it_rings_on_for_the_same_task_under_another_id(hands: Hands) -> None:
    trapped(hands)
    before = standing(hands)
    step = before.task.element
    moved(hands, renamed(step), Plan({step: f"{step}_anew"}))
    after = standing(hands)
    assert (after.task.id, after.task.element) == (before.task.id, f"{step}_anew")
    assert after.alarm.ended_at is None
    assert on_the_banner(hands, "engineer") == [hands.number]
    assert hands.now().status == "making_safe"


def test_it_is_over_where_the_step_is_no_longer_that_of_making_safe(hands: Hands) -> None:
    trapped(hands)
    moved(
        hands,
        lambda text: text.replace(b'name="status" value="making_safe"', b'name="status" value="carrying_out"'),
        Plan(),
    )
    with hands.store.reading() as session:
        assert session.scalars(select(Alarm.ended_at)).one() is not None
    assert on_the_banner(hands, "engineer") == []


def test_it_begins_where_a_step_becomes_that_of_making_safe(hands: Hands) -> None:
    hands.complain()
    step = "acknowledge"
    assert step in hands.now().open
    property_ = b'<camunda:property name="status" value="making_safe" />'

    def unsafe(text: bytes) -> bytes:
        at = text.index(f'id="{step}"'.encode())
        found = re.compile(rb'<camunda:property name="status" value="\w+"\s*/>').search(text, at)
        assert found is not None
        return text[: found.start()] + property_ + text[found.end() :]

    moved(hands, unsafe, Plan())
    assert standing(hands).task.element == step
