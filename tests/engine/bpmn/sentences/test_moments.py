"""Timers and due dates in words: what is filled in is what the engine reads, and what diagrams hold can be read."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.bpmn import diagrams
from engine.bpmn.execution import moments as engine_moments
from engine.bpmn.sentences import When, moments
from engine.core.errors import Unclear

SENTENCES = {
    "PT24H": When("after", "24", "hours"),
    "PT2H": When("after", "2", "hours"),
    "P3D": When("after", "3", "days"),
    "P2M": When("after", "2", "months"),
    "=working_days(3)": When("working_days", "3"),
    "=working_days(days)": When("working_days", field="days"),
    '=deadline("resolve", 0.8)': When("share", "80", limit="resolve"),
    '=deadline("plan", 1.5)': When("share", "150", limit="plan"),
    '=rung("resolve", 2)': When("rung", "2", limit="resolve"),
    "=callback_after": When("field", field="callback_after"),
    "=action.due": When("field", field="action.due"),
    '=date and time(check_on, time("09:00:00"))': When("field", field="check_on", clock="09:00:00"),
    '=limits[kind = "undo_merge"][1].limit': When("row", field="limits", limit="undo_merge"),
    "2026-12-31T09:00:00": When("at", at="2026-12-31T09:00:00"),
    "R30/P1D": When("every", "1", "days", times="30"),
    "R/2027-01-01T08:00:00/P1M": When("every", "1", "months", at="2027-01-01T08:00:00"),
}
OTHERS = [
    "",
    "P1DT2H",
    "=if anonymous then slot else other",
    "=working_days(a + 1)",
    "=rung(",
    "R3/PT1H30M",
    '=limits[kind = "x"][2].limit',
    "tomorrow",
]


@pytest.mark.parametrize("text", SENTENCES)
def test_a_timer_is_read_as_a_sentence_which_writes_the_same(text: str) -> None:
    assert moments.read(text) == SENTENCES[text]
    assert moments.write(SENTENCES[text], "timer").text == text


@pytest.mark.parametrize("text", OTHERS)
def test_what_is_no_sentence_stays_text(text: str) -> None:
    assert moments.read(text) is None


def test_a_due_date_after_some_time_is_written_as_the_engine_reads_it() -> None:
    assert moments.read('=now() + duration("PT2H")') == When("after", "2", "hours")
    row = moments.read('=now() + duration(limits[kind = "on_site"][1].limit)')
    assert row == When("row", field="limits", limit="on_site")
    assert moments.write(row, "due").text == '=now() + duration(limits[kind = "on_site"][1].limit)'
    begun = datetime(2026, 2, 14, 9, tzinfo=UTC)
    span = engine_moments.read(moments.write(When("after", "2", "hours"), "due").text)
    assert span == datetime(2026, 2, 14, 11, tzinfo=UTC) - begun


@pytest.mark.parametrize(
    "when",
    [
        When("after", "-2", "hours"),
        When("after", "0", "hours"),
        When("after", "2", "moons"),
        When("share", "80"),
        When("field"),
        When("field", field='a"; drop'),
        When("at", at="=now()"),
        When("every", "1", "days", at="some day"),
    ],
)
def test_what_is_missing_is_said(when: When) -> None:
    with pytest.raises(Unclear):
        moments.write(when, "timer")


def test_nearly_every_timer_and_due_date_of_ours_is_a_sentence() -> None:
    nodes = [node for path in Path("bpmn").rglob("*.bpmn") for node in diagrams.read(path.read_bytes()).nodes]
    texts = [text for node in nodes for text in (node.timer, node.due) if text]
    assert len(texts) > 40
    # two choose by a condition; those of a warning and of an improvement compute with days of a table, or ask for theirs
    assert sum(moments.read(text) is None for text in texts) <= 17
