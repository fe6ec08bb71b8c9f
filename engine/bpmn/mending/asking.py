"""Questions added to a drawing: a task at which somebody chooses, with the choices as a Camunda form."""

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from engine.bpmn.diagrams import CAMUNDA
from engine.bpmn.mending.drawing import Drawing, Xml, bpmn, camunda, kept
from engine.core import xml


@dataclass(frozen=True)
class Option:
    """A choice: the value that is set, and its name."""

    value: str
    label: str


@dataclass(frozen=True)
class Question:
    """One question. Without options the answer is yes or no.

    With `one_at_least`, at least one of a task's yes-or-no questions must be answered with yes.
    """

    variable: str
    label: str
    options: tuple[Option, ...] = ()
    one_at_least: bool = False


WHEN = (("PT1H", "一小时后 in an hour"), ("P1D", "一天后 in a day"), ("P7D", "一周后 in a week"))
TIMES = (("1", "一次 once"), ("2", "两次 twice"), ("3", "三次 three times"))


def ask(drawing: Drawing, task: Xml, questions: Sequence[Question]) -> None:
    """Write questions into a task."""
    holder = drawing.extensions(task)
    form = holder.find(camunda("formData"))
    if form is None:
        form = etree.SubElement(holder, camunda("formData"), nsmap={"camunda": CAMUNDA})
    for question in questions:
        kind = "enum" if question.options else "boolean"
        field = etree.SubElement(form, camunda("formField"), id=question.variable, label=question.label, type=kind)
        for option in question.options:
            etree.SubElement(field, camunda("value"), id=option.value, name=option.label)
        if question.one_at_least:
            properties = etree.SubElement(field, camunda("properties"))
            etree.SubElement(properties, camunda("property"), id="one_at_least", value="true")


def ask_before(drawing: Drawing, node: Xml, name: str, label: str, options: Sequence[tuple[str, str]]) -> str:
    """Ask on the way into a node. Return the variable that the answer sets."""
    task = drawing.insert_before(node, "userTask", name)
    variable = drawing.fresh("chosen")
    ask(drawing, task, [Question(variable, label, tuple(Option(*each) for each in options))])
    return variable


def questions(text: bytes) -> dict[str, tuple[Question, ...]]:
    """Return the questions of a sketch's tasks, by task id; only those that need no typing."""
    found: dict[str, tuple[Question, ...]] = {}
    for task in xml.parse(text).iter(bpmn("userTask")):
        fields = task.iterfind(f"{bpmn('extensionElements')}/{camunda('formData')}/{camunda('formField')}")
        asked = tuple(question(field) for field in fields if field.get("type") in ("enum", "boolean"))
        if asked and not kept(task):
            found[str(task.get("id"))] = asked
    return found


def question(field: Xml) -> Question:
    options = tuple(
        Option(str(each.get("id")), str(each.get("name") or each.get("id")))
        for each in field.iterchildren(camunda("value"))
    )
    needed = any(each.get("id") == "one_at_least" for each in field.iter(camunda("property")))
    return Question(str(field.get("id")), str(field.get("label") or field.get("id")), options, needed)
