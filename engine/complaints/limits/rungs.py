"""Who actually received the supervising task of a rung; the diagram names only the usual receiver."""

from collections.abc import Iterable, Mapping

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine.casework.cases import Case
from engine.casework.tasks import Task
from engine.casework.tasks.rows import SUPERVISION
from engine.company import places, roles
from engine.complaints.core import meaning
from engine.complaints.core.meaning import LEFT_TO_HIGHER
from engine.history import Entry

LEFT = ("已有人在督办，不另派", "Somebody supervises already")


def supervisors(session: Session, case: Case, entries: Iterable[Entry]) -> dict[int, tuple[str, str]]:
    """Return what the rungs in a case's entries triggered, in Chinese and English, by entry number.

    Entries that opened no supervising task are left out. One statement, none when no timer triggered one.
    """
    fired = {each.number: _visits(each) for each in entries if each.kind == "timer.fired"}
    if not fired:
        return {}
    elements = meaning.elements(session, case)
    supervising, left = meaning.those(elements, SUPERVISION), meaning.those(elements, LEFT_TO_HIGHER)
    named = _tasks(session, case) if any(supervising & visits.keys() for visits in fired.values()) else {}
    found = {}
    for number, visits in fired.items():
        said = next((named[key] for key in visits.values() if key in named), LEFT if left & visits.keys() else None)
        if said is not None:
            found[number] = said
    return found


def _visits(entry: Entry) -> dict[str, str]:
    """Return the elements a step reached, each with the visit key that also identifies a task."""
    return {str(element): str(key) for what, element, key, *_more in entry.facts.get("path", ()) if what == "e"}


def _tasks(session: Session, case: Case) -> Mapping[str, tuple[str, str]]:
    """Return a case's supervising tasks in words, by key: the work, and the role or place that has it."""
    known, around = roles.of(session).roles, places.known(session)
    found = {}
    for task in session.execute(_SUPERVISING, {"case": case.id}):
        holder = known.get(task.role or "") or around[task.place_id]
        found[task.key] = (f"{task.name}：{holder.name}", f"{task.name_en}: {holder.name_en or holder.name}")
    return found


_SUPERVISING = select(Task.key, Task.name, Task.name_en, Task.role, Task.place_id).where(
    Task.case_id == bindparam("case"), Task.counts_as == SUPERVISION
)
