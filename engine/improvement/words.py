"""The codes of improvements and their names, in Chinese and English."""

from collections.abc import Mapping

STAGES: Mapping[str, tuple[str, str]] = {
    "plan": ("策划", "Plan"),
    "do": ("实施", "Do"),
    "check": ("检查", "Check"),
    "act": ("处置", "Act"),
    "ended": ("已结束", "Ended"),
}

OUTCOMES: Mapping[str, tuple[str, str]] = {
    "standardised": ("已标准化", "Made the standard"),
    "abandoned": ("已放弃", "Given up"),
}

CAUSES: Mapping[str, tuple[str, str]] = {
    "person": ("人员", "A person"),
    "procedure": ("流程", "The way things are done"),
    "equipment": ("设备", "Equipment"),
    "supplier": ("供应商", "A supplier"),
    "building": ("房屋本体", "The building"),
    "outside": ("外部", "Outside the company"),
}

MEASURES: Mapping[str, tuple[str, str]] = {
    "complaints": ("投诉数量", "Complaints"),
    "repeats": ("重复投诉", "Repeated complaints"),
    "minutes": ("处理时长（分钟）", "Minutes taken"),
    "satisfaction": ("满意度", "Satisfaction"),
    "other": ("其他", "Something else"),
}

FARTHEST_FIRST = ("act", "check", "do", "plan")
"""Statuses of a loop by open task: `status` in the diagram."""

ROOT_CAUSE, ACTIONS, ACTION = "root_cause", "actions", "action"
"""What tasks count as: finding the cause, listing the actions, doing one of them."""

ACTION_RESULTS = ("done", "not_possible")
"""How an action went (`action_result` of its form), as the improvement's page shows it."""
