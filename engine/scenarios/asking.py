"""Requests in a scenario: started from their start form, then answered and ended by their resident behind the link."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from engine.casework.cases import Case
from engine.company import calendars, places
from engine.company.people import Person
from engine.core.errors import Conflict, Unclear
from engine.forms import Form
from engine.processes import start_events
from engine.requests import Request, resident, rows, start_form, starting
from engine.requests.start_form import NOTHING, Filled
from engine.requests.starting import Wish
from engine.scenarios import moments, working
from engine.scenarios.company import KEY, PHONE
from engine.scenarios.filling import Here, fill_in

CONTACT: Mapping[str, str] = {
    start_form.HOME: "1 栋 101",
    start_form.NAME: "王小明",
    start_form.PHONE: PHONE,
}
"""What a start form is told of whoever asks, where the scenario does not say it."""


def start(session: Session, process: str, given: Mapping[str, Any], community_id: int, by: Person | None) -> int:
    """Start a case from its start form, for a resident (`by` None) or by a colleague; return its id.

    Raises `Unclear` when the form refuses the answers, or nobody or somebody else may start it.
    """
    event = start_events.plain(session, process)
    if event is None or (by is None and places.RESIDENT not in event.started_by):
        who = ", ".join(event.started_by) if event else ""
        zh = (
            f"业主不能发起这个流程，请写 by：能发起的是 {who}。" if who else "没有人能发起：开始事件没有写 started_by。"
        )
        en = (
            f"residents cannot start this, so say by whom: {who}."
            if who
            else "nobody may: its start has no started_by."
        )
        raise Unclear(zh=zh, en=en)
    filled = _filled(session, process, given, community_id, public=by is None)
    request = starting.start(session, Wish(process, community_id, filled), key=KEY, by=by).request
    return request.case_id or 0


def _filled(session: Session, process: str, given: Mapping[str, Any], community_id: int, *, public: bool) -> Filled:
    form = start_form.read(session, process, community_id, public=public).form
    if form is None:
        if given:
            raise Unclear(zh="这个流程没有开始表单，with 里没有可填的。", en="It has no start form to fill in (with).")
        return NOTHING
    contact = {key: said for key, said in CONTACT.items() if form.field(key)}
    at = partial(moments.without_case, session, community_id)
    here = Here(calendars.of(session, community_id).zone, at, {})
    return start_form.filled(session, fill_in(session, form, {**contact, **given}, here), community_id)


def answer(session: Session, wanted: str, given: Mapping[str, Any], case_id: int | None) -> None:
    """Answer the task with this id or name that is asked of a resident.

    Raises `Conflict` when none waits, or its resident has no link; `Unclear` when its form refuses the answers.
    """
    task = working.find(session, wanted, case_id, places.RESIDENT, resident.is_residents)
    case = session.get_one(Case, task.case_id)
    steering, values = working.answers(session, case, task, given, _as_shown)
    resident.answer(session, _behind_the_link(session, case), task.id, steering, values)


def _as_shown(form: Form) -> Form:
    return replace(form, fields=tuple(filter(start_form.is_public, form.fields)))


def send(session: Session, case_id: int, wanted: str, words: str) -> None:
    """Send the message, by its name or the words of its button, that the diagram offers to the case's resident now.

    Raises `Unclear` when it is not offered, `Conflict` when the resident has no link.
    """
    case = session.get_one(Case, case_id)
    there = resident.offers(session, case)
    message = next((each.message for each in there if wanted in (each.message, each.words.zh, each.words.en)), None)
    if message is None:
        zh = "、".join(f"{each.words.zh}({each.message})" for each in there) or "什么都没有"
        en = ", ".join(f"{each.words.said('en')} ({each.message})" for each in there) or "nothing"
        raise Unclear(
            zh=f"业主做不了“{wanted}”；现在能做的是：{zh}。", en=f"A resident has no “{wanted}” now; there is: {en}."
        )
    resident.send(session, _behind_the_link(session, case), message, words)


def _behind_the_link(session: Session, case: Case) -> Request:
    request = rows.about(session, case)
    secret = starting.secret_of(KEY, request) if request is not None else ""
    if not secret:
        zh = "这个案件没有业主的链接：它不是由写了 started_by（其中有 resident）的开始事件发起的。"
        en = "Its resident has no link: it did not begin with a start event whose started_by names resident."
        raise Conflict(zh=zh, en=en)
    return resident.enter(session, secret)
