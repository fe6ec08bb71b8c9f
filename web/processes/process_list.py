"""The list of processes: what is published, drafted and planned, who did it, and how many cases run on it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import render_template
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.casework.cases import by_version
from engine.casework.cases.by_version import Count
from engine.company import people
from engine.company.people import Person
from engine.processes import process_drafts, publishing, released, rights, versions
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
    waits = waiting.of(session)
    drafts = process_drafts.every(session) if current.may(process_drafts.ACT) else {}
    found = _found(session, wish, drafts, {each.process for each in waits["planned"]})
    page = _cut(session, wish, found, drafts)
    newest = [row.newest for row in page.rows if row.newest]
    return render_template(
        "processes/index.html",
        page=page,
        wish=wish,
        names=names_of(session),
        publishers=publishers(session, newest),
        changed=released.changed(session, newest),
        news=released.news(session, publishing.shipped()),
        mine=_mine(session, [row.process for row in page.rows]),
        **_drafted(session, drafts),
        **waits,
    )


def _found(session: Session, wish: Wish, drafts: dict[str, ProcessDraft], planned: set[str]) -> list[str]:
    """The processes that fit, by name of the process."""
    asked = versions.newest()
    if wish.search:
        asked = asked.where(
            lists.contains(wish.search, Version.process, Version.name, Version.name_en, Version.step_names)
        )
    fitting = list(session.scalars(asked))
    found = {each.process for each in fitting}
    new = drafts.keys() - {each.process for each in versions.all_latest(session)}
    found |= {process for process in new if wish.search.casefold() in process.casefold()}
    match wish.filters["only"]:
        case "draft":
            found &= drafts.keys()
        case "waiting":
            found &= planned
        case "changed":
            found &= released.changed(session, fitting)
    return sorted(found, key=lambda process: (process not in new, process))


def _cut(session: Session, wish: Wish, found: Sequence[str], drafts: dict[str, ProcessDraft]) -> Page:
    pages = max(1, -(-len(found) // lists.SIZE))
    number = min(wish.number, pages)
    shown = found[(number - 1) * lists.SIZE : number * lists.SIZE]
    newest = {each.process: each for each in session.scalars(versions.newest().where(Version.process.in_(shown)))}
    counted = select(Version.process, func.count()).where(Version.process.in_(shown)).group_by(Version.process)
    numbers = {row[0]: row[1] for row in session.execute(counted)}
    running, started = _cases(session, shown)
    rows = [
        Row(
            process,
            version := newest.get(process),
            drafts.get(process),
            numbers.get(process, 0),
            Count(sum(running.get(process, {}).values()), started.get(process, 0)),
            sum(amount for id, amount in running.get(process, {}).items() if version is None or id != version.id),
        )
        for process in shown
    ]
    return Page(rows, len(found), number, lists.SIZE, wish)


def _cases(session: Session, processes: Sequence[str]) -> tuple[dict[str, dict[int, int]], dict[str, int]]:
    """Open cases by process and version, and all that ever started by process."""
    asked = select(Version.id, Version.process).where(Version.process.in_(processes))
    of_version = {row.id: row.process for row in session.execute(asked)}
    running: dict[str, dict[int, int]] = {}
    started: dict[str, int] = {}
    for version_id, count in by_version.counts(session).items():
        if (process := of_version.get(version_id)) is not None:
            running.setdefault(process, {})[version_id] = count.running
            started[process] = started.get(process, 0) + count.all
    return running, started


def names_of(session: Session) -> dict[str, str]:
    """What each published process is called."""
    return {each.process: each.said(language()) for each in versions.all_latest(session)}


def _mine(session: Session, processes: Iterable[str]) -> set[str]:
    """The processes that this person may draft."""
    me = current.someone()
    return {each for each in processes if rights.may(session, me, each, process_drafts.ACT)}


def _drafted(session: Session, drafts: dict[str, ProcessDraft]) -> dict[str, object]:
    """Discarded drafts, and who changed a draft last; none for who may not draft."""
    if not current.may(process_drafts.ACT):
        return {"discarded": [], "drafters": dict[int, Person]()}
    drafters = people.names(session, [each.changed_by_id for each in drafts.values()])
    return {"discarded": process_drafts.discarded(session), "drafters": drafters}
