"""Codes and durations of the company's record, in words."""

import re
from collections.abc import Mapping

Pair = tuple[str, str]

FILES: Mapping[str, Pair] = {
    "complaints": ("投诉", "complaints"),
    "households": ("住户", "households"),
    "people": ("人员", "people"),
}
TABLES: Mapping[str, Pair] = {
    "limits": ("时限", "Limits"),
    "ladder": ("督办阶梯", "Ladder"),
    "escalations": ("越级督办", "Supervision for other reasons"),
    "authority": ("审批权限", "Authority"),
    "danger": ("危险", "Danger"),
    "triage": ("研判", "Triage"),
    "belongs": ("归口部门", "Departments in charge"),
    "dispatch": ("派单", "Dispatch"),
    "replies": ("对外回复", "Replies"),
}
LANGUAGES: Mapping[str, Pair] = {"zh": ("简体中文", "Chinese"), "en": ("英文", "English")}
QUESTIONS: Mapping[str, Pair] = {
    "outcome": ("结果", "Outcome"),
    "score": ("总评分", "Overall score"),
    "speed": ("分项一", "First part"),
    "attitude": ("分项二", "Second part"),
    "result": ("分项三", "Third part"),
}
CODES: Mapping[str, Mapping[str, Pair]] = {
    "list": {
        "articles": ("知识", "Knowledge"),
        "improvements": ("改进", "Improvements"),
        "warnings": ("预警", "Warnings"),
        "clocks": ("计时", "Clocks"),
    },
    "kind": FILES,
    "table": TABLES,
    "language": LANGUAGES,
    "question": QUESTIONS,
}
LENGTH = re.compile(r'"P(?:(?P<days>\d+)D|T(?P<hours>\d+)H|T(?P<minutes>\d+)M)"')
UNITS: Mapping[str, Pair] = {"days": ("天", "d"), "hours": ("小时", "h"), "minutes": ("分钟", "min")}


def said(key: str, text: str) -> Pair:
    """Return what `text` means under this key of an entry's facts, Chinese and English; itself if unknown."""
    if text in CODES.get(key, {}):
        return CODES[key][text]
    if length := LENGTH.fullmatch(text):
        unit = str(length.lastgroup)
        return f"{length[unit]} {UNITS[unit][0]}", f"{length[unit]} {UNITS[unit][1]}"
    return text, text
