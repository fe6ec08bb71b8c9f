"""Read a row as a complaint, or report everything that is wrong with it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.complaints.core.codes import OUTCOMES
from engine.complaints.homes import written
from engine.complaints.homes.households import label
from engine.core.errors import Unclear
from engine.importing import moments, words
from engine.importing.cells import Cells, Reader
from engine.importing.cleaning import key, something
from engine.importing.faults import Fault
from engine.importing.knowing import PAST_AFTER, Community, KnownCompany
from engine.importing.table import Line

LONGEST = {
    "reference": 60,
    "outside": 60,
    "person_name": 60,
    "place": 200,
    "text": 32_767,
    "wish": 32_767,
    "answer": 32_767,
}
DATES = ("received", "closed", "answered", "happened")


@dataclass(frozen=True, slots=True)
class Row:
    """A complaint in a row. `imported_as`: the row's key; `words_hash`: what it says about which place."""

    number: int
    community: Community
    text: str
    category: str
    urgency: str | None
    kind: str
    channel: str
    received_at: datetime
    person_name: str
    phone: str
    home: str
    place_text: str
    wish: str
    happened_at: datetime | None
    reference: str
    outcome: str
    closed_at: datetime | None
    answer: str
    answered_at: datetime | None
    over: bool
    department: str | None
    score: int | None
    imported_as: str
    words_hash: str

    def is_past(self, known: KnownCompany, *, open_all: bool) -> bool:
        """Return whether it is imported as past: closed, or older than thirty days unless all are to be opened."""
        return self.over or (not open_all and self.received_at < known.now - PAST_AFTER)


def read(reader: Reader, line: Line) -> Row | list[Fault]:
    """Return the row as a complaint, or what is wrong with it."""
    return _Reading(reader, line).row()


@dataclass(frozen=True, slots=True)
class _Coded:
    """Codes of a row's words; empty: none, or unknown."""

    urgency: str
    kind: str
    channel: str
    outcome: str
    department: str
    over: bool


class _Reading(Cells):
    def row(self) -> Row | list[Fault]:
        community = self.community(otherwise=self.known.homeless)
        if community is None and not self.faults:
            self.wrong("community", "没有写小区。", "there is no community.")
        received = self._moment("received", needed=True)
        closed, answered, happened = (self._moment(name) for name in DATES[1:])
        self._require_order(received, closed)
        said, category = self._said()
        phone = self.phone()
        names = {name: self._short(name) for name in ("reference", "outside", "person_name", "place")}
        wish = self.within("wish", self.cleaned("wish"), LONGEST["wish"])
        answer = self.within("answer", self._answer(), LONGEST["answer"])
        home, coded = self._home(community), self._coded()
        if self.faults or received.at is None or community is None:
            return self.every_fault()
        self.tell_notes()
        place, number = names["place"] or home, names["reference"] or names["outside"]
        where = "\x1f".join((community.code, key(home or place)))
        content = (received.at.isoformat(), said, phone, names["person_name"], where)
        return Row(
            number=self.line.number,
            community=community,
            text=said,
            category=category,
            urgency=coded.urgency or None,
            kind=coded.kind or "complaint",
            channel=coded.channel or "file",
            received_at=received.at,
            person_name=names["person_name"],
            phone=phone,
            home=home or names["place"],
            place_text=place,
            wish=wish,
            happened_at=happened.at,
            reference=names["outside"] or names["reference"],
            outcome=coded.outcome,
            closed_at=_closing(received, closed),
            answer=answer,
            answered_at=_closing(received, answered),
            over=closed.at is not None or coded.over,
            department=coded.department or None,
            score=words.score(self.text("score")),
            imported_as=_hash("complaint", community.code, *((number,) if number else content)),
            words_hash=_hash(key(self._body() or said), where)[:32],
        )

    def _coded(self) -> "_Coded":
        """Return what the row's words mean; read of refused rows too, so that unknown words are named all at once."""
        return _Coded(
            self._word(words.URGENCY, "urgency"),
            self._word(words.KIND, "kind"),
            self._word(words.CHANNEL, "channel"),
            self._outcome(),
            self.department(),
            over=self._is_over(),
        )

    def _moment(self, name: str, *, needed: bool = False) -> moments.Read:
        cell = self.cell(name)
        if self.is_wrong(name) or (name == "closed" and self._yes(name) is not None):
            return moments.Read(None)
        zone, order = self.known.zone, self.reader.orders.get(name, "")
        found = moments.read(cell if something(cell) else None, zone, order)
        found = moments.with_clock(found, self.cell(f"{name}_clock"), zone, order)
        if name == "answered" and (found.wrong is not None or (found.at is not None and found.at > self.known.now)):
            self.note(
                "有的答复时间看不懂或在将来，没有导入时间。",
                "Some times of answers are unclear or in the future and were left out.",
            )
            return moments.Read(None)
        if found.wrong is not None:
            self.wrong(name, *found.wrong)
        elif found.at is None and needed:
            self.wrong(name, "没有填时间。", "there is no time.")
        elif found.at is not None and found.at > self.known.now:
            at = self._local(found.at)
            self.wrong(name, f"{at} 晚于现在。", f"{at} lies in the future.")
        return found

    def _require_order(self, received: moments.Read, closed: moments.Read) -> None:
        ended = _closing(received, closed)
        if received.at is None or ended is None or self.is_wrong("received") or self.is_wrong("closed"):
            return
        if ended < received.at:
            first, last = self._local(received.at), self._local(ended)
            self.wrong(
                "closed",
                f"关闭时间 {last} 早于投诉时间 {first}。",
                f"it was closed ({last}) before it came in ({first}).",
            )

    def _local(self, at: datetime) -> str:
        return f"{at.astimezone(self.known.zone):%Y-%m-%d %H:%M}"

    def _said(self) -> tuple[str, str]:
        """Return the text, with its subject in front, and its category; unknown category words stay in the text."""
        subject, text = self.cleaned("subject"), self.cleaned("text")
        if not (subject or text or self.is_wrong("text") or self.is_wrong("subject")):
            self.wrong("text" if "text" in self.reader.columns else "subject", "没有填内容。", "there is no text.")
        first, second = self.text("category"), self.text("subcategory")
        category = self.known.category(first, second)
        said = " / ".join(each for each in (first, second) if each)
        if said and not category:
            category = self.means("category", said)
        if (first or second) and not category:
            self.note(
                "有的类别不在我们的类别表里，记为“未分类”，原来的类别写在内容开头。",
                "Some categories are unknown: imported as unsorted, with their names before the text.",
            )
            subject = f"【{said}】{subject}"
        if subject and key(subject) not in key(text[: len(subject) * 2 + 40]):
            text = f"{subject}\n{text}".strip()
        return self.within("text", text, LONGEST["text"]), category or self.known.unsorted

    def _body(self) -> str:
        """Return the words that identify repeats: without the subject, which people write anew each time."""
        text = self.cleaned("text")
        return " ".join((text, self.text("category"), self.text("subcategory"))) if text else ""

    def _home(self, community: Community | None) -> str:
        """Return the home that building, unit and room name; as it is written where that is unclear."""
        cells = [self.text(name) for name in ("building", "unit", "room")]
        whole = self.text("home")
        if not any(cells) and not any(each.isdecimal() for each in whole):
            return ""
        try:
            place = written.read(*cells, whole=whole, community=community.name if community else "")
        except Unclear:
            self.note(
                "有的楼栋、单元和房号互相矛盾，原样写在地址里，没有对到住户。",
                "Some buildings, units and rooms contradict each other: kept as written, not matched to a home.",
            )
            return " ".join(filter(None, cells)) or whole
        return label(place.building, place.unit, place.room) or whole

    def _short(self, name: str) -> str:
        return self.within(name, self.text(name), LONGEST[name])

    def _word(self, known: Mapping[str, str], name: str) -> str:
        said = self.text(name)
        return words.code(known, said) or (self.means(name, said) if said else "")

    def _outcome(self) -> str:
        known = words.code(words.OUTCOME, self.text("outcome")) or words.code(words.OUTCOME, self.text("status"))
        meant = self._status()
        return known or (meant if meant in OUTCOMES else "")

    def _status(self) -> str:
        """Return what a person said that an unknown status means: open, closed or an outcome; "" for a known one."""
        said = self.text("status")
        known = not said or key(said) in words.OVER | words.RUNNING or words.code(words.OUTCOME, said)
        return "" if known else self.means("status", said)

    def _yes(self, name: str) -> bool | None:
        """Return whether a cell says yes or no; None for anything else."""
        return words.yes(self.text(name)) if name in self.reader.columns else None

    def _answer(self) -> str:
        """Return what was answered then; a result in words that is no outcome of ours is part of it."""
        result, answer = self.cleaned("outcome"), self.cleaned("answer")
        if not result or words.code(words.OUTCOME, self.text("outcome")) or key(result) in key(answer):
            return answer
        return f"{result}\n{answer}".strip()

    def _is_over(self) -> bool:
        """Return whether it is closed: by its status, its result, or a column such as 是否办结."""
        over, said = self._yes("over"), self.text("over")
        if over is None and said:
            over = {"yes": True, "no": False}.get(self.means("over", said))
        told = {key(self.text("status")), key(self.text("outcome"))}
        unsolved = self._yes("outcome") is False or self._yes("status") is False
        closed = bool(self._outcome()) and not unsolved
        return bool(over or self._yes("closed") or closed or told & words.OVER or self._status() == "closed")


def _closing(received: moments.Read, closed: moments.Read) -> datetime | None:
    """Return when it was closed; a date equal to the day of receipt is not earlier than the receipt."""
    if closed.at is None or received.at is None or not closed.day_only or closed.at > received.at:
        return closed.at
    return received.at if (received.at - closed.at).days < 1 else closed.at


def _hash(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
