"""Meanings of the steps of our diagrams in versions published before diagrams had properties for them.

Used for a process none of whose elements states its meaning; properties in a diagram take precedence.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from engine.bpmn.execution import Element

SAYING = frozenset({"status", "resident", "counts_as", "tells_resident"})
"""A process with an element that has one of these states the meanings of its steps itself."""

Properties = Mapping[str, str]


def _step(status: str = "", resident: str = "", resident_en: str = "", **more: str) -> Properties:
    said = {"status": status, "resident": resident, "resident_en": resident_en, **more}
    return {name: value for name, value in said.items() if value}


STEPS: Mapping[str, Properties] = {
    "acknowledge": _step("registered", "客服已受理您的诉求", "Acknowledged by the service desk"),
    "confirm_triage": _step("judging", "已交给负责的部门", "Given to the department in charge"),
    "settle": _step("answering", "已当场答复", "Answered on the spot", tells_resident="words"),
    "pass_on": _step(
        "passing_on",
        "已转给其他单位并告诉您",
        "Passed on to another organisation; you have been told",
        tells_resident="words",
    ),
    "make_safe": _step("making_safe", "已到场排除危险", "Our staff came and removed the danger", goes_there="true"),
    "make_safe_now": _step("making_safe", "已到场排除危险", "Our staff came and removed the danger", goes_there="true"),
    "accept_work": _step("dispatched", "负责的部门已接手", "The department in charge has taken it on"),
    "redispatch": _step("dispatched"),
    "first_contact": _step("contacting", "负责的部门已和您联系", "The department in charge has contacted you"),
    "investigate": _step("investigating", "已调查清楚", "We have looked into it", goes_there="true"),
    "assist": _step("investigating", goes_there="true"),
    "plan": _step("planning", "已制定处理方案", "We have made a plan", counts_as="plan"),
    "legal_advice": _step("planning"),
    "approve": _step("planning"),
    "visit": _step("plan_offered", goes_there="true"),
    "plan_silence": _step(counts_as="plan_silence"),
    "carry_out": _step("carrying_out", "已按方案处理", "The plan has been carried out", goes_there="true"),
    "tell_result": _step("carrying_out", "已告知处理结果", "You have been told the result", tells_resident="words"),
    "call_resident": _step(
        "calling_back", "已打电话问您满不满意", "We called to ask if you are satisfied", counts_as="callback"
    ),
    "ask_rest": _step("asking_rest"),
    "decide_rest": _step("asking_rest", "已商量没办好的部分", "We discussed what is still open"),
    "head_confirms": _step("checking_unfounded"),
    "quality_confirms": _step("checking_unfounded", tells_resident="words"),
    "process_check": _step("checking_unfounded"),
    "review_appeal": _step("appeal", "已复核您的申诉", "Your appeal has been reviewed", tells_resident="words"),
    "explain_unsolved": _step(
        "explaining", "总部已作书面说明", "Headquarters has explained it in writing", tells_resident="explanation"
    ),
    "undo_over": _step(counts_as="undo_over"),
    "gw_objected__redispatch": _step("", "正在换更合适的部门来办", "We are finding a more suitable department"),
    "gw_accepted__plan": _step("", "您对方案提出了意见", "You did not agree to the plan"),
    "gw_accepted__carry_out": _step("", "您同意了方案", "You agreed to the plan"),
    "supervise": _step(counts_as="supervision"),
    "left_to_higher": _step(counts_as="left_to_higher"),
    "reply_office": _step("replying", counts_as="office_reply"),
    "root_cause": _step("plan", counts_as="root_cause"),
    "measure_plan": _step("plan"),
    "actions": _step("do", counts_as="actions"),
    "do_action": _step("do", counts_as="action"),
    "check_effect": _step("check"),
    "decide_act": _step("act"),
    "end_standardised": _step(counts_as="standardised"),
    "end_abandoned": _step(counts_as="abandoned"),
}
"""By element, whatever its process."""

WAITS: Mapping[str, Properties] = {
    "plan_answer": _step("plan_offered"),
    "resident_answer": _step("calling_back"),
    "resident_appeal": _step("appeal_open"),
    "lead_result": _step("joined"),
    "unmerged": _step("closed"),
}
"""By the name of an awaited message."""


def filled(elements: Mapping[str, Element]) -> dict[str, Element]:
    """Return the elements of a version, completed in processes that state no meanings."""
    saying = {each.process for each in elements.values() if not SAYING.isdisjoint(each.properties)}
    return {id: each if each.process in saying else _filled(each) for id, each in elements.items()}


def _filled(element: Element) -> Element:
    meant = STEPS.get(element.id) or WAITS.get(element.message)
    return replace(element, properties=MappingProxyType({**meant, **element.properties})) if meant else element
