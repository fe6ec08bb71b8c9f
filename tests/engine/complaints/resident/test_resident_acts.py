"""What a resident can do: once, and only while the case waits for it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from engine import complaints, letters
from engine.complaints.core import feedback
from engine.complaints.core.complaint import Complaint
from engine.complaints.intake.registration import Concern
from engine.complaints.resident import resident_acts
from engine.core.errors import Conflict, Invalid
from engine.core.store import Store
from engine.processes import publishing
from tests.stories import acts
from tests.stories.company import KEY, found
from tests.stories.hands import Hands

pytestmark = pytest.mark.slow


def test_nothing_is_taken_twice(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    with pytest.raises(Conflict):
        hands.accept_plan()
    acts.in_contact(hands)
    acts.planned(hands)
    hands.accept_plan()
    with pytest.raises(Conflict):
        hands.accept_plan()
    acts.done(hands)
    hands.answer(5, "solved")
    for again in (lambda: hands.answer(1, "unsolved", "x"), hands.withdraw, hands.appeal):
        with pytest.raises(Conflict):
            again()
    with hands.store.reading() as session:
        given = feedback.of(session, session.get_one(Complaint, hands.complaint_id))
    assert [(each.score, each.by_id) for each in given] == [(5, None)]


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        ({"score": 2, "outcome": "solved"}, "words"),
        ({"score": 4, "outcome": "unsolved"}, "words"),
        ({"score": 0, "outcome": "solved"}, "score"),
        ({"score": 6, "outcome": "solved"}, "score"),
        ({"score": 5, "outcome": "splendid"}, "outcome"),
    ],
)
def test_an_answer_is_complete_or_refused_at_the_field(hands: Hands, answer: dict[str, Any], field: str) -> None:
    acts.handled(hands)
    with pytest.raises(Invalid) as refused:
        hands.answer(**answer)
    assert list(refused.value.fields) == [field]
    assert hands.now().status == "calling_back"


def test_objecting_and_appealing_need_a_reason(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    acts.in_contact(hands)
    acts.planned(hands)
    with pytest.raises(Invalid):
        hands.object_to_plan(words="  ")
    with pytest.raises(Invalid):
        hands.object_to_plan(words="x" * 2001)
    with pytest.raises(Invalid):
        hands.appeal(words="")


def test_a_call_that_reached_the_resident_counts_as_feedback_of_the_caller(hands: Hands) -> None:
    acts.handled(hands)
    acts.called(hands, score=3, outcome="partly_solved")
    with hands.store.reading() as session:
        given = feedback.of(session, session.get_one(Complaint, hands.complaint_id))
    assert [(each.score, each.outcome, each.by_id) for each in given] == [
        (3, "partly_solved", hands.person("caller").id)
    ]


def test_what_a_resident_adds_stands_in_the_story(hands: Hands) -> None:
    acts.acknowledged(hands)
    hands.store.attempt(
        lambda session: resident_acts.add(session, session.get_one(Complaint, hands.complaint_id), "今天又坏了一盏")
    )
    assert "业主补充了内容" in hands.staff_reads()
    hands.withdraw()
    with pytest.raises(Conflict):
        hands.store.attempt(
            lambda session: resident_acts.add(session, session.get_one(Complaint, hands.complaint_id), "还有一盏")
        )


def test_many_register_at_once_and_every_number_is_given_once(each_store: Store) -> None:
    with each_store.transaction() as session:
        company = found(session)
        letters.seed(session)
        publishing.publish_all(session, publishing.read_folder(publishing.SHIPPED))
    concern = Concern(company.community.id, "楼道灯坏了", "1004", phone="13800001234")

    def register(_: int) -> str:
        return each_store.attempt(lambda session: complaints.register(session, concern, key=KEY)).complaint.number

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(register, range(12)))
    assert len(set(numbers)) == 12
    assert max(int(number[-4:]) for number in numbers) == 12
