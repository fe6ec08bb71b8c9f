"""The same on SQLite and on PostgreSQL: numbers, deadlines, lists, a complaint from end to end."""

from engine import outbox, publishing
from engine.complaints import queries
from engine.db import Store
from tests.stories import acts
from tests.stories.company import KEY, found
from tests.stories.hands import Hands


def test_a_complaint_from_the_first_word_to_the_end(each_store: Store) -> None:
    with each_store.transaction() as session:
        company = found(session)
        outbox.seed(session)
        publishing.publish_all(session, publishing.read_folder(publishing.SHIPPED))
    hands = Hands(each_store, company)
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
