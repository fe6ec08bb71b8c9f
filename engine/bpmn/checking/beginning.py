"""How a process begins: who may start it, what its form asks, when its timer does; and tasks of the resident."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

from engine.bpmn.checking import references
from engine.bpmn.checking.folder import Folder, process_folder
from engine.bpmn.checking.references import RESIDENT
from engine.bpmn.checking.unread import is_slip
from engine.bpmn.checking.verdict import Available
from engine.bpmn.diagrams import Diagram, Node
from engine.bpmn.execution import moments
from engine.core.errors import Finding

FOR_EACH = ("community", "company")
PHONE = "phone"
SOME_DAY = datetime(2026, 3, 2, 1, tzinfo=UTC)
"""When the texts of timers are tried."""

NO_PHONE = (
    "业主可以发起（started_by 里有 resident），但表单没有问电话（键 phone），以后联系不上，也找不回链接。",
    "residents may start it (started_by names resident), but its form asks for no phone (key phone): they cannot be "
    "reached, nor find their link again.",
)
NO_FORM = (
    "业主可以发起（started_by 里有 resident），但开始事件没有表单（formKey）。请加上，至少要问电话（键 phone）。",
    "residents may start it (started_by names resident), but its start event has no form (formKey). Give it one that "
    "asks at least for the phone (key phone).",
)
NOBODY = (
    "开始事件有表单，但没有写明谁可以发起（属性 started_by，例如 resident, agent, engineering/head），所以谁也发起不了。",
    "the start event has a form, but does not say who may start it (property started_by, such as resident, agent, "
    "engineering/head): nobody can.",
)
NOT_PLAIN = (
    "只有无类型的开始事件由人发起，这里的 started_by 不起作用。请去掉，或另画一个无类型的开始事件。",
    "only a start event of no type is started by people: started_by means nothing here. Remove it, or draw a start "
    "event of no type.",
)
NO_RESIDENT = (
    "任务交给业主（resident），但这个流程业主不能发起，没有业主可以来办。请在开始事件的 started_by 里加上 resident。",
    "the task is the resident's (resident), but residents cannot start this process, so there is nobody to do it. Add "
    "resident to started_by of its start event.",
)
NO_TIME = (
    "看不懂定时开始的时间「{timer}」。请写日期时间、重复（R/P1M、R/2027-01-01T08:00:00/P1M），或只用 now()、today() 的 =FEEL。",
    'the time "{timer}" that starts it cannot be understood. Write a date and time, a repetition (R/P1M, '
    "R/2027-01-01T08:00:00/P1M), or =FEEL with nothing but now() and today().",
)


def wrong(folder: Folder, available: Available, path: str, diagram: Diagram) -> Iterator[Finding]:
    """Yield what is wrong with the start events of a diagram's processes, and with tasks of residents."""
    for process in diagram.processes:
        starts = [node for node in diagram.inside(process.id) if node.kind == "startEvent"]
        for node in starts:
            yield from _of_start(folder, available, path, node)
        if starts and not folder.has_callers(process.id):
            yield from _of_residents(diagram, process.id, starts)


def _of_start(folder: Folder, available: Available, path: str, node: Node) -> Iterator[Finding]:
    named = groups(node)
    if named and node.event is not None:
        yield Finding("error", node.id, node.name, *NOT_PLAIN)
        return
    others = ", ".join(each for each in named if each != RESIDENT)
    if not others.startswith("="):
        yield from references.groups(available, replace(node, groups=others))
    if RESIDENT in named:
        yield from _of_form(folder, path, node)
    if node.form and node.event is None:
        yield from _of_contact(folder, available, path, node)
    if node.form and not named and node.event is None and not folder.has_callers(node.process):
        yield Finding("warning", node.id, node.name, *NOBODY)
    if node.event == "timer":
        yield from _of_timer(node)


def groups(node: Node) -> list[str]:
    """Return who may start a process by this event, as the diagram says."""
    return [each.strip() for each in node.properties.get("started_by", "").split(",") if each.strip()]


def _of_form(folder: Folder, path: str, node: Node) -> Iterator[Finding]:
    if not node.form:
        yield Finding("error", node.id, node.name, *NO_FORM)
        return
    keys = folder.keys.get((process_folder(path), node.form))
    if keys is not None and PHONE not in keys:
        yield Finding("error", node.id, node.name, *NO_PHONE)


def _of_contact(folder: Folder, available: Available, path: str, node: Node) -> Iterator[Finding]:
    """Yield questions whose keys are almost those of a contact: who asks would be lost."""
    keys = folder.keys.get((process_folder(path), node.form), frozenset())
    for key in sorted(keys - available.contact):
        meant = next((each for each in sorted(available.contact - keys) if is_slip(key, each)), None)
        if meant:
            zh = f"表单「{node.form}」的「{key}」：没有这个键。是不是「{meant}」？系统按这个键记下是谁来办。"
            en = f'form "{node.form}": "{key}" is no key that we know. Did you mean "{meant}", by which we keep who asks?'
            yield Finding("error", node.id, node.name, zh, en)


def _of_timer(node: Node) -> Iterator[Finding]:
    for_each = node.properties.get("for_each")
    if for_each is not None and for_each not in FOR_EACH:
        zh = f"属性 for_each 没有「{for_each}」这个值。可以填：{'、'.join(FOR_EACH)}。"
        en = f'the property for_each has no value "{for_each}". It can be: {", ".join(FOR_EACH)}.'
        yield Finding("error", node.id, node.name, zh, en)
    if node.timer_tag == "timeDuration" or not node.timer:
        return  # said of the drawing
    found = moments.said(node.timer, SOME_DAY, UTC)
    if not isinstance(found, moments.Cycle | date):
        zh, en = NO_TIME
        yield Finding("error", node.id, node.name, zh.format(timer=node.timer), en.format(timer=node.timer))


def _of_residents(diagram: Diagram, process: str, starts: list[Node]) -> Iterator[Finding]:
    if any(RESIDENT in groups(node) for node in starts):
        return
    for node in diagram.nodes:
        if node.process == process and node.groups.strip() == RESIDENT:
            yield Finding("error", node.id, node.name, *NO_RESIDENT)
