"""Standard texts: what to say and write at a step, filled with the facts of the case; companies may change them."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import ForeignKey, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import history
from engine.casework.tasks import Task
from engine.company import permissions
from engine.company.people import Person
from engine.core import clock, master_data
from engine.core.errors import Invalid, NotFound
from engine.core.store import Base
from engine.history import NewEntry
from engine.letters import texts

ACT = "company.edit"
SHIPPED = Path(__file__).with_suffix(".json")
CODE = re.compile(r"[a-z][a-z0-9_]{1,38}")
FIELD = re.compile(r"\{([^{}]*)\}")
LONGEST = 2000
LONGEST_TITLE = 60

FIELDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "number": ("编号", "number"),
        "name": ("业主称呼", "name of the resident"),
        "community": ("小区", "community"),
        "place": ("地点", "place"),
        "category": ("分类", "category"),
        "department": ("办理部门", "department"),
        "due": ("到期时间", "when it is due"),
        "phone": ("小区客服电话", "phone of the desk"),
        "me": ("我的姓名", "my own name"),
    }
)
"""The fields of a text, in words. A sentence in `[[double brackets]]` is dropped when one of its fields is empty."""


class Phrase(Base):
    """A standard text in both languages. `elements`: the steps it is meant for (none: any)."""

    __tablename__ = "phrases"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    elements: Mapped[list[str]]
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    title_en: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    text: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    position: Mapped[int]
    retired_at: Mapped[datetime | None]


class PhraseUse(Base):
    """Records that a text was used in an answer. `kept`: how much of it the answer still contains, 0 to 100."""

    __tablename__ = "phrase_uses"

    id: Mapped[int] = mapped_column(primary_key=True)
    phrase_id: Mapped[int] = mapped_column(ForeignKey("phrases.id"), index=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"), index=True)
    field: Mapped[str] = mapped_column(String(80))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    kept: Mapped[int]


@dataclass(frozen=True, slots=True)
class Wording:
    """A text as typed on the page of standard texts."""

    title: str
    title_en: str
    text: str
    text_en: str
    elements: tuple[str, ...] = ()
    position: int = 100


@dataclass(frozen=True, slots=True)
class Offered:
    """A text with its fields filled in, ready to use in an answer."""

    id: int
    title: str
    text: str


# ---- what there is -----------------------------------------------------------------------------------------------


@cache
def shipped() -> Sequence[Mapping[str, Any]]:
    """Return the default texts in the order they are offered."""
    read: Sequence[Mapping[str, Any]] = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return read


def seed(session: Session) -> None:
    """Insert the default texts that a company does not have yet."""
    known = set(session.scalars(select(Phrase.code)))
    for number, each in enumerate(shipped(), 1):
        if each["code"] not in known:
            session.add(Phrase(**each, position=number * 10))
    session.flush()


def find(session: Session, phrase_id: int) -> Phrase:
    """Return the text with this id, active or retired. Raises `NotFound`."""
    phrase = session.get(Phrase, phrase_id)
    if phrase is None:
        raise NotFound()
    return phrase


@dataclass(frozen=True, slots=True)
class KnownPhrase:
    """An active text, as pages offer it."""

    id: int
    elements: Sequence[str]
    title: str
    title_en: str
    text: str
    text_en: str


_IN_USE = (
    select(Phrase.id, Phrase.elements, Phrase.title, Phrase.title_en, Phrase.text, Phrase.text_en)
    .where(Phrase.retired_at.is_(None))
    .order_by(Phrase.position, Phrase.id)
)


def for_step(session: Session, element: str) -> list[KnownPhrase]:
    """Return the active texts offered at a step: those meant for it first, then those for any."""
    every = master_data.kept(session, "phrases", lambda: [KnownPhrase(*row) for row in session.execute(_IN_USE)])
    fitting = [each for each in every if not each.elements or element in each.elements]
    return sorted(fitting, key=lambda each: not each.elements)


def filled(phrase: KnownPhrase, facts: Mapping[str, object], language: str, zone: tzinfo) -> Offered:
    """Return a text in one language, filled with `facts` (by the names of `FIELDS`; times are given in `zone`)."""
    title = (phrase.title_en if language == "en" else "") or phrase.title
    text = (phrase.text_en if language == "en" else "") or phrase.text
    return Offered(phrase.id, title, texts.fill(text, texts.kept(facts), language, zone))


# ---- change ------------------------------------------------------------------------------------------------------


def add(session: Session, by: Person, code: str, wording: Wording) -> Phrase:
    """Add a text. Raises `Invalid` naming the fields, `NotPermitted`."""
    _require(session, by)
    wrong = _wrong(wording)
    if not CODE.fullmatch(code):
        wrong["code"] = (
            "代码为 2 到 39 个小写字母、数字或下划线，字母开头。",
            "2 to 39 small letters, digits or underscores, a letter first.",
        )
    elif session.scalar(select(Phrase.id).where(Phrase.code == code)):
        wrong["code"] = ("这个代码已用过，请换一个。", "This code is taken, choose another.")
    if wrong:
        raise Invalid(wrong)
    phrase = Phrase(code=code)
    _write(phrase, wording)
    session.add(phrase)
    session.flush()
    _record(session, by, "phrase.added", phrase)
    return phrase


def change(session: Session, by: Person, phrase: Phrase, wording: Wording) -> None:
    """Change a text; answers written with it stay as they are. Raises `Invalid` naming the fields, `NotPermitted`."""
    _require(session, by)
    if wrong := _wrong(wording):
        raise Invalid(wrong)
    _write(phrase, wording)
    session.flush()
    _record(session, by, "phrase.changed", phrase)


def retire(session: Session, by: Person, phrase: Phrase, *, retired: bool = True) -> None:
    """Retire a text, or bring it back; nothing is deleted."""
    _require(session, by)
    if (phrase.retired_at is not None) != retired:
        phrase.retired_at = clock.now() if retired else None
        session.flush()
        _record(session, by, "phrase.retired" if retired else "phrase.restored", phrase)


def _require(session: Session, by: Person) -> None:
    if not permissions.reach(session, by, ACT).everything:  # texts apply to all communities
        raise permissions.refusal(ACT)


def _write(phrase: Phrase, wording: Wording) -> None:
    phrase.title, phrase.title_en = wording.title.strip(), wording.title_en.strip()
    phrase.text, phrase.text_en = wording.text.strip(), wording.text_en.strip()
    phrase.elements, phrase.position = list(wording.elements), wording.position


def _record(session: Session, by: Person, kind: str, phrase: Phrase) -> None:
    facts = {"phrase": phrase.id, "code": phrase.code}
    history.add(session, history.company(session), [NewEntry(kind, by.id, None, facts)])


def _wrong(wording: Wording) -> dict[str, tuple[str, str]]:
    wrong: dict[str, tuple[str, str]] = {}
    if not wording.title.strip():
        wrong["title"] = ("请填写名称。", "Give it a name.")
    if not wording.text.strip():
        wrong["text"] = ("请填写内容。", "Write the text.")
    for name in ("title", "title_en"):
        if len(getattr(wording, name)) > LONGEST_TITLE:
            wrong[name] = (f"最多 {LONGEST_TITLE} 个字。", f"At most {LONGEST_TITLE} characters.")
    for name in ("text", "text_en"):
        if found := _wrong_text(getattr(wording, name)):
            wrong[name] = found
    return wrong


def _wrong_text(text: str) -> tuple[str, str] | None:
    if len(text) > LONGEST:
        return f"最多 {LONGEST} 个字。", f"At most {LONGEST} characters."
    unknown = next((name for name in FIELD.findall(text) if name not in FIELDS), None)
    if unknown is not None:
        known_zh = "、".join(f"{{{name}}} {words[0]}" for name, words in FIELDS.items())
        known_en = ", ".join(f"{{{name}}}" for name in FIELDS)
        return (
            f"没有“{{{unknown}}}”这个字段。可用的有：{known_zh}。",
            f"There is no field “{{{unknown}}}”. There are: {known_en}.",
        )
    if text.count("[[") != text.count("]]"):
        return "双方括号 [[ 和 ]] 要成对。", "Double brackets [[ and ]] come in pairs."
    return None


# ---- how well it is kept to --------------------------------------------------------------------------------------


def used(session: Session, task: Task, by: Person, field: str, phrase_id: int, filled_text: str, answer: str) -> None:
    """Record which text an answer was written with, and how much of it the answer still contains."""
    kept = share_kept(filled_text, answer)
    row = PhraseUse(phrase_id=phrase_id, task_id=task.id, field=field[:80], by_id=by.id, at=clock.now(), kept=kept)
    session.add(row)
    session.flush()


def share_kept(text: str, answer: str) -> int:
    """Return how much of a text an answer still contains, 0 to 100; additions do not lower it."""
    pairs, left = _pairs(text), _pairs(answer)
    return round(100 * (pairs & left).total() / pairs.total()) if pairs else 0


def _pairs(text: str) -> Counter[str]:
    """Return pairs of neighbouring characters: enough order for Chinese and English alike."""
    plain = "".join(text.split())
    return Counter(map("".join, pairwise(plain)))


def uses(session: Session) -> dict[int, tuple[int, int]]:
    """Return how often each text was used and the average share kept (0 to 100), by id."""
    asked = select(PhraseUse.phrase_id, func.count(), func.avg(PhraseUse.kept)).group_by(PhraseUse.phrase_id)
    return {phrase_id: (count, round(kept)) for phrase_id, count, kept in session.execute(asked)}
