"""Timers: fixed text and formulas, repetition, moving, sleeping; they fire only when told to."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from engine.bpmn.execution import Retime
from engine.core.errors import StepFailed
from tests.engine.bpmn.execution.small_diagrams import BEGINNING, Play, element, flows

ENDS = element("startEvent", "s") + element("endEvent", "e")


def waiting(text: str, kind: str = "timeDuration") -> tuple[str, ...]:
    definition = f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"
    return ENDS, element("intermediateCatchEvent", "t", definition), flows("s>t t>e")


def repeating(text: str) -> tuple[str, ...]:
    definition = f"<timerEventDefinition><timeCycle>{text}</timeCycle></timerEventDefinition>"
    event = element("boundaryEvent", "t", definition, attachedToRef="a", cancelActivity="false")
    return ENDS, element("userTask", "a"), event, element("userTask", "b"), flows("s>a a>e t>b b>e")


@pytest.mark.parametrize(
    ("text", "kind", "due"),
    [
        ("PT4H", "timeDuration", BEGINNING + timedelta(hours=4)),
        ('"P3D"', "timeDuration", BEGINNING + timedelta(days=3)),
        ("P1M", "timeDuration", datetime(2026, 4, 2, 9, tzinfo=UTC)),
        ("2026-03-05T08:00:00Z", "timeDate", datetime(2026, 3, 5, 8, tzinfo=UTC)),
        ("2026-03-05", "timeDate", datetime(2026, 3, 5, 23, 59, 59, tzinfo=UTC)),
        ('=duration("PT2H")', "timeDuration", BEGINNING + timedelta(hours=2)),
        ('=now() + duration("PT2H")', "timeDate", BEGINNING + timedelta(hours=2)),
        ("=said", "timeDuration", BEGINNING + timedelta(minutes=30)),
        ('=date and time("2026-03-05T08:00:00Z")', "timeDate", datetime(2026, 3, 5, 8, tzinfo=UTC)),
        ("=null", "timeDate", None),
    ],
)
def test_when_a_timer_is_due(play: Play, text: str, kind: str, due: datetime | None) -> None:
    case = play(*waiting(text, kind), said="PT30M")
    assert case.timers == {"t": due}
    assert case.outcome.timers[0].expression == text.strip('"') if not text.startswith("=") else text
    assert case.fire("t").ended == "e"


def test_a_timer_that_makes_no_sense_fails_the_step(play: Play) -> None:
    with pytest.raises(StepFailed, match="soon"):
        play(*waiting('="soon"'))
    with pytest.raises(StepFailed, match="true"):
        play(*waiting("=true and true"))
    with pytest.raises(StepFailed):
        play(*waiting("P999999999D"))


def test_a_mistyped_name_does_not_make_a_timer_sleep(play: Play) -> None:
    for text in ('=deadlin("resolve", 1)', "=sloot"):
        with pytest.raises(StepFailed, match=text[1:6]):
            play(*waiting(text), slot=None)
    assert play(*waiting("=slot"), slot=None).timers == {"t": None}


def test_time_alone_lets_nothing_go_off(play: Play) -> None:
    case = play(*repeating("R3/PT1H")).later(days=3).change(x=1)
    assert case.tasks == ["a"]


def test_a_repetition_counts_down(play: Play) -> None:
    case = play(*repeating("R3/PT1H"))
    for hours in (1, 2, 3):
        assert case.timers == {"t": BEGINNING + timedelta(hours=hours)}
        case.later(hours=1).fire("t")
    assert (case.tasks, case.timers) == (["a", "b", "b", "b"], {})


def test_missed_repetitions_go_off_once(play: Play) -> None:
    case = play(*repeating("R5/PT1H")).later(hours=3.5).fire("t")
    assert case.tasks == ["a", "b"]
    assert case.timers == {"t": BEGINNING + timedelta(hours=4)}
    case.later(hours=1).fire("t").later(hours=1).fire("t")
    assert (case.counted()["b"], case.timers) == (3, {})


def test_a_repetition_without_end_and_with_a_beginning(play: Play) -> None:
    case = play(*repeating("R/2026-03-03T08:00:00Z/P1D"))
    first = datetime(2026, 3, 3, 8, tzinfo=UTC)
    for days in range(4):
        assert case.timers == {"t": first + timedelta(days=days)}
        case.later(days=1).fire("t")
    assert case.complete("a").timers == {}


def test_timers_move_when_asked(play: Play) -> None:
    limit = {"at": BEGINNING + timedelta(hours=8)}

    def deadline(name: str, share: Decimal) -> datetime | None:
        at = limit["at"]
        return None if at is None else BEGINNING + (at - BEGINNING) * float(share)

    parts = (*repeating("R3/PT1H")[:-1], flows("s>a s>u a>e t>b b>e u>e"),
             element("intermediateCatchEvent", "u", "<timerEventDefinition><timeDate>=deadline(\"resolve\", 0.5)</timeDate></timerEventDefinition>"))  # fmt: skip
    case = play(*parts, world={"functions": {"deadline": deadline}})
    hour = BEGINNING + timedelta(hours=1)
    assert case.timers == {"t": hour, "u": BEGINNING + timedelta(hours=4)}
    limit["at"] = BEGINNING + timedelta(hours=2)
    case.later(minutes=20).do(Retime(frozenset({"rung"})))
    assert case.timers["u"] == BEGINNING + timedelta(hours=4)
    case.do(Retime(frozenset({"deadline"})))
    assert case.timers == {"t": hour, "u": hour}
    limit["at"] = None  # type: ignore[assignment]
    assert case.do(Retime(frozenset({"deadline"}))).timers == {"t": hour, "u": None}
    limit["at"] = BEGINNING + timedelta(hours=6)
    assert case.do(Retime(frozenset({"deadline"}))).timers["u"] == BEGINNING + timedelta(hours=3)


def timed(name: str, when: str) -> str:
    return element(
        "intermediateCatchEvent", name, f"<timerEventDefinition><timeDate>={when}</timeDate></timerEventDefinition>"
    )


def test_what_moved_is_named_so_that_other_timers_are_left_alone(play: Play) -> None:
    asked: list[str] = []

    def deadline(name: str) -> datetime:
        asked.append(name)
        return BEGINNING + timedelta(hours=4)

    names = ("plain", "other", "chosen")
    whens = ('deadline("resolve")', 'deadline("plan")', "deadline(which)")
    parts = (*(timed(name, when) for name, when in zip(names, whens, strict=True)),)
    case = play(ENDS, *parts, flows("s>plain s>other s>chosen plain>e other>e chosen>e"),
                world={"functions": {"deadline": deadline}}, which="dispatch")  # fmt: skip
    asked.clear()
    case.do(Retime(frozenset({"deadline"}), frozenset({"resolve"})))
    assert asked == ["resolve", "dispatch"], "what it is called with is not known there, so it is worked out again"
    asked.clear()
    case.do(Retime(frozenset({"deadline"})))
    assert sorted(asked) == ["dispatch", "plan", "resolve"]


def test_moves_of_two_limits_are_one() -> None:
    one, other = Retime(frozenset({"rung"}), frozenset({"plan"})), Retime(frozenset({"deadline"}), frozenset({"reply"}))
    assert one | other == Retime(frozenset({"rung", "deadline"}), frozenset({"plan", "reply"}))
    assert one | Retime(frozenset({"rung"})) == Retime(frozenset({"rung"}))
