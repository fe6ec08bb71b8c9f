"""No text of a diagram or table is ever run as Python: not when read, checked or run, nor when a state is loaded."""

import pickle
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from lxml import etree
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import TaskDataEnvironment

from engine.bpmn import checking
from engine.bpmn.execution import Start, World, parse
from engine.core.errors import BihuanError
from engine.feel import FeelError, dmn
from tests.engine.bpmn.execution.small_diagrams import BEGINNING, Played, element, file, flows, process
from tests.engine.feel.tables import decision, document

pytestmark = pytest.mark.slow

CODE = "__import__('pathlib').Path({path!r}).touch()"
MANY = (
    '<multiInstanceLoopCharacteristics camunda:collection="list" camunda:elementVariable="one">'
    "<completionCondition>nrOfCompletedInstances = 9</completionCondition></multiInstanceLoopCharacteristics>"
)
SOME = "<multiInstanceLoopCharacteristics isSequential='true'><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
MAPPED = (
    "<extensionElements><camunda:inputOutput>"
    '<camunda:inputParameter name="given">=x + 1</camunda:inputParameter>'
    '<camunda:outputParameter name="taken">=given</camunda:outputParameter></camunda:inputOutput>'
    '<camunda:properties><camunda:property name="correlation" value="=x"/></camunda:properties></extensionElements>'
)
CALLED = (
    '<extensionElements><camunda:in source="x" target="y"/><camunda:in sourceExpression="=x" target="z"/>'
    '<camunda:out source="r" target="r"/></extensionElements>'
)


def timed(kind: str, text: str) -> str:
    return f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"


def everything() -> bytes:
    """A diagram with a text at every place where the engine reads one."""
    external = {"camunda_type": "external", "camunda_topic": "notify"}
    user = {
        "camunda_candidateGroups": "=g",
        "camunda_assignee": "=a",
        "camunda_dueDate": "PT1H",
        "camunda_priority": "=5",
    }
    main = (
        element("startEvent", "s") + element("endEvent", "e", name="完"),
        element("scriptTask", "script", "<script>x = 1\nlist = [1, 2]\ng = &quot;desk&quot;\na = null</script>"),
        element("serviceTask", "service", MAPPED, **external),
        element("userTask", "ask", camunda_formKey="form", name="问", **user),
        element("boundaryEvent", "late", timed("timeDuration", "PT4H"), attachedToRef="ask", cancelActivity="false"),
        element("exclusiveGateway", "which", default="which_rule"),
        element("businessRuleTask", "rule", camunda_decisionRef="table", camunda_resultVariable="r"),
        element("userTask", "each", MANY) + element("scriptTask", "twice", f"<script>n = loopCounter</script>{SOME}"),
        element(
            "intermediateCatchEvent", "until", timed("timeDate", "=date and time(&quot;2026-03-02T10:00:00Z&quot;)")
        ),
        element("intermediateCatchEvent", "paid", "paid") + element("callActivity", "call", CALLED, calledElement="q"),
        element("boundaryEvent", "again", timed("timeCycle", "R3/PT1H"), attachedToRef="each", cancelActivity="false"),
        flows("s>script script>service service>ask ask>which which>each which>rule rule>each", which_each="=x = 1"),
        flows("each>twice twice>until until>paid paid>call call>e late>e again>e"),
    )
    called = (element("startEvent", "qs") + element("endEvent", "qe"), flows("qs>qe"))
    return file(process(*main), process(*called, id="q"))


def places() -> list[tuple[int, str]]:
    """Every text and attribute by element number and name, except those that only connect elements."""
    found = []
    for number, each in enumerate(etree.fromstring(everything()).iter()):
        if each.text and each.text.strip():
            found.append((number, ""))
        found += [(number, name) for name in each.attrib if name not in ("id", "sourceRef", "targetRef")]
    return found


def hostile(number: int, name: str, code: str) -> bytes:
    root = etree.fromstring(everything())
    there = list(root.iter())[number]
    if name:
        there.set(name, code)
    else:
        there.text = code
    return etree.tostring(root)


class Watch:
    """What was compiled or run as Python while this was active."""

    def __init__(self) -> None:
        self.on = False
        self.seen: list[str] = []
        sys.addaudithook(self.hear)

    def hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.on and event in ("compile", "pickle.find_class", "os.system", "subprocess.Popen"):
            self.seen.append(f"{event} {arguments!r}"[:200])

    @contextmanager
    def watching(self) -> Iterator[None]:
        self.seen, self.on = [], True
        try:
            yield
        finally:
            self.on = False


WATCH = Watch()


@pytest.fixture
def forbidden(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The library's own evaluation functions; each call would be recorded here."""
    used: list[str] = []
    for owner, name in (
        (PythonScriptEngine, "evaluate"),
        (PythonScriptEngine, "execute"),
        (TaskDataEnvironment, "evaluate"),
        (TaskDataEnvironment, "execute"),
        (pickle, "loads"),
    ):
        monkeypatch.setattr(
            owner, name, lambda *arguments, where=f"{owner.__name__}.{name}", **more: used.append(where)
        )
    return used


def play(diagram: bytes) -> Played | None:
    """Check, read and run the diagram as far as possible; the state is written and read again at every act."""
    checking.check({"bpmn/p/p.bpmn": diagram})
    case = Played(parse({"p.bpmn": diagram}, "p"), World(BEGINNING, decide, lambda work: {"given": 1}))
    case.do(Start({"said": CODE}))
    for _ in range(30):
        if case.ended or not go_on(case):
            break
    return case


def decide(*arguments: object) -> dict[str, object]:
    return {"said": CODE}


def go_on(case: Played) -> bool:
    if case.tasks:
        case.complete(case.tasks[0], {"answer": CODE})
    elif case.waits:
        case.deliver(case.waits[0], field=CODE)
    elif case.timers:
        case.fire(next(iter(case.timers)))
    else:
        return False
    return True


def test_the_diagram_is_whole_and_plays_to_its_end() -> None:
    case = play(everything())
    assert case is not None
    assert case.ended == "e"
    assert case.variables["said"] == CODE
    assert len(places()) > 45


@pytest.mark.parametrize("prefix", ["", "=", "${", "R3/"])
def test_no_text_of_a_diagram_is_run(tmp_path: Path, forbidden: list[str], prefix: str) -> None:
    touched = tmp_path / "touched"
    code = prefix + CODE.format(path=str(touched)) + ("}" if prefix == "${" else "")
    refused = 0
    for number, name in places():
        with WATCH.watching():
            try:
                play(hostile(number, name, code))
            except BihuanError:
                refused += 1
        assert WATCH.seen == [], (number, name)
    assert forbidden == []
    assert not touched.exists()
    assert refused > 5


def test_no_text_of_a_table_is_run(tmp_path: Path, forbidden: list[str]) -> None:
    touched = tmp_path / "touched"
    code = CODE.format(path=str(touched))
    for cell, answer, column in ((code, "1", "n"), ("-", code, "n"), ("-", "1", code)):
        xml = document(decision("a", ["n"], ["o"], [f"{cell}; {answer}"])).replace(
            b"<text>n<", f"<text>{column}<".encode()
        )
        with WATCH.watching():
            model = dmn.read(xml)
            dmn.check(model, ["n"])
            checking.check({"bpmn/a/a.dmn": xml})
            with suppress(FeelError):
                model.decide("a", {"n": code})
        assert WATCH.seen == []
    assert forbidden == []
    assert not touched.exists()


def test_the_watch_hears_what_it_listens_for() -> None:
    with WATCH.watching():
        eval("1 + 1")
    assert len(WATCH.seen) == 1
