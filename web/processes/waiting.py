"""Publications that wait, for the pages that list them."""

from typing import Any

from sqlalchemy.orm import Session

from engine.company import people
from engine.processes import planned
from web.shell import current

ACTS = ("process.draft", "process.publish", "tables.edit")
"""Who may see what is to be published; which processes, their rights say."""


def of(session: Session, process: str | None = None) -> dict[str, Any]:
    """What waits, of one process or of all, and who asked for it; for the pages that list it."""
    me = current.someone()
    if not any(current.may(act) for act in ACTS):
        return {"planned": [], "ended": [], "planners": {}, "mine_to_decide": set()}
    rows = planned.waiting(session, me, process)
    ended = planned.last_ended(session, me, process) if process else []
    return {
        "planned": rows,
        "ended": ended,
        "planners": people.names(session, [each.by_id for each in (*rows, *ended)]),
        "mine_to_decide": {each.id for each in rows if planned.may_decide(session, each, me)},
    }
