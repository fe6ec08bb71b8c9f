"""A reminder that was held does not go out once its task is done."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from engine import letters
from engine.casework import cases, tasks
from engine.core import clock
from engine.core.store import Store
from engine.letters import Letter, LogWay
from tests.engine.casework.cases.company import Company

pytestmark = pytest.mark.slow

MEND = """
<startEvent id="begin"/><sequenceFlow id="f1" sourceRef="begin" targetRef="mend"/>
<userTask id="mend" name="修理" camunda:candidateGroups="engineering"/>
<sequenceFlow id="f2" sourceRef="mend" targetRef="tell"/>
<userTask id="tell" name="回访" camunda:candidateGroups="desk"/>
<sequenceFlow id="f3" sourceRef="tell" targetRef="done"/><endEvent id="done"/>
"""


@pytest.mark.parametrize("done", [True, False])
def test_a_reminder_of_a_task_that_was_done_in_the_night_is_given_up(
    each_store: Store, company: Company, draw: Callable[..., None], done: bool
) -> None:
    draw(mend=MEND)
    with each_store.transaction() as session:
        case_id = cases.start(session, "mend", {}, business_key="K-1", place_id=company.community.id).id
    with clock.at(datetime(2026, 3, 2, 14, 0, tzinfo=UTC)):  # 22:00 in Shanghai
        with each_store.transaction() as session:
            for template in ("reminder", "dispatch"):
                letters.put(session, template, template, ("person", company.ben.id), {"number": "K-1"}, case_id)
        letters.send_due(each_store, [LogWay()])
        clock.turn(timedelta(hours=1))
        if done:
            with each_store.reading() as session:
                (mend,) = tasks.of_case(session, case_id)
            each_store.attempt(
                lambda session: cases.complete(session, session.get_one(tasks.Task, mend.id), {}, by=company.ben)
            )
        clock.turn(timedelta(hours=12))
        letters.send_due(each_store, [LogWay()])
    with each_store.reading() as session:
        found = {row.template: (row.state, row.error) for row in session.scalars(select(Letter))}
    given_up = ("withdrawn", "等着发的时候，事情已经办完 / it was done before this went out")
    assert found == {"reminder": given_up if done else ("logged", None), "dispatch": ("logged", None)}
