"""A past for figures: facts copied from one real complaint, written directly."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select

from engine.complaints.core.complaint import Complaint
from engine.complaints.facts import CaseFact
from engine.core import clock
from engine.core.store import Store


def today() -> date:
    return (clock.now() + timedelta(hours=8)).date()


def many(
    store: Store, weeks: int = 30, each: int = 40, slow: int = 4, more: Callable[[int], dict[str, Any]] = lambda _: {}
) -> None:
    """A past half year: so many complaints a week, `slow` of them not answered in a day; `more`: columns of each."""
    with store.transaction() as session:
        told, fact = session.scalars(select(Complaint)).one(), session.scalars(select(CaseFact)).one()
        both: list[list[dict[str, Any]]] = [[], []]
        for number in range(weeks * each):
            late, day = number % each < slow, today() - timedelta(weeks=number // each + 1)
            own = {
                "id": 1000 + number,
                "number": f"X{number}",
                "secret_hash": f"x{number}",
                "case_id": None,
                "sent_as": None,
            }
            known = {
                "complaint_id": 1000 + number,
                "received_day": day,
                "first_response_seconds": 90_000 if late else 3_600,
            }
            for rows, row, changed in zip(both, (told, fact), (own, known | more(number)), strict=True):
                rows.append({name.key: getattr(row, name.key) for name in type(row).__mapper__.column_attrs} | changed)
        session.execute(insert(Complaint), both[0])
        session.execute(insert(CaseFact), both[1])
