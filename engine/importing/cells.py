"""The cells of a row by what they mean, and what is wrong with them."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.complaints.core import links
from engine.importing import moments
from engine.importing.cleaning import ERRORS, FORMULA, key, line, something
from engine.importing.cleaning import words as cleaned
from engine.importing.columns import Columns
from engine.importing.faults import Fault
from engine.importing.knowing import Community, KnownCompany
from engine.importing.table import Line, Said

SEVERAL = re.compile(r"[/、,，;；\n]|\s{2,}|\s(?=1\d{10})")
MASKED = re.compile(r"[*xX＊×]{2,}")
NO_PHONE = re.compile(r"[^\d\s()+\-转.]")
EMPTY = frozenset({"", "-", "null", "none", "nan", "n/a"})
TEXT_BEHIND = re.compile(r"(?:号楼|单元|[栋幢座楼室号])$")


@dataclass(frozen=True, slots=True)
class Reader:
    """How the rows of one file are read. `home`: the community of rows that name none, if one was chosen.

    `orders`: how each column of dates means 3/4/2020. `notes` counts what was left aside.
    """

    known: KnownCompany
    columns: Columns
    head: Sequence[str]
    home: Community | None = None
    orders: Mapping[str, moments.Order] = field(default_factory=dict)
    notes: Counter[Said] = field(default_factory=Counter)


class Cells:
    """One row while it is read; `faults` gathers what is wrong."""

    def __init__(self, reader: Reader, line_read: Line) -> None:
        self.reader, self.known, self.line = reader, reader.known, line_read
        self.notes: list[Said] = []
        self._kept: dict[str, str] = {}
        self.faults = self._general()

    def cell(self, name: str) -> object:
        """What stands in a field's column."""
        at = self.reader.columns.get(name)
        return None if at is None else self.line.cell(at)

    def text(self, name: str) -> str:
        """One line of text."""
        return something(self.cell(name))

    def cleaned(self, name: str) -> str:
        """Text of several lines."""
        if name not in self._kept:
            text = cleaned(self.cell(name))
            self._kept[name] = "" if text.casefold() in EMPTY else text
        return self._kept[name]

    def part(self, name: str) -> str:
        """A building, unit or room without the word behind it: 3栋 is 3."""
        return self.within(name, TEXT_BEHIND.sub("", self.text(name)), 20)

    def within(self, name: str, text: str, most: int) -> str:
        """The text, which is wrong when it is too long."""
        if len(text) > most and not self.is_wrong(name):
            zh, en = f"{len(text):,} 个字，最多 {most:,} 个。", f"it has {len(text):,} characters, at most {most:,}."
            self.wrong(name, zh, en)
        return text

    def wrong(self, name: str, zh: str, en: str) -> None:
        """Something is wrong with a field."""
        self.faults.append(Fault(self.line.number, self._headed(name), zh, en))

    def is_wrong(self, name: str) -> bool:
        """Whether something is wrong with a field already."""
        column = self._headed(name)
        return bool(column) and any(each.column == column for each in self.faults)

    def note(self, zh: str, en: str) -> None:
        """Something is left aside, and told if the row is taken in."""
        self.notes.append((zh, en))

    def every_fault(self) -> list[Fault]:
        """What is wrong, each thing once, by column."""
        return sorted(dict.fromkeys(self.faults), key=lambda each: each.column)

    def tell_notes(self) -> None:
        """The row is taken in: what was left aside of it counts."""
        self.reader.notes.update(set(self.notes))

    def community(self, *, otherwise: Community | None) -> Community | None:
        """The community that the row names, or else the one chosen for the file, or `otherwise`."""
        said = self.text("community")
        if not said:
            return self.reader.home or otherwise
        found = self.known.communities.get(key(said))
        if found is None:
            self.wrong(
                "community",
                f"没有名称或代码为“{said}”的小区，请先在“组织”里添加，或改正名称。",
                f"there is no community with the name or code “{said}”; add it first, or put the name right.",
            )
        return found

    def phone(self) -> str:
        """The phone number, of several the first."""
        said = unicodedata.normalize("NFKC", line(self.cell("phone")))
        if not something(said):
            return ""
        if MASKED.search(said):
            self.note("有电话带星号，没有导入电话。", "Some phone numbers are masked with stars and were left out.")
            return ""
        several = [each.strip() for each in SEVERAL.split(said) if each.strip()]
        if len(several) > 1:
            self.note("有的格里有几个电话，只取第一个。", "Some cells hold several phone numbers; the first was taken.")
        first = several[0] if several else ""
        if not 7 <= len(links.plain_phone(first)) <= 15 or len(first) > 30 or NO_PHONE.search(first):
            self.wrong("phone", f"“{said[:30]}”不是电话号码。", f"“{said[:30]}” is no phone number.")
            return ""
        return first

    def _headed(self, name: str) -> str:
        at = self.reader.columns.get(name)
        return self.reader.head[at] if at is not None and at < len(self.reader.head) else ""

    def _general(self) -> list[Fault]:
        """What is wrong with cells whatever they mean; only in columns that are read, or where there are too many."""
        head, read = self.reader.head, set(self.reader.columns.values())
        found = [
            Fault(self.line.number, head[at] if at < len(head) else "", *said)
            for at, said in self.line.wrong.items()
            if at in read or at >= len(head)
        ]
        known = {each.column for each in found}
        for at in read:
            cell = self.line.cell(at)
            if isinstance(cell, str) and head[at] not in known and (FORMULA.match(cell) or cell in ERRORS):
                zh, en = f"“{cell[:40]}”是公式，不是内容。", f"“{cell[:40]}” is a formula, not what it came to."
                found.append(Fault(self.line.number, head[at], zh, en))
        return found
