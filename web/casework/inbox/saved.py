"""Saved views of the inbox."""

from werkzeug.wrappers import Response

from web.casework.inbox.page import PAGE, blueprint
from web.shared import saved_views
from web.shell.guard import rule

KEPT = ("q", "whose", "due", "community", "category", "urgency", "step", "department", "sort")


@blueprint.post("/views")
@rule("task.work")
def save() -> Response:
    """Save the filters of the list under a name."""
    return saved_views.save(PAGE, "inbox.index", KEPT)


@blueprint.post("/views/<int:view_id>")
@rule("task.work")
def change(view_id: int) -> Response:
    """Rename or delete a view."""
    return saved_views.change(view_id, "inbox.index")
