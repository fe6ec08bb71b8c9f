"""All measures, each as conditions on facts; their words are in `wording`.

Sources: response within 24 hours, closed loop and second complaints are the three of the PSI index; the others follow
ISO 10002. Only complaints count (`COUNTED`): repairs, enquiries, suggestions and praise would distort every figure.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import and_, func, not_, or_, true

from engine.complaints.facts import DAY, SECOND_WITHIN, CallbackFact
from engine.complaints.facts import CaseFact as Fact
from engine.measures.measure import Measure
from engine.measures.wording import SAID

COUNTED = Fact.kind == "complaint"

NOT_HANDLED = ("withdrawn", "merged", "passed_on", "enquiry_answered", "unknown")
"""Outcomes without handling: nobody had to solve anything."""

GOOD = 4
"""A score from here on says satisfied."""

ENDS = timedelta(days=30)
"""So long after receipt nearly all complaints have ended (our own figure)."""

SETTLES = timedelta(days=7)
"""So long after receipt nearly all complaints have found their department (our own figure)."""

_in_a_day = int(DAY.total_seconds())
_outcome = func.coalesce(Fact.outcome, "")
_not_handled = _outcome.in_(NOT_HANDLED)
_not_called = not_(Fact.owes_callback) & Fact.closed_day.is_not(None)
_scored = Fact.last_score.is_not(None)
_received, _closed, _answered, _over = Fact.received_day, Fact.closed_day, Fact.answered_day, Fact.loop_day


def _measure(code: str, **how: Any) -> Measure:
    said = SAID[code]
    how = {"version": 1, "of": true(), "unit": "share", **how}
    return Measure(code=code, name=said.name, meaning=said.meaning, why_excluded=said.why_excluded, **how)


def _limit(code: str, kind: str, *, missed: bool = True, **how: Any) -> Measure:
    day, kept = getattr(Fact, f"{kind}_day"), getattr(Fact, f"{kind}_kept")
    hit = kept.is_(False) if missed else kept.is_(True)
    return _measure(code, better="less" if missed else "more", day=day, hit=hit, excluded=kept.is_(None), **how)


MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        each.code: each
        for each in (
            _measure(
                "response",
                better="more",
                day=_received,
                hit=func.coalesce(Fact.first_response_seconds, _in_a_day + 1) <= _in_a_day,
                excluded=and_(
                    Fact.first_response_seconds.is_(None),
                    _not_handled,
                    func.coalesce(Fact.open_seconds, _in_a_day + 1) <= _in_a_day,
                ),
                matures=DAY,
                target="target_response",
            ),
            _measure("loop", better="more", day=_over, hit=Fact.loop_closed, target="target_loop"),
            _measure(
                "loop_handled",
                better="more",
                day=_over,
                hit=Fact.loop_closed,
                excluded=_not_called,
                target="target_loop",
            ),
            _measure(
                "second_home",
                better="less",
                day=_closed,
                hit=Fact.again_home,
                matures=SECOND_WITHIN,
                target="target_second",
            ),
            _measure(
                "second_place",
                better="less",
                day=_closed,
                hit=Fact.again_place,
                matures=SECOND_WITHIN,
                target="target_second",
            ),
            _measure(
                "solved",
                better="more",
                day=_answered,
                hit=func.coalesce(Fact.last_outcome, "") == "solved",
                target="target_solved",
            ),
            _measure(
                "satisfied",
                better="more",
                day=_answered,
                of=_scored,
                hit=func.coalesce(Fact.last_score, 0) >= GOOD,
                target="target_satisfied",
                past=True,
            ),
            _measure(
                "satisfied_every",
                better="more",
                day=CallbackFact.day,
                of=CallbackFact.score.is_not(None),
                hit=func.coalesce(CallbackFact.score, 0) >= GOOD,
                target="target_satisfied",
                past=True,
                each="callback",
            ),
            _measure("score", unit="points", better="more", day=_answered, of=_scored, hit=Fact.last_score, past=True),
            _measure("coverage", better="more", day=_closed, hit=Fact.reached, excluded=not_(Fact.owes_callback)),
            _limit("in_time", "due", missed=False, target="target_in_time"),
            _measure("escalated", better="less", day=_received, hit=or_(Fact.supervised, Fact.level > 0), matures=ENDS),
            _measure("returned", better="less", day=_received, hit=Fact.returns > 0, matures=SETTLES),
            _measure("unfounded", better="", day=_received, hit=_outcome == "unfounded", matures=ENDS),
            _measure(
                "dispatched_once",
                better="more",
                day=_received,
                of=Fact.dispatched,
                hit=and_(Fact.returns == 0, Fact.reassigned == 0),
                matures=SETTLES,
            ),
            _measure("per_homes", unit="per_100_homes", better="less", day=_received, hit=true(), past=True),
            _measure(
                "paused", unit="time", better="less", day=_closed, hit=Fact.paused_seconds, size=Fact.open_seconds
            ),
            _limit("missed_acknowledge", "acknowledge"),
            _limit("missed_first_response", "first_response"),
            _limit("missed_plan", "plan"),
            _limit("missed_resolve", "due"),
            _limit("missed_callback", "callback"),
            _measure(
                "cost_planned",
                unit="yuan",
                better="less",
                day=_closed,
                hit=Fact.planned_cost,
                excluded=Fact.planned_cost.is_(None),
            ),
            _measure(
                "cost_actual",
                unit="yuan",
                better="less",
                day=_closed,
                hit=Fact.actual_cost,
                excluded=Fact.actual_cost.is_(None),
            ),
        )
    }
)
