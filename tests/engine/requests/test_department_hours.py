"""Days that a department has for a task are its own working days; what is promised outside stays the community's."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from engine.casework.timers import Timer
from engine.company import calendars, places
from engine.core import clock
from tests.engine.requests import drawings
from tests.engine.requests.acting import Acting
from tests.stories.hands import Hands

ZONE = ZoneInfo("Asia/Shanghai")
pytestmark = pytest.mark.slow

REMINDER = (
    '<boundaryEvent id="remind" name="该办了" attachedToRef="look" cancelActivity="false">'
    "<timerEventDefinition><timeDate>=working_days(2)</timeDate></timerEventDefinition></boundaryEvent>"
    '<endEvent id="told" name="提醒"/><sequenceFlow id="f3" sourceRef="remind" targetRef="told"/>'
    '<sequenceFlow id="f2" sourceRef="look" targetRef="over"/>'
)


@pytest.fixture
def acting(hands: Hands) -> Acting:
    """A company whose engineers work from Wednesday to Sunday."""
    made = Acting(hands.store, hands.company)
    with made.store.transaction() as session:
        engineering = places.resolve(session, "engineering", made.company.community.id)[0]
        days = {day: [["08:00", "16:00"]] for day in ("wed", "thu", "fri", "sat", "sun")}
        calendars.change(session, engineering, days, public_holidays=False)
    return made


def days_of(acting: Acting, group: str) -> tuple[str, str]:
    """When a task of this group is due that has two working days from Monday eleven, and its reminder."""
    clock.turn(timedelta(hours=2))
    task = f"camunda:candidateGroups='{group}' camunda:dueDate=\"=working_days(2)\""
    acting.publish("own", drawings.diagram("own", drawings.people("desk"), task, after=REMINDER))
    acting.start(by="agent", process="own")
    due = acting.open_tasks()["look"].due_at
    with acting.store.reading() as session:
        reminded = session.scalars(select(Timer.due_at).where(Timer.case_id == acting.request.case_id)).one()
    assert due is not None
    assert reminded is not None
    return f"{due.astimezone(ZONE):%a %H:%M}", f"{reminded.astimezone(ZONE):%a %H:%M}"


@pytest.mark.parametrize(
    ("group", "due"),
    [
        ("engineering", "Fri 08:00"),  # they begin on Wednesday at eight
        ("engineering/head", "Fri 08:00"),
        ('="engineering"', "Fri 08:00"),
        ("security", "Wed 11:00"),  # without hours of its own: the community's
        ("project_manager", "Wed 11:00"),
    ],
)
def test_a_task_and_its_reminder_go_by_the_hours_of_who_has_it(acting: Acting, group: str, due: str) -> None:
    assert days_of(acting, group) == (due, due)


def test_a_group_that_means_no_place_has_the_hours_of_the_community(acting: Acting) -> None:
    with acting.store.reading() as session:
        assert places.worked_at(session, "nobody", acting.company.community.id) == acting.company.community.id
