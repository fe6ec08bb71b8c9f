"""Entries about alarms in words, for the staff."""

from collections.abc import Mapping, Sequence
from typing import Any

RAISED: Sequence[tuple[str, str]] = (
    ("报警：通知了能去的 {} 人", "Alarm: {} called who can go"),
    ("报警：再通知本部门其他人和安保，{} 人", "Alarm: {} more called, the rest of the department and security"),
    ("报警：再通知项目经理和区域，{} 人", "Alarm: {} more called, project manager and region"),
)
"""By how far an alarm has gone up."""


def of_entry(kind: str, facts: Mapping[str, Any]) -> tuple[str, str]:
    """Return an entry of an alarm in Chinese and English: `alarm.raised` or `alarm.answered`."""
    if kind == "alarm.raised":
        zh, en = RAISED[min(int(facts.get("stage", 0)), len(RAISED) - 1)]
        called = len(facts.get("people", ()))
        return zh.format(called), en.format(called)
    seconds = int(facts.get("seconds", 0))
    zh, en = (f"{seconds} 秒", f"{seconds} s") if seconds < 60 else (f"{seconds // 60} 分钟", f"{seconds // 60} min")
    return f"报警后 {zh}，有人去了", f"Somebody is going, {en} after the alarm"
