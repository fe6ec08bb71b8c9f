"""Check whether diagrams, tables and forms run, before they are published.

    verdict = checking.check({"bpmn/complaint/complaint.bpmn": text, …}, checking.Available(…))
    verdict.runs, verdict.findings

Bad input of any kind becomes findings; nothing is raised.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.bpmn import diagrams, execution
from engine.bpmn.checking import (
    answers,
    asked,
    beginning,
    meanings,
    names,
    playing,
    references,
    standing,
    tables,
    wordings,
)
from engine.bpmn.checking.budget import Budget
from engine.bpmn.checking.folder import Folder, process_folder
from engine.bpmn.checking.guessing import guesses
from engine.bpmn.checking.impossible import impossible
from engine.bpmn.checking.names import Variables
from engine.bpmn.checking.soundness import unsound
from engine.bpmn.checking.texts import written
from engine.bpmn.checking.unread import unread
from engine.bpmn.checking.values import Domains
from engine.bpmn.checking.verdict import Asked, Available, Function, Meanings, Promise, Topic, Verdict, Wording
from engine.bpmn.diagrams import Diagram
from engine.bpmn.diagrams.findings import reached
from engine.core.errors import BihuanError, Finding, Refused
from engine.feel import FeelError

__all__ = ["Asked", "Available", "Function", "Meanings", "Promise", "Topic", "Verdict", "Wording", "check"]

MOST_SECONDS = 9.0
"""Limit in CPU seconds for all processes together; one takes a third of that at most."""

MOST_SECONDS_LOOKING = 1.0
"""The same where nothing is played."""

MOST_FINDINGS = 500
NOTHING = Available()
KEPT = 64
OUT_OF_TIME = (
    "检查时间用完，这个流程没有试运行。请把文件拆小。",
    "the check ran out of time and this process was not played. Make the file smaller.",
)

_verdicts: OrderedDict[str, Verdict] = OrderedDict()
_diagrams: OrderedDict[str, tuple[Finding, ...]] = OrderedDict()
"""What was found in a diagram: it is checked again with every table that it asks."""


def check(files: Mapping[str, bytes], available: Available = NOTHING, about: str | None = None) -> Verdict:
    """Return what is wrong with these files (by path: .bpmn, .dmn, .json), and whether they run.

    Paths like `bpmn/<process>/…` and `forms/<process>/…` tell what belongs together. With `about` (a `<process>`, or
    the path of a file) only that is judged; the others are there to be called, and to call it. Takes some seconds at
    most; the verdict for the same files and the same available things is cached.
    """
    same = fingerprint(files, available)
    key = f"{about}\0{same}"
    verdict = _verdicts.get(key)
    if verdict is None:
        verdict = _verdicts[key] = _judged(files, available, about, Budget(MOST_SECONDS), same)
        if len(_verdicts) > KEPT:
            _verdicts.popitem(last=False)
    return verdict


def look(files: Mapping[str, bytes], available: Available = NOTHING, about: str | None = None) -> tuple[Finding, ...]:
    """Return what `check` finds without playing the processes: takes a tenth of its time, for use while one draws."""
    return _judged(files, available, about, None).findings


def fingerprint(files: Mapping[str, bytes], available: Available) -> str:
    """Return a value that is equal when there is nothing new to check."""
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(f"{path}\0{len(files[path])}\0".encode(errors="surrogatepass") + files[path])
    topics = sorted((name, sorted(t.takes), sorted(t.gives.items())) for name, t in (available.topics or {}).items())
    sets = (available.departments, available.roles, available.functions, available.processes)
    known = [sorted(each) if each is not None else None for each in sets]
    variables = sorted((name, sorted(each)) for name, each in available.variables.items())
    meant = sorted((name, sorted(m.statuses), sorted(m.counts_as)) for name, m in available.meanings.items())
    return digest.hexdigest() + repr((known, available.topics is None, topics, variables, meant, available.check_form))


def _judged(
    files: Mapping[str, bytes], available: Available, about: str | None, budget: Budget | None, same: str = ""
) -> Verdict:
    try:
        found = tuple(dict.fromkeys(everything(files, available, about, budget, same)))
    except Exception as problem:  # whatever a file contains, people get words and a place, never a traceback
        found = (unforeseen(files, problem),)
    notes = tuple(each for each in found if each.level == "note")
    wrong = tuple(each for each in found if each.level != "note")
    if len(wrong) > MOST_FINDINGS:  # the blocking reason first: an incomplete verdict must still be the right one
        wrong = tuple(sorted(wrong, key=lambda each: each.level == "warning"))[:MOST_FINDINGS]
    return Verdict(wrong, notes[:MOST_FINDINGS])


def everything(
    files: Mapping[str, bytes], available: Available, about: str | None, budget: Budget | None, same: str
) -> Iterator[Finding]:
    folder = Folder.of(files)
    judged_paths = [path for path in files if about is None or about in (path, process_folder(path))]
    judged_paths += [path for path in asking(folder, judged_paths) if path not in judged_paths]
    yield from (finding for finding in folder.findings if finding.place in judged_paths)
    if not any(path in folder.diagrams or path in folder.tables for path in judged_paths) and not folder.findings:
        yield Finding("error", "", "", "这里没有流程图，也没有决策表。", "there is neither a diagram nor a table here.")
    several = sum(path in folder.diagrams or path in folder.tables for path in judged_paths) > 1
    for path in judged_paths:
        found = of_file(folder, available, path, budget, same)
        yield from (replace(each, file=path) for each in found) if several else found


def asking(folder: Folder, judged: Sequence[str]) -> list[str]:
    """Return the other diagrams that ask the judged tables: called processes use those of their caller."""
    decisions = {id for path in judged if path in folder.tables for id in folder.tables[path].decisions}
    called = {process for path in judged if path in folder.diagrams for process in folder.diagrams[path].called}
    while (
        more := {
            inner
            for diagram in folder.diagrams.values()
            if called & {process.id for process in diagram.processes}
            for inner in diagram.called
        }
        - called
    ):
        called |= more
    return [
        path
        for path, diagram in folder.diagrams.items()
        if decisions & set(diagram.decisions) and called & {process.id for process in diagram.processes}
    ]


def of_file(folder: Folder, available: Available, path: str, budget: Budget | None, same: str) -> Iterator[Finding]:
    if path in folder.tables:
        yield from tables.wrong(path, folder.tables[path], available)
    if path in folder.diagrams:
        key = f"{path}\0{same}"
        found = _diagrams.get(key) if budget else None
        if found is None:
            found = tuple(of_diagram(folder, available, path, folder.diagrams[path], budget))
            if budget and not budget.spent:
                _diagrams[key] = found
                if len(_diagrams) > KEPT:
                    _diagrams.popitem(last=False)
        yield from (in_its_phase(folder.diagrams[path], each) for each in found)
    if available.check_form and path.lower().endswith(".json"):
        yield from available.check_form(path, folder.files[path])


def in_its_phase(diagram: Diagram, finding: Finding) -> Finding:
    """Return a finding that names the sub-processes in which its place is found."""
    phases = [each.name or each.id for each in diagram.phases(finding.place)]
    return replace(finding, name=" › ".join([*phases, finding.name or finding.place])) if phases else finding


@dataclass(frozen=True)
class Said:
    """The places where something, or an error, was reported already, so that it is not reported twice."""

    anything: frozenset[str]
    errors: frozenset[str]

    @classmethod
    def of(cls, findings: Iterable[Finding], diagram: Diagram) -> "Said":
        found = tuple(findings)
        errors = {finding.place for finding in found if finding.level == "error"}
        errors |= {flow.source for flow in diagram.flows if flow.id in errors}  # the engine reports it at the gateway
        return cls(frozenset(finding.place for finding in found) | errors, frozenset(errors))

    def more(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        for finding in findings:
            if finding.place not in (self.errors if finding.level == "error" else self.anything):
                yield finding


def of_diagram(
    folder: Folder, available: Available, path: str, diagram: Diagram, budget: Budget | None
) -> Iterator[Finding]:
    """Check one diagram, without what follows from a refused sub-process only."""
    hidden = diagrams.within_refused(diagram)
    found = everything_of(folder, available, path, diagram, budget)
    yield from (each for each in found if each.place not in hidden)


def everything_of(
    folder: Folder, available: Available, path: str, diagram: Diagram, budget: Budget | None
) -> Iterator[Finding]:
    """Check its drawing, then its references, then how it plays, unless there is no `budget`."""
    variables = Variables(folder, available)
    drawn = tuple(as_serious(variables, diagram))
    yield from drawn
    if any(diagrams.too_large(diagram)):
        return
    found = [*unreadable(diagram), *references.missing(folder, available, path, diagram)]
    found += [each for process in diagram.processes for each in standing.standing(diagram, process.id)]
    yield from found
    yield from names.unknown_names(variables, path, diagram)
    domains = Domains(variables)
    yield from impossible(domains, diagram, path)
    yield from asked.of_calls(asked.Calls(variables), diagram)
    yield from asked.of_codes(domains, diagram)
    yield from asked.of_inputs(domains, diagram)
    yield from asked.of_domain(variables, path, diagram)
    yield from answers.wrong(folder, available, path, diagram)
    if not any(each.level == "error" for each in diagrams.findings(diagram)):  # what follows from one is not said again
        guessed = guesses(folder)
        for process in diagram.processes:
            yield from unsound(domains, guessed, diagram, process.id, budget or Budget(MOST_SECONDS_LOOKING))
    yield from unread(variables, path, diagram)
    yield from wordings.wrong(variables, path, diagram)
    yield from meanings.wrong(folder, available, path, diagram)
    yield from beginning.wrong(folder, available, path, diagram)
    said = Said.of((*drawn, *found), diagram)
    for process in diagram.processes:
        if diagram.inside(process.id) and process.executable is not False:
            yield from of_process(folder, available, path, process.id, said, budget)


def as_serious(variables: Variables, diagram: Diagram) -> Iterator[Finding]:
    """Yield the findings of a drawing. In a process of ours it is an error that a node is never reached, or that a
    condition is not evaluated; drawings of other tools run all the same."""
    ours = {process.id for process in diagram.processes if variables.certainly_ours(process.id)}
    ignored = {
        flow.id
        for flow in diagram.flows
        if flow.condition and flow.process in ours and flow.source in diagram.node
        if diagram.node[flow.source].kind in ("parallelGateway", "eventBasedGateway")
    }
    lost = set(reached(diagram)) if ours and not any(diagrams.too_large(diagram)) else set()
    for each in diagrams.findings(diagram):
        is_slip = each.place in ignored or (each in lost and diagram.node[each.place].process in ours)
        yield replace(each, level="error") if is_slip else each


def unreadable(diagram: Diagram) -> Iterator[Finding]:
    """Yield the expressions that cannot be compiled."""
    for process in diagram.processes:
        for text in written(diagram, process.id):
            bad = text.compiled
            if isinstance(bad, FeelError) and not diagrams.JAVA.search(text.text):
                zh, en = f"公式「{shortened(text.text)}」：{bad.zh}", f'expression "{shortened(text.text)}": {bad.en}'
                yield Finding("error", text.at.id, text.at.name, zh, en)


def of_process(
    folder: Folder, available: Available, path: str, process: str, said: Said, budget: Budget | None
) -> Iterator[Finding]:
    """Yield what the engine reports when it reads the process, and when it plays it."""
    bpmn = {other: text for other, text in folder.files.items() if other in folder.diagrams}
    if budget is not None and budget.spent:
        yield Finding("error", process, "", OUT_OF_TIME[0], OUT_OF_TIME[1])
        return
    try:
        program = execution.parse(bpmn, process)
    except Refused as refused:
        yield from said.more(refused.findings)
        return
    except BihuanError as bad:
        yield Finding("error", process, "", bad.text("zh"), bad.text("en"))
        return
    yield from said.more(program.findings)
    if budget is None:
        return
    for trouble in playing.troubles(folder, available, path, program, budget):
        if trouble.level != "error" or trouble.place not in said.errors:
            yield trouble


def unforeseen(files: Mapping[str, bytes], problem: Exception) -> Finding:
    what = f"{type(problem).__name__}: {problem}"[:300]
    return Finding(
        "error",
        next(iter(files), ""),
        "",
        f"检查时出了意外({what})。请把文件交给管理员。",
        f"something unforeseen happened while checking ({what}). Please give the file to the administrator.",
    )


def shortened(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"
