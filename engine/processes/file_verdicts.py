"""The verdict on each file of a draft, as `bihuan process check` gives it, within a bounded time."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from sqlalchemy.orm import Session

from engine.bpmn import mending
from engine.bpmn.checking import opening
from engine.bpmn.mending import Mended, Tried
from engine.core import parsing
from engine.core.errors import Finding
from engine.processes import publishing, versions

PATIENCE = 4.0
"""Seconds after which no further file is begun: the page says which were not looked at."""

MENDINGS = ("repair", "sketch")
DRAWN = (".bpmn", ".dmn")
OPTION = re.compile(r" ?\(--repair [^)]*\)")


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """What the check says of one file: `word` as in `opening.Judged`, None when there was no time for it."""

    path: str
    word: opening.Word | None
    findings: tuple[Finding, ...] = ()

    def of_level(self, level: str) -> list[Finding]:
        """Return its findings of one level."""
        return [each for each in self.findings if each.level == level]


def judge(session: Session, process: str, files: Mapping[str, bytes], only: str = "") -> list[FileVerdict]:
    """Return the verdict on each diagram, table and form, or on `only` one. Takes seconds; only reads."""
    parsing.require_unlocked()
    whole = {**publishing.with_callers(session, process), **publishing.with_called(session, process, files)}
    around = versions.without_scenarios(whole)
    available, begun = publishing.available(session), time.monotonic()
    found: list[FileVerdict] = []
    for path in [only] if only else sorted(files, key=_order):
        if versions.is_scenario(path):
            continue
        if found and time.monotonic() - begun > PATIENCE:
            found.append(FileVerdict(path, None))
        elif path.endswith(DRAWN):
            judged = opening.judge(path, files[path], available, around)
            found.append(FileVerdict(path, judged.word, tuple(_for_pages(each) for each in judged.findings)))
        else:
            wrong = publishing.wrong_with_form(path, files[path])
            found.append(FileVerdict(path, "needs repair" if wrong else "runs", wrong))
    return sorted(found, key=lambda each: each.path)


def _for_pages(finding: Finding) -> Finding:
    """Return a finding without the hint at an option of the command: a page has a button for it."""
    return replace(finding, zh=OPTION.sub("", finding.zh), en=OPTION.sub("", finding.en))


def _order(path: str) -> tuple[bool, bool, bool, str]:
    """Return what comes first: diagrams, the process's own before others, then tables, then forms."""
    own = PurePosixPath(path).stem == PurePosixPath(path).parent.name
    return not path.endswith(".bpmn"), not own, not path.endswith(".dmn"), path


def mend(session: Session, text: bytes, how: str) -> Mended:
    """Return a diagram mended: `repair` where there is one safe answer, `sketch` so that it can be tried out."""
    parsing.require_unlocked()
    return mending.sketch(text, publishing.available(session)) if how == "sketch" else mending.repair(text)


def try_out(text: bytes, sketched: Mended) -> tuple[Tried, ...]:
    """Return how far a sketch can be played."""
    return mending.try_out(mending.repair(text).text, sketched.text) if sketched.done else ()
