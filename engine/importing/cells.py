"""The cells of a row by their meaning, and what is wrong with them."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.complaints.homes import written
from engine.complaints.homes.written import Place
from engine.core import phones
from engine.core.errors import Unclear
from engine.importing import meanings, moments
from engine.importing.cleaning import ERRORS, FORMULA, key, line, something
from engine.importing.cleaning import words as cleaned
from engine.importing.columns import Columns
from engine.importing.faults import Fault
from engine.importing.knowing import Community, KnownCompany
from engine.importing.table import Line, Said

SEVERAL = re.compile(r"[/、,，;；\n]|\s{2,}|\s(?=1\d{10})")
MASKED = re.compile(r"[*xX＊×]{2,}")
MOBILE_FROM_AFAR = re.compile(r"^0(?=1[3-9]\d{9}$)")
"""A zero before a mobile number, once dialled from other cities: spreadsheets pad to twelve digits with it."""

NO_PHONE = re.compile(r"[^\d\s()+\-转.]")
EMPTY = frozenset({"", "-", "null", "none", "nan", "n/a"})
TOTAL = re.compile(
    r"(?:.{0,8}(?:合计|小计|总计|共计|汇总)\s*[:：(（]?.{0,20}|共\s*[\d,]+\s*[户套间条人个件].{0,10}|(?:sub|grand )?totals?\b.{0,20})",
    re.IGNORECASE,
)
"""What stands in a row of totals instead of a name."""

MOBILES = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


@dataclass(frozen=True, slots=True)
class Reader:
    """How the rows of one file are read. `home`: the community of rows that name none, if one was chosen.

    `orders`: how each column of dates means 3/4/2020. `notes` counts what was left aside, `words` the words
    whose meaning a person says, by field.
    """

    known: KnownCompany
    columns: Columns
    head: Sequence[str]
    home: Community | None = None
    orders: Mapping[str, moments.Order] = field(default_factory=dict)
    notes: Counter[Said] = field(default_factory=Counter)
    words: Counter[tuple[str, str]] = field(default_factory=Counter)


class Cells:
    """One row while it is read; `faults` collects what is wrong."""

    def __init__(self, reader: Reader, line_read: Line) -> None:
        self.reader, self.known, self.line = reader, reader.known, line_read
        self.notes: list[Said] = []
        self._kept: dict[str, str] = {}
        self._met: set[tuple[str, str]] = set()
        self.faults = self._general()

    def cell(self, name: str) -> object:
        """Return the content of a field's column."""
        at = self.reader.columns.get(name)
        return None if at is None else self.line.cell(at)

    def text(self, name: str) -> str:
        """Return one line of text."""
        return something(self.cell(name))

    def cleaned(self, name: str) -> str:
        """Return text of several lines."""
        if name not in self._kept:
            text = cleaned(self.cell(name))
            self._kept[name] = "" if text.casefold() in EMPTY else text
        return self._kept[name]

    def is_total(self, names: Sequence[str]) -> bool:
        """Return whether the row is one of totals: 合计, 小计, 共 320 户."""
        first = next((said for cell in self.line.cells if (said := line(cell))), "")
        return any(TOTAL.fullmatch(each) for each in (first, *map(self.text, names)))

    def place(self, community: str) -> Place:
        """Return the home that the row names: in one cell or several, some of it twice. What is unclear is a fault."""
        names = ("building", "unit", "room")
        cells, whole = [self.text(name) for name in names], self.text("label")
        try:
            found = written.read(*cells, whole=whole, community=community)
        except Unclear as unclear:
            self.wrong("room" if cells[2] else "label", unclear.text("zh"), unclear.text("en"))
            return Place()
        for name in names:
            self.within(name if name in self.reader.columns else "label", getattr(found, name), 20)
        return found

    def within(self, name: str, text: str, most: int) -> str:
        """Return the text; one that is too long is a fault."""
        if len(text) > most and not self.is_wrong(name):
            zh, en = f"{len(text):,} 个字，最多 {most:,} 个。", f"it has {len(text):,} characters, at most {most:,}."
            self.wrong(name, zh, en)
        return text

    def wrong(self, name: str, zh: str, en: str) -> None:
        """Add a fault to a field."""
        self.faults.append(Fault(self.line.number, self._headed(name), zh, en))

    def is_wrong(self, name: str) -> bool:
        """Return whether a field has a fault already."""
        column = self._headed(name)
        return bool(column) and any(each.column == column for each in self.faults)

    def note(self, zh: str, en: str) -> None:
        """Note that something is left aside; counted if the row is imported."""
        self.notes.append((zh, en))

    def every_fault(self) -> list[Fault]:
        """Return what is wrong, each fault once, by column."""
        return sorted(dict.fromkeys(self.faults), key=lambda each: each.column)

    def tell_notes(self) -> None:
        """Count what was left aside of an imported row."""
        self.reader.notes.update(set(self.notes))

    def community(self, *, otherwise: Community | None) -> Community | None:
        """Return the community that the row names, or the one chosen for the file, or `otherwise`."""
        said = self.text("community")
        if not said:
            return self.reader.home or otherwise
        found = self.known.communities.get(key(said)) or self.known.communities.get(key(self.means("community", said)))
        if found is None:
            self.wrong(
                "community",
                f"没有名称或代码为“{said}”的小区，请先在“组织”里添加，或改正名称，或说明它指哪个小区。",
                f"there is no community with the name or code “{said}”; add it first, correct the name, or say which one it means.",
            )
        return found

    def means(self, name: str, said: str) -> str:
        """Return the code that a person gave to a word that we do not know; "" when nobody did."""
        word = (name, said[: meanings.LONGEST])
        if word not in self._met:
            self._met.add(word)
            self.reader.words[word] += 1
        return self.known.meanings.get((name, key(said)[: meanings.LONGEST]), "")

    def department(self) -> str:
        """Return the code of the department that the row names; "" for none or an unknown one."""
        said = self.text("department")
        return (self.known.departments.get(key(said)) or self.means("department", said)) if said else ""

    def phone(self) -> str:
        """Return the phone number, of several the first."""
        said = unicodedata.normalize("NFKC", line(self.cell("phone")))
        if not something(said):
            return ""
        if MASKED.search(said):
            self.note("有电话带星号，没有导入电话。", "Some phone numbers are masked with stars and were left out.")
            return ""
        several = [each.strip() for each in SEVERAL.split(said) if each.strip()]
        if len(mobiles := MOBILES.findall(said)) > 1:
            several = mobiles
        if len(several) > 1:
            self.note("有的格里有几个电话，只取第一个。", "Some cells hold several phone numbers; the first was taken.")
        first = MOBILE_FROM_AFAR.sub("", several[0]) if several else ""
        if not phones.is_complete(first) or len(first) > 30 or NO_PHONE.search(first):
            self.wrong("phone", f"“{said[:30]}”不是电话号码。", f"“{said[:30]}” is no phone number.")
            return ""
        return first

    def _headed(self, name: str) -> str:
        at = self.reader.columns.get(name)
        return self.reader.head[at] if at is not None and at < len(self.reader.head) else ""

    def _general(self) -> list[Fault]:
        """Return faults independent of meaning; only in columns that are read, or too many cells."""
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
                zh, en = f"“{cell[:40]}”是公式，不是内容。", f"“{cell[:40]}” is a formula, not its result."
                found.append(Fault(self.line.number, head[at], zh, en))
        return found
