"""What the product ships fits together: forms, tables, names in both languages, a place for every shape."""

import json
import re
from pathlib import Path

import pytest
from lxml import etree

import engine.complaints
import engine.improvement  # noqa: F401 - both enter their topics and functions
from engine.bpmn import checking
from engine.company.roles import DEPARTMENTS, ROLES
from engine.processes.topics import ALLOWED
from tests.bpmn.paper_company import FILES, FORMS, PROCESSES, ROOT, TABLES, Company

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
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
            assert hasattr(Company, f"do_{topic}"), topic


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
    boxes = {}
    tasks = {
        node.get("id") for node in nodes(process) if etree.QName(node).localname.endswith(("Task", "callActivity"))
    }
    for shape in ROOTS[process].iter(f"{DI}BPMNShape"):
        if shape.get("bpmnElement") in tasks:
            bounds = shape.find(f"{DC}Bounds")
            boxes[shape.get("bpmnElement")] = [float(bounds.get(side)) for side in ("x", "y", "width", "height")]
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


def test_a_diagram_stays_within_the_bounds():
    for process in PROCESSES:
        assert len(nodes(process)) <= 300


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
    available = checking.Available(
        departments=frozenset(DEPARTMENTS),
        roles=frozenset(ROLES),
        topics=dict(ALLOWED.topics),
        functions=frozenset(ALLOWED.functions),
    )
    assert {"start_deadline", "close", "supervise"} <= set(ALLOWED.topics)
    assert [finding.text("en") for finding in checking.check(files, available).findings] == []
