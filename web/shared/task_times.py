"""How long tasks waited and were worked on, in words, with the moments behind it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.casework.tasks import Task, lengths
from engine.history import Entry
from web.shared import answers
from web.shell.formats import duration, zone
from web.shell.language import gettext as _


@dataclass(frozen=True, slots=True)
class Times:
    """`text`: how long; `exact`: when what happened, for a hover."""

    text: str
    exact: str


def of_task(task: Task) -> Times | None:
    """The times of a task; None where there is nothing to say: nobody has begun it, or it was not for our staff."""
    done = task.closed_at if task.state in ("done", "held") else None
    found = lengths.between(task.opened_at, task.begun_at, done)
    if found.waiting is None:
        if done is None or task.closed_by_id is None:
            return None
        return Times(_("共 {length}", length=duration(done - task.opened_at)), _exact(task, done))
    if found.working is not None:
        text = _("等待 {waiting}，办理 {working}", waiting=duration(found.waiting), working=duration(found.working))
    elif task.state == "open":
        text = _("等待 {waiting}，正在办理", waiting=duration(found.waiting))
    else:
        text = _("等待 {waiting}，没有办完", waiting=duration(found.waiting))
    return Times(text, _exact(task, done))


def of_entries(entries: Iterable[Entry], tasks: Iterable[Task]) -> dict[int, Times]:
    """The times of each task that an entry reports as done, by the entry's number."""
    by_key: Mapping[str, Task] = {task.key: task for task in tasks}
    done = ((entry.number, by_key.get(answers.task_of(entry))) for entry in entries)
    said = ((number, of_task(task)) for number, task in done if task is not None)
    return {number: times for number, times in said if times is not None}


def _exact(task: Task, done: datetime | None) -> str:
    is_claimed = task.claimed_at is not None or task.assignee_id is not None
    said = (
        _("产生：{at}", at=_moment(task.opened_at)),
        _("领取：{at}", at=_moment(task.claimed_at)) if is_claimed else _("没有领取"),
        _("开始办：{at}", at=_moment(task.begun_at)),
        _("完成：{at}", at=_moment(done)) if done is not None else "",
    )
    return " · ".join(filter(None, said))


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(zone()):%Y-%m-%d %H:%M:%S}" if at is not None else _("时间不清楚")
