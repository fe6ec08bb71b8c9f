"""A complaint's story in words: every step for the staff, what concerns them for residents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine.bpmn.execution import Element
from engine.casework.cases import Case
from engine.company import people
from engine.company.roles import DEPARTMENTS
from engine.complaints.alarms import words
from engine.complaints.core import meaning
from engine.complaints.core.codes import CORRECTED, DEADLINES, OUTCOMES, PAUSE_REASONS, said
from engine.complaints.core.complaint import Complaint
from engine.complaints.limits import escalated, rungs
from engine.complaints.timeline import resident_words
from engine.history import Entry, Note
from engine.processes import versions

MESSAGES: Mapping[str, tuple[str, str]] = {
    "plan_answer": ("业主答复了方案", "The resident answered the plan"),
    "resident_answer": ("业主答复了回访", "The resident answered the callback"),
    "resident_appeal": ("业主提出申诉", "The resident appealed"),
    "withdraw": ("投诉已撤回", "The complaint was withdrawn"),
    "lead_plan": ("牵头件的方案已告知业主", "The resident was told the lead's plan"),
    "lead_result": ("牵头件的结果已告知业主", "The resident was told the lead's result"),
    "parted": ("拆分，恢复单独处理", "Separated, handled on its own again"),
    "unmerged": ("撤销合并，恢复办理", "The merge was undone"),
    "superseded": ("上一级开始督办，下一级的督办撤回", "Replaced: a higher rung supervises now"),
}

PLAN_ANSWERED: Mapping[bool, tuple[str, str]] = {
    True: ("业主同意方案", "The resident agreed to the plan"),
    False: ("业主不同意方案", "The resident objected to the plan"),
}

OWN: Mapping[str, tuple[str, str]] = {
    "plan_answer": ("您答复了方案", "You answered the plan"),
    "resident_answer": ("您作了评价", "You rated the result"),
    "resident_appeal": ("您提出了申诉", "You appealed"),
    "withdraw": ("诉求已撤回", "The complaint was withdrawn"),
    "lead_plan": ("已制定处理方案", "We have made a plan"),
    "lead_result": ("已告知处理结果", "You have been told the result"),
    "parted": ("改为单独处理", "Handled separately again"),
    "unmerged": ("恢复单独处理", "Handled separately again"),
}
"""The same for the resident, unless the diagram has words of its own for them."""

SUPERVISED: Mapping[str, tuple[str, str]] = {
    "speed_up": ("督办：加急", "Supervised: speed up"),
    "reassign": ("督办：改派", "Supervised: reassigned"),
    "extend": ("督办：延期", "Supervised: extended"),
    "take_over": ("督办：接手", "Supervised: taken over"),
}

DANGER_SETTLED: Mapping[str, tuple[str, str]] = {
    "complaint.danger_confirmed": ("已核实：有危险，马上抢险", "Confirmed: there is danger, made safe at once"),
    "complaint.danger_called": ("已核实：有危险，已打电话叫人", "Confirmed: there is danger, help was telephoned for"),
    "complaint.danger_ruled_out": ("已核实：没有危险", "Confirmed: there is no danger"),
}
REPORTS = {
    "report.made": ("算出数字", "The figures were counted"),
    "report.counted": ("重新计算", "The figures were counted again"),
    "report.signed": ("签发，数字不再变", "Signed: the figures stay as they are"),
    "report.corrected": ("出了更正的一版", "A corrected revision was made"),
}
"""What happened to a report, in words."""

LINKS: Mapping[str, tuple[str, str]] = {
    "link.renewed": ("业主的查询链接换了新的", "The resident's link was replaced"),
    "link.withdrawn": ("业主的查询链接作废", "The resident's link was withdrawn"),
}
JOINED: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "complaint.joined": {
        "group": ("归组，随 {} 一并处理", "Grouped under {}"),
        "repeat": ("合并到 {}", "Merged into {}"),
        "became": ("由 {} 转来", "Follows from {}"),
    },
    "complaint.gathered": {
        "group": ("{} 归组到这一件", "{} was grouped under this one"),
        "repeat": ("{} 合并到这一件", "{} was merged into this one"),
        "became": ("转为投诉 {}", "Became the complaint {}"),
    },
    "complaint.parted": {
        "group": ("与 {} 拆分", "Separated from {}"),
        "repeat": ("撤销合并到 {}", "The merge into {} was undone"),
    },
    "complaint.released": {
        "group": ("{} 不再归组到这一件", "{} is no longer grouped under this one"),
        "repeat": ("{} 不再合并到这一件", "{} is no longer merged into this one"),
    },
}
"""Words about joined complaints, by kind of entry and of joining; the other's number is filled in."""

HIDDEN = frozenset({"timers.moved", "variables.changed"})
"""Entries that tell nobody anything new."""

DOINGS = frozenset({"userTask", "manualTask", "sendTask", "callActivity"})
"""Noticeable effects of a timer."""

CLAIM_TOLD = timedelta(minutes=1)
"""A task claimed and completed within this time is shown as completed; its history keeps both."""


Told = tuple[Entry, str | None]


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the story. `entry`: its number in the case's history; `note`: what somebody typed, if kept."""

    entry: int
    at: datetime
    zh: str
    en: str
    kind: str
    element: str | None
    by_id: int | None
    by: str
    note: str | None
    by_en: str = ""

    def who(self, language: str = "zh") -> str:
        """Return the name of the person who did it in one language; empty when nobody did."""
        return (self.by_en if language == "en" else "") or self.by

    def said(self, language: str = "zh") -> str:
        """Return the line in one language."""
        return self.zh if language == "zh" else self.en


def of(session: Session, complaint: Complaint, entries: Sequence[Told] | None = None) -> list[Happening]:
    """Return the whole story, oldest first, for staff who may see the complaint. `entries`: its case's, if already
    read."""
    case = _case(session, complaint)
    if case is None:
        return _answered_before(complaint)
    if entries is None:
        entries = entries_of(session, case)
    elements = _elements(session, case, entries)
    known = people.known(session)
    supervisors = rungs.supervisors(session, case, [entry for entry, _ in entries])
    told = []
    for number, (entry, note) in enumerate(entries):
        after = entries[number + 1][0] if number + 1 < len(entries) else None
        if not note and (entry.kind in HIDDEN or _is_told_by(entry, after) or _asks_up(entry, elements)):
            continue
        zh, en = words_of(entry, elements, supervisors.get(entry.number))
        person = known.get(entry.by_id or 0)
        by, by_en = (person.name, person.name_en) if person else ("", "")
        if (absent := known.get(_stood_in_for(entry) or 0)) is not None:
            by, by_en = f"{by}（代 {absent.name}）", f"{by_en or by} (for {absent.name_en or absent.name})"
        happening = Happening(entry.number, entry.at, zh, en, entry.kind, entry.element, entry.by_id, by, note, by_en)
        told.append(happening)
    return [*_answered_before(complaint), *told]


def _answered_before(complaint: Complaint) -> list[Happening]:
    """Return what was answered before the complaint was imported, if the file said so."""
    if not complaint.past_answer:
        return []
    at = complaint.past_answered_at or (complaint.closed_at if complaint.past else None) or complaint.received_at
    zh, en = "当时的答复（导入前）", "Answered then (before the import)"
    return [Happening(0, at, zh, en, "complaint.answered_before", None, None, "", complaint.past_answer)]


def _stood_in_for(entry: Entry) -> int | None:
    """Return the absent person for whom somebody did a task, or None for any other entry."""
    return int(entry.facts["for"]) if entry.kind == "task.stood_in" else None


def _is_told_by(entry: Entry, after: Entry | None) -> bool:
    """Return whether the claim in one entry is implied by the completion in the next."""
    if entry.kind != "task.claimed" or after is None or after.kind != "task.done":
        return False
    same = (after.element, after.by_id) == (entry.element, entry.by_id)
    return same and after.at - entry.at <= CLAIM_TOLD


def _asks_up(entry: Entry, elements: Mapping[str, Element]) -> bool:
    """Return whether an entry only brings a reason for supervision, which the next one tells."""
    return entry.kind == "message.received" and message_of(entry, elements) == "supervisor_wanted"


def for_resident(session: Session, complaint: Complaint) -> list[Happening]:
    """Return what the resident may know: steps done and their own words; no names, no rungs, no staff notes."""
    case = _case(session, complaint)
    told = [_received(complaint)]
    entries = entries_of(session, case) if case is not None else []
    elements = _elements(session, case, entries) if case is not None else {}
    for entry, note in entries:
        words, own = _words_for_resident(entry, elements)
        if words is not None:
            zh, en = words
            kept = note if own else None
            told.append(Happening(entry.number, entry.at, zh, en, entry.kind, None, None, "", kept))
    return told


def _received(complaint: Complaint) -> Happening:
    zh, en = "我们收到了您的诉求", "We received your complaint"
    return Happening(0, complaint.received_at, zh, en, "complaint.received", None, None, "", None)


def _words_for_resident(entry: Entry, elements: Mapping[str, Element]) -> tuple[tuple[str, str] | None, bool]:
    if entry.kind in ("task.done", "message.received"):
        return _of_step(entry, elements), entry.kind == "message.received"
    if entry.kind == "complaint.joined":
        return _joined_for_resident(entry), False
    if entry.kind in resident_words.DANGER_SETTLED:
        return resident_words.DANGER_SETTLED[entry.kind], False
    if entry.kind == escalated.ASKED:
        return ("您请上级处理", "You asked for a supervisor"), True
    if entry.kind == "complaint.added":
        return ("您补充了内容", "You added information"), True
    if entry.kind == "complaint.closed":
        outcome = entry.facts.get("outcome")
        return (
            f"已结束：{said(resident_words.OUTCOMES, outcome)}",
            f"Ended: {said(resident_words.OUTCOMES, outcome, 'en')}",
        ), False
    if entry.kind == "complaint.reopened":
        return ("已交给上一级重新处理", "Reopened, one level up"), False
    if entry.kind == "complaint.paused":
        zh, en = resident_words.PAUSED.get(str(entry.facts.get("reason"))) or _reason(entry.facts)
        return (f"暂停：{zh}", f"Paused: {en.lower()}"), False
    if entry.kind == "complaint.resumed":
        return ("继续处理", "Work continues"), False
    return None, False


def _of_step(entry: Entry, elements: Mapping[str, Element]) -> tuple[str, str] | None:
    """Return what a task or message was to the resident, or the words on the gateway exit it took."""
    element = elements.get(entry.element or "")
    usual = (meaning.for_resident(element) or OWN.get(element.message)) if element is not None else None
    taken = [elements.get(str(flow)) for what, flow, *_more in entry.facts.get("path", ()) if what == "t"]
    turned = (meaning.for_resident(flow) for flow in taken if flow is not None)
    return next(filter(None, turned), usual) if usual is not None else None


def _joined_for_resident(entry: Entry) -> tuple[str, str] | None:
    if entry.facts.get("kind") == "repeat":
        return "与已在处理的同一事项合并", "Merged with a report of the same matter"
    if entry.facts.get("kind") == "group":
        return "与多户反映的同一问题一并处理", "Handled together with other households' reports of the same problem"
    return None


def message_of(entry: Entry, elements: Mapping[str, Element]) -> str:
    """Return the name of the message of an entry's element, or ""."""
    element = elements.get(entry.element or "")
    return element.message if element is not None else ""


FIXED: Mapping[str, tuple[str, str]] = {
    "case.started": ("投诉已登记", "The complaint was registered"),
    "case.withdrawn": ("案件已撤销", "The case was withdrawn"),
    "comment.added": ("写了内部留言", "Wrote a staff comment"),
    "comment.changed": ("修改了内部留言", "Changed a comment"),
    "comment.deleted": ("删除了内部留言", "Deleted a comment"),
    "complaint.added": ("业主补充了内容", "The resident added information"),
    "phone.shown": ("查看了完整电话", "The full phone number was viewed"),
    "letters.told": ("已打电话告知业主（消息没有送到）", "Told by phone, as messages did not arrive"),
    "complaint.resumed": ("恢复计时", "The limits run again"),
    escalated.ASKED: ("业主要求上级处理", "The resident asked for a supervisor"),
}
"""Entries that say the same of every case."""


def words_of(entry: Entry, elements: Mapping[str, Element], set_off: tuple[str, str] | None = None) -> tuple[str, str]:
    """Return an entry in words, Chinese and English. `set_off`: what a timer actually triggered, if known."""
    zh, en = _named(entry.element, elements)
    due_zh, due_en = _due(entry, elements)
    facts: Mapping[str, Any] = entry.facts
    usual: dict[str, tuple[str, str]] = {
        **FIXED,
        **LINKS,
        **REPORTS,
        "task.done": (f"完成“{zh}”", f"Done: {en}"),
        "task.withdrawn": (f"撤回“{zh}”", f"Withdrawn: {en}"),
        "timer.fired": _of_timer(entry, elements, set_off),
        "timer.passed": (
            f"跳过：{due_zh.removeprefix('时间到：')}（已直接报到更高一级）",
            f"Skipped: {due_en.removeprefix('Timer: ')} (a higher rung opened)",
        ),
        "message.received": _of_message(entry, elements) or (f"收到：{zh}", f"Received: {en}"),
        "signal.received": (f"收到信号：{zh}", f"Signal: {en}"),
        "task.claimed": (f"领取“{zh}”", f"Claimed: {en}"),
        "task.returned": (f"放回“{zh}”", f"Put back: {en}"),
        "task.assigned": (f"指派“{zh}”", f"Assigned: {en}"),
        "task.moved": (f"“{zh}”转给别的部门", f"Handed to another department: {en}"),
        "task.taken_over": (f"接手“{zh}”", f"Taken over: {en}"),
        "task.handed_over": (f"转交“{zh}”", f"Handed over: {en}"),
        "task.stood_in": (f"代班办理“{zh}”", f"Done as a substitute: {en}"),
        "attendance.on_way": (f"出发去“{zh}”", f"On the way: {en}"),
        "attendance.on_site": (f"已到场“{zh}”", f"On site: {en}"),
        "attendance.left": (f"离开现场“{zh}”", f"Left the site: {en}"),
        "attendance.undone": (f"撤销了到场记录“{zh}”", f"Attendance undone: {en}"),
        "notice.raised": _raised(facts),
        "notice.nobody": (f"“{zh}”无人可通知", f"Nobody to notify: {en}"),
        "timer.moved": (f"改了“{zh}”的时间", f"Moved the timer: {en}"),
        "step.failed": (f"“{zh}”执行失败，等待处理", f"Failed, waiting to be fixed: {en}"),
        "complaint.reopened": (
            f"升一级重开（第 {facts.get('round')} 轮）",
            f"Reopened, round {facts.get('round')}",
        ),
    }
    return (usual | _helped(entry, elements) | _of_improvement(facts) | _of_warning(facts)).get(
        entry.kind
    ) or _of_domain(entry.kind, facts)


def _of_improvement(facts: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Return what was noted of an improvement, in words."""
    return {
        "improvement.started": (
            f"立项改进 {facts.get('number')}",
            f"An improvement was started: {facts.get('number')}",
        ),
        "improvement.compared": (
            ("选定了和哪里比", "Chose what to compare with")
            if facts.get("communities")
            else ("改为和其他所有小区比", "Compared with all other communities again")
        ),
        "improvement.measured": (
            ("再测了一次效果", "The effect was measured again")
            if facts.get("again")
            else ("算出了效果", "The effect was measured")
        ),
    }


def _raised(facts: Mapping[str, Any]) -> tuple[str, str]:
    """Return that a message went further up because nobody holds its group."""
    passed = facts.get("passed", ())
    zh, en = "、".join(each["zh"] for each in passed), "; ".join(each["en"] for each in passed)
    return f"现在没有人担任：{zh}，改通知上一级", f"Nobody holds this now: {en}. The level above was told instead"


def _of_warning(facts: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Return what was noted of a warning, in words."""
    week, count, hit = facts.get("week"), facts.get("count"), facts.get("hit")
    return {
        "warning.again": (
            f"{week} 这一周又超出平常（{count} 件）",
            f"More than usual again in the week of {week} ({count})",
        ),
        "warning.settled": (
            f"14 天已过：预警{'命中' if hit else '没有命中'}",
            f"14 days are over: the warning was {'right' if hit else 'no hit'}",
        ),
    }


def _helped(entry: Entry, elements: Mapping[str, Element]) -> dict[str, tuple[str, str]]:
    """Return what somebody did to the case by hand, in words."""
    facts: Mapping[str, Any] = entry.facts
    name, before, value = (facts.get(each, "") for each in ("variable", "before", "after"))
    to_zh, to_en = _named(str(facts.get("to") or entry.element or ""), elements)
    skipped = bool(facts.get("after"))
    return {
        "case.variable_set": (
            f"人工处置：变量 {name} 由 {before} 改为 {value}",
            f"Set by hand: the variable {name}, from {before} to {value}",
        ),
        "case.put": (
            f"人工处置：{'跳过' if skipped else '转到'}“{to_zh}”",
            f"Put by hand: {'past' if skipped else 'to'} {to_en}",
        ),
        "case.moved": ("案件移到另一版流程", "The case was moved to another version of the process"),
        "step.retried": ("重新执行了失败的一步", "What had failed was carried out again"),
    }


def _of_message(entry: Entry, elements: Mapping[str, Element]) -> tuple[str, str] | None:
    """Return what a message says, or None for one that only the diagram knows."""
    message = message_of(entry, elements)
    accepted = plan_accepted(entry, elements)
    return MESSAGES.get(message) if accepted is None else PLAN_ANSWERED[accepted]


def plan_accepted(entry: Entry, elements: Mapping[str, Element]) -> bool | None:
    """Return what the resident said to a plan; None for any other entry, and for those that were written without it."""
    said = entry.facts.get("said", {}).get("accepted") if entry.kind == "message.received" else None
    return said if isinstance(said, bool) and message_of(entry, elements) == "plan_answer" else None


def _of_timer(entry: Entry, elements: Mapping[str, Element], set_off: tuple[str, str] | None) -> tuple[str, str]:
    """Return what came due and what that triggered: 解决时限到 80 % → 督办：部门主管."""
    due_zh, due_en = _due(entry, elements)
    begun = [elements.get(str(element)) for what, element, *_more in entry.facts.get("path", ()) if what == "e"]
    doing = next((each.id for each in begun if each is not None and each.kind in DOINGS), None)
    if set_off is None and doing is None:
        return due_zh, due_en
    zh, en = set_off or _named(doing, elements)
    return f"{due_zh} → {zh}", f"{due_en} → {en}"


def _due(entry: Entry, elements: Mapping[str, Element]) -> tuple[str, str]:
    """Return the name of a timer; for a rung of the ladder with its limit."""
    zh, en = _named(entry.element, elements)
    timer = elements.get(entry.element or "")
    kind = timer.properties.get("deadline") if timer is not None else None
    if kind is None:
        return f"时间到：{zh}", f"Timer: {en}"
    return f"{said(DEADLINES, kind)}时限到 {zh}", f"{said(DEADLINES, kind, 'en')}: {en}"


def _of_domain(kind: str, facts: Mapping[str, Any]) -> tuple[str, str]:
    if kind == "complaint.corrected":
        put = facts.get("fields", ())
        zh, en = (
            "、".join(said(CORRECTED, each) for each in put),
            ", ".join(said(CORRECTED, each, "en") for each in put),
        )
        return f"更正：{zh}", f"Corrected: {en}"
    if kind.startswith("alarm."):
        return words.of_entry(kind, facts)
    if kind == "file.taken_back":
        return "收回了一个文件", "Took a file back"
    if kind in DANGER_SETTLED:
        return DANGER_SETTLED[kind]
    if kind in JOINED:
        zh, en = JOINED[kind].get(str(facts.get("kind")), (kind, kind))
        other = facts.get("lead") or facts.get("number")
        return zh.format(other), en.format(other)
    if kind == "complaint.closed":
        outcome = facts.get("outcome")
        return f"结案：{said(OUTCOMES, outcome)}", f"Closed: {said(OUTCOMES, outcome, 'en').lower()}"
    if kind == "complaint.paused":
        zh, en = _reason(facts)
        return f"暂停计时：{zh}", f"Paused: {en.lower()}"
    if kind == escalated.ESCALATED:
        return escalated.words(facts)
    if kind == "complaint.supervised":
        zh, en = SUPERVISED.get(str(facts.get("action")), ("督办", "Supervised"))
        limit, (more_zh, more_en) = facts.get("kind"), _measure(facts)
        return f"{zh}{more_zh}（{said(DEADLINES, limit)}）", f"{en}{more_en} ({said(DEADLINES, limit, 'en').lower()})"
    return kind, kind


def _reason(facts: Mapping[str, Any]) -> tuple[str, str]:
    """Return the reason of a pause: the company's own as it was called then, otherwise in our words."""
    reason, called = facts.get("reason"), facts.get("called", {})
    return called.get("zh") or said(PAUSE_REASONS, reason), called.get("en") or said(PAUSE_REASONS, reason, "en")


def _measure(facts: Mapping[str, Any]) -> tuple[str, str]:
    """Return the details of a decision: the days added, or the department that now has the complaint."""
    seconds, to = facts.get("seconds"), facts.get("to")
    if isinstance(seconds, int):
        days = round(seconds / 86_400)
        return f" {days} 天", f" by {days} day{'' if days == 1 else 's'}"
    department = DEPARTMENTS.get(str(to))
    if department is None:
        return (f"给 {to}", f": {to}") if to else ("", "")
    return f"给{department.name}", f": {department.name_en}"


def _named(element: str | None, elements: Mapping[str, Element]) -> tuple[str, str]:
    known = elements.get(element or "")
    if known is None:
        return element or "", element or ""
    zh = known.name or known.id
    return zh, known.properties.get("name_en", zh)


def _elements(session: Session, case: Case, entries: Sequence[Told]) -> Mapping[str, Element]:
    """Return the elements of a case's diagrams by id, those of the versions that it was moved from too."""
    moved_from = [str(entry.facts["was"]) for entry, _ in entries if entry.kind == "case.moved"]
    found: dict[str, Element] = {}
    for pin in moved_from:
        found.update(versions.program(session, pin, case.process).elements)
    now = meaning.elements(session, case)
    return {**found, **now} if found else now


def _case(session: Session, complaint: Complaint) -> Case | None:
    return session.get(Case, complaint.case_id) if complaint.case_id is not None else None


def entries_of(session: Session, case: Case) -> list[Told]:
    """Return the entries of a case, each with what somebody typed, if kept."""
    return [(entry, note) for entry, note in session.execute(_ENTRIES, {"case": case.id})]


_ENTRIES = (
    select(Entry, Note.text)
    .outerjoin(Note, Note.id == Entry.note_id)
    .where(Entry.case_id == bindparam("case"))
    .order_by(Entry.number)
)
