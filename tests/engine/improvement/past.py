"""Complaints of the weeks up to now, closed and written directly: what improvements of tests count."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.complaints.core.complaint import Complaint
from engine.core import clock


def write(session: Session, community_id: int, each: int, weeks: int, category: str = "1004") -> None:
    """Write `each` complaints a week."""
    first, now = session.scalar(select(func.count()).select_from(Complaint)) or 0, clock.now()
    for number in range(each * weeks):
        at = now - timedelta(weeks=1) * (number + 1) / each
        session.add(
            Complaint(
                number=f"PAST-{first + number}", secret_hash=f"past-{first + number}", community_id=community_id,
                channel="phone", kind="complaint", category=category, text="灯不亮", status="closed",
                outcome="solved", level=0, received_at=at, closed_at=at,
            )
        )  # fmt: skip
