"""What shall move in a round: chosen, its baseline counted, how long it takes to know, and from when the change counts."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework import cases
from engine.company import calendars, permissions, places
from engine.company.people import Person
from engine.company.places import KnownPlace
from engine.complaints.core import categories
from engine.core import clock
from engine.core.errors import Conflict, Invalid
from engine.history import NewEntry
from engine.improvement import proving, queries
from engine.improvement.rows import Improvement, ImprovementGoal
from engine.improvement.words import GOALS, HOURS
from engine.measures.definitions import MEASURES

WEEK = timedelta(weeks=1)
MORNING = time(9)
"""Checks are due at nine on the day that their figures are known."""

BACK = "back"
"""Answer to the window that goes back to choosing what shall move (`plan_ok`)."""

WORK = "improvement.work"

HOPED = range(5, 96)
"""Percent for the better that a goal can hope for."""


def of(session: Session, improvement: Improvement) -> ImprovementGoal | None:
    """Return the goal of the present round."""
    asked = select(ImprovementGoal).where(
        ImprovementGoal.improvement_id == improvement.id, ImprovementGoal.round == improvement.round
    )
    return session.scalar(asked)


def choose(session: Session, improvement: Improvement, said: Mapping[str, object]) -> ImprovementGoal:
    """Write what was chosen for this round: a measure, what narrows it, and by how much better is hoped for.

    Raises `Invalid` naming the fields of the form.
    """
    measure, category = str(said.get("measure") or ""), str(said.get("goal_category") or "")
    hours, hoped = str(said.get("goal_hours") or "all"), str(said.get("hoped") or "")
    choice = ("请从列表中选择。", "Please choose from the list.")
    wrong = {}
    if measure not in GOALS:
        wrong["measure"] = choice
    if category and category not in categories.known(session):
        wrong["goal_category"] = choice
    if hours not in HOURS:
        wrong["goal_hours"] = choice
    if not hoped.isdecimal() or int(hoped) not in HOPED:
        wrong["hoped"] = choice
    if wrong:
        raise Invalid(wrong)
    goal = of(session, improvement) or ImprovementGoal(improvement_id=improvement.id, round=improvement.round)
    goal.measure, goal.category, goal.hours, goal.hoped = measure, category, hours, int(hoped)
    goal.building = str(said.get("goal_building") or "")
    goal.baseline = goal.baseline_since = goal.baseline_until = goal.weeks = goal.power = None
    session.add(goal)
    session.flush()
    return goal


def count_baseline(session: Session, improvement: Improvement, goal: ImprovementGoal) -> None:
    """Count what was usual before, up to the last week whose figures are known, and what each window could tell."""
    until = this_week(session, improvement) - measured_after(goal)
    counted = proving.baseline(session, improvement, goal, until - timedelta(days=until.weekday()))
    goal.baseline_since, goal.baseline_until, goal.baseline = counted.since, counted.until, counted.said
    session.flush()


def compare_with(session: Session, improvement: Improvement, community_ids: Collection[int], *, by: Person) -> None:
    """Choose the communities to compare with, since nothing will change there; none: all others. Counts anew.

    Only until a window is agreed: its power follows from them, and nobody chooses after looking. Raises `Conflict`,
    `Invalid`, `NotPermitted`.
    """
    if not session.scalar(select(queries.within(session, by, WORK)).where(Improvement.id == improvement.id)):
        raise permissions.refusal(WORK)
    if improvement.case_id is not None:
        cases.lock(session, improvement.case_id)  # nobody agrees a window meanwhile
    goal = of(session, improvement)
    if goal is None or goal.weeks is not None or improvement.ended_at is not None:
        raise Conflict(
            zh="选好指标之后、定下观察期之前才能选和哪里比。",
            en="What to compare with is chosen after the measure and before the window is agreed.",
        )
    if not set(community_ids) <= {each.id for each in comparable(session, improvement, goal)}:
        raise Invalid({"community": ("请从列表中选择。", "Please choose from the list.")})
    goal.compared = sorted(set(community_ids)) or None
    if goal.baseline is not None:
        count_baseline(session, improvement, goal)
    if improvement.case_id is not None:
        told = {"improvement": improvement.number, "communities": goal.compared or []}
        cases.record(session, improvement.case_id, NewEntry("improvement.compared", by.id, None, told))
    session.flush()


def comparable(session: Session, improvement: Improvement, goal: ImprovementGoal) -> list[KnownPlace]:
    """Return the communities that a goal can be compared with: its own only for other buildings of it."""
    return [
        each
        for each in places.known_communities(session)
        if each.code != places.UNASSIGNED and (goal.building or each.id != improvement.community_id)
    ]


def agree(session: Session, improvement: Improvement, said: Mapping[str, object]) -> None:
    """Take the window that was chosen, with the power that it was promised to have. Raises `Invalid`."""
    if said.get("plan_ok") == BACK:
        return
    goal, window = of(session, improvement), str(said.get("window") or "")
    windows = {str(each["weeks"]): each["power"] for each in (goal.baseline or {}).get("windows", [])} if goal else {}
    if goal is None or window not in windows:
        raise Invalid({"window": ("请从列表中选择。", "Please choose from the list.")})
    goal.weeks, goal.power = int(window), windows[window]


def start_counting(session: Session, improvement: Improvement, goal: ImprovementGoal) -> None:
    """Say from which Monday the change counts (the next one), and when its effect can be known."""
    goal.changed_on = this_week(session, improvement) + WEEK
    _plan_check(improvement, goal)
    session.flush()


def measure_longer(session: Session, improvement: Improvement, goal: ImprovementGoal) -> None:
    """Give a goal whose verdict was too early the same window once more."""
    assert goal.weeks is not None, "a window was agreed"
    goal.weeks *= 2
    _plan_check(improvement, goal)
    session.flush()


def _plan_check(improvement: Improvement, goal: ImprovementGoal) -> None:
    assert goal.changed_on is not None, "counting has begun"
    assert goal.weeks is not None, "a window was agreed"
    goal.check_on = improvement.check_on = known_on(goal, goal.changed_on + goal.weeks * WEEK)


def known_on(goal: ImprovementGoal, until: date) -> date:
    """Return the day on which the figures up to a day are known: some measures need time after it."""
    return until + measured_after(goal)


def measured_after(goal: ImprovementGoal) -> timedelta:
    """Return how long after a day its figure is known, in whole days."""
    waits = MEASURES[goal.measure].matures
    return timedelta(days=-(-waits // timedelta(days=1)))


def this_week(session: Session, improvement: Improvement) -> date:
    """Return the Monday of the present week where the improvement is."""
    today = clock.now().astimezone(calendars.of(session, improvement.community_id).zone).date()
    return today - timedelta(days=today.weekday())


def morning_of(session: Session, improvement: Improvement, day: date) -> datetime:
    """Return the moment at which a check of that day begins."""
    return datetime.combine(day, MORNING, calendars.of(session, improvement.community_id).zone)
