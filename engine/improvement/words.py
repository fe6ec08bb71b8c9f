"""The codes of improvements and their names, in Chinese and English."""

from collections.abc import Mapping

STAGES: Mapping[str, tuple[str, str]] = {
    "plan": ("策划", "Plan"),
    "do": ("实施", "Do"),
    "check": ("检查", "Check"),
    "act": ("处置", "Act"),
    "lasting": ("已固化，到期再测", "Standard, to be measured again"),
    "ended": ("已结束", "Ended"),
}

OUTCOMES: Mapping[str, tuple[str, str]] = {
    "standardised": ("已标准化", "Made the standard"),
    "abandoned": ("已放弃", "Given up"),
}

VERDICTS: Mapping[str, tuple[str, str]] = {
    "worked": ("有效", "Worked"),
    "no_effect": ("没有显示出效果", "No effect shown"),
    "worse": ("变差了", "Worse"),
    "too_early": ("还看不出来", "Too early to tell"),
}

CAUSES: Mapping[str, tuple[str, str]] = {
    "person": ("人员", "A person"),
    "procedure": ("流程", "The way things are done"),
    "equipment": ("设备", "Equipment"),
    "supplier": ("供应商", "A supplier"),
    "building": ("房屋本体", "The building"),
    "outside": ("外部", "Outside the company"),
}

ORIGINS: Mapping[str, tuple[str, str]] = {
    "person": ("人工立项", "Started by hand"),
    "complaint": ("由投诉调查立项", "From the investigation of a complaint"),
    "warning": ("由预警立项", "From a warning"),
    "rule": ("按规则自动立项", "By a rule of the company"),
    "roll_out": ("推广", "Rolled out"),
}

TYPED: Mapping[str, tuple[str, str]] = {
    "complaints": ("投诉数量", "Complaints"),
    "repeats": ("重复投诉", "Repeated complaints"),
    "minutes": ("处理时长（分钟）", "Minutes taken"),
    "satisfaction": ("满意度", "Satisfaction"),
    "other": ("其他", "Something else"),
}
"""Measures of figures that were typed in, before figures were computed."""

GOALS = (
    "per_homes",
    "second_home",
    "second_place",
    "missed_resolve",
    "missed_first_response",
    "response",
    "satisfied",
    "solved",
    "returned",
    "escalated",
)
"""Measures that an improvement can aim at (`engine.measures`)."""

HOURS: Mapping[str, tuple[str, str]] = {
    "all": ("全天", "All day"),
    "night": ("夜间 20 点到 6 点", "Night, 20:00 to 6:00"),
}

FARTHEST_FIRST = ("act", "check", "do", "plan")
"""Statuses of a loop by open task: `status` in the diagram."""

LASTING = "lasting"
"""Status of the event that waits until an effect is measured again."""

ROOT_CAUSE, GOAL, WINDOW, ACTIONS, ACTION, STANDARD = "root_cause", "goal", "window", "actions", "action", "standard"
"""What tasks count as: finding the cause, choosing what shall move, agreeing how long to wait, listing the actions,
doing one of them, making what worked the standard."""

ACTION_RESULTS = ("done", "not_possible")
"""How an action went (`action_result` of its form), as the improvement's page shows it."""

DECISIONS = ("standardise", "wait", "again", "abandon")
"""What can be decided once a verdict is known (`decision`)."""
