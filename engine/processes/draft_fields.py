"""What the formulas of a draft can ask about: every variable that its forms, tables, scripts and the product set."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from engine import forms
from engine.bpmn.checking.folder import Folder, process_folder
from engine.bpmn.checking.names import Variables
from engine.bpmn.checking.values import NULL, Domains, Values
from engine.core.errors import BihuanError
from engine.feel import dmn
from engine.forms import Words
from engine.processes import publishing

HIDDEN = frozenset(("loopCounter",))
KINDS: Mapping[str, str] = {
    "string": "text",
    "number": "number",
    "boolean": "truth",
    "date": "date",
    "date and time": "moment",
    "list": "list",
}
"""The types of formulas that a condition can compare, as the studio calls them."""

SINGLE = frozenset(("UNIQUE", "FIRST", "ANY", "PRIORITY"))
"""Hit policies of tables that give one row."""


@dataclass(frozen=True, slots=True)
class DraftField:
    """A variable, or a column of a table's result. `kind`: one of `KINDS`, "" where it can be anything. `values`: all
    that it can be, with their words where a form has any."""

    name: str
    label: Words
    kind: str = ""
    values: tuple[tuple[str, Words], ...] = ()


def fields(session: Session, process: str, files: Mapping[str, bytes]) -> list[DraftField]:
    """Return them in alphabetical order. A file that cannot be read adds nothing."""
    around = {**publishing.with_callers(session, process), **publishing.with_called(session, process, files)}
    folder = Folder.of({path: text for path, text in around.items() if "/scenarios/" not in path})
    variables = Variables(folder, publishing.available(session))
    if process not in variables.where:
        return []
    labels, words = _labels(process, folder), _words(process, files)
    domains = Domains(variables)
    found = {name: domains.of(process, name) for name in variables.made(process) - HIDDEN}
    found |= dict(_columns(process, folder, domains))
    return [_field(name, found[name], labels.get(name, Words()), words.get(name, {})) for name in sorted(found)]


def _field(name: str, values: Values, label: Words, words: Mapping[str, Words]) -> DraftField:
    kinds = {KINDS.get(kind, "") for kind in values.every_kind - {NULL}}
    kind = kinds.pop() if len(kinds) == 1 and not values.anything else ""
    listed = values.finite() if kind in ("text", "number") else None
    texts = sorted(str(each) for each in listed or () if isinstance(each, str | Decimal) and each != "")
    return DraftField(name, label, kind, tuple((text, words.get(text, Words())) for text in texts))


def _labels(process: str, folder: Folder) -> dict[str, Words]:
    """Return the words of a question or of a table's column, by variable."""
    found: dict[str, Words] = {}
    for path, model in folder.tables.items():
        if process_folder(path) == process:
            for decision in model.decisions.values():
                found |= {each.name: _said(decision, each.label) for each in decision.outputs if each.label}
    for path, text in folder.files.items():
        if path.endswith(".json") and process_folder(path) == process:
            found |= {each.key: each.label for each in _questions(text) if each.key and each.label}
    return found


def _said(decision: dmn.Decision, label: str) -> Words:
    return Words(label, decision.said(label, "en"))


def _words(process: str, files: Mapping[str, bytes]) -> dict[str, dict[str, Words]]:
    """Return the words of each value that the forms offer, by variable."""
    found: dict[str, dict[str, Words]] = {}
    for path, text in files.items():
        if path.endswith(".json") and process_folder(path) == process:
            for question in _questions(text):
                found.setdefault(question.key, {}).update({each.text: each.label for each in question.choices})
    return found


def _questions(text: bytes) -> tuple[forms.Field, ...]:
    try:
        return tuple(forms.read(text).every)
    except BihuanError:
        return ()


def _columns(process: str, folder: Folder, domains: Domains) -> Iterator[tuple[str, Values]]:
    """Yield the columns of results of which there is one row."""
    path, diagram = domains.variables.where[process]
    for node in diagram.nodes:
        model = folder.decisions(path).get(node.decision) if node.process == process and node.result_variable else None
        table = model.decisions[node.decision].table if model else None
        if table is not None and table.hit_policy in SINGLE:
            for name, values in (domains.columns(path, node.decision) or {}).items():
                yield f"{node.result_variable}.{name}", values
        if node.process == process and node.multi and node.multi.element:
            for name, values in domains.results.get((process, node.multi.element), {}).items():
                yield f"{node.multi.element}.{name}", values
