"""Every way through a diagram ends, or it is said where not; guarded ways give no false alarm."""

import itertools
import json

from engine.bpmn import checking
from engine.bpmn.checking import Verdict
from tests.engine.bpmn.checking.test_checking import END, KNOWN, START, errors, warnings
from tests.engine.bpmn.diagrams.sketch import TASK, bpmn, flows

ASKS = '<userTask id="u" name="u" camunda:candidateGroups="desk" camunda:formKey="ask"/>'
FORM = {"title": "问", "components": [{"type": "checkbox", "key": "big", "label": "大"}]}
TASKS = TASK.format(id="a") + TASK.format(id="b")


def drawn(*parts: str, ways: str) -> Verdict:
    """The verdict on a process of these elements; a form asks whether it is `big`."""
    diagram = bpmn(START + "".join(parts) + END + flows(*ways.split(", ")))
    return checking.check({"bpmn/p/p.bpmn": diagram, "forms/p/ask.json": json.dumps(FORM).encode()}, KNOWN)


def choice(id: str, default: str = "") -> str:
    return f'<exclusiveGateway id="{id}"' + (f' default="{default}"' if default else "") + "/>"


def both(id: str) -> str:
    return f'<parallelGateway id="{id}"/>'


def said_at(verdict: Verdict, place: str) -> str:
    return " ".join(said for where, said in [*errors(verdict), *warnings(verdict)] if where == place)


def test_one_of_two_ways_into_a_join_for_both_waits_for_ever() -> None:
    parts = (ASKS, choice("x", "x_b"), TASKS, both("y"))
    verdict = drawn(*parts, ways="s>u, u>x, x>a if big, x>b, a>y, b>y, y>e")
    assert not verdict.runs
    assert "never comes" in said_at(verdict, "y")


def test_both_ways_into_a_merge_do_what_follows_twice() -> None:
    verdict = drawn(both("x"), TASKS, choice("y"), TASK.format(id="c"), ways="s>x, x>a, x>b, a>y, b>y, y>c, c>e")
    assert "several times" in said_at(verdict, "y") + said_at(verdict, "c")


def test_both_ways_that_join_again_are_sound() -> None:
    verdict = drawn(both("x"), TASKS, both("y"), ways="s>x, x>a, x>b, a>y, b>y, y>e")
    assert (verdict.runs, errors(verdict), warnings(verdict)) == (True, [], [])


def test_what_is_asked_twice_the_same_way_is_no_false_alarm() -> None:
    """The second choice sends only those on to the join that the first has opened."""
    parts = (ASKS, both("x"), choice("l", "l_b"), TASKS, choice("m", "m_e"), both("y"), TASK.format(id="c"))
    ways = "s>u, u>x, x>l, x>c, l>a if big, l>b, a>y, c>m, m>y if big, m>e, b>e, y>e"
    assert "never comes" not in " ".join(said for _, said in errors(drawn(*parts, ways=ways)))


def test_a_way_that_nothing_leads_to_is_said() -> None:
    assert said_at(drawn(TASKS, ways="s>a, a>e, b>e"), "b")


def test_a_loop_that_can_be_left_is_sound_and_one_that_cannot_is_not() -> None:
    parts = (ASKS, TASK.format(id="a"), choice("x", "x_u"))
    assert drawn(*parts, ways="s>u, u>a, a>x, x>e if big, x>u").runs
    never = drawn(*parts, ways="s>u, u>a, a>x, x>e if big and not(big), x>u")
    assert "none came to an end" in said_at(never, "p")


def test_a_long_way_of_many_tasks_is_played_to_its_end() -> None:
    names = [f"t{number}" for number in range(150)]
    tasks = "".join(TASK.format(id=name) for name in names)
    verdict = drawn(tasks, ways=", ".join(f"{a}>{b}" for a, b in itertools.pairwise(["s", *names, "e"])))
    assert (verdict.runs, errors(verdict), warnings(verdict)) == (True, [], [])
