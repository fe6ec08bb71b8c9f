"""People whom a complaint is about never work on it; people who handled it never call back."""

import pytest

from engine.complaints.core import access
from tests.stories import acts
from tests.stories.hands import Hands

pytestmark = pytest.mark.slow


def test_who_handled_it_does_not_call_back(hands: Hands) -> None:
    acts.handled(hands)
    hands.until("call_resident", hours=1)
    assert hands.inbox("caller") == ["call_resident"]
    assert hands.inbox("engineer") == []


def test_a_complaint_about_the_head_never_goes_to_that_head(hands: Hands) -> None:
    hands.complain("工程主管态度恶劣", "5001", about="head")
    hands.do("agent", "acknowledge", told_how="phone")
    acts.judged(hands, category="5001", about="head")
    hands.later(hours=37)
    assert hands.inbox("engineering_head") == []


def test_a_complaint_about_the_project_manager_skips_that_rung_and_is_called_back_from_outside(hands: Hands) -> None:
    hands.complain("项目经理不理我们", "5001", about="project_manager")
    hands.do("agent", "acknowledge", told_how="phone")
    acts.judged(hands, category="5001", about="project_manager", department="engineering")
    assert hands.inbox("manager") == []
    hands.later(hours=24, minutes=5)
    assert hands.inbox("manager") == []
    assert hands.inbox("region_quality") != []
    assert "escalation" not in hands.letters("manager")


@pytest.mark.fault(10)
@pytest.mark.parametrize(
    ("about", "subjects", "led_by"),
    [("region", ("region_quality", "region_caller"), "board"), ("headquarters", ("board",), "region_quality")],
)
def test_a_complaint_about_the_region_or_headquarters_is_hidden_from_them(
    hands: Hands, about: str, subjects: tuple[str, ...], led_by: str
) -> None:
    hands.complain("他们互相推", "5001", about=about)
    hands.do("agent", "acknowledge", told_how="phone")
    acts.judged(hands, category="5001", about=about, department="engineering")
    assert hands.inbox(led_by) == ["accept_work"]
    hands.later(days=20)
    with hands.store.reading() as session:
        for login in subjects:
            assert hands.inbox(login) == []
            assert hands.letters(login) == []
            assert not access.may(session, hands.person(login), hands.complaint_id, ["complaint.see"])
        assert access.may(session, hands.person(led_by), hands.complaint_id, ["complaint.see"])
    assert hands.incidents() == []


def test_a_complaint_about_one_person_is_hidden_from_that_person(hands: Hands) -> None:
    engineer = hands.person("engineer")
    hands.call("agent", "维修师傅骂人", "5001", about="staff", about_person=engineer.id)
    acts.judged(hands, category="5001", about="staff", department="engineering")
    assert hands.inbox("engineer") == []
    assert hands.inbox("engineer2") == ["accept_work"]
