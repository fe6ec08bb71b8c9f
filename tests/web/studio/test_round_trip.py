"""Files through the editor and out again: the same meaning, or the editor says what it cannot keep, or why not."""

import json
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from engine.bpmn import diagrams
from engine.bpmn.diagrams import Diagram
from engine.core.errors import BadXml
from tests.web.studio.editor import MODELER, Desk, blank, desk

__all__ = ["desk"]
pytestmark = [pytest.mark.long, pytest.mark.browser]
SHARED = Path(__file__).parents[4] / "shared" / "data" / "bpmn"
PATHS = sorted(SHARED.rglob("*.bpmn"))
OWN = sorted((Path(__file__).parents[3] / "bpmn").glob("*/*.bpmn"))

Trip = Callable[[bytes], dict[str, Any]]
"""What became of a file: `xml` and `lost`, or `error`: the words on the page."""

HEAD = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" """
DRAWN = """<bpmndi:BPMNDiagram id="di"><bpmndi:BPMNPlane id="plane" bpmnElement="{plane}">{shapes}
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"""
SHAPE = """<bpmndi:BPMNShape id="{id}_di" bpmnElement="{id}"><dc:Bounds x="{x}" y="80" width="{width}" height="80"/>
  </bpmndi:BPMNShape>"""


@pytest.fixture
def trip(desk: Desk) -> Trip:
    """Sends files through one open page."""
    desk.drafted(blank())
    page = desk.open(desk.context())
    page.evaluate("window.warned = []; console.warn = (...told) => window.warned.push(String(told[0]))")

    def through(text: bytes) -> dict[str, Any]:
        found = page.evaluate(THROUGH, b64encode(text).decode())
        assert isinstance(found, dict)
        return found

    return through


THROUGH = f"""async (coded) => {{
    const modeler = {MODELER};
    const {{ open, decoded }} = modeler.reading;
    try {{
        const lost = await open(decoded(Uint8Array.from(atob(coded), (each) => each.charCodeAt(0)).buffer));
        const {{ xml }} = await modeler.saveXML({{ format: true }});
        return {{ xml, lost }};
    }} catch (problem) {{
        return {{ error: problem.message, why: String(problem.cause?.message) }};
    }}
}}"""


def meaning(diagram: Diagram) -> dict[str, Any]:
    """All that was read, but for where it is drawn, the order of the file, and white space within names."""
    read = asdict(diagram)
    del read["shapes"]
    read["passed"] = [each._replace(what=each.what.split(":")[-1])._asdict() for each in diagram.passed]
    return {key: sorted(_text(each) for each in part) for key, part in read.items()}


def _text(part: object) -> str:
    return re.sub(r"(\\[rnt]|\s)+", " ", json.dumps(part, default=sorted, sort_keys=True))


def file(process: str, ids: list[str], *, plane: str = "p", more: str = "", attributes: str = "") -> bytes:
    shapes = "".join(SHAPE.format(id=id, x=100 + 200 * at, width=100) for at, id in enumerate(ids))
    return f"{HEAD}{attributes}>{process}{DRAWN.format(plane=plane, shapes=shapes) if ids else ''}{more}</definitions>".encode()


START = '<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/>'
KEPT = {
    "extensions of somebody else": file(
        f'<process id="p" isExecutable="true">{START}<userTask id="t" other:kind="loud" name="办"><extensionElements>'
        '<other:deep><other:er value="1"/></other:deep></extensionElements></userTask></process>',
        ["s", "t"],
        attributes='xmlns:other="urn:other"',
    ),
    "a condition in CDATA": file(
        f'<process id="p" isExecutable="true">{START}<task id="t"/><task id="u"/><sequenceFlow id="g" sourceRef="t" '
        'targetRef="u"><conditionExpression xsi:type="tFormalExpression"><![CDATA[a < 1 and b > "x"]]>'
        "</conditionExpression></sequenceFlow></process>",
        ["s", "t", "u"],
    ),
    "forms and listeners of Camunda": file(
        f'<process id="p" isExecutable="true">{START}<userTask id="t" camunda:assignee="${{who}}"><extensionElements>'
        '<camunda:formData><camunda:formField id="a" type="enum"><camunda:value id="x" name="X"/></camunda:formField>'
        '</camunda:formData><camunda:taskListener class="x.Y" event="create"/></extensionElements></userTask></process>',
        ["s", "t"],
    ),
    "Camunda's prefix for what came before it": file(
        f'<process id="p" isExecutable="true">{START}<userTask id="t" camunda:assignee="demo"/></process>', ["s", "t"]
    ).replace(b"http://camunda.org/schema/1.0/bpmn", b"http://activiti.org/bpmn"),
    "several processes": file(
        '<collaboration id="c"><participant id="one" processRef="p"/><participant id="two" processRef="q"/></collaboration>'
        f'<process id="p" isExecutable="true">{START}<task id="t"/></process>'
        '<process id="q" isExecutable="true"><startEvent id="s2"/></process>',
        ["one", "two", "s", "t"],
        plane="c",
    ),
    "another encoding": file(
        f'<process id="p" isExecutable="true">{START}<task id="t" name="Prüfung"/></process>', ["s", "t"]
    )
    .decode()
    .encode("latin-1")
    .replace(b"<definitions", b'<?xml version="1.0" encoding="ISO-8859-1"?><definitions', 1),
}
SAID = {
    "remarks": (KEPT["a condition in CDATA"].replace(b"<process", b"<!-- why --><process", 1), "注释"),
    "a reference to nothing": (
        file(
            f'<process id="p" isExecutable="true">{START}<receiveTask id="t" messageRef="nothing"/></process>',
            ["s", "t"],
        ),
        "<nothing>",
    ),
}
REFUSED = {
    "steps without positions": (file(f'<process id="p">{START}<task id="t"/></process>', []), "没有图形"),
    "no XML": (b"<definitions", "不是能读取的流程图"),
    "nothing": (b"", "不是能读取的流程图"),
}


def test_what_is_likely_to_break_is_kept_or_said(trip: Trip) -> None:
    for name, text in KEPT.items():
        came = trip(text)
        assert came.get("lost") == [], name
        assert meaning(diagrams.read(came["xml"].encode())) == meaning(diagrams.read(text)), name
        for word in (b"other:er", b"camunda:formField", b"taskListener"):
            assert (word in text) == (word.decode() in came["xml"]), name
    for name, (text, said) in SAID.items():
        assert said in trip(text)["lost"], name
    for name, (text, said) in REFUSED.items():
        assert said in trip(text)["error"], name


def test_our_own_diagrams_stay_as_they_are(trip: Trip) -> None:
    for path in OWN:
        came = trip(path.read_bytes())
        assert came["lost"] == [], path
        assert meaning(diagrams.read(came["xml"].encode())) == meaning(diagrams.read(path.read_bytes())), path


@pytest.mark.slow
@pytest.mark.outside
@pytest.mark.skipif(not PATHS, reason="outside data is not there: diagrams of other tools")
def test_every_file_of_other_tools_opens_or_says_why(trip: Trip) -> None:
    """Run it alone: `pytest tests/web/studio/test_round_trip.py -m outside -s` prints each file that is not kept whole."""
    same, told, refused = 0, 0, 0
    for path in PATHS:
        text = path.read_bytes()
        came = trip(text)
        if "error" in came:
            assert re.search("没有图形|不是能读取的流程图", came["error"]), path
            refused += 1
            print(path.name, came["error"], came["why"][:100])
            continue
        try:
            before = meaning(diagrams.read(text))
        except BadXml:
            continue
        if meaning(diagrams.read(came["xml"].encode())) == before:
            same += 1
        else:
            assert came["lost"], path
            told += 1
            print(path.name, "would lose", came["lost"])
    print(same, "the same,", told, "told,", refused, "refused")
    assert same >= 0.8 * len(PATHS)
