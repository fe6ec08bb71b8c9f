"""What the company wants of its figures; set with the thresholds."""

from sqlalchemy.orm import Session

from engine.complaints.limits import thresholds
from engine.measures.measure import Measure


def of(session: Session, measure: Measure) -> float | None:
    """Return the share that the company wants, None where it wants nothing."""
    percent = thresholds.of(session)[measure.target] if measure.target else 0
    return percent / 100 if percent else None
