"""Communities by size: how many homes they have. Figures are cut by it, and lists are narrowed to it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.company import places
from engine.complaints.homes.households import Household
from engine.complaints.limits import thresholds

CODES = ("small", "middle", "large")


@dataclass(frozen=True, slots=True)
class Size:
    """Communities with `least` homes up to, not including, `most` (None: and more)."""

    least: int
    most: int | None

    def said(self, language: str = "zh") -> str:
        """Return it in words of one language."""
        if self.most is None:
            return f"{self.least} 户以上" if language == "zh" else f"{self.least:,} homes and more"
        if self.least == 0:
            return f"{self.most} 户以下" if language == "zh" else f"Under {self.most:,} homes"
        last = self.most - 1
        return f"{self.least} 至 {last} 户" if language == "zh" else f"{self.least:,} to {last:,} homes"


def of(session: Session) -> Mapping[str, Size]:
    """Return the sizes by code, with the bounds that the company sets."""
    known = thresholds.of(session)
    middle, large = known["homes_middle"], known["homes_large"]
    return {"small": Size(0, middle), "middle": Size(middle, large), "large": Size(large, None)}


def communities_of(session: Session, code: str) -> frozenset[int]:
    """Return the communities of that size; one statement."""
    asked = select(Household.community_id, func.count()).where(Household.retired_at.is_(None))
    homes = {row[0]: row[1] for row in session.execute(asked.group_by(Household.community_id))}
    size, known = of(session)[code], places.known_communities(session)
    return frozenset(
        each.id
        for each in known
        if size.least <= homes.get(each.id, 0) and (size.most is None or homes.get(each.id, 0) < size.most)
    )
