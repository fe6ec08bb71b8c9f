"""Publish a checked process as an immutable version, with history and permission."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

from sqlalchemy.orm import Session

from engine import forms, history
from engine.bpmn import checking, diagrams
from engine.bpmn.checking import meanings
from engine.company import places, roles
from engine.company.people import Person
from engine.core import parsing
from engine.core.errors import BihuanError, Conflict, Finding, Refused
from engine.history import NewEntry
from engine.processes import four_eyes, last_rows, process_drafts, released, rights, start_events, topics, versions
from engine.processes.four_eyes import NotApproved
from engine.processes.last_rows import LastRows
from engine.processes.released import Merged
from engine.processes.versions import Version

SHIPPED = Path(__file__).parents[2]
"""The processes shipped with the product: `bpmn/<process>` and `forms/<process>`."""


def available(session: Session) -> checking.Available:
    """Return what diagrams may refer to in this company: departments, roles, regions, topics, functions, processes."""
    published = {version.process: version.calls for version in versions.all_latest(session)}
    found = known(frozenset(published), roles.of(session))
    regions = frozenset(place.code for place in places.known(session).values() if place.kind == "region")
    return replace(found, regions=regions or None, meanings=meanings.with_called(found.meanings, published))


def known(processes: frozenset[str] = frozenset(), company: roles.KnownRoles = roles.USUAL) -> checking.Available:
    """Return what diagrams may always refer to, and these processes; with the roles of a company, if given."""
    return checking.Available(
        departments=frozenset(company.offered_departments),
        roles=frozenset(company.offered_roles),
        topics=dict(topics.ALLOWED.topics),
        functions=frozenset(topics.ALLOWED.functions),
        processes=processes,
        variables=dict(topics.ALLOWED.beginnings),
        changed=dict(topics.ALLOWED.changed),
        read=dict(topics.ALLOWED.read),
        codes=dict(topics.ALLOWED.codes),
        called=dict(topics.ALLOWED.functions),
        messages=dict(topics.ALLOWED.messages),
        promises=dict(topics.ALLOWED.promises),
        asked=dict(topics.ALLOWED.asked),
        answers=dict(topics.ALLOWED.answers),
        contact=topics.ALLOWED.contact,
        meanings=dict(topics.ALLOWED.meanings),
        check_form=wrong_with_form,
    )


def wrong_with_form(path: str, text: bytes) -> tuple[Finding, ...]:
    """Return what is wrong with a form, at its path."""
    try:
        forms.read(text)
    except Refused as refused:
        return tuple(replace(each, file=path) for each in refused.findings)
    except BihuanError as bad:
        return (Finding("error", path, "", bad.text("zh"), bad.text("en")),)
    return ()


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict on some files as the next version of a process, and everything that it rests on.

    `lost`: the last rows of a kind that tables would lose; only a person can overrule that.
    """

    verdict: checking.Verdict
    rests_on: tuple[object, ...]
    lost: tuple[Finding, ...] = ()


def judge(session: Session, process: str, files: Mapping[str, bytes]) -> Judged:
    """Check `files` before the transaction that publishes them. Takes some seconds; only reads."""
    parsing.require_unlocked()
    return _judge(session, process, files)


def _judge(session: Session, process: str, files: Mapping[str, bytes]) -> Judged:
    around = versions.without_scenarios({**with_callers(session, process), **with_called(session, process, files)})
    verdict = checking.check(around, available(session), about=process)
    return Judged(verdict, _rests_on(session, files), lost(session, process, files))


def lost(session: Session, process: str, files: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """Return the last rows of a kind that tables of the newest version would lose."""
    newest = versions.latest(session, process)
    return last_rows.lost(versions.files_of(session, newest.id), files) if newest else ()


def require_reason(session: Session, process: str, files: Mapping[str, bytes], in_spite: str) -> None:
    """Raise `LastRows` where tables lose their last row of a kind and nobody says why (`in_spite`)."""
    if not in_spite.strip() and (found := lost(session, process, files)):
        raise LastRows(found)


def _rests_on(session: Session, files: Mapping[str, bytes]) -> tuple[object, ...]:
    """Return what a verdict depends on: the files, the newest version of every process, the company's roles."""
    newest = frozenset((version.process, version.id) for version in versions.all_latest(session))
    company = roles.of(session)
    offered = frozenset(company.offered_roles), frozenset(company.offered_departments)
    return versions.hash_of(versions.without_scenarios(files)), newest, *offered


def publish(
    session: Session,
    process: str,
    files: Mapping[str, bytes],
    *,
    by: Person | None = None,
    note: str = "",
    act: str = "process.publish",
    judged: Judged | None = None,
    in_spite: str = "",
    approved: bool = False,
) -> Version:
    """Store `files` (by path, `bpmn/<process>/…` and `forms/<process>/…`) as a version, if they run.

    The same content as the newest version makes no new one. `act`: the permission `by` needs, narrower where only a
    table changed. `judged`: the check made before the transaction, so that nobody waits for it; only commands leave it
    out. `in_spite`: why a person lets a table lose its last row of a kind. `approved`: by somebody else. Raises
    `Refused` with the findings, `LastRows` where such a reason is missing, `NotPermitted`, `NotApproved`, `Conflict`
    when something changed since the check.
    """
    if by is not None:
        rights.require(session, by, process, act)
    newest = versions.latest(session, process)
    digest = versions.hash_of(files)
    if newest is not None and newest.hash == digest:
        return newest
    if not approved and four_eyes.needed(session, process):
        raise NotApproved(process=process)
    if newest is not None and _runs_the_same(session, newest, files):
        return _store(session, process, files, by, note)
    judged = judged or _judge(session, process, files)
    if judged.rests_on != _rests_on(session, files):
        raise Conflict(
            zh="刚才有别的流程或角色变了，请再发布一次。",
            en="Another process or a role has just changed. Please publish it again.",
        )
    verdict = judged.verdict
    if not verdict.runs:
        raise Refused([each for each in verdict.findings if each.level == "error"] or verdict.findings)
    lost = judged.lost if by is not None else ()
    if lost and not in_spite.strip():
        raise LastRows(lost)
    note = "\n".join(filter(None, (note, in_spite.strip() if lost else "")))
    return _store(session, process, files, by, note, lost)


def _runs_the_same(session: Session, newest: Version, files: Mapping[str, bytes]) -> bool:
    """Return whether only scenarios differ, which steer no case."""
    before = versions.files_of(session, newest.id)
    return versions.without_scenarios(before) == versions.without_scenarios(files)


def _store(
    session: Session,
    process: str,
    files: Mapping[str, bytes],
    by: Person | None,
    note: str,
    lost: Sequence[Finding] = (),
) -> Version:
    version = versions.store(session, process, files, by_id=by.id if by else None, note=note)
    start_events.follow(session, version, files)
    process_drafts.follow(session, version, files)
    facts: dict[str, object] = {"process": process, "number": version.number, "hash": version.hash}
    facts |= {"lost": [each.en for each in lost]} if lost else {}
    history.add(
        session,
        history.company(session),
        [NewEntry("process.published", by.id if by else None, None, facts, note or None)],
    )
    session.flush()
    return version


def with_called(session: Session, process: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return `files` and the newest published files of everything they call, directly or not, to follow calls."""
    newest = {version.process: version for version in versions.all_latest(session)}
    found = dict(files)
    seen, waiting = {process}, called_by(files)
    while waiting:
        name = waiting.pop()
        if name in seen or name not in newest:
            continue
        seen.add(name)
        waiting |= set(newest[name].calls)
        found = {**versions.files_of(session, newest[name].id), **found}
    return found


def with_callers(session: Session, process: str) -> dict[str, bytes]:
    """Return the newest published files of every process that calls this one, to know what they pass to it."""
    found: dict[str, bytes] = {}
    for version in versions.all_latest(session):
        if process in version.calls and version.process != process:
            found |= versions.files_of(session, version.id)
    return found


def together(found: Mapping[str, Mapping[str, bytes]], process: str) -> dict[str, bytes]:
    """Return the files of one of several processes, and of those among them that it calls, directly or not."""
    whole = dict(found[process])
    seen, waiting = {process}, called_by(whole)
    while waiting:
        name = waiting.pop()
        if name in found and name not in seen:
            seen.add(name)
            whole = {**found[name], **whole}
            waiting |= called_by(found[name])
    return whole


def called_by(files: Mapping[str, bytes]) -> set[str]:
    """Return the processes that these diagrams call; an unreadable one calls nothing."""
    found: set[str] = set()
    for path, text in files.items():
        if path.endswith(".bpmn"):
            with suppress(BihuanError):
                found.update(diagrams.read(text).called)
    return found


def read_folder(folder: Path) -> dict[str, dict[str, bytes]]:
    """Return the processes of a folder with `bpmn/<process>` (its scenarios too) and `forms/<process>`: files by path.

    Raises `Refused` when there is nothing to publish.
    """
    found: dict[str, dict[str, bytes]] = {}
    for kind, endings in (("bpmn", {".bpmn", ".dmn"}), ("forms", {".json"})):
        for path in sorted((folder / kind).glob("*/*")):
            if path.suffix in endings and path.is_file():
                found.setdefault(path.parent.name, {})[f"{kind}/{path.parent.name}/{path.name}"] = path.read_bytes()
    for path in sorted((folder / "bpmn").glob("*/scenarios/*.json")):
        process = path.parents[1].name
        found.setdefault(process, {})[f"bpmn/{process}/scenarios/{path.name}"] = path.read_bytes()
    whole = {name: files for name, files in found.items() if any(path.endswith(".bpmn") for path in files)}
    if not whole:
        raise Refused(
            [
                Finding(
                    "error",
                    folder.name,
                    "",
                    "这里没有可发布的流程(应有 bpmn/<流程>/*.bpmn)。",
                    "there is nothing to publish here (expected bpmn/<process>/*.bpmn).",
                )
            ]
        )
    return whole


@cache
def shipped() -> Mapping[str, Mapping[str, bytes]]:
    """Return the processes shipped with this version of the product."""
    return read_folder(SHIPPED)


def publish_all(
    session: Session,
    found: Mapping[str, Mapping[str, bytes]],
    *,
    by: Person | None = None,
    note: str = "",
    replace: bool = False,
    approved: bool = False,
    accepted: Mapping[str, Mapping[str, bytes]] = MappingProxyType({}),
    told: Callable[[Version, bool, Merged], None] = lambda version, new, merged: None,
) -> list[Version]:
    """Release several processes, called ones first, for one reason. `told(version, new, merged)` is called after each.

    What the company changed since the last release is kept (`released`), unless `replace`. `accepted`: scenarios that
    expect something else now, by process.
    """
    done = []
    for process in in_order(found):
        before = versions.latest(session, process)
        merged = merge(session, process, found[process], replace=replace)
        files = versions.with_scenarios(merged.files, accepted.get(process, {}))
        version = publish(session, process, files, by=by, note=note, approved=approved)
        released.note(session, process, found[process])
        told(version, before is None or before.id != version.id, merged)
        done.append(version)
    return done


def merge(session: Session, process: str, files: Mapping[str, bytes], *, replace: bool = False) -> Merged:
    """Return what a release of these files would publish; `replace`: without what the company changed."""
    return Merged(dict(files)) if replace else released.merge(session, process, files)


def in_order(found: Mapping[str, Mapping[str, bytes]]) -> list[str]:
    """Return the processes, called ones before their callers."""
    calls = {process: called_by(files) for process, files in found.items()}
    order: list[str] = []

    def visit(process: str, trail: frozenset[str]) -> None:
        for called in sorted(calls[process] & calls.keys() - trail):
            visit(called, trail | {process})
        if process not in order:
            order.append(process)

    for process in sorted(calls):
        visit(process, frozenset())
    return order
