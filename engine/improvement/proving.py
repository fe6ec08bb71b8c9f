"""What `measures.proof` says of an improvement: its baseline, its windows and its verdict, as its rows keep them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.company.places import Place
from engine.improvement.rows import Improvement, ImprovementGoal
from engine.measures import proof
from engine.measures.proof import Question, Readings
from engine.measures.proof.baseline import LEFT_OUT, YEAR
from engine.measures.proof.layout import Layout
from engine.measures.proof.readings import WEEK

HISTORY = YEAR
"""Weeks read before a baseline: what other places did in earlier windows."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A baseline: from which Monday up to, not including, which, and what was counted, as the page draws it."""

    since: date
    until: date
    said: dict[str, Any]


def question(improvement: Improvement, goal: ImprovementGoal) -> Question:
    """Return what a goal asks."""
    hours = "" if goal.hours == "all" else goal.hours
    return Question(
        goal.measure, improvement.community_id, goal.hoped / 100, goal.category, goal.building, hours
    )  # fmt: skip


def baseline(session: Session, improvement: Improvement, goal: ImprovementGoal, until: date) -> Counted:
    """Count what was usual up to a Monday, with the power of each window and what would help."""
    asked = question(improvement, goal)
    readings = _read(session, improvement, goal, until - (YEAR + LEFT_OUT + HISTORY) * WEEK, until)
    usual = proof.baseline.of(asked, readings, readings.weeks)
    places = _places_alike(asked, readings, usual)
    windows = proof.windows.of(asked, usual, places)
    return Counted(
        readings.since + usual.begin * WEEK,
        readings.since + usual.end * WEEK,
        {
            "kind": asked.kind,
            "hit": usual.hit,
            "size": usual.size,
            "spread": usual.spread,
            "points": [[each.count, each.size] for each in usual.points],
            "centre": usual.centre,
            "low": usual.low,
            "high": usual.high,
            "left_out": readings.weeks - usual.end,
            "places": places,
            "windows": [{"weeks": each.weeks, "power": round(each.power, 2)} for each in windows],
            "advice": proof.windows.advice(asked, usual, windows),
        },
    )


def _places_alike(asked: Question, readings: Readings, usual: proof.baseline.Baseline) -> int:
    """Return how many other places had a baseline like this one."""
    weeks = slice(usual.begin, usual.end)
    sizes = readings.hits[:, weeks].sum(1) if asked.kind == "rate" else readings.sizes[:, weeks].sum(1)
    mine, like = sizes[0], proof.judging.LIKE[0]
    return int(((sizes[1:] >= mine / like) & (sizes[1:] <= mine * like)).sum())


def judge(
    session: Session, improvement: Improvement, goal: ImprovementGoal, since: date, until: date
) -> tuple[str, dict[str, Any]]:
    """Return the verdict on the weeks from a Monday up to, not including, another, and the figures behind it."""
    assert goal.baseline_since is not None, "counted when it was planned"
    assert goal.baseline_until is not None, "counted when it was planned"
    first = goal.baseline_since - HISTORY * WEEK
    readings = _read(session, improvement, goal, first, until)
    layout = Layout(*(max(0, readings.at(day)) for day in (goal.baseline_since, goal.baseline_until, since, until)))
    chosen_from = layout.end + int((goal.baseline or {}).get("left_out", 0))
    found = proof.judging.judge(question(improvement, goal), readings, layout, min(chosen_from, layout.change))
    points = [
        [float(hit), float(size)]
        for hit, size in zip(readings.hits[0, layout.begin :], readings.sizes[0, layout.begin :], strict=True)
    ]
    return found.verdict, {
        "ratio": _whole(found.ratio),
        "low": _whole(found.low),
        "high": _whole(found.high),
        "before": found.before,
        "after": found.after,
        "expected": _whole(found.expected),
        "spread": _whole(found.spread),
        "method": found.method,
        "rank": found.rank,
        "placebos": found.placebos,
        "places": found.places,
        "says": list(found.says),
        "weeks_before": layout.end - layout.begin,
        "weeks_after": layout.until - layout.change,
        "points": points,
    }


def _read(session: Session, improvement: Improvement, goal: ImprovementGoal, since: date, until: date) -> Readings:
    changed = select(Improvement.community_id).join(ImprovementGoal, ImprovementGoal.improvement_id == Improvement.id)
    changed = changed.where(Improvement.id != improvement.id, ImprovementGoal.changed_on.is_not(None))
    same = ImprovementGoal.category.in_(("", goal.category)) if goal.category else ImprovementGoal.id.is_not(None)
    elsewhere = set(session.scalars(changed.where(same).distinct()))
    if goal.compared is not None:
        every = session.scalars(select(Place.id).where(Place.kind == "community"))
        elsewhere |= set(every) - set(goal.compared)
    return _known(proof.readings.read(session, question(improvement, goal), since, until, elsewhere))


def _known(readings: Readings) -> Readings:
    """Leave out the weeks before anything was recorded anywhere: they are unknown, not quiet."""
    seen = readings.hits.sum(0) > 0 if readings.kind == "rate" else readings.sizes.sum(0) > 0
    first = int(seen.argmax()) if seen.any() else 0
    return Readings(
        readings.kind, readings.since + timedelta(weeks=first), readings.hits[:, first:], readings.sizes[:, first:]
    )


def _whole(number: float) -> float | None:
    return round(number, 4) if math.isfinite(number) else None


def is_half_left(then: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Return whether at least half of an effect is left, both as logarithms of their ratios."""
    if not then.get("ratio") or not now.get("ratio"):
        return False
    was, left = math.log(then["ratio"]), math.log(now["ratio"])
    return left / was >= 0.5 if was else False
