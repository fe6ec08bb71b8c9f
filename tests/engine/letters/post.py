"""What tests of letters share: a way that keeps what it sends, letters, and people who get them."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from engine import letters
from engine.company import people
from engine.core.store import Store
from engine.letters import Letter, Outgoing, Recipient


class Post:
    """A way that keeps what it sends, and refuses as many letters as it is told to."""

    name = "post"

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.refuses = 0

    def reaches(self, to: Recipient) -> bool:
        return True

    def send(self, given: list[Outgoing]) -> dict[str, str]:
        refused = given[: self.refuses]
        self.refuses -= len(refused)
        self.sent += given[len(refused) :]
        return {letter.key: "421 try later" for letter in refused}


def china(text: str) -> datetime:
    """A moment in March 2026, given as day and time in Shanghai: "2 22:00" (the second is a Monday)."""
    day, at = text.split()
    return datetime(2026, 3, int(day), int(at[:2]), int(at[3:]), tzinfo=UTC) - timedelta(hours=8)


def hire(store: Store, login: str) -> int:
    """Add a person without a role: the company's working calendar is theirs."""
    with store.transaction() as session:
        return people.add(session, login, login.title()).id


def put(store: Store, to: int, key: str, template: str = "dispatch", case: int | None = 1, **facts: object) -> None:
    """Put a letter to a member of the staff into the outbox."""
    with store.transaction() as session:
        said = {"number": f"N-{case}", "link": f"https://care.example.test/{case}", **facts}
        assert letters.put(session, key, template, ("person", to), said, case)


def find(store: Store, key: str) -> Letter:
    """The letter with that key."""
    with store.reading() as session:
        return session.scalars(select(Letter).where(Letter.key == key)).one()
