"""Households: the homes of a community and how to reach the people there."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, String, and_, or_, select, text, union
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column, validates

from engine.complaints.core.codes import Words, said
from engine.complaints.homes import addresses
from engine.core import phones
from engine.core.store import Base

KEY = String(80).with_variant(String(80, collation="C"), "postgresql")
"""Compared byte by byte on both stores, so that a prefix is a range of the index."""

RETIRED = text("retired_at is not null")
LAST = "\U0010ffff"
FEWEST_DIGITS = 4
"""Fewest digits to search a phone number by its end, and to search at all when only digits are typed."""

FEWEST = 2
"""Fewest characters to search for."""

COUNTED = re.compile(r"[0-9][A-Za-z]?$|(?<![A-Za-z])[A-Za-z]$")
"""How the name of a building ends that stands before 栋."""

WHOLE_PHONE = 7
"""From this many digits on, a number is a whole phone number."""


class Household(Base):
    """One home. `label` is its usual name (3栋2单元501).

    The four keys serve the search; the class fills them from the other columns, for single and for bulk inserts. A
    statement that updates rows without the class must set them too.
    """

    __tablename__ = "households"
    __table_args__ = (
        Index("ix_households_community_id_label", "community_id", "label", unique=True),
        Index("ix_households_community_id_place_key", "community_id", "place_key"),
        Index("ix_households_community_id_room_key", "community_id", "room_key"),
        Index("ix_households_community_id_phone_key", "community_id", "phone_key"),
        Index("ix_households_community_id_name_key", "community_id", "name_key"),
        Index("ix_households_retired", "community_id", "place_key", sqlite_where=RETIRED, postgresql_where=RETIRED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    building: Mapped[str] = mapped_column(String(20), default="")
    unit: Mapped[str] = mapped_column(String(20), default="")
    room: Mapped[str] = mapped_column(String(20), default="")
    label: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    retired_at: Mapped[datetime | None]
    place_key: Mapped[str] = mapped_column(
        KEY, default=lambda context: _of_row("place_key", context), server_default=""
    )
    room_key: Mapped[str] = mapped_column(KEY, default=lambda context: _of_row("room_key", context), server_default="")
    phone_key: Mapped[str] = mapped_column(
        KEY, default=lambda context: _of_row("phone_key", context), server_default=""
    )
    name_key: Mapped[str] = mapped_column(KEY, default=lambda context: _of_row("name_key", context), server_default="")

    @validates("building", "unit", "room", "label", "phone", "name")
    def _keep_keys(self, name: str, value: str) -> str:
        row = {each: getattr(self, each) or "" for each in SAID} | {name: value or ""}
        for key, made in keys(row).items():
            if getattr(self, key) != made:
                setattr(self, key, made)
        return value


SAID = ("building", "unit", "room", "label", "phone", "name")


def keys(row: Mapping[str, Any]) -> dict[str, str]:
    """Return the search keys of a home: canonical place and room, reversed phone, sortable name."""
    place = addresses.of_home(*(str(row.get(name) or "") for name in ("building", "unit", "room", "label")))
    return {
        "place_key": place,
        "room_key": place.rpartition("-")[2],
        "phone_key": phones.digits(str(row.get("phone") or ""))[::-1],
        "name_key": str(row.get("name") or "").casefold(),
    }


def _of_row(key: str, context: DefaultExecutionContext) -> str:
    return keys(context.get_current_parameters())[key]  # type: ignore[no-untyped-call]


def label(building: str, unit: str, room: str) -> str:
    """Return the usual name of a home's place: 3栋2单元501; a building with a name of its own keeps it (东区501)."""
    return "".join((f"{building}栋" if COUNTED.search(building) else building, unit and f"{unit}单元", room))


# --- finding


WHYS: Words = {
    "phone": ("电话相同", "Same phone"),
    "place": ("门牌相同", "Same home"),
    "name": ("姓名相同", "Same name"),
    "phone_end": ("电话末尾相同", "Phone ends alike"),
    "building": ("楼栋单元相符", "Same building"),
    "room": ("房号相符", "Room number alike"),
    "name_begin": ("姓名开头相同", "Name begins alike"),
}
"""Why a home is proposed, the surest reason first; reasons up to `name` are exact matches."""

ORDER = list(WHYS)


@dataclass(frozen=True, slots=True)
class Found:
    """Homes that match what was typed, exact ones first; `more`: there are further matches.

    `why`: the matching part of each home, a key of `WHYS`, by home id. `short`: too little was typed to search.
    """

    rows: Sequence[Household]
    more: bool = False
    why: Mapping[int, str] = field(default_factory=dict)
    short: bool = False

    def said(self, household: Household, language: str = "zh") -> str:
        """Return why a home is proposed, in one language; empty when it was not searched for."""
        code = self.why.get(household.id)
        return said(WHYS, code, language) if code else ""


def search(session: Session, community_ids: Collection[int], words: str, limit: int = 8) -> Found:
    """Return homes of these communities by phone (whole or its last four digits), typed place, or name.

    One statement, each search bounded by an index, however many homes there are.
    """
    asked_for = words.strip()[:60]
    if not asked_for or not community_ids:
        return Found([])
    here = and_(Household.community_id.in_(sorted(community_ids)), Household.retired_at.is_(None))
    found: list[Select[Any]] = [
        select(select(Household.id).where(here, way).limit(limit + 1).subquery().c.id) for way in _ways(asked_for)
    ]
    rows = session.scalars(select(Household).where(Household.id.in_(union(*found)))).all() if found else []
    why = {each.id: _why(each, asked_for) for each in rows}
    nearest = sorted(rows, key=lambda each: _nearness(each, why[each.id], asked_for))
    return Found(nearest[:limit], len(nearest) > limit, why)


def propose(session: Session, community_ids: Collection[int], words: str) -> Found:
    """Search while somebody still types: nothing for fewer than two characters, or fewer than four digits alone."""
    typed = re.sub(r"[\s\-_]+", "", words)
    if len(typed) < (FEWEST_DIGITS if words.strip().isdecimal() else FEWEST):
        return Found([], short=bool(typed))
    return search(session, community_ids, words)


def _ways(words: str) -> list[ColumnElement[bool]]:
    known = addresses.parts(words)
    ways = [_begins(Household.phone_key, digits[::-1])] if (digits := _phone(words)) else []
    if words and not any(each.isdecimal() for each in words):
        ways.append(_begins(Household.name_key, words.casefold()))
    if not known:
        return ways
    if len(known) == 1:
        at = or_(Household.place_key == known[0], _begins(Household.place_key, f"{known[0]}-"))
        return [*ways, at] if addresses.names_building(words) else [*ways, at, _begins(Household.room_key, known[0])]
    joined = "-".join(known)
    *before, room = known
    # 3 501 omits the unit, 2单元501 the building: the room is found by its key, and the parts given must precede it.
    around = and_(*(_has(part) for part in before))
    return [*ways, _begins(Household.place_key, joined), and_(_begins(Household.room_key, room), around)]


def _begins(column: InstrumentedAttribute[str], start: str) -> ColumnElement[bool]:
    return and_(column >= start, column < start + LAST)


def _has(part: str) -> ColumnElement[bool]:
    inner = part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return or_(_begins(Household.place_key, f"{part}-"), Household.place_key.like(f"%-{inner}-%", escape="\\"))


def _phone(words: str) -> str:
    """Return the digits of a possible phone number or its end, or "" for a place."""
    groups = words.replace("+", " ").replace("-", " ").split()
    if not all(each.isdecimal() for each in groups) or any(len(each) < 2 for each in groups):
        return ""
    digits = phones.digits(words)
    return digits if len(digits) >= FEWEST_DIGITS and (len(groups) == 1 or len(digits) >= 7) else ""


def _why(household: Household, words: str) -> str:
    """Return the surest reason that a home matches what was typed."""
    digits, place, name = _phone(words)[::-1], addresses.key(words), words.casefold()
    known = addresses.parts(words)
    fits = {
        "phone": len(digits) >= WHOLE_PHONE and household.phone_key == digits,
        "place": bool(place) and household.place_key == place,
        "name": household.name_key == name,
        "phone_end": bool(digits) and household.phone_key.startswith(digits),
        "building": bool(place) and f"{household.place_key}-".startswith(f"{place}-"),
        "room": bool(known) and household.room_key.startswith(known[-1]),
        "name_begin": household.name_key.startswith(name),
    }
    return next((each for each in ORDER if fits[each]), "room")


def _nearness(household: Household, why: str, words: str) -> tuple[int, bool, bool, list[tuple[int, str]], int]:
    """Return a sort key: surest reason first; for 1单元101, 2-1-101 before 1-2-101; 101 before 1010; 3栋 before 12栋."""
    known = addresses.parts(words)
    apart = f"-{'-'.join(known)}" not in f"-{household.place_key}"
    partly = household.room_key not in known
    counted = [(int(each), "") if each.isdecimal() else (0, each) for each in household.place_key.split("-")]
    return (ORDER.index(why), apart, partly, counted, household.id)
