"""Why somebody further up supervises, as the record keeps it and as people read it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework.cases import Case
from engine.casework.tasks import Task
from engine.complaints.core.codes import DEADLINES, WHYS, said
from engine.complaints.limits.ladder import Unheld
from engine.history import Entry

ESCALATED = "complaint.escalated"
"""The entry of a rung that opened: why, what figures stand behind it, and whom the ladder passed over.

Its facts: `kind` of the limit, `rung`, `why` (of `WHYS`), `group` (to whom; None: nobody holds any of them), `passed`
(groups with their words at that time), `left` (somebody at this level or above supervises already), and what the reason
is about: `percent`, `departments` (words), `score`, `outcome`, `households`, `other` (a number).
"""

ASKED = "complaint.supervisor_asked"
"""The entry of a resident who asked for a supervisor, with the `round` and the `stage` (a limit) in which they did."""

OUTCOMES = {
    "solved": ("已解决", "solved"),
    "partly_solved": ("部分解决", "partly solved"),
    "unsolved": ("未解决", "not solved"),
}


def of_case(session: Session, case: Case) -> list[Entry]:
    """Return the entries of a case that say why somebody was to supervise, the oldest first."""
    asked = select(Entry).where(Entry.case_id == case.id, Entry.kind == ESCALATED)
    return list(session.scalars(asked.order_by(Entry.number)))


def of_task(entries: Sequence[Entry], task: Task) -> list[Entry]:
    """Return, of a case's entries in order, those that say why a supervising task came: the one that opened it, and
    the reasons that were added while it was open."""
    opened = next((number for number, each in enumerate(entries) if _opens(each, task)), None)
    if opened is None:
        return []
    after = entries[opened + 1 :]
    first = next((each for each in after if each.kind == ESCALATED and not each.facts["left"]), None)
    if first is None:
        return []
    until = task.closed_at
    added = [
        each
        for each in after
        if each.kind == ESCALATED and each.facts["left"] and each.facts["kind"] == first.facts["kind"]
    ]
    return [first, *(each for each in added if until is None or each.at <= until)]


def _opens(entry: Entry, task: Task) -> bool:
    return any(what == "e" and key == task.key for what, _element, key, *_more in entry.facts.get("path", ()))


def passed_facts(passed: Sequence[Unheld]) -> list[dict[str, str]]:
    """Return groups that nobody held, as the record keeps them."""
    return [{"group": each.group, "zh": each.zh, "en": each.en} for each in passed]


def reason(facts: Mapping[str, Any]) -> tuple[str, str]:
    """Return the reason with its figures, in Chinese and English."""
    why = str(facts.get("why"))
    zh, en = said(WHYS, why), said(WHYS, why, "en")
    return {
        "time": _time,
        "many": _many,
        "ungrouped": _ungrouped,
        "refused": _refused,
        "unsolved": _unsolved,
        "repeat": _repeat,
    }.get(why, lambda _facts: (zh, en))(facts)


def _time(facts: Mapping[str, Any]) -> tuple[str, str]:
    kind, percent = facts.get("kind"), facts.get("percent")
    zh, en = said(DEADLINES, kind), said(DEADLINES, kind, "en")
    if percent is None:
        return f"“{zh}”的时限到了督办点", f"A rung of the limit “{en}” was reached"
    return f"“{zh}”的时限已用掉 {percent} %", f"{percent}% of the limit “{en}” is used"


def _many(facts: Mapping[str, Any]) -> tuple[str, str]:
    count = facts.get("households")
    return f"{count} 户反映同一件事", f"{count} households have the same matter"


def _ungrouped(facts: Mapping[str, Any]) -> tuple[str, str]:
    count = facts.get("households")
    if count is None:
        return said(WHYS, "ungrouped"), said(WHYS, "ungrouped", "en")
    return f"{count} 户报了同一件事，还没有归组", f"{count} households reported the same matter, not grouped yet"


def _refused(facts: Mapping[str, Any]) -> tuple[str, str]:
    named = facts.get("departments", ())
    zh, en = "，然后".join(each["zh"] for each in named), ", then ".join(each["en"] for each in named)
    return f"部门第 {len(named)} 次退单：{zh}", f"Declined {len(named)} times: {en}"


def _unsolved(facts: Mapping[str, Any]) -> tuple[str, str]:
    score, outcome = facts.get("score"), facts.get("outcome")
    if score is None:
        return said(WHYS, "unsolved"), said(WHYS, "unsolved", "en")
    zh, en = OUTCOMES.get(str(outcome), ("", ""))
    return f"业主评价 {score} 分，{zh}", f"The resident gave {score} of 5 and says: {en}"


def _repeat(facts: Mapping[str, Any]) -> tuple[str, str]:
    days, other = facts.get("days"), facts.get("other")
    return (
        f"同一住户 {days} 天内又投诉同一类事（上一件 {other}）",
        f"The same home complained of the same within {days} days (before: {other})",
    )


def passed_over(facts: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return that a rung came to somebody further up because nobody holds what the ladder names, or None."""
    passed = facts.get("passed") or ()
    if not passed:
        return None
    zh, en = "、".join(each["zh"] for each in passed), "; ".join(each["en"] for each in passed)
    if facts.get("group") is None:
        return (
            f"没有人能督办：{zh}都没有人担任，或都不在岗、须回避",
            f"Nobody can supervise: nobody holds these roles, or all are away or barred: {en}",
        )
    return (
        f"转到这里，因为现在没有人担任：{zh}",
        f"It came here because nobody holds this now: {en}",
    )


def words(facts: Mapping[str, Any]) -> tuple[str, str]:
    """Return the line of the story: the reason, and who was passed over."""
    zh, en = reason(facts)
    above = passed_over(facts)
    more_zh, more_en = (f"。{above[0]}", f". {above[1]}") if above else ("", "")
    return f"请上级督办：{zh}{more_zh}", f"A supervisor is asked: {en}{more_en}"
