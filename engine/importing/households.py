"""Import households: who lives where, and their contact data. Importing again writes only changes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from engine.complaints.homes import addresses
from engine.complaints.homes.households import Household, label
from engine.core.store import Store
from engine.importing import changes
from engine.importing.cells import Cells, Reader
from engine.importing.changes import Changed
from engine.importing.counting import TOTALS, Tally
from engine.importing.faults import Fault
from engine.importing.knowing import Community
from engine.importing.table import Line

BATCH = 500


@dataclass(frozen=True, slots=True)
class Home:
    """A household as in a row. `written`: its address as it stands in the file."""

    number: int
    community: Community
    building: str
    unit: str
    room: str
    label: str
    name: str
    phone: str
    written: str
    is_plain: bool

    @property
    def key(self) -> tuple[int, str]:
        """Return its key: community and canonical place."""
        return self.community.id or 0, addresses.of_home(self.building, self.unit, self.room, self.label)


def read(reader: Reader, line: Line) -> Home | list[Fault]:
    """Return the row as a household, or what is wrong with it."""
    return _Reading(reader, line).home()


class _Reading(Cells):
    def home(self) -> Home | list[Fault]:
        community = self.community(otherwise=None)
        if community is None and not self.is_wrong("community"):
            self.wrong(
                "community",
                "没有写小区，也没有为文件选小区。",
                "there is no community, and none was chosen for the file.",
            )
        place = self.place(community.name if community else "")
        said = label(place.building, place.unit, place.room) if place.room else self.text("label")
        name, phone = self.within("name", self.text("name"), 60), self.phone()
        if not said and not self.faults:
            self.wrong("room" if "room" in self.reader.columns else "label", "没有写房号。", "there is no room.")
        self.within("label" if "label" in self.reader.columns else "room", said, 60)
        if self.faults or community is None:
            return self.every_fault()
        if place.room and not place.building and "building" in self.reader.columns:
            self.note("有的行没有写楼栋。", "Some rows name no building.")
        self.tell_notes()
        cells = [self.text(each) for each in ("building", "unit", "room")]
        given = " | ".join(filter(None, cells)) or self.text("label")
        plain = label(cells[0].removesuffix("栋"), cells[1].removesuffix("单元"), cells[2]) or given
        return Home(
            number=self.line.number,
            community=community,
            building=place.building,
            unit=place.unit,
            room=place.room,
            label=said,
            name=name,
            phone=phone,
            written=given,
            is_plain=said in (plain, given),
        )


@dataclass(frozen=True, slots=True)
class Compared:
    """New homes, those with a changed name or phone, those used again, and how many rows repeated a home.

    `retired`: rows of retired homes that nobody said to use again.
    """

    added: list[Home] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)
    retired: list[Home] = field(default_factory=list)
    joined: list[tuple[Home, str]] = field(default_factory=list)
    several: list[Home] = field(default_factory=list)
    changes: list[Changed] = field(default_factory=list)


@dataclass(slots=True)
class Intake:
    """Imports the rows of one file. Without `store` it only reports what would happen.

    `return_retired`: retired homes that come again are used again; otherwise their rows are refused, with the question.
    """

    reader: Reader
    tally: Tally
    store: Store | None
    import_id: int | None = None
    return_retired: bool = False
    seen: dict[tuple[int, str], str] = field(default_factory=dict)

    def take(self, session: Session, lines: Sequence[Line]) -> None:
        """Import a batch of lines: read, compare with the store, write."""
        homes = {line.number: (line, home) for line in lines if (home := self._read(line)) is not None}
        every = [home for _, home in homes.values()]
        if self.store is None:
            found = self._compare(session, every)
        else:
            found = self.store.attempt(lambda writing: self._write(writing, every))
        for home in found.retired:
            self.tally.refuse(homes[home.number][0], [_retired(home)])
        self._count(every, found)

    def _count(self, homes: Sequence[Home], found: Compared) -> None:
        for home in homes:
            self.seen.setdefault(home.key, home.written)
        self._show(homes, found)
        new = {"added": len(found.added), "changed": len(found.changed), "returned": len(found.returned)}
        self.tally.taken.update({how: count for how, count in new.items() if count or how != "returned"})
        self.tally.there += len(homes) - sum(new.values()) - len(found.retired)
        self.tally.changes += [*found.changed, *found.returned]
        if found.retired:
            self.tally.retired += len(found.retired)
        if found.several:
            self.tally.notes[_SEVERAL] += len(found.several)

    def _show(self, homes: Sequence[Home], found: Compared) -> None:
        """Keep the addresses that come out beside what the file says."""
        joined = {home.number: other for home, other in found.joined}
        for home in homes:
            differs = not home.is_plain
            how = "joined" if home.number in joined else "changed" if differs else ""
            self.tally.show(home.number, home.written, f"{home.community.name} {home.label}", how)

    def _read(self, line: Line) -> Home | None:
        cells = _Reading(self.reader, line)
        if cells.is_total(("community", "building", "unit", "room", "label", "name")):
            self.tally.notes[TOTALS] += 1
            return None
        self.tally.read += 1
        home = cells.home()
        if isinstance(home, Home):
            return home
        self.tally.refuse(line, home)
        return None

    def _compare(self, session: Session, homes: Sequence[Home]) -> Compared:
        """Return what is new, and how the first row of a home differs from the stored one."""
        there = self._there(session, homes)
        found, met = Compared(), dict(self.seen)
        for home in homes:
            stored = there.get(home.key)
            if home.key in met:
                found.several.append(home)
                if met[home.key] != home.written:
                    found.joined.append((home, met[home.key]))
            elif stored is None:
                found.added.append(home)
            elif stored.retired_at is not None and not self.return_retired:
                found.retired.append(home)
            else:
                self._change(found, stored, home)
            met.setdefault(home.key, home.written)
        return found

    def _change(self, found: Compared, stored: Household, home: Home) -> None:
        if stored.label != home.label:
            found.joined.append((home, stored.label))
        differing = _differing(stored, home)
        before: dict[str, object] = {name: getattr(stored, name) for name in differing}
        said = f"{home.community.name} {home.label}"
        if stored.retired_at is not None:
            found.returned.append(f"{said}: retired → in use")
            found.changes.append(Changed("household", stored.id, "returned", before, _after(home, differing)))
            stored.retired_at = None
        elif differing:
            found.changed.append(f"{said}: {', '.join(differing)}")
            found.changes.append(Changed("household", stored.id, "changed", before, _after(home, differing)))
        for name in differing:
            setattr(stored, name, getattr(home, name))

    def _write(self, session: Session, homes: Sequence[Home]) -> Compared:
        found = self._compare(session, homes)
        if found.added:
            made = insert(Household).returning(Household.id, sort_by_parameter_order=True)
            ids = session.scalars(made, [_row(home) for home in found.added]).all()
            for number, home in zip(ids, found.added, strict=True):
                after = _after(home, ("name", "phone", "label"))
                found.changes.append(Changed("household", number, "added", {}, after))
        session.flush()
        changes.note(session, self.import_id, found.changes)
        return found

    def _there(self, session: Session, homes: Sequence[Home]) -> dict[tuple[int, str], Household]:
        """Return the stored homes of these rows; of several alike the one in use."""
        asked = select(Household).where(
            Household.community_id.in_({home.community.id for home in homes}),
            Household.place_key.in_({home.key[1] for home in homes}),
        )
        stored = sorted(session.scalars(asked), key=lambda each: (each.retired_at is None, -each.id))
        return {(each.community_id, each.place_key): each for each in stored}


_SEVERAL = (
    "有的房屋在文件里有几行，只取第一行的姓名和电话。",
    "Some homes have several rows; name and phone were taken from the first.",
)


def _retired(home: Home) -> Fault:
    zh = f"{home.label} 已停用。要恢复使用，请在“放在哪里”下面勾选；不是同一户就改门牌。"
    en = f"{home.label} is retired. Say on the page that such homes are used again, or correct the address."
    return Fault(home.number, "", zh, en)


def _differing(there: Household, home: Home) -> list[str]:
    """Return the row's changes; an empty cell changes nothing."""
    return [name for name in ("name", "phone") if getattr(home, name) and getattr(home, name) != getattr(there, name)]


def _after(home: Home, names: Iterable[str]) -> dict[str, object]:
    return {name: getattr(home, name) for name in names}


def _row(home: Home) -> dict[str, object]:
    return {
        "community_id": home.community.id,
        "building": home.building,
        "unit": home.unit,
        "room": home.room,
        "label": home.label,
        "name": home.name,
        "phone": home.phone,
    }
