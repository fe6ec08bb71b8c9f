"""What was measured after a change: at the end of the window, and again at its milestones; never typed in."""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from engine.casework import cases
from engine.core import clock
from engine.core.errors import Conflict
from engine.history import NewEntry
from engine.improvement import goals, proving
from engine.improvement.rows import Improvement, ImprovementGoal, ImprovementResult


def of(session: Session, improvement: Improvement) -> list[tuple[ImprovementGoal, list[ImprovementResult]]]:
    """Return the goals of all rounds, each with its results, in order."""
    asked = select(ImprovementGoal).where(ImprovementGoal.improvement_id == improvement.id)
    rows = list(session.scalars(asked.order_by(ImprovementGoal.round)))
    found: dict[int, list[ImprovementResult]] = {goal.id: [] for goal in rows}
    results = select(ImprovementResult).where(ImprovementResult.goal_id.in_(found))
    for each in session.scalars(results.order_by(ImprovementResult.until, ImprovementResult.again)):
        found[each.goal_id].append(each)
    return [(goal, found[goal.id]) for goal in rows]


def require_goal(session: Session, improvement: Improvement) -> ImprovementGoal:
    """Return the goal of the present round. Raises `Conflict` where there is none with a window."""
    goal = goals.of(session, improvement)
    if goal is None or goal.weeks is None or goal.changed_on is None:
        raise Conflict(
            zh="这一轮还没有定指标和观察期，算不出效果。",
            en="This round has no goal with a window yet, so no effect can be computed.",
        )
    return goal


def judge(session: Session, improvement: Improvement) -> ImprovementResult:
    """Measure the effect at the end of the window, by the rule stated before, and keep what came out.

    What came out before the window was given once more stays, and counts no more.
    """
    goal = require_goal(session, improvement)
    assert goal.changed_on is not None, "required"
    assert goal.weeks is not None, "required"
    until = goal.changed_on + goal.weeks * goals.WEEK
    kept = session.scalar(
        select(ImprovementResult).where(ImprovementResult.goal_id == goal.id, ImprovementResult.again == 0)
    )
    if kept is not None and kept.until == until:  # the same step is done once more
        session.delete(kept)
    elif kept is not None:
        kept.again = -1 - _how_many(session, goal, ImprovementResult.again < 0)
    session.flush()
    return _keep(session, improvement, goal, 0, goal.changed_on, until)


def measure_again(session: Session, improvement: Improvement) -> ImprovementResult:
    """Measure once more, over a window of the same length that has just ended.

    The effect is gone where the rule no longer says "worked" and less than half of it (as a ratio) is left.
    """
    goal = require_goal(session, improvement)
    assert goal.weeks is not None, "required"
    until = goals.this_week(session, improvement) - goals.measured_after(goal)
    until -= timedelta(days=until.weekday())
    again = 1 + _how_many(session, goal, ImprovementResult.again > 0)
    result = _keep(session, improvement, goal, again, until - goal.weeks * goals.WEEK, until)
    then = session.scalars(
        select(ImprovementResult).where(ImprovementResult.goal_id == goal.id, ImprovementResult.again == 0)
    ).one()
    result.lasting = result.verdict in ("worked", "too_early") or proving.is_half_left(then.figures, result.figures)
    session.flush()
    return result


def _how_many(session: Session, goal: ImprovementGoal, which: ColumnElement[bool]) -> int:
    asked = select(func.count()).where(ImprovementResult.goal_id == goal.id, which)
    return session.scalar(asked) or 0


def _keep(
    session: Session, improvement: Improvement, goal: ImprovementGoal, again: int, since: date, until: date
) -> ImprovementResult:
    verdict, figures = proving.judge(session, improvement, goal, since, until)
    result = ImprovementResult(
        goal_id=goal.id, again=again, since=since, until=until, verdict=verdict, figures=figures, at=clock.now()
    )
    session.add(result)
    improvement.verdict = verdict
    session.flush()
    if improvement.case_id is not None:
        told = {"verdict": verdict, "again": again, "since": since.isoformat(), "until": until.isoformat()}
        cases.record(session, improvement.case_id, NewEntry("improvement.measured", None, None, told))
    return result
