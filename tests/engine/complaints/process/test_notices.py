"""Messages: recipients, content, and that a gap in the organisation does not block anything."""

from sqlalchemy import select

from engine import letters
from engine.company import places, roles
from engine.company.roles import DepartmentRow
from engine.complaints.core import links
from engine.complaints.core.complaint import Complaint
from engine.complaints.timeline import timeline
from engine.core.store import Store
from engine.letters import Letter
from engine.letters.people import LOOKUPS
from tests.stories import acts
from tests.stories.company import KEY
from tests.stories.hands import Hands


def test_a_receipt_speaks_of_the_number_the_limit_and_the_link(hands: Hands) -> None:
    links.open_door(KEY, "https://example.test")
    try:
        hands.complain(person_name="王芳")
        with hands.store.reading() as session:
            letter = session.scalars(select(Letter)).first()
            assert letter is not None
            assert "王芳" not in str(letter.facts)
            to = LOOKUPS["complaint"](session, hands.complaint_id, letter.case_id)
            assert to is not None
            written = letters.written(session, letter, to)
    finally:
        links.open_door(KEY, "")
    assert (to.name, to.phone) == ("王芳", "13800001234")
    for part in ("王芳", hands.number, "09:15", f"https://example.test/c/{hands.secret}"):
        assert part in written.subject + written.text


def test_the_department_hears_of_its_work_and_nobody_else_does(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    assert "dispatch" in hands.letters("engineer")
    assert "dispatch" not in hands.letters("cleaner")
    assert "dispatch" not in hands.letters("engineer_2")


def test_a_department_that_another_process_just_renamed_is_told_by_its_new_name(hands: Hands) -> None:
    hands.complain()
    acts.acknowledged(hands)  # this process has read the departments
    other = Store(hands.store.url.render_as_string(hide_password=False))
    with other.transaction() as session:
        roles.seed(session)
        session.get_one(DepartmentRow, "engineering").name = "维修中心"
    other.close()
    acts.judged(hands)
    with hands.store.reading() as session:
        named = [each.facts["department"] for each in session.scalars(select(Letter)) if each.template == "dispatch"]
    assert named
    assert {each["zh"] for each in named} == {"维修中心"}


def test_a_community_without_a_region_does_not_hold_up_an_emergency(hands: Hands) -> None:
    with hands.store.transaction() as session:
        lone = places.add(session, "community", hands.company.root, "LONE", "独立小区")
        places.add_department(session, lone, "desk")
    hands.complain("孩子被困电梯", "1011", community_id=lone.id)
    assert hands.incidents() == []
    assert hands.now().open.keys() == {"acknowledge", "make_safe_now"}  # only the desk can be sent
    with hands.store.reading() as session:
        told = timeline.of(session, session.get_one(Complaint, hands.complaint_id))
    assert "notice.raised" in [line.kind for line in told]
    assert any("独立小区 项目经理" in line.zh for line in told)
    assert "alert" in hands.letters("board")  # the next whom the ladder names
