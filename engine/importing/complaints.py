"""Import complaints: each good row becomes at most one complaint, past or with a case."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from engine.complaints import facts
from engine.complaints.core import links, numbers
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.feedback import Feedback
from engine.complaints.homes import addresses
from engine.complaints.homes.households import Household
from engine.complaints.intake import registration
from engine.complaints.intake.registration import Concern, Origin
from engine.complaints.lists import word_index
from engine.core.errors import BihuanError
from engine.core.memo import remembered
from engine.core.store import Store, came_between
from engine.importing import changes, knowing
from engine.importing import row as rows_of
from engine.importing.cells import Reader
from engine.importing.counting import Tally
from engine.importing.faults import not_written, number_taken
from engine.importing.knowing import Community
from engine.importing.row import Row
from engine.importing.table import SHEET_APART, Line

RATED = ("", "solved", "partly_solved", "unsolved")
"""Outcomes that somebody can be content with or not; an unknown one, too."""

BATCH_OPENED = 10
"""Rows per transaction, so that nobody else waits long for the store."""


@dataclass
class Unassigned:
    """The community for rows that name none, cached in a session."""

    community: Community | None = None


@dataclass(slots=True)
class Intake:
    """Imports the rows of one file. Without `store` it only reports what would happen.

    `seen`: row and content by row key; `said`: rows by what they say, and their complaints once written.
    """

    reader: Reader
    tally: Tally
    store: Store | None
    key: bytes
    by_id: int | None
    open_all: bool = False
    import_id: int | None = None
    seen: dict[str, tuple[int, str]] = field(default_factory=dict)
    said: dict[str, int | None] = field(default_factory=dict)

    def take(self, session: Session, lines: Sequence[Line]) -> None:
        """Import a batch of lines: read, compare with the store, write. `session`: only look."""
        good = [row for line in lines if (row := self._read(line)) is not None]
        fresh = self._not_there(session, good)
        again = self._repeats(session, [row for _, row in fresh])
        past = [each for each in fresh if self._is_past(each[1])]
        opened = [each for each in fresh if not self._is_past(each[1])]
        self._write_past(past, again)
        for start in range(0, len(opened), BATCH_OPENED):
            self._write_opened(opened[start : start + BATCH_OPENED], again)

    def _is_past(self, row: Row) -> bool:
        return row.is_past(self.reader.known, open_all=self.open_all)

    # --- reading and comparing

    def _read(self, line: Line) -> tuple[Line, Row] | None:
        self.tally.read += 1
        row = rows_of.read(self.reader, line)
        if isinstance(row, Row):
            return line, row
        self.tally.refuse(line, row)
        return None

    def _not_there(self, session: Session, rows: Sequence[tuple[Line, Row]]) -> list[tuple[Line, Row]]:
        """Return rows that neither occur earlier in the file nor were imported before."""
        fresh: list[tuple[Line, Row]] = []
        for line, row in rows:
            before = self.seen.setdefault(row.imported_as, (row.number, row.words_hash))
            if before[0] == row.number:
                fresh.append((line, row))
            elif before[1] == row.words_hash:
                self.tally.there += 1
                self.tally.notes[_TWICE] += 1
            else:
                self.tally.refuse(line, [number_taken(row.number, row.reference, before[0] % SHEET_APART)])
        asked = select(Complaint.imported_as).where(Complaint.imported_as.in_([row.imported_as for _, row in fresh]))
        there = set(session.scalars(asked))
        self.tally.there += len(there)
        return [each for each in fresh if each[1].imported_as not in there]

    def _repeats(self, session: Session, rows: Sequence[Row]) -> set[int]:
        """Return the numbers of rows that repeat an earlier one, in this file or one before."""
        unknown = [row.words_hash for row in rows if row.words_hash not in self.said]
        asked = select(Complaint.words_hash, func.min(Complaint.id)).where(Complaint.words_hash.in_(unknown))
        for said, first in session.execute(asked.group_by(Complaint.words_hash)):
            self.said[str(said)] = first
        found: set[int] = set()
        for row in rows:
            if row.words_hash in self.said:
                found.add(row.number)
            else:
                self.said[row.words_hash] = None
        return found

    # --- writing

    def _write_past(self, rows: Sequence[tuple[Line, Row]], again: set[int]) -> None:
        if self.store is not None and rows:
            self._write_several(rows, again)
            return
        self._count("past", [row for _, row in rows], again)

    def _write_several(self, rows: Sequence[tuple[Line, Row]], again: set[int]) -> None:
        """Write all at once; should the store refuse one, write each by itself, so that only that one is left out."""
        assert self.store is not None
        every = [row for _, row in rows]
        try:
            written = self.store.attempt(lambda session: self._insert(session, _but_there(session, every), again))
        except (DBAPIError, BihuanError) as refused:
            if isinstance(refused, DBAPIError) and came_between(refused):
                raise
            if len(rows) == 1:
                self.tally.refuse(rows[0][0], [not_written(rows[0][1].number, refused)])
                return
            for each in rows:
                self._write_several([each], again)
            return
        said = [row for row in every if row.imported_as in written]
        self.tally.there += len(every) - len(said)
        self._remember(said, written)
        self._count("past", said, again)

    def _insert(self, session: Session, rows: Sequence[Row], again: set[int]) -> dict[str, int]:
        """Insert rows as past; return ids by row key. Originals are written before repeats, which point to them."""
        homes = self._homes(session, rows)
        codes = self._numbers(session, rows)
        first = [row for row in rows if row.number not in again]
        later = [row for row in rows if row.number in again]
        ids: dict[str, int] = {}
        for some in (first, later):
            if some:
                said = {
                    **self.said,
                    **{row.words_hash: ids[row.imported_as] for row in first if row.imported_as in ids},
                }
                session.execute(insert(Complaint), [self._past(session, row, codes, homes, said) for row in some])
                ids |= self._ids(session, some)
        word_index.refresh(session, sorted(ids.values()))
        changes.note(session, self.import_id, changes.added("complaint", list(ids.values()), "past"))
        scored = [row for row in rows if row.score is not None and row.outcome in RATED]
        if scored:
            session.execute(insert(Feedback), [_feedback(row, ids[row.imported_as]) for row in scored])
        facts.derive(session, dict.fromkeys(ids.values(), facts.ALL))
        return ids

    def _ids(self, session: Session, rows: Sequence[Row]) -> dict[str, int]:
        asked = select(Complaint.imported_as, Complaint.id).where(
            Complaint.imported_as.in_([row.imported_as for row in rows])
        )
        return {str(named): found for named, found in session.execute(asked)}

    def _past(
        self,
        session: Session,
        row: Row,
        codes: dict[int, str],
        homes: dict[tuple[int, str], int],
        said: dict[str, int | None],
    ) -> dict[str, Any]:
        community = self._community(session, row)
        secret = links.secret(self.key, codes[row.number])
        return {
            **_told(row),
            "number": codes[row.number],
            "secret_hash": links.hash_of(secret),
            "community_id": community.id,
            "household_id": homes.get((community.id or 0, addresses.key(row.home))) if row.home else None,
            "phone_hash": links.phone_hash(self.key, row.phone),
            "anonymous": not row.phone,
            "received_at": row.received_at,
            "past": True,
            "imported_as": row.imported_as,
            "words_hash": row.words_hash,
            "repeat_of_id": said.get(row.words_hash),
            "registered_by_id": self.by_id,
            "status": "closed",
            "outcome": row.outcome or "unknown",
            "closed_at": row.closed_at,
            "department": row.department,
            "urgency": row.urgency,
        }

    def _numbers(self, session: Session, rows: Sequence[Row]) -> dict[int, str]:
        """Return a number for each row, of its day of receipt."""
        days: dict[tuple[str, Any], list[int]] = {}
        for row in rows:
            day = row.received_at.astimezone(self.reader.known.zone).date()
            days.setdefault((row.community.code.upper(), day), []).append(row.number)
        found: dict[int, str] = {}
        for (prefix, day), asked in sorted(days.items()):
            found |= dict(zip(asked, numbers.take_several(session, prefix, day, len(asked)), strict=True))
        return found

    def _homes(self, session: Session, rows: Sequence[Row]) -> dict[tuple[int, str], int]:
        """Return households by community and place key, of the homes that these rows name."""
        wanted = {addresses.key(row.home) for row in rows if row.home} - {""}
        places = {row.community.id for row in rows if row.home and row.community.id is not None}
        if not wanted or not places:
            return {}
        asked = select(Household.community_id, Household.place_key, Household.id)
        there = session.execute(asked.where(Household.community_id.in_(places), Household.place_key.in_(wanted)))
        return {(community, key): found for community, key, found in there}

    def _community(self, session: Session, row: Row) -> Community:
        """Return the row's community, created if it is the one for rows that name none."""
        if row.community.id is not None:
            return row.community
        kept = remembered(session, Unassigned)
        if kept.community is None:
            kept.community = knowing.unassigned(session)
        return kept.community

    def _write_opened(self, rows: Sequence[tuple[Line, Row]], again: set[int]) -> None:
        if self.store is None:
            self._count("opened", [row for _, row in rows], again)
            return
        refused: dict[int, Exception] = {}

        def work(session: Session) -> dict[str, int]:
            refused.clear()
            return self._register(session, _but_there(session, [row for _, row in rows]), refused)

        written = self.store.attempt(work)
        for line, row in rows:
            if row.number in refused:
                self.tally.refuse(line, [not_written(row.number, refused[row.number])])
        good = [row for _, row in rows if row.imported_as in written]
        self.tally.there += len(rows) - len(good) - len(refused)
        self._remember(good, written)
        self._count("opened", good, again)

    def _register(self, session: Session, rows: Sequence[Row], refused: dict[int, Exception]) -> dict[str, int]:
        """Start a case for each row, each in its own savepoint."""
        homes, written, said = self._homes(session, rows), dict[str, int](), dict(self.said)
        for row in rows:
            self._community(session, row)  # before the savepoint: the next row needs it too
            try:
                with session.begin_nested():
                    complaint = self._open(session, row, homes, said.get(row.words_hash))
            except (BihuanError, DBAPIError) as problem:
                if isinstance(problem, DBAPIError) and came_between(problem):
                    raise
                refused[row.number] = problem
                continue
            written[row.imported_as] = complaint.id
            said[row.words_hash] = said.get(row.words_hash) or complaint.id
        changes.note(session, self.import_id, changes.added("complaint", list(written.values()), "opened"))
        return written

    def _open(self, session: Session, row: Row, homes: dict[tuple[int, str], int], first: int | None) -> Complaint:
        """Open a complaint: its limits run from now, its past is told with its own dates. The desk handled it
        elsewhere."""
        community = self._community(session, row)
        assert community.id is not None
        told = _told(row)
        concern = Concern(
            community_id=community.id,
            household_id=homes.get((community.id, addresses.key(row.home))) if row.home else None,
            anonymous=not row.phone,
            origin=Origin(row.imported_as, row.words_hash, first),
            variables={"taken_by_desk": True},
            **{**told, "happened_at": row.happened_at or row.received_at},
        )
        return registration.register(session, concern, key=self.key).complaint

    # --- counting

    def _remember(self, rows: Iterable[Row], written: dict[str, int]) -> None:
        for row in rows:
            if row.imported_as in written:
                self.said[row.words_hash] = self.said.get(row.words_hash) or written[row.imported_as]

    def _count(self, how: str, rows: Sequence[Row], again: set[int]) -> None:
        self.tally.taken[how] += len(rows)
        self.tally.repeats += sum(row.number in again for row in rows)


def _but_there(session: Session, rows: Sequence[Row]) -> list[Row]:
    """Return the rows without those that somebody importing the same file has just added."""
    asked = select(Complaint.imported_as).where(Complaint.imported_as.in_([row.imported_as for row in rows]))
    there = set(session.scalars(asked))
    return [row for row in rows if row.imported_as not in there]


_TWICE = (
    "有的行在文件里出现了两次，只导入了第一次。",
    "Some rows occur twice in the file; only the first one was imported.",
)


def _told(row: Row) -> dict[str, Any]:
    return {
        "text": row.text,
        "category": row.category,
        "kind": row.kind,
        "channel": row.channel,
        "person_name": row.person_name,
        "phone": row.phone,
        "place_text": row.place_text,
        "wish": row.wish,
        "happened_at": row.happened_at,
        "reference": row.reference,
        "past_answer": row.answer,
        "past_answered_at": row.answered_at,
    }


def _feedback(row: Row, complaint_id: int) -> dict[str, Any]:
    at = row.closed_at or row.received_at
    return {"complaint_id": complaint_id, "round": 1, "at": at, "outcome": row.outcome or "unknown", "score": row.score}
