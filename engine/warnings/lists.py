"""The list of warnings: search, filters, and its export."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from engine.company import places
from engine.company.people import Person
from engine.complaints.core import categories
from engine.jobs import lists
from engine.jobs.lists import Asked, List, Saying
from engine.warnings import queries
from engine.warnings.opening import codes_of
from engine.warnings.rows import EarlyWarning
from engine.warnings.words import HITS, RESULTS, STAGES

SORTS: Mapping[str, object] = {
    "opened": EarlyWarning.opened_at,
    "number": EarlyWarning.number,
    "count": EarlyWarning.count,
    "chance": EarlyWarning.chance,
}
HIT: Mapping[str, ColumnElement[bool]] = {
    "yes": EarlyWarning.hit.is_(True),
    "no": EarlyWarning.hit.is_(False),
    "open": EarlyWarning.hit.is_(None),
}
HEADS = (
    ("编号", "Number"), ("小区", "Community"), ("类别", "Category"), ("哪一周（周一）", "Week (Monday)"),
    ("件数", "Complaints"), ("平常", "Usual"), ("偶然的可能", "Chance"), ("又出现几周", "Weeks seen again"),
    ("到哪一步", "Stage"), ("结果", "Result"), ("是否命中", "Hit"), ("预警时间", "Given"), ("巡查时间", "Patrolled"),
    ("结束", "Ended"),
)  # fmt: skip


def conditions(session: Session, person: Person, asked: Asked) -> list[ColumnElement[bool]]:
    """Return conditions: warnings that a person may see and that the list asks for."""
    chosen, found = asked.filters, [queries.within(session, person)]
    if stage := chosen.get("stage"):
        found.append(or_(EarlyWarning.stage == stage, EarlyWarning.result == stage))
    if hit := chosen.get("hit"):
        found.append(HIT[hit])
    if community := chosen.get("community"):
        found.append(EarlyWarning.community_id == int(community))
    if category := chosen.get("category"):
        found.append(EarlyWarning.category.in_(codes_of(session, category)))
    return found + ([_said(session, asked.words)] if asked.words else [])


def _said(session: Session, words: str) -> ColumnElement[bool]:
    """Return a condition: the number has these words in it, or a name of the category or the place."""
    sought = words.casefold()

    def named(thing: object) -> bool:
        return any(sought in (getattr(thing, name) or "").casefold() for name in ("name", "name_en"))

    codes = [each.code for each in categories.known(session).values() if named(each)]
    ids = [each.id for each in places.known_communities(session) if named(each)]
    return or_(
        EarlyWarning.number.icontains(words, autoescape=True),
        EarlyWarning.category.in_(codes),
        EarlyWarning.community_id.in_(ids),
    )


def fitting(session: Session, person: Person, asked: Asked) -> Select[EarlyWarning]:
    """Return these warnings."""
    return select(EarlyWarning).where(*conditions(session, person, asked))


def _cells(session: Session, rows: Sequence[tuple[EarlyWarning]], saying: Saying) -> list[Sequence[object]]:
    known, named = categories.known(session), places.known(session)
    return [
        (
            each.number, saying.name(named.get(each.community_id)),
            saying.name(known.get(each.category)) or each.category, each.week, each.count, each.usual, each.chance,
            each.repeats, saying.pick(STAGES[each.stage]), saying.pick(RESULTS[each.result]) if each.result else "",
            saying.pick(HITS["open" if each.hit is None else "yes" if each.hit else "no"]),
            saying.moment(each.opened_at), saying.moment(each.patrolled_at), saying.moment(each.ended_at),
        )
        for (each,) in rows
    ]  # fmt: skip


LIST = lists.register(List("warnings", ("预警", "warnings"), HEADS, SORTS, EarlyWarning.id, fitting, _cells))
