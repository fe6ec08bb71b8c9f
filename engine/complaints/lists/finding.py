"""Search complaints by words for one person: names and phones match only where that person may see them."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import Session

from engine.company import permissions
from engine.company.people import Person
from engine.company.permissions import Reach
from engine.complaints.core import access
from engine.complaints.lists import word_index

ACT = "complaint.see_phone"
"""People who may not see phones see no full names and search by neither: searching would reveal them."""


def matching(
    session: Session,
    person: Person,
    words: str,
    *,
    key: bytes,
    communities: Sequence[int] | None = None,
    is_open: bool | None = None,
    category: str = "",
) -> ColumnElement[bool]:
    """Return a condition on `Complaint`: it contains the words, as far as `person` may know of them."""

    def found(key: bytes | None, *, discreet: bool) -> ColumnElement[bool]:
        return word_index.matching(
            session, words, key=key, communities=communities, is_open=is_open, category=category, discreet=discreet
        )

    seen, known = (permissions.reach(session, person, act) for act in ("complaint.see", ACT))
    if _as_wide(known, seen):
        return found(key, discreet=False)
    plain = found(None, discreet=True)
    return or_(plain, and_(found(key, discreet=False), access.within(session, person, ACT))) if known else plain


def _as_wide(one: Reach, other: Reach) -> bool:
    """Return whether `one` reaches all that `other` does."""
    return one.everything or (not other.everything and one.ids >= other.ids and one.own >= other.own)
