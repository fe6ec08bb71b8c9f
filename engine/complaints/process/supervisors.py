"""Who supervises in the end when a rung opens, and why: written down for the task, the record and administrators."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn.checking import Wording
from engine.bpmn.execution import Work
from engine.casework import cases
from engine.casework.cases import Case, Wait
from engine.casework.tasks import Answer, Task
from engine.company import places
from engine.complaints.core import complaint as complaints
from engine.complaints.core.codes import DEADLINES, WHYS
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.feedback import Feedback
from engine.complaints.core.meaning import DECLINED
from engine.complaints.joining import similar
from engine.complaints.limits import escalated, ladder, thresholds, unheld
from engine.complaints.limits.ladder import Climbed
from engine.core.errors import Unclear
from engine.core.memo import remembered
from engine.history import NewEntry
from engine.processes.topics import topic


@topic(
    "find_supervisor",
    zh="找督办人",
    en="Find the supervisor",
    takes={"kind": "text", "rung": "number", "group": "a group", "why": "text"},
    gives={"group": "a group"},
    needs=("kind", "rung", "group"),
    words={"kind": Wording(DEADLINES.keys()), "group": Wording(group=True), "why": Wording(WHYS.keys())},
)
def find_supervisor(session: Session, case: Case, work: Work) -> Mapping[str, object]:
    """Return the group of this rung, or the next one up in the table `ladder` that somebody holds now.

    Where nobody holds any of them the group stays as it is: the task waits for somebody to get the role.
    """
    complaint = complaints.of(session, case)
    kind, rung, group, why = (work.inputs.get(name) for name in ("kind", "rung", "group", "why"))
    if not isinstance(group, str) or not isinstance(rung, int | Decimal):
        raise Unclear(
            zh=f"{work.element}：督办阶梯没有说第 {rung} 级由谁督办。请补上表「督办阶梯」。",
            en=f"{work.element}: the ladder does not say who supervises at rung {rung}. Add it to the table “ladder”.",
        )
    number, why = int(rung), str(why or "time")
    left = any(other >= number for _wait, other in supervised(session, case, str(kind)))
    found = Climbed(group, ()) if left else ladder.climb(session, case, complaint, group, number, work.variables)
    unheld.note(session, case, found.passed, unheld.SUPERVISION, found.group)
    said: dict[str, object] = {
        "kind": kind,
        "rung": number,
        "why": why,
        "group": found.group,
        "round": complaint.round,
        "left": left,
    }
    if found.passed:
        said["passed"] = escalated.passed_facts(found.passed)
    remembered(session, Escalating).of_case.setdefault(case.id, []).append((work.element, said))
    return {"group": found.group or group}


@dataclass
class Escalating:
    """What a running step escalates, as element and facts by case, until the complaint's row has followed it."""

    of_case: dict[int, list[tuple[str, dict[str, object]]]] = field(default_factory=dict)


def write_down(session: Session, case: Case) -> None:
    """Record why supervisors were found in this step, with the figures as they are after it."""
    for element, said in remembered(session, Escalating).of_case.pop(case.id, ()):
        figures = FIGURES.get(str(said["why"]))
        more = figures(session, case, complaints.of(session, case), said["rung"]) if figures is not None else {}
        cases.record(session, case.id, NewEntry(escalated.ESCALATED, None, element, {**said, **more}))


def supervised(session: Session, case: Case, kind: str) -> Iterator[tuple[Wait, int]]:
    """Yield the rungs of a limit that somebody supervises now, each with the wait that ends it."""
    waiting = select(Wait).where(Wait.case_id == case.id, Wait.name == "superseded").order_by(Wait.id)
    for wait in session.scalars(waiting).all():
        other, _, number = wait.correlation.rpartition(":")
        if other == kind and number.isdecimal():
            yield wait, int(number)


# --- the figures behind a reason


def _time(session: Session, case: Case, complaint: Complaint, rung: object) -> dict[str, object]:
    share = ladder.share_at(session, case, complaint, int(str(rung)))
    return {} if share is None else {"percent": round(share * 100)}


def _many(_session: Session, _case: Case, complaint: Complaint, _rung: object) -> dict[str, object]:
    return {"households": complaint.households}


def _ungrouped(session: Session, _case: Case, complaint: Complaint, _rung: object) -> dict[str, object]:
    found = similar.group(session, None, similar.matter_of(session, complaint))
    return {} if found is None else {"households": found.households}


def _refused(session: Session, case: Case, _complaint: Complaint, _rung: object) -> dict[str, object]:
    known = places.known(session)
    named = [known[task.place_id] for task, _answer in declined(session, case)]
    return {"departments": [{"zh": each.name, "en": each.name_en or each.name} for each in named]}


def declined(session: Session, case: Case) -> list[tuple[Task, Answer]]:
    """Return the tasks in which a department declined the complaint, in order."""
    asked = select(Task, Answer).join(Answer, Answer.task_id == Task.id).where(Task.case_id == case.id)
    every = [(task, answer) for task, answer in session.execute(asked.order_by(Answer.id))]
    return [(task, answer) for task, answer in every if answer.values.get(DECLINED) is True]


def _unsolved(session: Session, _case: Case, complaint: Complaint, _rung: object) -> dict[str, object]:
    asked = select(Feedback).where(Feedback.complaint_id == complaint.id, Feedback.round == complaint.round - 1)
    last = session.scalar(asked.order_by(Feedback.id.desc()).limit(1))
    return {} if last is None else {"score": last.score, "outcome": last.outcome}


def _repeat(session: Session, _case: Case, complaint: Complaint, _rung: object) -> dict[str, object]:
    before = similar.before(session, complaint)
    return {"days": thresholds.of(session)["repeat_days"], "other": before.number if before is not None else None}


FIGURES = {
    "time": _time,
    "many": _many,
    "ungrouped": _ungrouped,
    "refused": _refused,
    "unsolved": _unsolved,
    "repeat": _repeat,
}
