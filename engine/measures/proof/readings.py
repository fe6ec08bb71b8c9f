"""What was counted week by week, at the place of a question and at all others like it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

import numpy
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, and_, case, func, not_, or_, select
from sqlalchemy.orm import Session

from engine.complaints.facts import CallbackFact, CaseFact
from engine.complaints.homes.households import Household
from engine.measures.charts import Kind
from engine.measures.definitions import COUNTED, MEASURES
from engine.measures.proof.question import Question

Weeks = NDArray[numpy.float64]
WEEK = timedelta(weeks=1)
NIGHT = (20, 6)
"""Hours of the night: from, and up to."""


@dataclass(frozen=True, slots=True)
class Readings:
    """Whole weeks from the Monday `since`. The first row of `hits` and `sizes` is the place asked about.

    `hits`: what was counted; `sizes`: out of what, cases for shares, occupied homes for rates (1 where none are known).
    The other rows are other places of the same level that nobody has changed on purpose.
    """

    kind: Kind
    since: date
    hits: Weeks
    sizes: Weeks

    @property
    def weeks(self) -> int:
        """Return how many weeks were read."""
        return int(self.hits.shape[1])

    def at(self, monday: date) -> int:
        """Return the place of a week among those read."""
        return (monday - self.since).days // 7


def read(session: Session, question: Question, since: date, until: date, changed: Collection[int] = ()) -> Readings:
    """Read the weeks from the Monday `since` up to, not including, the Monday `until`; two statements.

    `changed`: communities with an improvement of their own there, which cannot serve for comparison.
    """
    counts = _counts(session, question, since, until)
    homes = _homes(session, question)
    here = (question.community_id, question.building)
    others = sorted(each for each in counts if each != here and each[0] not in changed)
    weeks = (until - since).days // 7
    hits, sizes = numpy.zeros((len(others) + 1, weeks)), numpy.zeros((len(others) + 1, weeks))
    for row, place in enumerate([here, *others]):
        for week, hit, of in counts.get(place, ()):
            hits[row, week], sizes[row, week] = hit, of
        if question.kind == "rate":
            sizes[row, :] = homes.get(place, 1)
    return Readings(question.kind, since, hits, sizes)


def _counts(
    session: Session, question: Question, since: date, until: date
) -> dict[tuple[int, str], list[tuple[int, float, float]]]:
    measure, building = MEASURES[question.measure], bool(question.building)
    kept = and_(measure.of, not_(measure.excluded)) if measure.excluded is not None else measure.of
    hit = func.sum(case((and_(kept, measure.hit), 1), else_=0))
    of = func.sum(case((kept, 1), else_=0))
    day: ColumnElement[date] = measure.day
    places = [CaseFact.community_id, CaseFact.building] if building else [CaseFact.community_id]
    asked = select(*places, day, hit, of).where(COUNTED, CaseFact.past.is_(False), day >= since, day < until)
    if measure.each == "callback":
        asked = asked.join(CallbackFact, CallbackFact.complaint_id == CaseFact.complaint_id)
    if question.category:
        asked = asked.where(CaseFact.category.between(question.category, question.category + "\uffff"))
    if question.hours == "night":
        asked = asked.where(or_(CaseFact.received_hour >= NIGHT[0], CaseFact.received_hour < NIGHT[1]))
    found: dict[tuple[int, str], dict[int, tuple[float, float]]] = {}
    for *place, on, hits, cases in session.execute(asked.group_by(*places, day)):
        key = (int(place[0]), str(place[1] or "") if building else "")
        week = (on - since).days // 7
        known = found.setdefault(key, {}).get(week, (0.0, 0.0))
        found[key][week] = (known[0] + hits, known[1] + cases)
    return {place: [(week, *both) for week, both in weeks.items()] for place, weeks in found.items()}


def _homes(session: Session, question: Question) -> dict[tuple[int, str], int]:
    if question.kind != "rate":
        return {}
    columns = [Household.community_id, Household.building] if question.building else [Household.community_id]
    asked = select(*columns, func.count()).where(Household.retired_at.is_(None)).group_by(*columns)
    return {
        (int(place[0]), str(place[1] or "") if question.building else ""): max(1, homes)
        for *place, homes in session.execute(asked)
    }
