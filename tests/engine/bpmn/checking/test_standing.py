"""The check refuses timers that do not move forward, wherever their texts tell."""

import pytest

from engine.bpmn import checking
from engine.bpmn.checking import Available
from tests.engine.bpmn.diagrams.sketch import bpmn, flows

pytestmark = pytest.mark.fault(16)

DESK = 'camunda:candidateGroups="desk"'
KNOWN = Available(departments=frozenset(("desk",)), roles=frozenset(), topics={}, functions=frozenset(("deadline",)))
ENDS = '<startEvent id="s"/><endEvent id="e"/>'


def timer(kind: str, text: str) -> str:
    return f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"


def refused(*inside: str) -> set[str]:
    """The elements with an error that speaks of moving forward or going round."""
    verdict = checking.check({"p.bpmn": bpmn("".join(inside))}, KNOWN)
    words = ("往前走", "绕回")
    found = {each.place for each in verdict.findings if each.level == "error" and any(w in each.zh for w in words)}
    assert all(each.en for each in verdict.findings)
    assert bool(found) <= (not verdict.runs)
    return found


def repeating(text: str) -> tuple[str, ...]:
    return (
        ENDS,
        f'<userTask id="a" name="a" {DESK}/><userTask id="b" name="b" {DESK}/><endEvent id="e2"/>',
        f'<boundaryEvent id="t" attachedToRef="a" cancelActivity="false">{timer("timeCycle", text)}</boundaryEvent>',
        flows("s>a", "a>e", "t>b", "b>e2"),
    )


@pytest.mark.parametrize(
    "text",
    [
        "R/PT0S", "R3/PT0S", "R/P0D", "R5/P0D", "R/P0Y", "R/P0M", "R/-PT5M", "R2/-P1D", "R/PT0.001S", "R/PT1S",
        "R/2026-01-01T00:00:00Z/PT0S", "R/PT0H0M0S", '="R/PT0S"', '="R/" + "PT0S"', '="R/P0" + "D"',
    ],
)  # fmt: skip
def test_a_repetition_without_an_interval_is_refused(text: str) -> None:
    assert refused(*repeating(text)) == {"t"}
    verdict = checking.check({"p.bpmn": bpmn("".join(repeating(text)))}, KNOWN)
    assert len([each for each in verdict.findings if each.level == "error"]) == 1  # said once


@pytest.mark.parametrize("text", ["R3/PT1H", "R/P1D", "R/PT1M", "R/P1M", "R5/2026-01-01T00:00:00Z/P1W", "=rhythm"])
def test_a_repetition_that_moves_is_not(text: str) -> None:
    assert refused(*repeating(text)) == set()


def loop(
    kind: str, text: str, between: str = '<scriptTask id="x"><script>n = 1</script></scriptTask>'
) -> tuple[str, ...]:
    return (
        ENDS,
        f'<exclusiveGateway id="g" default="g_t"/>{between}',
        f'<intermediateCatchEvent id="t">{timer(kind, text)}</intermediateCatchEvent>',
        flows("s>g", "g>t", "t>x", "x>g") + flows("g>e if n = 2"),
    )


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("timeDuration", "PT0S"), ("timeDuration", "P0D"), ("timeDuration", "-PT1H"), ("timeDuration", "PT0.01S"),
        ("timeDuration", '=duration("PT0S")'), ("timeDate", "2020-01-01T08:00:00Z"), ("timeDate", "2199-01-01"),
        ("timeDate", "=now()"), ("timeDate", '=now() - duration("PT1M")'), ("timeDate", '=date("2026-01-01")'),
    ],
)  # fmt: skip
def test_a_loop_in_which_nothing_waits_is_refused(kind: str, text: str) -> None:
    assert refused(*loop(kind, text)) == {"t"}


@pytest.mark.parametrize(
    ("kind", "text"),
    [("timeDuration", "PT30S"), ("timeDate", '=now() + duration("PT5M")'), ("timeDate", '=deadline("resolve", 1)')],
)
def test_a_loop_that_waits_is_not(kind: str, text: str) -> None:
    assert refused(*loop(kind, text)) == set()


def test_a_loop_in_which_somebody_works_may_hold_a_timer_of_no_length() -> None:
    assert refused(*loop("timeDuration", "PT0S", f'<userTask id="x" name="x" {DESK}/>')) == set()


def test_a_date_that_is_passed_once_needs_no_loop() -> None:
    once = f'<intermediateCatchEvent id="t">{timer("timeDate", "2020-01-01T08:00:00Z")}</intermediateCatchEvent>'
    assert refused(ENDS, once, flows("s>t", "t>e")) == set()


def test_a_loop_through_a_boundary_event_or_a_sub_process_is_seen() -> None:
    boundary = f'<boundaryEvent id="t" attachedToRef="a">{timer("timeDuration", "PT0S")}</boundaryEvent>'
    assert refused(ENDS, f'<userTask id="a" name="a" {DESK}/>', boundary, flows("s>a", "a>e", "t>a")) == {"t"}
    inside = f'<startEvent id="si"/><endEvent id="ei"/><intermediateCatchEvent id="t">{timer("timeDuration", "PT0S")}</intermediateCatchEvent>'
    body = f'<subProcess id="u">{inside}{flows("si>t", "t>ei")}</subProcess>'
    gateway = '<exclusiveGateway id="g" default="g_u"/>'
    leave = flows("g>e if false")
    assert refused(ENDS, body, gateway, flows("s>u", "u>g", "g>u"), leave) == {"t"}
    assert refused(ENDS, body, flows("s>u", "u>e")) == set()
