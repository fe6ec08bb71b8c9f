"""Reminders of tasks that are done meanwhile."""

from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from engine import letters
from engine.casework.tasks.rows import Task, is_open
from engine.letters import Letter


@letters.done
def done_meanwhile(session: Session, waited: Sequence[Letter]) -> set[int]:
    """Return the letters in whose case nothing is open any more of what was when they were written."""
    still = exists().where(Task.case_id == Letter.case_id, is_open(), Task.opened_at <= Letter.created_at)
    asked = select(Letter.id).where(Letter.id.in_([each.id for each in waited]), Letter.case_id.is_not(None), ~still)
    return set(session.scalars(asked))
