"""The danger patterns and what speaks against them, edited by the company."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.administration import wording
from engine.administration.recording import differing, record, require
from engine.company.people import Person
from engine.complaints.intake.danger_patterns import DangerPattern
from engine.complaints.intake.danger_reading import DANGER, GROUP, KINDS, words
from engine.core.errors import Conflict, Invalid, NotFound

FIELDS = ("kind", "name", "name_en", "who", "what")
LONGEST_WORD = 40
MOST_WORDS = 1000
MOST = 300
"""The most patterns in use: each is looked for in every complaint."""

MOST_GAPS = 2
"""Places in a word where anything may stand (`...`)."""


def every(session: Session, search: str = "") -> list[DangerPattern]:
    """Return the patterns whose name or words contain `search`, by kind and age, including retired ones."""
    rows = session.scalars(select(DangerPattern).order_by(DangerPattern.retired, DangerPattern.id))
    wanted = "".join(search.casefold().split())
    found = (each for each in rows if wanted in "".join(_said(each).casefold().split()))
    return sorted(found, key=lambda each: KINDS.index(each.kind))


def _said(row: DangerPattern) -> str:
    return "\n".join((row.name, row.name_en, row.who, row.what))


def find(session: Session, pattern_id: int) -> DangerPattern:
    """Return a pattern, retired or not; raises `NotFound`."""
    row = session.get(DangerPattern, pattern_id)
    if row is None:
        raise NotFound()
    return row


def add(session: Session, by: Person, given: Mapping[str, str]) -> DangerPattern:
    """Add a pattern with these `FIELDS`. Raises `Invalid`, `Conflict` when there are too many."""
    require(session, by)
    kept = checked(given)
    _require_room(session)
    row = DangerPattern(**kept)
    session.add(row)
    session.flush()
    record(session, by, "danger.added", {"pattern": row.id, **kept})
    return row


def _require_room(session: Session) -> None:
    in_use = select(func.count(DangerPattern.id)).where(DangerPattern.retired.is_(False))
    if session.scalars(in_use).one() >= MOST:
        raise Conflict(zh=f"最多 {MOST} 条。请先停用不用的。", en=f"There are at most {MOST}. Retire some first.")


def change(session: Session, by: Person, pattern_id: int, given: Mapping[str, str]) -> DangerPattern:
    """Change a pattern; its kind stays. Raises `Invalid`, `NotFound`."""
    require(session, by)
    row = find(session, pattern_id)
    kept = checked({**given, "kind": row.kind})
    before = {name: getattr(row, name) for name in FIELDS}
    for name, value in kept.items():
        setattr(row, name, value)
    if changed := differing(before, kept):
        record(session, by, "danger.changed", {"pattern": row.id, "name": row.name, "changed": changed})
    return row


def retire(session: Session, by: Person, pattern_id: int, *, back: bool = False) -> None:
    """Retire a pattern, or bring it back. Raises `Conflict` for the last that finds danger and for too many, `NotFound`."""
    require(session, by)
    row = find(session, pattern_id)
    if row.retired != back:
        return
    finding = select(func.count(DangerPattern.id)).where(
        DangerPattern.kind == DANGER, DangerPattern.retired.is_(False), DangerPattern.id != row.id
    )
    if not back and row.kind == DANGER and not session.scalar(finding):
        raise Conflict(zh="至少要留一条找危险的说法。", en="At least one pattern that finds danger has to stay.")
    if back:
        _require_room(session)
    row.retired = not back
    record(session, by, "danger.returned" if back else "danger.retired", {"pattern": row.id, "name": row.name})


def checked(given: Mapping[str, str]) -> dict[str, str]:
    """Return the fields as they are kept: words separated by `、`. Raises `Invalid`."""
    kept = {name: " ".join(given.get(name, "").split()) for name in ("kind", "name", "name_en")}
    kept |= {name: "、".join(dict.fromkeys(words(given.get(name, "")))) for name in ("who", "what")}
    wrong = wording.names(kept["name"], kept["name_en"])
    if kept["kind"] not in KINDS:
        wrong["kind"] = ("请从列表中选择。", "Please choose from the list.")
    if kept["kind"] != DANGER:
        kept["who"] = ""
    if not kept["what"]:
        wrong["what"] = ("请至少写一个词。", "Give at least one word.")
    for name in ("who", "what"):
        if said := _wrong_words(words(kept[name]), one_sign=kept["kind"] == GROUP or bool(kept["who"])):
            wrong[name] = said
    if wrong:
        raise Invalid(wrong)
    return kept


def _wrong_words(listed: list[str], *, one_sign: bool) -> tuple[str, str] | None:
    if len(listed) > MOST_WORDS:
        return f"最多 {MOST_WORDS} 个词。", f"At most {MOST_WORDS} words."
    for word in listed:
        bare = word.replace("…", "...").replace("...", "")
        if len(word) > LONGEST_WORD or word.replace("…", "...").count("...") > MOST_GAPS:
            return (
                f"“{word}”太长，或“…”超过 {MOST_GAPS} 处。一个词最多 {LONGEST_WORD} 个字。",
                f"“{word}” is too long or has more than {MOST_GAPS} gaps “…”. A word has at most {LONGEST_WORD} characters.",
            )
        if len(bare.strip()) < (1 if one_sign or not bare.isascii() else 2):
            return f"“{word}”太短。", f"“{word}” is too short."
    return None
