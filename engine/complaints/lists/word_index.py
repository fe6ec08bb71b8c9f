"""Search a million complaints by words, including two-character Chinese words, alike on both stores.

Each complaint has a row of tokens: pairs of neighbouring Chinese characters, other words whole, and marks for
community, category, state and phone. The store keeps an index of these rows: FTS5 on SQLite (by triggers), GIN over a
tsvector on PostgreSQL. Rows are written in the complaint's transaction when its words change.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import (
    DDL,
    ColumnElement,
    Connection,
    ForeignKey,
    Select,
    Text,
    and_,
    bindparam,
    event,
    exists,
    false,
    func,
    inspect,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.complaints.core import links
from engine.complaints.core.categories import Category
from engine.complaints.core.complaint import Complaint
from engine.complaints.homes.households import Household
from engine.core import phones
from engine.core.memo import remembered
from engine.core.store import Base, table_of
from engine.core.words import kept

MOST_HITS = 1_000
"""Only this many of the newest matches are examined, so that a common word costs no more than a rare one."""

MOST_WORDS = 5
LONGEST_WORD = 40
LONGEST_TEXT = 5_000
BATCH = 1_000

OPEN, CLOSED, COMMUNITY, CATEGORY, PHONE = "\ue000o", "\ue000x", "\ue001", "\ue002", "\ue003"
"""Marks are made of characters that nobody can type."""

TYPED_PHONE = re.compile(r"[+(]?[0-9][0-9 ()-]{5,24}")
TYPED_NUMBER = re.compile(r"[\w-]{1,40}-[0-9]{6,8}-[0-9]{3,8}")
IDEOGRAPHS = "\u3041-\u3096\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\U00020000-\U0003134f"
LETTERS = "0-9a-zà-öø-žа-џ"
RUNS = re.compile(f"[{IDEOGRAPHS}{LETTERS}]+")
DIGITS = re.compile(r"[0-9]{4}")
"""This many digits in a row may be a part of a phone number."""

PIECES = re.compile(f"([{IDEOGRAPHS}]+)|([{LETTERS}]+)")


class ComplaintWords(Base):
    """The tokens of a complaint, separated by single blanks. Personal, like the complaint."""

    __tablename__ = "complaint_words"

    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"), primary_key=True, autoincrement=False)
    words: Mapped[str] = mapped_column(Text)


SQLITE = (
    "create virtual table complaint_index using fts5(words, content='complaint_words', content_rowid='complaint_id', "
    "detail=none, columnsize=0, prefix='1', tokenize='unicode61 remove_diacritics 0')",
    "create trigger complaint_index_added after insert on complaint_words begin "
    "insert into complaint_index (rowid, words) values (new.complaint_id, new.words); end",
    "create trigger complaint_index_changed after update on complaint_words begin "
    "insert into complaint_index (complaint_index, rowid, words) values ('delete', old.complaint_id, old.words); "
    "insert into complaint_index (rowid, words) values (new.complaint_id, new.words); end",
    "create trigger complaint_index_removed after delete on complaint_words begin "
    "insert into complaint_index (complaint_index, rowid, words) values ('delete', old.complaint_id, old.words); end",
)
POSTGRESQL = (
    "create index complaint_index on complaint_words using gin (array_to_tsvector(string_to_array(words, ' ')))",
)
_words = table_of(ComplaintWords)
for _name, _statements in (("sqlite", SQLITE), ("postgresql", POSTGRESQL)):
    for _statement in _statements:
        event.listen(_words, "after_create", DDL(_statement).execute_if(dialect=_name))  # type: ignore[no-untyped-call]
event.listen(_words, "before_drop", DDL("drop table if exists complaint_index").execute_if(dialect="sqlite"))  # type: ignore[no-untyped-call]


# ---- tokens ------------------------------------------------------------------------------------------------------


class Worded(Protocol):
    """What tokens are made from: a complaint, or a row with these columns."""

    id: Any
    number: Any
    reference: Any
    community_id: Any
    category: Any
    phone_hash: Any
    person_name: Any
    place_text: Any
    text: Any
    wish: Any
    closed_at: Any
    past: Any


COLUMNS = (
    "id", "number", "reference", "community_id", "category", "phone_hash", "person_name", "place_text", "text", "wish",
    "closed_at", "past",
)  # fmt: skip
CHANGING = (*COLUMNS[1:], "household_id")


def tokens(written: str) -> list[str]:
    """Return the tokens of a text, each once: character pairs and the last one alone, words and numbers whole."""
    found: dict[str, None] = {}
    for together, word in PIECES.findall(_plain(kept(written[:LONGEST_TEXT]))):
        if word:
            found[word[:LONGEST_WORD]] = None
            continue
        found.update(dict.fromkeys(pairs(together)))
        found[together[-1]] = None
    return list(found)


def pairs(together: str) -> list[str]:
    """Return neighbouring characters in pairs."""
    return [together[start : start + 2] for start in range(len(together) - 1)]


def _plain(written: str) -> str:
    return unicodedata.normalize("NFKC", written).lower()


def words_of(complaint: Worded, household: str | None) -> str:
    """Return a complaint's row of tokens; `household`: the label of its home."""
    marks = [
        OPEN if complaint.closed_at is None and not complaint.past else CLOSED,
        f"{COMMUNITY}{complaint.community_id}",
        f"{CATEGORY}{complaint.category[:2].lower()}",
        f"{CATEGORY}{complaint.category.lower()}",
        *([f"{PHONE}{complaint.phone_hash[:16]}"] if complaint.phone_hash else []),
    ]
    number = "".join(RUNS.findall(_plain(complaint.number)))
    said = " ".join(
        each
        for each in (complaint.number, complaint.reference, complaint.person_name, household, complaint.place_text)
        if each
    )
    found = dict.fromkeys([*marks, number, *tokens(said), *tokens(complaint.text), *tokens(complaint.wish)])
    return " ".join(found)


# ---- keeping it --------------------------------------------------------------------------------------------------

_write = text(
    "insert into complaint_words (complaint_id, words) values (:complaint_id, :words) "
    "on conflict (complaint_id) do update set words = excluded.words where complaint_words.words <> excluded.words"
)
_label = select(Household.label).where(Household.id == bindparam("household"))
_rows = select(*(getattr(Complaint, name) for name in COLUMNS), Household.label).outerjoin(
    Household, Household.id == Complaint.household_id
)


def add(session: Session, complaints: Iterable[Complaint]) -> None:
    """Index complaints inserted in bulk, past the session. They must have ids."""
    refresh(session, [each.id for each in complaints])


def refresh(session: Session, ids: Sequence[int]) -> None:
    """Rewrite the tokens of these complaints from the store."""
    for start in range(0, len(ids), BATCH):
        _write_rows(session, _rows.where(Complaint.id.in_(ids[start : start + BATCH])))


def forget(session: Session, ids: Sequence[int]) -> None:
    """Remove complaints that are about to be deleted from the index."""
    session.execute(_words.delete().where(_words.c.complaint_id.in_(ids)))


def rebuild(session: Session, told: Callable[[int], object] = lambda count: None, *, missing: bool = False) -> int:
    """Rewrite the tokens of every complaint, or of those that have none; return how many."""
    last, count = 0, 0
    lacks = ~exists().where(_words.c.complaint_id == Complaint.id)
    asked = _rows.where(lacks) if missing else _rows
    while rows := _write_rows(session, asked.where(Complaint.id > last).order_by(Complaint.id).limit(BATCH)):
        last, count = rows[-1].id, count + len(rows)
        told(len(rows))
    return count


def _write_rows(session: Session, asked: Select[Any]) -> Sequence[Any]:
    rows = session.execute(asked).all()
    written = [{"complaint_id": row.id, "words": words_of(row, row.label)} for row in rows]
    if written:
        session.execute(_write, written)
    return rows


def _keep(_mapper: object, connection: Connection, complaint: Complaint) -> None:
    """Update a written complaint's tokens in the same transaction."""
    household = complaint.household_id
    label = connection.execute(_label, {"household": household}).scalar() if household is not None else None
    connection.execute(_write, {"complaint_id": complaint.id, "words": words_of(complaint, label)})


def _keep_if_changed(mapper: object, connection: Connection, complaint: Complaint) -> None:
    changed = inspect(complaint).attrs
    if any(changed[name].history.has_changes() for name in CHANGING):
        _keep(mapper, connection, complaint)


def _forget(_mapper: object, connection: Connection, complaint: Complaint) -> None:
    connection.execute(_words.delete().where(_words.c.complaint_id == complaint.id))


event.listen(Complaint, "after_insert", _keep)
event.listen(Complaint, "after_update", _keep_if_changed)
event.listen(Complaint, "before_delete", _forget)


# ---- asking ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Token:
    """A requested token; `begins`: match by prefix."""

    word: str
    begins: bool = False


Group = Sequence[Sequence[Token]]
"""Alternatives; each requires all of its tokens."""


@dataclass(frozen=True, slots=True)
class Part:
    """One typed word and its query of the index. `codes`: the categories with this name."""

    word: str
    group: Group
    codes: Sequence[str]
    certain: bool


def matching(
    session: Session,
    words: str,
    *,
    key: bytes | None = None,
    communities: Sequence[int] | None = None,
    is_open: bool | None = None,
    category: str = "",
    discreet: bool = False,
) -> ColumnElement[bool]:
    """Return a condition on `Complaint`: it contains every typed word; true when none is typed.

    A whole complaint number matches that complaint. Words are searched in what was said and wished, the place, the
    household, the name, the number, the office's reference and the category's name; numbers and Latin words match by
    prefix. With the installation's `key`, a phone number matches too. Only the newest `MOST_HITS` are examined: pass
    the other filters (`communities`: one of these, `is_open`, `category`: a code or its prefix), so that no match is
    missed. `discreet`: ignore the resident's name and phones in the text, for people who may not see them.
    """
    if not words.strip():
        return true()
    if (numbered := _numbered(session, words.strip())) is not None:
        return Complaint.id == numbered
    parts = _parts(session, words, key)
    if not parts:
        return false()
    groups = [part.group for part in parts]
    if communities is not None:
        groups.append([[Token(f"{COMMUNITY}{each}")] for each in communities] or [[Token(COMMUNITY)]])
    if is_open is not None:
        groups.append([[Token(OPEN if is_open else CLOSED)]])
    if category:
        groups.append([[_of_category(category)]])
    doubtful = [_holds(part, discreet) for part in parts if discreet or not part.certain]
    return and_(_is_one_of(_newest(session, groups)), *doubtful)


@dataclass
class Found:
    """Searches of a session: complaints by number and by query of the index, categories by word."""

    numbered: dict[str, int | None] = field(default_factory=dict)
    complaints: dict[str, Sequence[int]] = field(default_factory=dict)
    categories: dict[str, list[str]] = field(default_factory=dict)


def _numbered(session: Session, typed: str) -> int | None:
    """Return the complaint whose whole number was typed, which can mean no other; cached for the session."""
    if not TYPED_NUMBER.fullmatch(typed):
        return None
    kept = remembered(session, Found).numbered
    if typed not in kept:
        kept[typed] = session.scalar(select(Complaint.id).where(Complaint.number.in_({typed, typed.upper()})).limit(1))
    return kept[typed]


def _is_one_of(ids: Sequence[int]) -> ColumnElement[bool]:
    return Complaint.id.in_(bindparam(None, ids, expanding=True, literal_execute=True, unique=True))


def _parts(session: Session, typed: str, key: bytes | None) -> list[Part]:
    runs = RUNS.findall(_plain(typed))[:MOST_WORDS]
    parts = [_part(run[:LONGEST_WORD], _called(session, run)) for run in runs]
    if key is None:
        return parts
    if TYPED_PHONE.fullmatch(typed.strip()):  # blanks and hyphens within a number do not split it
        either = [_phone(key, typed), [token for part in parts for token in part.group[0]]]
        return [Part(phones.digits(typed), either, (), certain=True)]
    return [_or_phone(part, key) for part in parts]


def _part(run: str, codes: Sequence[str]) -> Part:
    pieces = PIECES.findall(run)
    wanted: list[Token] = []
    for number, (together, word) in enumerate(pieces):
        if word:
            wanted.append(Token(word, begins=number == len(pieces) - 1))
        else:
            wanted += [Token(each) for each in pairs(together)] or [Token(together, begins=True)]
    named = [[_of_category(code)] for code in codes]
    return Part(run, [wanted, *named], codes, certain=len(wanted) == 1)


def _of_category(code: str) -> Token:
    return Token(f"{CATEGORY}{code.lower()}", begins=len(code) == 3)  # areas and categories have marks of their own


def _called(session: Session, run: str) -> list[str]:
    """Return categories whose name contains the word; at least two characters, or most would match."""
    if len(run) < 2:
        return []
    kept = remembered(session, Found).categories
    if run not in kept:
        held = or_(Category.name.contains(run, autoescape=True), Category.name_en.icontains(run, autoescape=True))
        kept[run] = list(session.scalars(select(Category.code).where(held).order_by(Category.code)))
    return kept[run]


def _phone(key: bytes, typed: str) -> list[Token]:
    return [Token(f"{PHONE}{links.phone_hash(key, typed)[:16]}")]


def _or_phone(part: Part, key: bytes) -> Part:
    if not (part.word.isdecimal() and 7 <= len(part.word) <= 15):
        return part
    return Part(part.word, [*part.group, _phone(key, part.word)], part.codes, part.certain)


def _holds(part: Part, discreet: bool) -> ColumnElement[bool]:
    """Return a condition that the word occurs in one piece; its pairs alone do not prove that."""
    home = exists().where(Household.id == Complaint.household_id, Household.label.icontains(part.word, autoescape=True))
    hidden = {"person_name", *(("text", "wish") if DIGITS.search(part.word) else ())} if discreet else set()
    ways = [
        getattr(Complaint, name).icontains(part.word, autoescape=True)
        for name in ("text", "place_text", "wish", "person_name", "reference")
        if name not in hidden
    ]
    number = func.replace(Complaint.number, "-", "").icontains(part.word, autoescape=True)
    called = [Complaint.category.startswith(code, autoescape=True) for code in part.codes]
    return or_(*ways, number, *called, home)


def _newest(session: Session, groups: Sequence[Group]) -> Sequence[int]:
    """Return the newest complaints whose tokens match, cached for the session."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    asked = (_in_fts5 if sqlite else _in_tsquery)(groups)
    kept = remembered(session, Found).complaints
    if asked not in kept:
        statement = _fits_fts5 if sqlite else _fits_tsquery
        kept[asked] = session.scalars(statement, {"asked": asked, "most": MOST_HITS}).all()
    return kept[asked]


_fits_fts5 = text(
    "select rowid from complaint_index where complaint_index match :asked order by rowid desc limit :most"
)
_fits_tsquery = text(
    "select complaint_id from complaint_words "
    "where array_to_tsvector(string_to_array(words, ' ')) @@ cast(:asked as tsquery) "
    "order by complaint_id desc limit :most"
)


def _in_fts5(groups: Sequence[Group]) -> str:
    return _written(groups, " AND ", " OR ", lambda each: f'"{each.word}"{"*" * each.begins}')


def _in_tsquery(groups: Sequence[Group]) -> str:
    return _written(groups, " & ", " | ", lambda each: f"'{each.word}'{':*' * each.begins}")


def _written(groups: Sequence[Group], both: str, either: str, token: Callable[[Token], str]) -> str:
    return both.join(f"({either.join(f'({both.join(map(token, all_of))})' for all_of in group)})" for group in groups)
