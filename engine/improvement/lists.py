"""The list of improvements: search, filters, and its export."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from engine.company import places, roles
from engine.company.people import Person
from engine.complaints.core import categories
from engine.improvement import board, queries
from engine.improvement.rows import Improvement, ImprovementGoal
from engine.improvement.words import CAUSES, ORIGINS, OUTCOMES, STAGES, VERDICTS
from engine.jobs import lists
from engine.jobs.lists import Asked, List, Saying
from engine.measures.definitions import MEASURES

SORTS: Mapping[str, object] = {
    "started": Improvement.started_at,
    "number": Improvement.number,
    "stage": Improvement.stage,
}
HEADS = (
    ("编号", "Number"), ("要改进什么", "What is to be improved"), ("小区", "Community"), ("责任部门", "Department"),
    ("怎么立项", "Started by"), ("初步原因", "Cause"), ("轮次", "Round"), ("阶段", "Stage"), ("结果", "Result"),
    ("指标", "Measure"), ("类别", "Category"), ("希望变好百分之几", "Hoped for, percent"),
    ("观察几周", "Window, weeks"), ("看得出来的把握", "Power"), ("从哪天起算", "Changed on"), ("哪天算出", "Known on"),
    ("算出来的效果", "Verdict"), ("立项", "Started"), ("成为标准", "Made the standard"), ("结束", "Ended"),
)  # fmt: skip


def fitting(session: Session, person: Person, asked: Asked) -> Select[Improvement]:
    """Return the improvements that a person may see and that the list asks for."""
    chosen, found = asked.filters, select(Improvement).where(queries.within(session, person))
    for name in ("stage", "department", "verdict"):
        if chosen.get(name):
            found = found.where(getattr(Improvement, name) == chosen[name])
    if chosen.get("state"):
        found = found.where(board.condition(session, chosen["state"]))
    if chosen.get("community"):
        found = found.where(Improvement.community_id == int(chosen["community"]))
    if asked.words:
        columns = (Improvement.title, Improvement.number)
        found = found.where(or_(*(each.icontains(asked.words, autoescape=True) for each in columns)))
    return found


def _cells(session: Session, rows: Sequence[tuple[Improvement]], saying: Saying) -> list[Sequence[object]]:
    ids = [each.id for (each,) in rows]
    goals = {
        (goal.improvement_id, goal.round): goal
        for goal in session.scalars(select(ImprovementGoal).where(ImprovementGoal.improvement_id.in_(ids)))
    }
    return [_row(session, each, goals.get((each.id, each.round)), saying) for (each,) in rows]


def _row(session: Session, each: Improvement, goal: ImprovementGoal | None, saying: Saying) -> Sequence[object]:
    department = roles.of(session).departments.get(each.department)
    said = {
        name: saying.pick(words[code]) if code in words else ""
        for name, words, code in (
            ("origin", ORIGINS, each.origin),
            ("cause", CAUSES, each.cause or ""),
            ("stage", STAGES, each.stage),
            ("outcome", OUTCOMES, each.outcome or ""),
            ("verdict", VERDICTS, each.verdict or ""),
        )
    }
    return (
        each.number, each.title, saying.name(places.known(session).get(each.community_id)),
        saying.name(department) or each.department, said["origin"], said["cause"], each.round, said["stage"],
        said["outcome"], *_goal(session, goal, saying), _day(each.check_on), said["verdict"],
        saying.moment(each.started_at), saying.moment(each.standard_at), saying.moment(each.ended_at),
    )  # fmt: skip


def _goal(session: Session, goal: ImprovementGoal | None, saying: Saying) -> Sequence[object]:
    if goal is None:
        return ("",) * 6
    category = categories.known(session).get(goal.category)
    power = "" if goal.power is None else goal.power
    known = MEASURES.get(goal.measure)
    named = saying.pick(known.name) if known else goal.measure
    return named, saying.name(category), goal.hoped, goal.weeks or "", power, _day(goal.changed_on)


def _day(day: date | None) -> date | str:
    return day or ""


LIST = lists.register(List("improvements", ("改进", "improvements"), HEADS, SORTS, Improvement.id, fitting, _cells))
