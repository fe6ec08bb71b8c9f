"""Import households: who lives where, and their contact data. Importing again writes only changes."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from engine.complaints.homes import addresses
from engine.complaints.homes.households import Household, label
from engine.core.store import Store
from engine.importing.cells import Cells, Reader
from engine.importing.counting import Tally
from engine.importing.faults import Fault
from engine.importing.knowing import Community
from engine.importing.table import Line

BATCH = 500


@dataclass(frozen=True, slots=True)
class Home:
    """A household as in a row."""

    number: int
    community: Community
    building: str
    unit: str
    room: str
    label: str
    name: str
    phone: str

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
        building, unit, room = (self.part(name) for name in ("building", "unit", "room"))
        said = label(building, unit, room) if room else self.text("label")
        if not said:
            self.wrong("room" if "room" in self.reader.columns else "label", "没有写房号。", "there is no room.")
        self.within("label" if "label" in self.reader.columns else "room", said, 60)
        name, phone = self.within("name", self.text("name"), 60), self.phone()
        if self.faults or community is None:
            return self.every_fault()
        self.tell_notes()
        return Home(self.line.number, community, building, unit, room, said, name, phone)


@dataclass(frozen=True, slots=True)
class Compared:
    """New homes, those with a changed name or phone, and how many rows repeated a home."""

    added: Sequence[Home]
    changed: Sequence[str]
    several: int


@dataclass(slots=True)
class Intake:
    """Imports the rows of one file. Without `store` it only reports what would happen."""

    reader: Reader
    tally: Tally
    store: Store | None
    seen: set[tuple[int, str]] = field(default_factory=set)

    def take(self, session: Session, lines: Sequence[Line]) -> None:
        """Import a batch of lines: read, compare with the store, write."""
        homes = [home for line in lines if (home := self._read(line)) is not None]
        if self.store is None:
            found = self._compare(session, homes)
        else:
            found = self.store.attempt(lambda writing: self._write(writing, homes))
        self.seen |= {home.key for home in homes}
        self.tally.taken["added"] += len(found.added)
        self.tally.taken["changed"] += len(found.changed)
        self.tally.there += len(homes) - len(found.added) - len(found.changed)
        self.tally.changes += found.changed
        if found.several:
            self.tally.notes[_SEVERAL] += found.several

    def _read(self, line: Line) -> Home | None:
        self.tally.read += 1
        home = read(self.reader, line)
        if isinstance(home, Home):
            return home
        self.tally.refuse(line, home)
        return None

    def _compare(self, session: Session, homes: Sequence[Home]) -> Compared:
        """Return what is new, and how the first row of a home differs from the stored one."""
        there = self._there(session, homes)
        added, changed, several, met = list[Home](), list[str](), 0, set(self.seen)
        for home in homes:
            if home.key in met:
                several += 1
            elif home.key not in there:
                added.append(home)
            elif differing := _differing(there[home.key], home):
                changed.append(f"{home.community.name} {home.label}: {', '.join(differing)}")
                for name in differing:
                    setattr(there[home.key], name, getattr(home, name))
            met.add(home.key)
        return Compared(added, changed, several)

    def _write(self, session: Session, homes: Sequence[Home]) -> Compared:
        found = self._compare(session, homes)
        if found.added:
            session.execute(insert(Household), [_row(home) for home in found.added])
        session.flush()
        return found

    def _there(self, session: Session, homes: Sequence[Home]) -> dict[tuple[int, str], Household]:
        asked = select(Household).where(
            Household.community_id.in_({home.community.id for home in homes}),
            Household.place_key.in_({home.key[1] for home in homes}),
        )
        return {(each.community_id, each.place_key): each for each in session.scalars(asked)}


_SEVERAL = (
    "有的房屋在文件里有几行，只取第一行的姓名和电话。",
    "Some homes have several rows; name and phone were taken from the first.",
)


def _differing(there: Household, home: Home) -> list[str]:
    """Return the row's changes; an empty cell changes nothing."""
    return [name for name in ("name", "phone") if getattr(home, name) and getattr(home, name) != getattr(there, name)]


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
