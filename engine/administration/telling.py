"""Entries of the company's record in words, in Chinese and English."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.administration import codes, exports
from engine.company import people, places, roles
from engine.company.people import Person
from engine.company.permissions import ACTS
from engine.company.places import Place
from engine.complaints.core.categories import Category
from engine.complaints.core.complaint import Complaint
from engine.history import Entry
from engine.letters import texts
from engine.processes import versions
from engine.processes.versions import Version

Pair = tuple[str, str]

NOUNS: Mapping[str, Pair] = {
    "company": ("公司", "Company"),
    "place": ("单位", "Place"),
    "building": ("楼栋", "Building"),
    "household": ("住户", "Household"),
    "person": ("人员", "Person"),
    "role": ("角色", "Role"),
    "department": ("部门种类", "Kind of department"),
    "permission": ("权限", "Permissions"),
    "password": ("密码", "Password"),
    "absence": ("请假", "Absence"),
    "shift": ("班次", "Shift"),
    "calendar": ("工作时间", "Working hours"),
    "category": ("类别", "Category"),
    "danger": ("危险的说法", "Danger pattern"),
    "pause_reason": ("暂停原因", "Reason to pause"),
    "question": ("回访问题", "Question"),
    "scale": ("分数的叫法", "Scale"),
    "text": ("消息文字", "Message text"),
    "phrase": ("常用语", "Phrase"),
    "table": ("规则表", "Decision table"),
    "process": ("流程", "Process"),
    "scenarios": ("场景", "Scenarios"),
    "threshold": ("提醒界限", "Threshold"),
    "quiet_hours": ("免打扰", "Quiet hours"),
    "report": ("报告", "Report"),
    "board": ("公示页", "Public page"),
    "logo": ("公司标志", "Logo"),
    "papers": ("纸质表单", "Paper forms"),
    "import": ("导入", "Import"),
    "export": ("导出", "Export"),
    "phone": ("查看电话", "Phone numbers looked at"),
    "mail": ("来信", "Mail"),
    "warnings": ("预警", "Warnings"),
    "article": ("知识", "Knowledge"),
    "clock": ("演示时钟", "Demo clock"),
}
"""Subjects of the record: the first part of an entry's kind."""

SAID: Mapping[str, Pair] = {
    "company.begun": ("公司建好了", "The company was set up"),
    "role.given": ("给了角色", "Role given"),
    "role.ended": ("结束了角色", "Role ended"),
    "password.link": ("生成了设置密码的链接", "Link for a new password made"),
    "password.changed": ("改了密码", "Password changed"),
    "person.retired": ("办理了离职", "Person left"),
    "person.returned": ("恢复在职", "Person came back"),
    "place.renamed": ("改了单位", "Place changed"),
    "place.closed": ("停用了单位", "Place closed"),
    "place.opened": ("重新启用了单位", "Place opened again"),
    "place.handed_over": ("把待办转给了别的部门", "Tasks handed to another department"),
    "place.moved": ("移动了单位", "Place moved"),
    "complaints.exported": ("导出了投诉", "Complaints exported"),
    "cases.exported": ("导出了案件", "Cases exported"),
    "cases.moved": ("把案件移到了另一版本", "Cases moved to another version"),
    "requests.exported": ("导出了事项", "Requests exported"),
    "list.exported": ("导出了列表", "List exported"),
    "report.exported": ("导出了报告的表格", "Workbook of a report exported"),
    "report.planned": ("改了报告什么时候出、发给谁", "When reports are made and who gets them changed"),
    "import.undone": ("撤销了一次导入", "Import undone"),
    "clock.turned": ("调快了演示时钟", "Demo clock turned on"),
    "calendar.dropped": ("改用上一级的工作时间", "Hours of the place above adopted"),
    "calendar.day_added": ("添加了特别的日子", "Day that differs added"),
    "calendar.days_brought": ("导入了特别的日子", "Days that differ imported"),
    "calendar.subscribed": ("订阅了日历", "Calendar subscribed to"),
    "calendar.unsubscribed": ("不再订阅日历", "Subscription of a calendar ended"),
    "calendar.fetched": ("订阅的日历有变化", "Subscribed calendar brought other days"),
    "calendar.day_dropped": ("去掉了特别的日子", "Day that differs dropped"),
    "category.standard": ("换了没人说明时用的类别", "Default category chosen"),
    "text.reset": ("恢复了默认的消息文字", "Message text reset to the default"),
    "process.draft_begun": ("开始起草流程", "Draft of a process begun"),
    "process.draft_changed": ("改了流程草稿", "Draft of a process changed"),
    "process.draft_discarded": ("放弃了流程草稿", "Draft of a process discarded"),
    "process.draft_taken_up": ("重新拾起流程草稿", "Draft of a process taken up again"),
    "process.draft_commented": ("对流程草稿提了意见", "Comment on the draft of a process"),
    "process.draft_comment_done": ("流程草稿的意见已处理", "Comment on the draft of a process done"),
    "process.draft_comment_reopened": ("流程草稿的意见又打开了", "Comment on the draft of a process open again"),
    "process.version_linked": ("说明了版本属于哪项改进", "Said which improvement a version belongs to"),
    "process.published": ("发布了流程", "Process published"),
    "process.publication_planned": ("安排了定时发布", "Publication of a process planned"),
    "process.approval_asked": ("请人批准发布流程", "Approval of a publication asked for"),
    "process.publication_approved": ("批准了发布流程", "Publication of a process approved"),
    "process.publication_refused": ("没有批准发布流程", "Publication of a process refused"),
    "process.publication_cancelled": ("取消了发布流程", "Publication of a process cancelled"),
    "process.publication_failed": ("流程没有按计划发布", "A planned publication did not happen"),
    "process.rights_changed": ("改了谁可以起草、发布流程", "Who may draft and publish a process changed"),
    "process.four_eyes_end_asked": ("请求不再要求另一人批准", "Asked that no approval is needed any more"),
    "process.four_eyes_kept": ("继续要求另一人批准", "Approval goes on"),
    "process.files_imported": ("把文件导入了流程草稿", "Files imported into a draft"),
    "process.draft_file_removed": ("从流程草稿里删除了文件", "A file taken out of a draft"),
    "process.draft_mended": ("修好了流程草稿里的文件", "A file of a draft mended"),
    "process.draft_undone": ("撤销了草稿里的一次改动", "A change to a draft undone"),
    "process.expectation_accepted": ("接受了场景的新结果", "New outcome of scenarios accepted"),
    "article.written": ("写了一条知识", "An article written"),
    "article.changed": ("改了一条知识", "An article changed"),
    "article.retired": ("停用了一条知识", "An article retired"),
    "article.restored": ("恢复了一条知识", "An article brought back"),
    "article.training": ("安排了学习", "Asked for an article to be read"),
    "warnings.looked": ("查看了有没有预警", "Looked for warnings"),
    "process.opened": ("流程对业主开放", "Process opened to residents"),
    "process.closed": ("流程不再对业主开放", "Process closed to residents"),
    "phone.shown": ("查看了完整电话", "A full phone number was viewed"),
    "link.renewed": ("换了业主的查询链接", "A resident's link replaced"),
    "link.withdrawn": ("作废了业主的查询链接", "A resident's link withdrawn"),
    "complaint.corrected": ("更正了以往的投诉", "A past complaint corrected"),
    "papers.printed": ("打印了纸质表单", "Paper forms printed"),
    "shift.swapped": ("换了班", "Shifts swapped"),
    "baseline.moved": ("移动了指标的基线", "Baseline of a figure moved"),
    "wall.made": ("开了大屏链接", "Link to a wall screen made"),
    "wall.withdrawn": ("作废了大屏链接", "Link to a wall screen withdrawn"),
    "mail.again": ("重新处理了来信", "Mail taken in again"),
}
VERBS: Mapping[str, Pair] = {
    "added": ("添加了{}", "{} added"),
    "entered": ("登记了{}", "{} entered"),
    "changed": ("修改了{}", "{} changed"),
    "moved": ("移动了{}", "{} moved"),
    "retired": ("停用了{}", "{} retired"),
    "returned": ("恢复了{}", "{} used again"),
    "restored": ("恢复了{}", "{} used again"),
    "deleted": ("删除了{}", "{} deleted"),
    "dropped": ("去掉了{}", "{} dropped"),
    "removed": ("去掉了{}", "{} removed"),
    "ended": ("结束了{}", "{} ended"),
    "asked": ("要求了{}", "{} asked for"),
    "done": ("完成了{}", "{} done"),
}
FIELDS: Mapping[str, Pair] = {
    "name": ("名称", "Name"),
    "list": ("列表", "List"),
    "name_en": ("英文名", "English name"),
    "phone": ("电话", "Phone"),
    "address": ("地址", "Address"),
    "parent": ("属于", "Belongs to"),
    "danger": ("危险", "Danger"),
    "words": ("业主怎么说", "What people say"),
    "position": ("位置", "Position"),
    "standard": ("未说明时用", "Default category"),
    "hours": ("时间", "Hours"),
    "holidays": ("法定节假日休息", "Public holidays free"),
    "zone": ("时区", "Time zone"),
    "zh": ("中文", "Chinese"),
    "en": ("英文", "English"),
    "asked": ("问不问", "Asked"),
    "days": ("天数", "Days"),
    "held_at": ("设在哪里", "Held at"),
    "like": ("权限同", "Permissions like"),
    "kind": ("种类", "Kind"),
    "units": ("单元数", "Entrances"),
    "floors": ("层数", "Floors"),
    "lifts": ("电梯数", "Lifts"),
    "language": ("语言", "Language"),
    "day": ("日期", "Day"),
    "word": ("词", "Word"),
    "who": ("谁或什么", "Who or what"),
    "what": ("出了什么事", "What happens"),
    "number": ("版本", "Version"),
    "version": ("版本", "Version"),
    "count": ("数量", "Count"),
    "mail": ("邮箱", "Mail"),
    "building": ("楼栋", "Building"),
    "unit": ("单元", "Entrance"),
    "room": ("房号", "Room"),
    "label": ("门牌", "Home"),
    "fields": ("改了哪些", "Fields"),
    "departments": ("部门", "Departments"),
    "table": ("规则表", "Table"),
    "cells": ("格子", "Cells"),
    "seconds": ("秒", "Seconds"),
    "reason": ("暂停原因", "Reason to pause"),
    "link": ("用一次性链接", "By a one-time link"),
    "sha256": ("文件校验值", "Checksum"),
    "read": ("读取行数", "Rows read"),
    "in": ("导入行数", "Rows taken in"),
    "past": ("过去的", "Past"),
    "opened": ("立案的", "Opened"),
    "added": ("新增的", "Added"),
    "changed": ("更新的", "Changed"),
    "repeats": ("重复的", "Repeats"),
    "there": ("已有的", "There already"),
    "refused": ("未导入的", "Refused"),
    "complaint": ("投诉", "Complaint"),
    "request": ("事项", "Request"),
    "columns": ("列", "Columns"),
    "filters": ("条件", "Narrowed to"),
    "rows": ("件数", "Rows"),
    "files": ("文件", "Files"),
    "four_eyes": ("要另一人批准", "Approval by somebody else"),
    "at": ("时间", "Time"),
    "process.draft": ("谁可以起草", "Who may draft"),
    "process.publish": ("谁可以发布", "Who may publish"),
    "week": ("周", "Week"),
    "warned": ("预警", "Warnings"),
    "charts": ("比较了几组", "Charts"),
    "signals": ("超出偶然的", "More than chance"),
    "repeated": ("已在预警的", "Warned of already"),
    "left_out": ("没有开的", "Left out"),
    "quiet": ("免打扰时段", "Quiet hours"),
    "widest": ("自选时段的范围", "Where own hours may lie"),
    "apart": ("几分钟内不重复", "Minutes without repeating"),
    "few": ("几条以内分开发", "Messages sent one by one"),
    "free_days": ("休息日不打扰", "Days off are quiet"),
    "disturbing": ("随时发的消息", "Messages at any hour"),
    "phones": ("其中完整电话", "Of these with the full phone"),
}
SCOPES: Mapping[str, Pair] = {
    "": ("不可以", "not at all"),
    "own": ("本人经手的", "their own"),
    "department": ("本部门", "their department"),
    "community": ("本小区", "their community"),
    "region": ("本区域", "their region"),
    "company": ("全公司", "everywhere"),
}
LEVELS: Mapping[str, Pair] = {
    "department": ("部门", "department"),
    "community": ("小区", "community"),
    "region": ("区域", "region"),
    "company": ("公司", "company"),
}
YES_NO: Mapping[bool, Pair] = {True: ("是", "yes"), False: ("否", "no")}
LEFT_OUT = frozenset({"hash", "note", "changed"})
MOST = 12
"""The most details shown of one entry."""


@dataclass(frozen=True, slots=True)
class Named:
    """Names needed by a page of entries, read at once."""

    places: Mapping[int, Place]
    people: Mapping[int, Person]
    known: roles.KnownRoles
    categories: Mapping[str, Category]
    numbers: Mapping[int, str]
    processes: Mapping[str, Version]

    @classmethod
    def of(cls, session: Session, entries: Iterable[Entry]) -> "Named":
        """Read the names: one statement each for places, people, categories, roles, complaints and processes."""
        found = list(entries)
        place_ids = {each for entry in found for key in ("place", "parent") for each in _ids(entry.facts.get(key))}
        place_ids |= {each for entry in found for each in _ids(*(entry.facts.get("changed") or {}).get("parent", ()))}
        person_ids = {each for entry in found for each in _ids(entry.by_id, *(entry.facts.get(key) for key in PERSONS))}
        filters = [entry.facts.get("filters") for entry in found]
        place_ids |= {each for one in filters for each in exports.ids(one, exports.PLACES)}
        person_ids |= {each for one in filters for each in exports.ids(one, exports.PEOPLE)}
        told = [entry.facts for entry in found] + [one for one in filters if isinstance(one, Mapping)]
        sorts = {str(one[key]) for one in told for key in ("category", "parent") if isinstance(one.get(key), str)}
        complaints = {each for entry in found for each in _ids(entry.facts.get("complaint"))}
        numbered = select(Complaint.id, Complaint.number).where(Complaint.id.in_(complaints))
        published = versions.all_latest(session) if any("process" in one for one in told) else ()
        return cls(
            places.names(session, sorted(place_ids)),
            people.names(session, sorted(person_ids)),
            roles.of(session),
            {row.code: row for row in session.scalars(select(Category).where(Category.code.in_(sorts)))},
            {row.id: row.number for row in session.execute(numbered)},
            {each.process: each for each in published},
        )

    def by_filter(self) -> dict[str, Mapping[Any, Any]]:
        """Return the meaning of ids and codes in the filters of an export."""
        return {
            **dict.fromkeys(exports.PLACES, self.places),
            **dict.fromkeys(exports.PEOPLE, self.people),
            "department": self.known.departments,
            "category": self.categories,
            "process": self.processes,
        }


PERSONS = ("person", "substitute", "with", "to")
"""Keys of facts that name people by id."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One detail of an entry: what, from what (None: no old value), to what; Chinese and English each."""

    label: Pair
    before: Pair | None
    after: Pair


@dataclass(frozen=True, slots=True)
class Told:
    """An entry in words; `by` is who did it, None for the program itself."""

    entry: Entry
    by: Person | None
    said: Pair
    details: tuple[Detail, ...]
    note: str | None


def _ids(*values: object) -> Iterator[int]:
    return (each for each in values if isinstance(each, int) and not isinstance(each, bool))


def tell(entry: Entry, note: str | None, named: Named) -> Told:
    """Return an entry in words."""
    details = tuple(_details(entry, named))[:MOST]
    return Told(entry, named.people.get(entry.by_id or 0), _said(entry.kind), details, note)


def _said(kind: str) -> Pair:
    if kind in SAID:
        return SAID[kind]
    noun, _, verb = kind.partition(".")
    if noun not in NOUNS or verb not in VERBS:
        return kind, kind
    return VERBS[verb][0].format(NOUNS[noun][0]), VERBS[verb][1].format(NOUNS[noun][1])


def _details(entry: Entry, named: Named) -> Iterator[Detail]:
    for key, value in entry.facts.items():
        if key == "filters" or (key not in LEFT_OUT and value not in (None, "", [])):
            yield Detail(_label(key), None, _value(key, value, named))
    is_permission = entry.kind == "permission.changed"
    changed = entry.facts.get("changed")
    for key, pair in changed.items() if isinstance(changed, Mapping) else ():
        if not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) != 2:
            continue
        if (pair[0] or None) == (pair[1] or None):
            continue  # repeated, not changed
        if is_permission:
            yield Detail(ACTS.get(key, (key, key)), SCOPES.get(pair[0], ("", "")), SCOPES.get(pair[1], ("", "")))
        else:
            yield Detail(_label(key), _value(key, pair[0], named), _value(key, pair[1], named))


def _label(key: str) -> Pair:
    return FIELDS.get(key) or NOUNS.get(key) or {"template": NOUNS["text"]}.get(key) or (key, key)


def _value(key: str, value: Any, named: Named) -> Pair:
    if isinstance(value, bool):
        return YES_NO[value]
    if value is None or value == "":
        return "（空）", "(nothing)"
    if key == "fields" and isinstance(value, list):
        return "、".join(_label(each)[0] for each in value), ", ".join(_label(each)[1] for each in value)
    if key == "columns" and isinstance(value, list):
        return exports.columns_said(value)
    if key == "filters" and isinstance(value, Mapping):
        return exports.filters_said(value, named.by_filter())
    if isinstance(value, list):
        pairs = [_value(key, each, named) for each in value]
        return "、".join(each[0] for each in pairs), ", ".join(each[1] for each in pairs)
    found = _thing(key, value, named)
    return (found.name, found.name_en or found.name) if found is not None else _coded(key, str(value), named)


def _thing(key: str, value: Any, named: Named) -> Any:
    if key in {"place", "parent"} and isinstance(value, int):
        return named.places.get(value)
    if key in PERSONS and isinstance(value, int):
        return named.people.get(value)
    if key == "process":
        return named.processes.get(value)
    if key in {"role", "like", "process.draft", "process.publish"}:
        return named.known.roles.get(value)
    if key in {"department", "departments", "held_at"}:
        return named.known.departments.get(value)
    return named.categories.get(value) if key in {"category", "parent"} else None


def _coded(key: str, text: str, named: Named) -> Pair:
    if key == "complaint" and text.isdecimal():
        number = named.numbers.get(int(text), text)
        return number, number
    if key in {"template", "disturbing"} and text in texts.shipped():
        said = texts.shipped()[text]["name"]
        return said["zh"], said["en"]
    if key in {"held_at", "kind"} and text in LEVELS:
        return LEVELS[text]
    return codes.said(key, text)
