"""The callback of an ordinary complaint: when it is made, whether anybody answers, and what they say."""

from datetime import datetime, timedelta
from typing import Any

from engine.operations.demo.plotted import Plotted
from engine.operations.demo.timeline import Story

IN_TIME, SLOW, AGAIN = (56, 28, 11, 3, 2), (28, 32, 25, 9, 6), (38, 42, 17, 2, 1)
"""Weights of the scores from 5 down to 1: of a complaint that went well, of one that took long, of one that was opened
again and is solved now."""

UNHAPPY = ("来得太慢", "说好的时间没来", "要催才有人管")

FULL_OF_PRAISE = "caller3"
"""A caller who writes down 5, whatever is said: for an auditor to find."""

IN_A_ROW = ("JNF", 5, 7)
"""A community whose callbacks of May to July were written down together on Friday evenings: the same."""


def call(told: Plotted) -> Story:
    """Somebody calls, now or days later."""
    if told.calls == 0 and told.dice.random() < 0.13:
        yield told.after(80, 0.3)
    elif _in_a_row(told):
        yield told.until(_friday_evening(told))
    else:
        yield told.after(0.4)
    told.calls += 1
    by = FULL_OF_PRAISE if not told.plot.site.west and told.plot.seed % 5 == 0 else "caller"
    if told.plot.end == "unreached" or (told.calls == 1 and told.dice.random() < 0.15):
        told.m.do(by, "call_resident", call_result="no_answer")
        return
    told.m.do(by, "call_resident", call_result="reached", **_said(told, by))


def score(told: Plotted) -> int:
    """Return how content a resident is whose problem is solved."""
    slow = told.plot.pace > 1.5 or told.plot.end in ("late", "overdue", "paused_late")
    weights = AGAIN if told.told > 1 else SLOW if slow else IN_TIME
    return told.dice.choices((5, 4, 3, 2, 1), weights)[0]


def _said(told: Plotted, by: str) -> dict[str, Any]:
    if told.plot.end == "reopened" and told.told == 1:
        given = told.dice.choice((1, 2, 2, 3))
        reason = told.dice.choice(("没两天又坏了", "根本没解决", "只是嘴上说说，现场没变化"))
        return {"outcome": "unsolved", "reason": reason, **_points(told, given)}
    if told.plot.end == "partly":
        return {"outcome": "partly_solved", **_points(told, told.dice.choice((4, 3, 3, 3, 2)))}
    if by == FULL_OF_PRAISE:
        return {"outcome": "solved", "score": 5, "speed": 5, "attitude": 5, "result": 5}
    return {"outcome": "solved", **_points(told, score(told))}


def _points(told: Plotted, given: int) -> dict[str, Any]:
    """Return a score with its parts; below 3, the reason."""
    speed, attitude = max(1, given - (told.plot.pace > 1)), min(5, given + told.dice.choice((0, 1)))
    why = {"reason": told.dice.choice(UNHAPPY)} if given < 3 else {}
    return {**why, "score": given, "speed": speed, "attitude": attitude, "result": given}


def _in_a_row(told: Plotted) -> bool:
    code, first, last = IN_A_ROW
    return told.plot.site.code == code and first <= told.m.here().month <= last and told.dice.random() < 0.4


def _friday_evening(told: Plotted) -> datetime:
    here = told.m.here()
    day = here + timedelta(days=(4 - here.weekday()) % 7)
    at = day.replace(hour=17, minute=52, second=told.dice.randrange(50))
    return at if at > here else at + timedelta(days=7)
