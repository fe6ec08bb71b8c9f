"""With which facts a complaint began, where nobody kept them: those that fit the rows of the tables that matched then."""

from collections.abc import Iterator, Mapping

from sqlalchemy.orm import Session

from engine.complaints.core import categories
from engine.complaints.core.codes import URGENCIES
from engine.complaints.intake import danger
from engine.feel import dmn
from engine.replay.past import Past

Tables = Mapping[str, dmn.Model]
Start = dict[str, object]

TRIAGE = "triage"


def fitting(past: Past, tables: Tables) -> list[Start]:
    """Return every set of first variables with which the triage matches the rows that it matched then, the plainest first.

    The desk may have changed kind, category or urgency when it confirmed the triage; what they were before is not kept.
    """
    matched = tuple(past.began_by.get(TRIAGE, ()))
    if not matched or TRIAGE not in tables:
        return [past.start]
    found: list[Start] = []
    for start in _possible(past):
        if start not in found and tables[TRIAGE].decide(TRIAGE, start, {}).rules == matched:
            found.append(start)
    return found


def _possible(past: Past) -> Iterator[Start]:
    was = bool(past.start.get("danger"))
    for in_danger in (was, not was):
        for urgency in (None, *(each for each in URGENCIES if each)):
            yield {**past.start, "danger": in_danger, "urgency": "critical" if in_danger else urgency}


def graded_alike(starts: list[Start], tables: Tables) -> bool:
    """Return whether a draft's triage says the same whichever of the fitting facts the complaint began with."""
    if TRIAGE not in tables or len(starts) < 2:
        return True
    first, *others = [tables[TRIAGE].decide(TRIAGE, start, {}).value for start in starts]
    return all(each == first for each in others)


def by_danger(session: Session, past: Past, start: Start, old: Tables, new: Tables) -> Start | None:
    """Return the first variables as the draft's table `danger` would have them; None when that cannot be known.

    What was answered to the question about danger is not kept: only if every answer that led to what happened leads to
    the same in the draft is it known.
    """
    if danger.TABLE not in old or danger.TABLE not in new:
        return start
    before, after = old[danger.TABLE], new[danger.TABLE]
    if before.decisions == after.decisions:
        return start
    channel = "file" if past.complaint.imported_as else past.complaint.channel
    asked = [
        {"answer": each, "signs": sign, "channel": channel}
        for each in danger.ANSWERS
        for sign in _signs(session, past, each)
    ]
    was = bool(start.get("danger")), past.doubted
    could = [each for each in asked if _said(before, each)[:2] == was]
    results = {_said(after, each) for each in could}
    if {_said(before, each) for each in could} == results:
        return start
    if len(results) != 1:
        return None
    in_danger, doubt, urgency = results.pop()
    return {**start, "danger": in_danger, "unconfirmed": doubt, "urgency": "critical" if in_danger else urgency}


def _said(model: dmn.Model, asked: Mapping[str, object]) -> tuple[bool, bool, object]:
    value = model.decide(danger.TABLE, asked, {}).value
    said = value if isinstance(value, Mapping) else {}
    return said.get("danger") == danger.ALARM, said.get("danger") == danger.CONFIRM, said.get("urgency")


def _signs(session: Session, past: Past, answer: str) -> list[str]:
    """Return what speaks for danger, by the patterns of today."""
    complaint = past.complaint
    category = categories.known(session).get(complaint.category)
    if category is not None and category.danger:
        return [danger.CATEGORY]
    texts = complaint.text, complaint.place_text
    if danger.found(session, *texts):
        return [danger.WORDS]
    return [danger.LIKE] if answer != "no" and danger.likeness(session, *texts) is not None else [""]
