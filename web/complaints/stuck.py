"""Stuck complaints and why, with an action for each."""

from collections.abc import Callable, Mapping, Sequence

from flask import Blueprint, render_template
from sqlalchemy import select

from engine.casework.tasks import Task
from engine.company import people, places
from engine.complaints.limits import thresholds
from engine.complaints.lists import columns, queries, stuck
from engine.complaints.lists.queries import Filters
from engine.complaints.lists.stuck import Stuck
from web.complaints.complaint_list import key
from web.shared import codes_in_words
from web.shared.reachable_places import communities
from web.shell import current, lists
from web.shell.formats import zone
from web.shell.guard import rule
from web.shell.language import language
from web.shell.lists import number

blueprint = Blueprint("stuck", __name__, url_prefix="/stuck")
blueprint.context_processor(codes_in_words.context)


@blueprint.get("")
@rule("supervise", "task.assign", "incident.see")
def index() -> str:
    """Stuck complaints within reach, longest first, by reason, community and department."""
    reading, me = current.reading(), current.someone()
    filters: dict[str, Callable[[str], bool] | Sequence[str]] = {
        "reason": list(stuck.REASONS),
        "community": lists.is_id,
        "department": list(current.known().departments),
    }
    wish = lists.read(["since"], filters, "since")
    asked = Filters(
        status="open",
        community_id=number(wish.filters["community"]),
        department=wish.filters["department"],
        sort="due",
    )
    fits = queries.fitting(reading, me, asked, key())
    page = min(wish.number, stuck.MOST // lists.SIZE)
    found = stuck.find(reading, fits, wish.filters["reason"], size=lists.SIZE + 1, skipped=(page - 1) * lists.SIZE)
    rows = found.rows[: lists.SIZE]
    tasks = open_tasks([each.complaint.case_id for each in rows if each.complaint.case_id])
    return render_template(
        "stuck/index.html",
        rows=rows,
        more=len(found.rows) > lists.SIZE,
        page=page,
        figures=found.reasons,
        by_place=found.places,
        bound=stuck.MOST,
        wish=wish,
        tasks={(each.reason, each.complaint.id): meant(each, tasks) for each in rows},
        task_places=places.names(reading, [each.place_id for some in tasks.values() for each in some]),
        people=people.names(
            reading, [each.assignee_id for some in tasks.values() for each in some if each.assignee_id]
        ),
        names=columns.names(reading, [each.complaint for each in rows], language(), zone()),
        communities=communities(reading, me, "complaint.see"),
        departments=current.known().departments.values(),
        days=thresholds.of(reading)["idle_days"],
        reasons=stuck.REASONS,
    )


def meant(row: Stuck, tasks: Mapping[int, Sequence[Task]]) -> Task | None:
    """The task that a row is about: the overdue unclaimed one if there is one, else the oldest open task."""
    waiting = tasks.get(row.complaint.case_id or 0, ())
    if row.reason == "unclaimed":
        waiting = [each for each in waiting if each.assignee_id is None and each.due_at == row.since] or waiting
    return next(iter(waiting), None)


def open_tasks(cases: list[int]) -> dict[int, list[Task]]:
    """The open tasks of these cases, by case."""
    found: dict[int, list[Task]] = {}
    asked = select(Task).where(Task.case_id.in_(cases), Task.state.in_(("open", "held"))).order_by(Task.id)
    for task in current.reading().scalars(asked):
        found.setdefault(task.case_id, []).append(task)
    return found
