"""Who sees a complaint, and finds it in the list."""

from datetime import timedelta

import pytest

from engine.company import absences
from engine.complaints.core import access
from engine.complaints.core.complaint import Complaint, Concerned
from engine.complaints.lists import queries
from engine.complaints.lists.queries import Filters
from engine.core import clock
from engine.core.errors import NotFound, NotPermitted
from engine.letters.people import LOOKUPS
from tests.stories import acts
from tests.stories.company import KEY
from tests.stories.hands import Hands

pytestmark = pytest.mark.slow


def listed(hands: Hands, login: str, **filters: object) -> list[str]:
    with hands.store.reading() as session:
        page = queries.search(session, hands.person(login), Filters(**filters), key=KEY)  # type: ignore[arg-type]
        assert page.total == len(page.rows)
        return [row.number for row in page.rows]


@pytest.mark.parametrize(
    ("login", "sees"),
    [
        ("agent", True),
        ("manager", True),
        ("region_quality", True),
        ("board", True),
        ("engineer", True),
        ("cleaner", False),
        ("administrator", False),
        ("agent_2", False),
        ("manager_2", False),
        ("engineer_2", False),
    ],
)
def test_reach_by_community_department_and_above(hands: Hands, login: str, sees: bool) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    assert listed(hands, login) == ([hands.number] if sees else [])
    with hands.store.reading() as session:
        if sees:
            assert access.find(session, hands.person(login), hands.complaint_id).number == hands.number
        else:
            with pytest.raises(NotFound):
                access.find(session, hands.person(login), hands.complaint_id)


def test_a_department_keeps_seeing_what_it_worked_on(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    hands.do("engineer", "accept_work", objected=True, objection="not_ours", objection_words="属于保洁")
    hands.do("dispatcher", "redispatch", department="cleaning")
    assert listed(hands, "engineer") == listed(hands, "cleaner") == [hands.number]


def test_whoever_it_is_about_does_not_know_of_it(hands: Hands) -> None:
    hands.complain("项目经理不理我们", "5001", about="project_manager")
    assert listed(hands, "manager") == []
    assert listed(hands, "agent") == [hands.number]
    hands.do("agent", "acknowledge", told_how="phone")
    acts.judged(hands, category="5001")
    assert listed(hands, "manager") == [hands.number], "the desk found that it is about nobody in particular"


def test_a_substitute_whom_it_is_about_is_sent_no_letter_of_it(hands: Hands) -> None:
    hands.complain()
    away, instead = hands.person("manager"), hands.person("engineering_head")
    with hands.store.transaction() as session:
        case_id = session.get_one(Complaint, hands.complaint_id).case_id
        session.add(Concerned(complaint_id=hands.complaint_id, person_id=instead.id))
        absences.add(session, away, instead, clock.now(), clock.now() + timedelta(days=1), away)
        to = [LOOKUPS["person"](session, away.id, each) for each in (case_id, None)]
    assert [each.name for each in to if each] == [away.name, instead.name]


def test_seeing_is_not_doing(hands: Hands) -> None:
    acts.acknowledged(hands)
    with hands.store.reading() as session, pytest.raises(NotPermitted):
        access.find(session, hands.person("caller"), hands.complaint_id, "complaint.withdraw")


@pytest.mark.parametrize(
    "words",
    ["YGL-260302", "ygl-260302-0001", "13800001234", "+86 138 0000 1234", "王芳", "楼道灯", "3栋"],
)
def test_found_by_number_phone_name_words_and_place(hands: Hands, words: str) -> None:
    hands.complain(person_name="王芳", place_text="3栋2单元")
    assert listed(hands, "agent", words=words) == [hands.number]
    assert listed(hands, "agent", words=words + "不存在") == []
    assert listed(hands, "agent", words="100%") == []


@pytest.mark.parametrize("words", ["13800001234", "王芳", "芳", "电话1391111", "1391", "13911112222"])
def test_who_sees_no_phones_and_names_finds_by_neither(hands: Hands, words: str) -> None:
    """Searching is as good as seeing: a number could be guessed digit by digit."""
    hands.complain("楼道灯不亮，电话13911112222，也是 1391", person_name="王芳", place_text="3栋2单元")
    assert listed(hands, "agent", words=words)
    assert listed(hands, "owner", words=words) == []
    assert listed(hands, "owner", words="楼道灯 3栋") == listed(hands, "owner", words=hands.number) == [hands.number]


def test_handlers_find_by_phone_what_is_their_own(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    assert listed(hands, "engineer", words="13800001234") == []
    hands.do("engineer", "accept_work")
    assert listed(hands, "engineer", words="13800001234") == listed(hands, "engineer", words="楼道灯") == [hands.number]


def test_filters_sort_and_pages(hands: Hands) -> None:
    numbers = []
    for category in ("1004", "1002", "2001", "1004"):
        hands.complain(category=category)
        numbers.append(hands.number)
        clock.turn(timedelta(minutes=1))
    assert listed(hands, "agent") == numbers[::-1]
    assert listed(hands, "agent", sort="received") == numbers
    assert listed(hands, "agent", category="10", sort="number") == [numbers[0], numbers[1], numbers[3]]
    assert listed(hands, "agent", category="1002") == [numbers[1]]
    assert listed(hands, "agent", status="open", sort="nonsense") == numbers[::-1]
    assert listed(hands, "agent", since=clock.now() - timedelta(minutes=2)) == numbers[:1:-1]
    assert listed(hands, "agent", sort="due") == numbers
    hands.withdraw()
    assert listed(hands, "agent", sort="due") == [*numbers[:3], numbers[3]]
    assert listed(hands, "agent", sort="-due") == [*numbers[2::-1], numbers[3]]
    assert listed(hands, "agent", outcome="withdrawn") == listed(hands, "agent", status="closed") == [numbers[3]]
    with hands.store.reading() as session:
        second = queries.search(session, hands.person("agent"), Filters(page=2, per_page=3), key=KEY)
        assert ([row.number for row in second.rows], second.total, second.pages) == ([numbers[0]], 4, 2)
        assert queries.search(session, hands.person("agent"), Filters(page=99, per_page=3), key=KEY).page == 2


def test_late_ones_are_found_and_the_next_limit_is_told(hands: Hands) -> None:
    hands.complain()
    assert listed(hands, "agent", status="late") == []
    hands.later(minutes=16)
    assert listed(hands, "agent", status="late") == [hands.number]
    with hands.store.reading() as session:
        page = queries.search(session, hands.person("agent"), Filters(), key=KEY)
    assert page.due[hands.complaint_id].kind == "acknowledge"


def test_earlier_complaints_from_the_same_phone(hands: Hands) -> None:
    hands.complain()
    first = hands.number
    hands.complain()
    with hands.store.reading() as session:
        complaint = access.find(session, hands.person("agent"), hands.complaint_id)
        assert [each.number for each in queries.of_household(session, hands.person("agent"), complaint)] == [first]
        assert queries.of_household(session, hands.person("agent_2"), complaint) == []
