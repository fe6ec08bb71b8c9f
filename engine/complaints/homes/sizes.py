"""Communities by size: how many homes they have. Figures are cut by it, and lists are narrowed to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.company import places
from engine.complaints.homes.households import Household


@dataclass(frozen=True, slots=True)
class Size:
    """Communities with `least` homes up to, not including, `most`."""

    least: int
    most: int
    zh: str
    en: str

    def said(self, language: str = "zh") -> str:
        """Return it in words of one language."""
        return self.zh if language == "zh" else self.en


SIZES: Mapping[str, Size] = MappingProxyType(
    {
        "small": Size(0, 300, "300 户以下", "Under 300 homes"),
        "middle": Size(300, 1000, "300 至 999 户", "300 to 999 homes"),
        "large": Size(1000, 10**9, "1000 户以上", "1,000 homes and more"),
    }
)
"""Sizes by code (our own figures)."""


def communities_of(session: Session, code: str) -> frozenset[int]:
    """Return the communities of that size; one statement."""
    asked = select(Household.community_id, func.count()).where(Household.retired_at.is_(None))
    homes = {row[0]: row[1] for row in session.execute(asked.group_by(Household.community_id))}
    size = SIZES[code]
    known = places.known_communities(session)
    return frozenset(each.id for each in known if size.least <= homes.get(each.id, 0) < size.most)
