"""The scenarios of a draft: listed, kept, renamed, taken out, and played on the draft before it is published."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import jobs
from engine.company import people
from engine.company.people import Person
from engine.core.errors import Conflict, Finding, Invalid, NotFound, Refused
from engine.core.settings import Settings
from engine.core.store import Store
from engine.jobs import Job, Result, Told
from engine.processes import process_drafts, versions
from engine.processes.process_drafts import ProcessDraft
from engine.processes.versions import Content
from engine.scenarios import coverage, playing, rehearsing, script, trials
from engine.scenarios.planning import LONGEST_REASON
from engine.scenarios.publishing import note_accepted
from engine.scenarios.rehearsing import Rehearsal
from engine.scenarios.script import Scenario, Step

KIND = "scenarios_play"
NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,59}")
LONGEST_TITLE = 200
MOST_JOBS = 100
"""So many jobs are looked through for the newest of a process."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """A scenario file of a draft: read, or what is wrong with it. `hash`: of its content."""

    path: str
    hash: str
    scenario: Scenario | None
    wrong: Sequence[Finding] = ()

    @property
    def name(self) -> str:
        """Return the name of its file, without folder and ending."""
        return PurePosixPath(self.path).stem


# ---- list and change -------------------------------------------------------------------------------------------------


def every(files: Mapping[str, bytes]) -> list[Drafted]:
    """Return the scenarios among the files of a draft, by path."""
    hashes = versions.hashes_of({path: text for path, text in files.items() if versions.is_scenario(path)})
    return [_drafted(path, files[path], digest) for path, digest in sorted(hashes.items())]


def _drafted(path: str, text: bytes, digest: str) -> Drafted:
    try:
        return Drafted(path, digest, script.read(path, text))
    except Refused as refused:
        return Drafted(path, digest, None, refused.findings)


def path_of(process: str, name: str) -> str:
    """Return where a scenario of a process lies."""
    return f"bpmn/{process}/scenarios/{name}.json"


def free_name(files: Mapping[str, bytes], process: str, title: str) -> str:
    """Return a name for a new file, after its title, that no other has."""
    plain = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")[:50].strip("_") or "scenario"
    names = [plain, *(f"{plain}_{number}" for number in range(2, 1_000))]
    return next(each for each in names if path_of(process, each) not in files)


def check_titles(title: str, title_en: str) -> dict[str, tuple[str, str]]:
    """Return what is wrong with the titles."""
    too_long = (f"最多 {LONGEST_TITLE} 个字。", f"At most {LONGEST_TITLE} characters.")
    wrong = {name: too_long for name, text in (("title", title), ("title_en", title_en)) if len(text) > LONGEST_TITLE}
    if not title.strip():
        wrong["title"] = ("请用一句话说这个场景。", "Please say in a sentence what it is about.")
    return wrong


def add(
    session: Session, draft: ProcessDraft, titles: tuple[str, str], steps: Sequence[Step], *, by: Person
) -> str:  # fmt: skip
    """Keep steps as a new scenario of the draft; return its path. Raises `Invalid` for its titles."""
    if wrong := check_titles(*titles):
        raise Invalid(wrong)
    name = free_name(process_drafts.files_of(session, draft), draft.process, titles[1])
    path = path_of(draft.process, name)
    process_drafts.save(session, draft, path, script.written(Scenario(path, *titles, tuple(steps))), 0, by=by)
    return path


def rename(
    session: Session, draft: ProcessDraft, path: str, seen: str, name: str, titles: tuple[str, str], *, by: Person
) -> str:  # fmt: skip
    """Give a scenario other titles, and its file another name; return its path. `seen`: the hash it was read at.

    Raises `NotFound`, `ChangedMeanwhile`, `Invalid` for a name or titles that cannot be used.
    """
    found = _seen(session, draft, path, seen)
    if found.scenario is None:
        raise NotFound()
    new, wrong = path_of(draft.process, name), check_titles(*titles)
    if not NAME.fullmatch(name):
        wrong["name"] = (
            "只用小写字母、数字、下划线，例如 lamp_repaired。",
            "Use small letters, digits and underscores, for example lamp_repaired.",
        )
    elif new != path and new in process_drafts.files_of(session, draft):
        wrong["name"] = ("已经有这个名字的场景了。", "There is a scenario of this name already.")
    if wrong:
        raise Invalid(wrong)
    text = script.written(replace(found.scenario, title=titles[0], title_en=titles[1]))
    revision = process_drafts.file(session, draft, path).revision
    if new != path:
        process_drafts.remove(session, draft, path, revision, by=by)
        session.flush()
    process_drafts.save(session, draft, new, text, revision if new == path else 0, by=by)
    return new


def remove(session: Session, draft: ProcessDraft, path: str, seen: str, *, by: Person) -> None:
    """Take a scenario out; `put_back` undoes it. Raises `NotFound`, `ChangedMeanwhile`."""
    _seen(session, draft, path, seen)
    there = process_drafts.file(session, draft, path)
    versions.keep_contents(session, {path: there.content})
    process_drafts.remove(session, draft, path, there.revision, by=by)


def put_back(session: Session, draft: ProcessDraft, path: str, digest: str, *, by: Person) -> None:
    """Put a scenario back that was taken out. Raises `NotFound`, `ChangedMeanwhile` when there is another one now."""
    kept = session.get(Content, digest)
    if kept is None or not versions.is_scenario(path) or _drafted(path, kept.content, digest).scenario is None:
        raise NotFound()
    process_drafts.save(session, draft, path, kept.content, 0, by=by)


def _seen(session: Session, draft: ProcessDraft, path: str, seen: str) -> Drafted:
    """Return a scenario as it was seen. Raises `NotFound`, `Conflict` when it is another one now."""
    if not versions.is_scenario(path):
        raise NotFound()
    there = process_drafts.file(session, draft, path)
    found = _drafted(path, there.content, versions.hash_of({"": there.content}))
    if found.hash != seen:
        zh, en = "这个场景刚才改过，请看现在的内容。", "This scenario has just been changed: see how it is now."
        raise Conflict(zh=zh, en=en)
    return found


# ---- play ------------------------------------------------------------------------------------------------------------


def ask(session: Session, draft: ProcessDraft, path: str = "", *, by: Person) -> Job:
    """Request that one scenario is played on the draft, or all of the company as when it is published."""
    return jobs.ask(session, KIND, {"process": draft.process, "path": path}, by=by)


@jobs.kind(KIND, zh="在草稿上试演场景", en="Play scenarios on a draft")
def run(store: Store, settings: Settings, job: Job, told: Told) -> Result:
    """Play them, and say what differs, what would make them hold, and what none walks."""
    process, path = job.facts["process"], job.facts["path"]
    with store.reading() as session:
        draft = process_drafts.require(session, people.find(session, job.by_id or 0), process)
        whole = trials.founding(session, draft)
    files = whole.processes[process]
    only = {name: _with_one(each, path) for name, each in whole.processes.items()} if path else whole.processes
    rehearsal = rehearsing.rehearse(only, whole.added, told)
    return Result(facts=_outcome(process, path, files, rehearsal))


def _with_one(files: Mapping[str, bytes], path: str) -> dict[str, bytes]:
    return {name: text for name, text in files.items() if not versions.is_scenario(name) or name == path}


def _outcome(process: str, path: str, files: Mapping[str, bytes], rehearsal: Rehearsal) -> dict[str, Any]:
    accepted = rehearsal.accepted().get(process, {})
    own = {process: versions.without_scenarios(files)}
    drawn = {node.process for each in playing.drawn_in(own) for node in each.nodes}
    return {
        "process": process,
        "path": path,
        "draft": versions.hash_of(files),
        "played": [each.scenario.path for each in rehearsal.played],
        "scenarios": rehearsal.facts,
        "accept": {each: text.decode() for each, text in accepted.items()},
        "walked": sorted(element for of, element in rehearsal.walked if of in drawn),
        "unwalked": [[each.process, each.id, each.is_flow, each.zh, each.en]
                     for each in coverage.unwalked(own, rehearsal.walked)],
        "size": coverage.size(own),
    }  # fmt: skip


def newest(session: Session, process: str) -> list[Job]:
    """Return the newest jobs that played scenarios of a draft, whoever asked for them, the newest first."""
    asked = select(Job).where(Job.kind == KIND).order_by(Job.id.desc()).limit(MOST_JOBS)
    return [each for each in session.scalars(asked) if each.facts.get("process") == process]


def accept(session: Session, draft: ProcessDraft, job: Job, reason: str, *, by: Person) -> int:
    """Write what a job found into the draft as the new expectation, for a reason; return how many scenarios.

    Raises `Invalid` without a reason, `Conflict` when the draft has changed since, or there is nothing to accept.
    """
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise Invalid({"reason": ("请写明为什么这样才对。", "Please say why it is right like this.")})
    files = process_drafts.files_of(session, draft)
    found: Mapping[str, str] = job.outcome.get("accept", {}) if job.kind == KIND else {}
    if not found:
        zh, en = "这里没有等着接受的不同。", "There is nothing here that could be accepted."
        raise Conflict(zh=zh, en=en)
    if job.outcome["draft"] != versions.hash_of(files):
        zh, en = "草稿后来改过，请再试演一次。", "The draft has been changed since: play the scenarios again."
        raise Conflict(zh=zh, en=en)
    for path, text in found.items():
        there = process_drafts.file(session, draft, path)
        if text:
            process_drafts.save(session, draft, path, text.encode(), there.revision, by=by)
        else:
            process_drafts.remove(session, draft, path, there.revision, by=by)
    note_accepted(session, draft.process, {path: text.encode() for path, text in found.items()}, by, reason.strip())
    return len(found)
