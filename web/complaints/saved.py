"""Saved views of the list of complaints, and improvements that start from what a filter finds."""

from dataclasses import replace
from typing import Any

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from engine.complaints.lists import queries
from engine.improvement.starting import MOST_COMPLAINTS
from web.complaints import complaint_list
from web.complaints.page import blueprint
from web.shared import saved_views
from web.shell import current
from web.shell.guard import rule
from web.shell.language import gettext as _

LIST = "complaints.index"


@blueprint.post("/views")
@rule("complaint.see")
def save() -> Response:
    """Save the filters of the list under a name."""
    kept = {"q", "sort", *complaint_list.filters_read()} - {"after", "columns"}
    return saved_views.save(saved_views.COMPLAINTS, LIST, kept)


@blueprint.post("/views/<int:view_id>")
@rule("complaint.see")
def change(view_id: int) -> Response:
    """Rename or delete a view."""
    return saved_views.change(view_id, LIST)


@blueprint.get("/improve")
@rule("improvement.work")
def improve() -> Response:
    """Start an improvement from the newest complaints that a filter finds, with the scope that it suggests."""
    wish = complaint_list.read_wish()
    asked = replace(
        complaint_list.filters_of(wish), sort="-received", after=None, page=1, per_page=MOST_COMPLAINTS
    )  # fmt: skip
    found = queries.search(current.reading(), current.someone(), asked, key=complaint_list.key())
    several = len({each.community_id for each in found.rows}) > 1
    if several or not found.rows:
        said = _("一项改进只在一个小区：请先按小区筛选。") if several else _("没有符合条件的投诉，无从立项。")
        flash(said, "error")
        return redirect(complaint_list.to_list(wish), 303)
    scope: dict[str, Any] = {name: wish.filters[name] for name in ("category", "department") if wish.filters[name]}
    ids = [each.id for each in found.rows]
    return redirect(url_for("improvements.new", complaint=ids, found=found.total, **scope), 303)
