"""What the product ships fits together: forms, tables, names in both languages, a place for every shape."""

import json
import re
from pathlib import Path
from unicodedata import east_asian_width

import pytest
from lxml import etree

import engine.complaints
import engine.improvement
import engine.reports
import engine.warnings  # noqa: F401 - they enter their topics and functions
from engine.bpmn import checking
from engine.processes import publishing
from engine.processes.topics import ALLOWED
from tests.bpmn.paper_company import FILES, FORMS, PROCESSES, ROOT, TABLES

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
BOXES = ("Task", "subProcess", "callActivity")
NODES = ("Task", "Gateway", "Event", "subProcess", "callActivity")
ROOTS = {Path(path).stem: etree.fromstring(text) for path, text in FILES.items()}


def nodes(process):
    return [node for node in ROOTS[process].iter(f"{BPMN}*") if etree.QName(node).localname.endswith(NODES)]


def name_en(node):
    found = node.find(f"{BPMN}extensionElements/{CAMUNDA}properties/{CAMUNDA}property[@name='name_en']")
    return None if found is None else found.get("value")


def extra(node, name):
    found = node.find(f"{BPMN}extensionElements/{CAMUNDA}properties/{CAMUNDA}property[@name='{name}']")
    return [] if found is None else found.get("value").split(",")


@pytest.mark.parametrize("process", PROCESSES)
def test_every_task_has_its_form_and_every_form_its_task(process):
    used = {node.get(f"{CAMUNDA}formKey") for node in nodes(process) if node.tag == f"{BPMN}userTask"}
    there = {path.stem for path in ROOT.glob(f"forms/{process}/*.json")}
    assert used <= there
    assert there - used <= {"complain"}  # filled in before there is a case


@pytest.mark.parametrize("process", PROCESSES)
def test_tables_and_topics_that_are_asked_for_are_there(process):
    for node in nodes(process):
        if decision := node.get(f"{CAMUNDA}decisionRef"):
            assert decision in TABLES
        if topic := node.get(f"{CAMUNDA}topic"):
            assert topic in ALLOWED.topics


@pytest.mark.parametrize("process", PROCESSES)
def test_everything_that_people_read_has_both_names(process):
    for node in nodes(process):
        if node.get("name") or not etree.QName(node).localname.endswith(("Gateway", "Event")):
            assert node.get("name"), node.get("id")
            assert re.search(r"[一-鿿%]", node.get("name")), node.get("id")
            assert name_en(node), node.get("id")


@pytest.mark.parametrize("process", PROCESSES)
def test_every_node_and_flow_is_drawn_and_stands_in_a_lane(process):
    root = ROOTS[process]
    drawn = {shape.get("bpmnElement") for shape in root.iter(f"{DI}BPMNShape", f"{DI}BPMNEdge")}
    in_lanes = {ref.text for ref in root.iter(f"{BPMN}flowNodeRef")}
    for node in nodes(process):
        assert node.get("id") in drawn
        if node.getparent().tag == f"{BPMN}process":
            assert node.get("id") in in_lanes
    assert {flow.get("id") for flow in root.iter(f"{BPMN}sequenceFlow")} <= drawn


@pytest.mark.parametrize("process", PROCESSES)
def test_no_two_tasks_lie_on_each_other(process):
    tasks = {
        node.get("id") for node in nodes(process) if etree.QName(node).localname.endswith(("Task", "callActivity"))
    }
    for plane in ROOTS[process].iter(f"{DI}BPMNPlane"):
        boxes = {}
        for shape in plane.iter(f"{DI}BPMNShape"):
            if shape.get("bpmnElement") in tasks:
                bounds = shape.find(f"{DC}Bounds")
                boxes[shape.get("bpmnElement")] = [float(bounds.get(side)) for side in ("x", "y", "width", "height")]
        require_apart(boxes)


def require_apart(boxes):
    for one, (x, y, wide, high) in boxes.items():
        for other, (x2, y2, wide2, high2) in boxes.items():
            apart = x + wide < x2 or x2 + wide2 < x or y + high < y2 or y2 + high2 < y
            assert one == other or apart, (one, other)


def test_those_who_handled_it_are_kept_from_judging_it():
    tasks = {node.get("id"): node for node in nodes("complaint") if node.tag == f"{BPMN}userTask"}
    handled = {
        "first_contact",
        "investigate",
        "plan",
        "carry_out",
        "tell_result",
        "make_safe",
        "make_safe_now",
        "visit",
        "assist",
    }
    assert handled <= set(extra(tasks["call_resident"], "not_by"))
    assert "investigate" in extra(tasks["head_confirms"], "not_by")
    assert {"investigate", "head_confirms"} <= set(extra(tasks["quality_confirms"], "not_by"))
    assert "plan" in extra(tasks["approve"], "not_by")
    for task in tasks.values():
        assert set(extra(task, "not_by")) <= set(tasks)


@pytest.mark.parametrize("process", PROCESSES)
def test_a_picture_holds_no_more_than_can_be_read(process):
    for plane in ROOTS[process].iter(f"{DI}BPMNPlane"):
        shapes = {shape.get("bpmnElement") for shape in plane.iter(f"{DI}BPMNShape")}
        assert len(shapes) <= 70, plane.get("bpmnElement")


def test_the_phases_of_a_complaint_open_and_close():
    root = ROOTS["complaint"]
    opened = [plane.get("bpmnElement") for plane in root.iter(f"{DI}BPMNPlane")]
    closed = {shape.get("bpmnElement") for shape in root.iter(f"{DI}BPMNShape") if shape.get("isExpanded") == "false"}
    assert opened[0] == "collaboration_complaint"
    assert set(opened[1:]) == closed
    names = {node.get("id"): node.get("name") for node in nodes("complaint")}
    assert {"受理", "研判", "派单", "调查与方案", "实施", "回访", "收尾"} <= {names[each] for each in closed}


@pytest.mark.parametrize("process", PROCESSES)
def test_every_event_has_a_name_and_no_gateway_forks_and_joins(process):
    for node in nodes(process):
        kind = etree.QName(node).localname
        ins, outs = (len(node.findall(f"{BPMN}{way}")) for way in ("incoming", "outgoing"))
        assert node.get("name") or not kind.endswith("Event"), node.get("id")
        assert not kind.endswith("Gateway") or min(ins, outs) <= 1, node.get("id")


@pytest.mark.parametrize("process", PROCESSES)
def test_a_label_has_the_room_that_its_words_need(process):
    """Chinese words have no spaces to break at, so a label that is too narrow breaks inside a word."""
    named = {each.get("id"): each.get("name") for each in ROOTS[process].iter() if each.get("name")}
    for shape in ROOTS[process].iter(f"{DI}BPMNShape", f"{DI}BPMNEdge"):
        name, label = named.get(shape.get("bpmnElement")), shape.find(f"{DI}BPMNLabel/{DC}Bounds")
        if name and label is not None:
            assert float(label.get("width")) >= wide(name), name


@pytest.mark.parametrize("process", PROCESSES)
def test_a_task_has_the_room_that_its_name_needs(process):
    inside = {
        node.get("id"): node.get("name") for node in nodes(process) if etree.QName(node).localname.endswith(BOXES)
    }
    for shape in ROOTS[process].iter(f"{DI}BPMNShape"):
        if name := inside.get(shape.get("bpmnElement")):
            assert float(shape.find(f"{DC}Bounds").get("width")) >= wide(name) + 10, name


def wide(text):
    """How many pixels a text takes in one line of 12 pixels."""
    return sum(12 if east_asian_width(sign) in "WF" else 6 for sign in text)


def test_forms_speak_both_languages():
    for path in ROOT.glob("forms/*/*.json"):
        said = json.loads(path.read_text())
        for text in _texts(said):
            assert text["zh"], path
            assert text["en"], f"{path}: {text['zh']}"
    assert not [finding for form in FORMS.values() for finding in form.findings]


def _texts(value):
    if isinstance(value, dict):
        if set(value) == {"zh", "en"}:
            yield value
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def test_nothing_is_found_wrong_with_what_is_shipped():
    files = {
        str(path.relative_to(ROOT)): path.read_bytes()
        for pattern in ("bpmn/*/*.bpmn", "bpmn/*/*.dmn", "forms/*/*.json")
        for path in ROOT.glob(pattern)
    }
    assert {"start_deadline", "close", "supervise"} <= set(ALLOWED.topics)
    assert [finding.text("en") for finding in checking.check(files, publishing.known()).findings] == []
