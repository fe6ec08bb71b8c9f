"""What the demo company's figures look like: is it a company that somebody could believe?

    python -m tests.demo_ratios var/demo

prints them for the company in that home folder.
"""

import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.company.places import Place
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.feedback import Feedback
from engine.complaints.homes.households import Household
from engine.complaints.limits.deadlines import Deadline
from engine.core.settings import Settings
from engine.core.store import Store
from engine.operations import demo

Months = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Limit:
    """How often a limit was missed, of so many that were met or missed."""

    missed: int
    of: int

    @property
    def share(self) -> float:
        """Return the share that was missed."""
        return self.missed / self.of if self.of else 0.0


def homes(session: Session) -> dict[str, int]:
    """Return the number of homes of each community, by its code."""
    asked = select(Place.code, func.count()).join(Household, Household.community_id == Place.id).group_by(Place.code)
    return {str(code): count for code, count in session.execute(asked)}


def per_100_homes(session: Session, until: datetime) -> Months:
    """Return the complaints for 100 homes in each whole month before `until`, by community and month."""
    asked = select(Place.code, Complaint.received_at).join(Place, Place.id == Complaint.community_id)
    counted = Counter((code, f"{at.astimezone(demo.WHERE):%Y-%m}") for code, at in session.execute(asked))
    months = sorted({month for _, month in counted})
    whole = [each for each in months[1:] if each < f"{until.astimezone(demo.WHERE):%Y-%m}"]
    return {
        code: {month: 100 * counted[code, month] / count for month in whole} for code, count in homes(session).items()
    }


def limits(session: Session, now: datetime) -> dict[tuple[str, str], Limit]:
    """Return how often each limit was missed, by its kind and the complaint's urgency."""
    asked = select(Deadline.kind, Complaint.urgency, Deadline.measured_due_at, Deadline.met_at, Deadline.ended_at).join(
        Complaint, Complaint.id == Deadline.complaint_id
    )
    of, missed = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for kind, urgency, due, met, ended in session.execute(asked):
        if met is None and (ended is not None or due > now):
            continue
        of[kind, str(urgency)] += 1
        missed[kind, str(urgency)] += (met or now) > due
    return {each: Limit(missed[each], of[each]) for each in sorted(of)}


def hours_to_answer(session: Session) -> dict[str, float]:
    """Return the median hours until somebody spoke with the resident, by urgency."""
    asked = select(Complaint.urgency, Deadline.started_at, Deadline.met_at).join(
        Complaint, Complaint.id == Deadline.complaint_id
    )
    taken: dict[str, list[float]] = {}
    for urgency, began, met in session.execute(
        asked.where(Deadline.kind == "first_response", Deadline.round == 1, Deadline.met_at.is_not(None))
    ):
        taken.setdefault(str(urgency), []).append((met - began).total_seconds() / 3600)
    return {urgency: sorted(hours)[len(hours) // 2] for urgency, hours in taken.items()}


def scores(session: Session) -> dict[int, int]:
    """Return how often each score was given."""
    asked = select(Feedback.score, func.count()).where(Feedback.score.is_not(None)).group_by(Feedback.score)
    return {int(score): count for score, count in session.execute(asked)}


def forgotten(session: Session, now: datetime) -> list[str]:
    """Return the numbers of complaints that are still open after two months."""
    asked = select(Complaint.number).where(
        Complaint.closed_at.is_(None), Complaint.received_at < now - timedelta(days=60)
    )
    return list(session.scalars(asked))


def at_hours(session: Session, category: str) -> Counter[int]:
    """Return at which hours of the day complaints of a category came in."""
    asked = select(Complaint.received_at).where(Complaint.category == category)
    return Counter(at.astimezone(demo.WHERE).hour for at in session.scalars(asked))


def in_months(session: Session, category: str) -> Counter[int]:
    """Return in which months of the year complaints of a category came in."""
    asked = select(Complaint.received_at).where(Complaint.category == category)
    return Counter(at.astimezone(demo.WHERE).month for at in session.scalars(asked))


def say(session: Session, now: datetime) -> None:
    """Print them."""
    print(session.scalar(select(func.count(Complaint.id))), "complaints;", "homes:", homes(session))
    for code, months in per_100_homes(session, now).items():
        print(code, "per 100 homes:", " ".join(f"{month[2:]} {rate:.1f}" for month, rate in months.items()))
    for (kind, urgency), limit in limits(session, now).items():
        print(f"{kind:15} {urgency:9} missed {limit.missed:4} of {limit.of:5} = {limit.share:.0%}")
    print(
        "median hours to the first answer:", {key: round(value, 1) for key, value in hours_to_answer(session).items()}
    )
    print("open after two months:", forgotten(session, now))
    print("scores:", scores(session))
    print("1001 by hour:", dict(sorted(at_hours(session, "1001").items())))
    for category in ("1008", "1005", "7001"):
        print(category, "by month:", dict(sorted(in_months(session, category).items())))


if __name__ == "__main__":
    with Store(Settings(home=Path(sys.argv[1])).store_url).reading() as _session:
        say(_session, demo.copying.STANDS_AT)
