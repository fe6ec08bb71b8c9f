"""An export in words: its columns and filters."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from engine.casework.cases.lists import STATES
from engine.complaints.core import codes as words
from engine.complaints.lists.columns import COLUMNS
from engine.improvement import words as improvement_words
from engine.requests import lists as request_lists
from engine.warnings import words as warning_words

Pair = tuple[str, str]

CODED: Mapping[str, Mapping[str, Pair]] = {
    "status": {
        **words.STATUSES,
        **STATES,
        "late": ("逾期", "Late"),
        "open": ("未结", "Open"),
        "stuck": ("停滞", "Stuck"),
        "closed": ("已结", "Closed"),
    },
    "kind": words.KINDS,
    "urgency": words.URGENCIES,
    "outcome": words.OUTCOMES,
    "channel": words.CHANNELS,
    "state": {
        **request_lists.STATES,
        "in_use": ("在用", "In use"),
        "retired": ("已停用", "Retired"),
        "over": ("已到期，还没响", "Over, not gone off yet"),
        "today": ("24 小时内到期", "Within 24 hours"),
        "asleep": ("停着的", "Asleep"),
        "working": ("正在做", "At work"),
        "window": ("等观察期满", "Waiting for its window"),
        "overdue": ("有一步逾期", "A step is late"),
        "lasting": ("已固化，等再测", "Standard, to be measured again"),
        "ended": ("已结束", "Ended"),
    },
    "stage": {**improvement_words.STAGES, **warning_words.STAGES, **warning_words.RESULTS},
    "verdict": improvement_words.VERDICTS,
    "hit": warning_words.HITS,
    "missed": {"any": ("任一", "Any"), **words.DEADLINES},
    "answered": {
        "in_a_day": ("24 小时内响应", "Within 24 hours"),
        "later": ("24 小时内没有响应", "Not within 24 hours"),
    },
    "past": {
        "only": ("仅历史", "Of the past only"),
        "without": ("不含历史", "Without the past"),
        "with": ("含历史", "With the past"),
    },
    "size": {"small": ("小", "Small"), "middle": ("中等", "Middle"), "large": ("大", "Large")},
}
"""Filters whose values are codes."""

CALLED: Mapping[str, Pair] = {
    "status": ("状态", "Status"),
    "kind": ("性质", "Kind"),
    "category": ("分类", "Category"),
    "urgency": ("紧急程度", "Urgency"),
    "outcome": ("结果", "Outcome"),
    "channel": ("来源", "Channel"),
    "department": ("责任部门", "Department"),
    "past": ("历史", "Past"),
    "reopened": ("重开过", "Opened again"),
    "missed": ("超过时限", "Limit missed"),
    "answered": ("首次响应", "First response"),
    "second": ("二次投诉", "Second complaint"),
    "unreached": ("结案时没有接通", "Closed without being reached"),
    "level": ("层级", "Level"),
    "region_id": ("区域", "Region"),
    "community_id": ("小区", "Community"),
    "household_id": ("住户号", "Household no."),
    "registered_by_id": ("登记人", "Taken by"),
    "person_id": ("经办人", "Handled by"),
    "size": ("小区大小", "Size of the community"),
    "building": ("楼栋", "Building"),
    "hour": ("几点收到", "Hour of receipt"),
    "stage": ("阶段", "Stage"),
    "verdict": ("效果", "Verdict"),
    "hit": ("是否命中", "Hit"),
    "process": ("流程", "Process"),
    "state": ("状态", "State"),
    "mine": ("自己发起的", "Started by the person"),
    "since": ("从", "From"),
    "until": ("到", "Until"),
    "closed_since": ("结案从", "Closed from"),
    "closed_until": ("结案到", "Closed until"),
}
PLACES = ("region_id", "community_id")
PEOPLE = ("registered_by_id", "person_id")
ENDS = ("until", "closed_until")
"""Exclusive ends; people are shown the day before."""


def columns_said(codes: Sequence[str]) -> Pair:
    """Return the names of the file's columns."""
    known = [COLUMNS[code] for code in codes if code in COLUMNS]
    return "、".join(each.zh for each in known), ", ".join(each.en for each in known)


def filters_said(filters: Mapping[str, Any], things: Mapping[str, Mapping[Any, Any]]) -> Pair:
    """Return the filters of the list in words; `things`: the meanings of ids and codes, by filter."""
    pairs = [_said(name, filters[name], things) for name in CALLED if name in filters]
    if not pairs:
        return "没有，全部", "none, all of it"
    return "，".join(each[0] for each in pairs), ", ".join(each[1] for each in pairs)


def ids(filters: object, names: Sequence[str]) -> Iterator[int]:
    """Yield the ids in some of the filters."""
    return (filters[name] for name in names if name in filters) if isinstance(filters, Mapping) else iter(())


def _said(name: str, value: Any, things: Mapping[str, Mapping[Any, Any]]) -> Pair:
    zh, en = CALLED[name]
    if value is True:
        return zh, en
    coded = CODED.get(name, {}).get(str(value))
    found = things.get(name, {}).get(value)
    if found is not None:
        coded = (found.name, found.name_en or found.name)
    if name.endswith(("since", "until")):
        coded = _day(name, str(value))
    first, second = coded or (str(value), str(value))
    return f"{zh} {first}", f"{en} {second}"


def _day(name: str, text: str) -> Pair:
    at = datetime.fromisoformat(text)
    day = f"{at - timedelta(days=1) if name in ENDS and not (at.hour or at.minute) else at:%Y-%m-%d}"
    return day, day
