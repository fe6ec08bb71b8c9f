"""What follows from the answer, the words and the category, and how the desk settles what is open."""

from dataclasses import replace

import pytest
from sqlalchemy import delete

from engine.complaints.changes import corrections, danger_doubts
from engine.complaints.core.complaint import Complaint
from engine.complaints.intake import before_patterns, danger, danger_patterns, danger_reading
from engine.complaints.intake.danger import Judged
from engine.complaints.intake.danger_reading import Pattern
from engine.core.errors import Conflict, Invalid, NotFound
from engine.processes import versions
from tests.stories.company import KEY
from tests.stories.hands import Hands

WORDS = "小孩被困在电梯里"
ALARM, DOUBT, NONE = Judged(danger=True, urgency="critical"), Judged(doubt=True, urgency="urgent"), Judged()


@pytest.mark.fault(2)
@pytest.mark.parametrize(
    ("answer", "text", "channel", "category", "expected"),
    [
        ("", WORDS, "web", False, ALARM),
        ("", "灯坏了", "web", False, NONE),
        ("yes", "灯坏了", "web", False, ALARM),
        ("no", WORDS, "web", False, DOUBT),
        ("no", "灯坏了", "web", False, NONE),
        ("unsure", "灯坏了", "phone", False, DOUBT),
        ("", WORDS, "mail", False, DOUBT),
        ("", WORDS, "file", False, DOUBT),
        ("no", "灯坏了", "web", True, ALARM),
    ],
)
def test_answer_words_and_category_decide_by_a_table(
    hands: Hands, answer: str, text: str, channel: str, category: bool, expected: Judged
) -> None:
    with hands.store.reading() as session:
        assert danger.judge(session, answer, channel, text, category=category) == expected


@pytest.mark.parametrize(
    ("answer", "text", "expected"),
    [
        ("", WORDS, "alarm"),
        ("yes", "灯坏了", "alarm"),
        ("no", WORDS, "doubt"),
        ("unsure", "灯坏了", "doubt"),
        ("", "灯坏了", ""),
    ],
)
def test_a_process_from_before_the_table_decides_alike(
    hands: Hands, monkeypatch: pytest.MonkeyPatch, answer: str, text: str, expected: str
) -> None:
    monkeypatch.setattr(versions, "tables_today", lambda session, process: {})
    with hands.store.reading() as session:
        judged = danger.judge(session, answer, "web", text)
    assert (judged.danger, judged.doubt) == (expected == "alarm", expected == "doubt")


def test_an_unknown_answer_is_refused(hands: Hands) -> None:
    with pytest.raises(Invalid) as refused:
        hands.complain(answer="perhaps")
    assert set(refused.value.fields) == {"danger"}


def test_a_company_without_patterns_still_asks(hands: Hands) -> None:
    with hands.store.transaction() as session:
        session.execute(delete(danger_patterns.DangerPattern))
        assert not danger.found(session, WORDS)
        assert danger.judge(session, "yes", "web", WORDS).danger


@pytest.mark.fault(2)
def test_the_desk_confirms_danger_and_it_is_made_safe_at_once(hands: Hands) -> None:
    hands.complain(WORDS, "1001", answer="no")
    assert complaint_of(hands).urgency == "urgent"
    assert "make_safe_now" not in hands.now().open
    settle(hands, danger_is=True)
    after = hands.now()
    assert complaint_of(hands).urgency == "critical"
    assert "make_safe_now" in after.open
    assert after.deadline("acknowledge").limit_seconds == 5 * 60
    with pytest.raises(Conflict):
        settle(hands, danger_is=False)


@pytest.mark.fault(2)
def test_the_desk_rules_danger_out_and_the_usual_way_goes_on(hands: Hands) -> None:
    hands.complain("楼道里有异响", "1004", answer="unsure")
    assert complaint_of(hands).asks_danger
    settle(hands, danger_is=False)
    found = complaint_of(hands)
    assert (found.urgency, found.danger, found.asks_danger) == ("normal", False, False)
    assert "make_safe_now" not in hands.now().open
    assert any("没有危险" in line for line in hands.staff_reads())
    assert any("核实没有危险，按平常的时限办理" in line for line in hands.resident_reads())


def test_a_category_corrected_to_a_dangerous_one_sends_somebody_at_once(hands: Hands) -> None:
    hands.complain("有股怪味", "1004")
    with hands.store.transaction() as session:
        complaint = session.get_one(Complaint, hands.complaint_id)
        wanted = replace(corrections.facts_of(complaint), category="1012")
        corrections.put_right(session, complaint, wanted, key=KEY, by=hands.person("agent"), reason="是燃气")
    assert "make_safe_now" in hands.now().open


def test_only_who_registers_there_settles_it(hands: Hands) -> None:
    hands.complain(WORDS, "1004", answer="no")
    with pytest.raises(NotFound):
        settle(hands, danger_is=True, by="cleaner")


def complaint_of(hands: Hands) -> Complaint:
    with hands.store.reading() as session:
        return session.get_one(Complaint, hands.complaint_id)


def settle(hands: Hands, *, danger_is: bool, by: str = "agent") -> None:
    with hands.store.transaction() as session:
        complaint = session.get_one(Complaint, hands.complaint_id)
        danger_doubts.settle(session, complaint, danger=danger_is, by=hands.person(by))


def test_patterns_changed_by_the_company_count_at_once(hands: Hands) -> None:
    with hands.store.transaction() as session:
        assert not danger.found(session, "水晶灯歪了")
        session.add(danger_patterns.DangerPattern(kind="danger", name="灯", who="水晶灯", what="歪"))
        session.flush()
        assert danger.found(session, "水晶灯歪了")


def test_words_from_before_there_were_patterns_are_carried_over() -> None:
    rows = before_patterns.patterns(["着火", "吊顶掉落"])
    patterns = tuple(Pattern(**each) for each in rows)
    for text, alarms in (("吊顶掉落", True), ("楼道着火了", True), ("爆炸", False)):
        signs = danger_reading.read(text, patterns)
        assert (bool(signs) and not signs[0].against) == alarms, text
