"""The list of processes: what is published, drafted and planned, who did it, and how many cases run on it."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from flask import render_template
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework.cases import by_version
from engine.casework.cases.by_version import Count
from engine.company import people
from engine.company.people import Person
from engine.processes import planned, process_drafts, publishing, released, rights, versions
from engine.processes.process_drafts import ProcessDraft
from engine.processes.versions import Version
from web.processes import waiting
from web.processes.library import blueprint, publishers
from web.shell import current, lists
from web.shell.guard import rule
from web.shell.language import language
from web.shell.lists import Page, Wish

ONLY = ("draft", "waiting", "changed")
"""What the list can be narrowed to: with a draft, with a publication that waits, not as it was released."""


@dataclass(frozen=True, slots=True)
class Row:
    """One process: its newest version (None: only a draft), how many versions, and the cases on old ones."""

    process: str
    newest: Version | None
    draft: ProcessDraft | None
    versions: int
    count: Count
    on_older: int


@blueprint.get("")
@rule("process.see")
def index() -> str:
    """Every process; search, filter and page are in the address."""
    session = current.reading()
    wish = lists.read(["process"], {"only": ONLY}, "process")
    known = {each.process: each for each in versions.all_latest(session)}
    drafts = process_drafts.every(session) if current.may(process_drafts.ACT) else {}
    waits = waiting.of(session)
    found = _found(session, wish, known, drafts, planned.processes_waiting(session))
    page = _cut(session, wish, found, known, drafts)
    newest = [row.newest for row in page.rows if row.newest]
    return render_template(
        "processes/index.html",
        page=page,
        wish=wish,
        names={process: version.said(language()) for process, version in known.items()},
        publishers=publishers(session, newest),
        changed=released.changed(session, newest),
        news=released.news(session, publishing.shipped()),
        mine=_mine(session, [row.process for row in page.rows]),
        **_drafted(session, wish, drafts, known),
        **waits,
    )


def _found(
    session: Session,
    wish: Wish,
    known: Mapping[str, Version],
    drafts: Mapping[str, ProcessDraft],
    waits: AbstractSet[str],
) -> list[str]:
    """The processes that fit: those that are only drafts last."""
    found = set(known)
    if wish.search:
        columns = Version.process, Version.name, Version.name_en, Version.step_names
        asked = versions.newest().where(lists.contains(wish.search, *columns))
        found = set(session.scalars(asked.with_only_columns(Version.process)))
    new = drafts.keys() - known.keys()
    found |= {process for process in new if wish.search.casefold() in process.casefold()}
    match wish.filters["only"]:
        case "draft":
            found &= drafts.keys()
        case "waiting":
            found &= waits
        case "changed":
            found &= released.changed(session, known.values())
    return sorted(found, key=lambda process: (process in new, process))


def _cut(
    session: Session,
    wish: Wish,
    found: Sequence[str],
    known: Mapping[str, Version],
    drafts: Mapping[str, ProcessDraft],
) -> Page:
    """One page of them, with the cases of each."""
    number = min(wish.number, max(1, -(-len(found) // lists.SIZE)))
    shown = found[(number - 1) * lists.SIZE : number * lists.SIZE]
    asked = select(Version.id, Version.process).where(Version.process.in_(shown))
    ids: dict[str, list[int]] = {}
    for version_id, process in session.execute(asked):
        ids.setdefault(process, []).append(version_id)
    counts = by_version.counts(session)
    rows = [_row(process, known.get(process), drafts.get(process), ids.get(process, []), counts) for process in shown]
    return Page(rows, len(found), number, lists.SIZE, wish)


def _row(
    process: str,
    newest: Version | None,
    draft: ProcessDraft | None,
    ids: Sequence[int],
    counts: Mapping[int, Count],
) -> Row:
    mine = {each: counts[each] for each in ids if each in counts}
    running, started = sum(each.running for each in mine.values()), sum(each.all for each in mine.values())
    on_newest = mine[newest.id].running if newest and newest.id in mine else 0
    return Row(process, newest, draft, len(ids), Count(running, started), running - on_newest)


def _mine(session: Session, processes: Iterable[str]) -> set[str]:
    """The processes that this person may draft."""
    me = current.someone()
    return {each for each in processes if rights.may(session, me, each, process_drafts.ACT)}


def _drafted(
    session: Session, wish: Wish, drafts: Mapping[str, ProcessDraft], known: Mapping[str, Version]
) -> dict[str, object]:
    """Discarded drafts whose process fits the search, and who changed a draft last; none for who may not draft."""
    if not current.may(process_drafts.ACT):
        return {"discarded": [], "drafters": dict[int, Person]()}
    drafters = people.names(session, [each.changed_by_id for each in drafts.values()])
    found = [each for each in process_drafts.discarded(session) if _is_called(wish.search, each.process, known)]
    mine = _mine(session, {each.process for each in found})
    discarded = [each for each in found if each.process in mine]
    return {"discarded": discarded[: lists.SIZE], "discarded_count": len(discarded), "drafters": drafters}


def _is_called(search: str, process: str, known: Mapping[str, Version]) -> bool:
    version = known.get(process)
    names = (process, version.name, version.name_en) if version else (process,)
    return any(search.casefold() in (name or "").casefold() for name in names)
