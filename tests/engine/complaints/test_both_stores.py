"""The same on SQLite and on PostgreSQL: numbers, deadlines, lists, a complaint from end to end."""

from datetime import timedelta

import pytest

from engine import letters
from engine.casework.cases import Case
from engine.complaints.core.complaint import Complaint
from engine.complaints.joining import joining
from engine.complaints.limits import pauses
from engine.complaints.lists import queries
from engine.core.store import Store
from engine.processes import publishing
from tests.stories import acts
from tests.stories.company import KEY, found
from tests.stories.hands import Hands

pytestmark = pytest.mark.slow


def begun(store: Store) -> Hands:
    """A company with everything published, and hands to act in it."""
    with store.transaction() as session:
        company = found(session)
        letters.seed(session)
        publishing.publish_all(session, publishing.read_folder(publishing.SHIPPED))
    return Hands(store, company)


def test_a_complaint_from_the_first_word_to_the_end(each_store: Store) -> None:
    hands = begun(each_store)
    company = hands.company
    hands.complain(place_text="3栋")
    assert hands.number == "YGL-260302-0001"
    acts.handled(hands)
    assert hands.number == "YGL-260302-0002"
    acts.called(hands, score=1, outcome="unsolved", reason="还是不亮")
    hands.later(hours=200)
    assert "supervise" in hands.now().open
    hands.withdraw()
    assert (hands.now().outcome, hands.now().round) == ("withdrawn", 2)
    with each_store.reading() as session:
        page = queries.search(session, company.people["agent"], queries.Filters(words="13800001234"), key=KEY)
    assert [row.number for row in page.rows] == ["YGL-260302-0002", "YGL-260302-0001"]


def test_a_step_that_reaches_into_another_case_is_written_whole(each_store: Store) -> None:
    lead = begun(each_store)
    acts.acknowledged(lead)
    acts.judged(lead)
    acts.in_contact(lead)
    other = Hands(each_store, lead.company)
    other.complain("三楼的灯也坏了", phone="13900002222")
    with each_store.transaction() as session:
        one, more = (session.get_one(Complaint, each.complaint_id) for each in (lead, other))
        joining.join(session, one, [more], by=session.merge(lead.person("agent")))
    with each_store.transaction() as session:
        one = session.get_one(Complaint, lead.complaint_id)
        pauses.begin(session, one, "weather", timedelta(days=3), by=lead.person("engineer"), note="暴雨")
    other.withdraw()
    with each_store.reading() as session:
        one, ended = session.get_one(Complaint, lead.complaint_id), session.get_one(Case, other.case_id)
        assert (ended.status, ended.waiting["waits"]) == ("ended", [])
        assert one.households == 1
        assert one.due_at("resolve") == lead.now().deadline("resolve").due_at
