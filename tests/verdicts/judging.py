"""Is the verdict on a mutant right?"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.bpmn import checking
from engine.processes import comparing, publishing
from tests.verdicts import behaving, promised
from tests.verdicts.breaking import Mutant


@dataclass(frozen=True)
class Judgement:
    """What became of a mutant: `how` it was met ("error", "same", "shown", "promise"), or what is `wrong`."""

    mutant: Mutant
    how: str
    wrong: str = ""


def judge(mutant: Mutant, whole: Mapping[str, bytes]) -> Judgement:
    """Check the files with the mutant among them, as publishing it would."""
    broken = {**whole, mutant.path: mutant.text}
    available = replace(publishing.known(), regions=frozenset(behaving.CODES["region"]))
    verdict = checking.check(broken, available, about=mutant.process)
    if mutant.sort == "decision":
        return decision(mutant, whole[mutant.path], verdict)
    if not verdict.runs:
        return Judgement(mutant, "error")
    if behaving.same(mutant.process, broken, mutant.element):
        return Judgement(mutant, "same")
    return Judgement(mutant, "", "it may be published, and behaves otherwise")


def decision(mutant: Mutant, before: bytes, verdict: checking.Verdict) -> Judgement:
    """What a company may decide: it is shown before publishing, and an error where it breaks a table's promise."""
    if not comparing.of_file(mutant.path, before, mutant.text).changes:
        return Judgement(mutant, "", "the difference is not shown")
    broken = promised.broken(mutant.path, mutant.text)
    if broken and verdict.runs:
        return Judgement(mutant, "", f"it breaks a promise and may be published: {broken}")
    return Judgement(mutant, "promise" if broken else "error" if not verdict.runs else "shown")
