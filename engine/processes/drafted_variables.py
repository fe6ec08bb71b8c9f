"""What the tables of a draft can ask: the variables of its diagrams, the questions of its forms with their choices."""

import hashlib
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from engine import forms
from engine.bpmn.checking.folder import Folder
from engine.bpmn.checking.names import Variables
from engine.core.errors import BihuanError
from engine.forms import Field, Words
from engine.processes import publishing, topics, versions

KEPT = 8


@dataclass(frozen=True, slots=True)
class DraftedVariables:
    """`names`: all variables, None where a diagram cannot be read. `labels` and `choices` (value, words): of questions."""

    names: frozenset[str] | None
    labels: Mapping[str, Words] = field(default_factory=dict)
    choices: Mapping[str, Sequence[tuple[str, Words]]] = field(default_factory=dict)


_known: OrderedDict[str, DraftedVariables] = OrderedDict()


def of(process: str, files: Mapping[str, bytes]) -> DraftedVariables:
    """Return the variables of a process drafted in these files. Kept for as long as diagrams and forms stay the same."""
    relevant = {
        path: text for path, text in files.items() if not path.endswith(".dmn") and not versions.is_scenario(path)
    }
    digest = hashlib.sha256(process.encode())
    for path, text in sorted(relevant.items()):
        digest.update(f"\0{path}\0{len(text)}\0".encode() + text)
    key = digest.hexdigest()
    if key not in _known:
        _known[key] = _read(process, relevant)
        while len(_known) > KEPT:
            _known.popitem(last=False)
    return _known[key]


def _read(process: str, files: Mapping[str, bytes]) -> DraftedVariables:
    questions = {each.key: each for each in _questions(files) if each.steers}
    labels = {key: each.label for key, each in questions.items()}
    choices = {
        key: [(choice.text, choice.label) for choice in each.choices] for key, each in questions.items() if each.choices
    }
    return DraftedVariables(_names(process, files), labels, choices)


def _names(process: str, files: Mapping[str, bytes]) -> frozenset[str] | None:
    folder = Folder.of(files)
    if folder.findings or not folder.diagrams:
        return None
    variables = Variables(folder, publishing.known())
    found = set(topics.ALLOWED.beginnings.get(process, ()))
    for name, (_path, diagram) in variables.where.items():
        found |= variables.made(name)
        found |= {mapped.target for node in diagram.nodes if node.decision for mapped in node.inputs}
    return frozenset(found)


def _questions(files: Mapping[str, bytes]) -> Iterator[Field]:
    for path, text in files.items():
        if path.endswith(".json"):
            try:
                yield from forms.read(text).every
            except BihuanError:
                continue
