"""How a process begins, in words for its page: who may start it, when a timer does, which message."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.company import places
from engine.processes import start_events
from engine.processes.start_events import COMPANY, StartEvent
from engine.processes.topics import ALLOWED
from engine.processes.versions import Version
from engine.requests import opened, starters
from web.shared.diagram_drawing import groups_in_words
from web.shell import current
from web.shell.formats import say_moment, zone
from web.shell.language import gettext as _


@dataclass(frozen=True, slots=True)
class Beginning:
    """One way to begin: its words, and more about it. `open_here`: the reader may start it."""

    words: str
    more: str = ""
    open_here: bool = False


def of_process(session: Session, process: str) -> list[Beginning]:
    """The ways in which cases of the newest version begin; one line that says so where there is none."""
    events = start_events.of(session, process)
    found = [each for event in events if (each := _said(session, event)) is not None]
    if found or process in ALLOWED.beginnings or _is_called(session, process):
        return found
    return [Beginning(_("谁也发起不了：流程图的“开始”没有写谁可以发起，也不由定时或消息开始。"))]


def _is_called(session: Session, process: str) -> bool:
    return any(process in called for called in session.scalars(select(Version.calls)))


def _said(session: Session, event: StartEvent) -> Beginning | None:
    if event.kind == "timer":
        return Beginning(_timed(event), _last(event))
    if event.kind == "message":
        return Beginning(_("收到消息“{name}”时", name=event.name))
    if event.kind == "signal":
        return Beginning(_("收到信号“{name}”时", name=event.name))
    if not event.started_by:
        return None
    staff = [each for each in event.started_by if each != places.RESIDENT]
    by = groups_in_words(", ".join(staff)) if staff else ""
    words = _(
        "由人发起：{who}", who=_("、").join(filter(None, (by, _("业主") if opened.is_for_residents(event) else "")))
    )
    where = starters.communities(session, current.someone(), event)
    return Beginning(words, _of_residents(session, event), open_here=bool(where))


def _of_residents(session: Session, event: StartEvent) -> str:
    if not opened.is_for_residents(event):
        return ""
    return _("已对业主开放") if opened.is_open(session, event.process) else _("还没有对业主开放")


def _timed(event: StartEvent) -> str:
    where = _("公司") if event.for_each == COMPANY else _("每个小区")
    if event.due_at is None:
        return _("定时（{text}），{where}：不再开始", text=event.expression, where=where)
    at = say_moment(event.due_at.astimezone(zone()))
    return _("定时（{text}），{where}：下一次 {at}", text=event.expression, where=where, at=at)


def _last(event: StartEvent) -> str:
    if event.last_at is None:
        return ""
    return _("上一次 {at}，开始了 {n} 件", at=say_moment(event.last_at.astimezone(zone())), n=event.last_started)
