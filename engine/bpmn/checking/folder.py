"""The files of a check, each read once: diagrams, tables and forms, sorted by process."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from math import isfinite
from pathlib import PurePosixPath
from typing import Any

from engine.bpmn import diagrams
from engine.bpmn.diagrams import Diagram
from engine.core.errors import BihuanError, Finding
from engine.feel import FeelError, dmn

STEERING = frozenset(("number", "date", "datetime", "select", "radio", "checklist", "checkbox"))


@dataclass(frozen=True)
class Field:
    """A question of a form whose answer steers. `values` are the choices: texts, or numbers as FEEL has them."""

    key: str
    kind: str
    values: tuple[str | Decimal, ...] = ()


@dataclass
class Folder:
    """All uploaded files. Diagrams and tables by path, forms and the keys of all their questions by (folder, name)."""

    files: Mapping[str, bytes]
    diagrams: dict[str, Diagram] = field(default_factory=dict)
    tables: dict[str, dmn.Model] = field(default_factory=dict)
    forms: dict[tuple[str, str], tuple[Field, ...]] = field(default_factory=dict)
    keys: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @classmethod
    def of(cls, files: Mapping[str, bytes]) -> "Folder":
        """Read all files; an unreadable file becomes a finding at its path."""
        folder = cls(files)
        for path, text in files.items():
            folder.read(path, text)
        return folder

    def read(self, path: str, text: bytes) -> None:
        try:
            match PurePosixPath(path).suffix.lower():
                case ".dmn":
                    self.tables[path] = dmn.read(text)
                case ".json":
                    name = process_folder(path), PurePosixPath(path).stem
                    self.forms[name], self.keys[name] = fields_of(text)
                case _:
                    self.diagrams[path] = diagrams.read(text)
        except BihuanError as bad:
            self.refuse(path, bad.text("zh"), bad.text("en"))
        except FeelError as bad:
            self.refuse(path, bad.zh, bad.en)

    def refuse(self, path: str, zh: str, en: str) -> None:
        self.findings.append(Finding("error", path, "", zh, en))

    def has_callers(self, process: str) -> bool:
        return any(process in diagram.called for diagram in self.diagrams.values())

    def together(self, path: str) -> set[str]:
        """Return the folders whose files are pinned together with this one's: callers and callees, transitively."""
        here = {path}
        while True:
            processes = {process.id for one in here for process in self.diagrams[one].processes}
            called = {process for one in here for process in self.diagrams[one].called}
            more = {
                other
                for other, diagram in self.diagrams.items()
                if called & {process.id for process in diagram.processes} or processes & set(diagram.called)
            }
            if more <= here:
                return {process_folder(one) for one in here}
            here |= more

    def decisions(self, path: str) -> dict[str, dmn.Model]:
        """Return the models that a diagram may use, by the id of each decision in them."""
        folders = self.together(path)
        models = (model for other, model in self.tables.items() if process_folder(other) in folders)
        return {decision: model for model in models for decision in model.decisions}

    def form(self, path: str, name: str) -> tuple[Field, ...] | None:
        """Return the steering fields of a form that a diagram names."""
        return self.forms.get((process_folder(path), name))

    def whole(self, path: str) -> bool:
        """Return whether the diagram came with its folder, so that absent files are missing."""
        return bool(process_folder(path))


def process_folder(path: str) -> str:
    """Return the `<process>` in `bpmn/<process>/…` and `forms/<process>/…`; "" for a file that came alone."""
    parts = PurePosixPath(path).parts
    return parts[-2] if len(parts) >= 3 and parts[-3] in ("bpmn", "forms") else ""


class BadForm(BihuanError):
    """A form that cannot be read."""

    zh = "这个表单不是有效的 JSON 对象：{why}"
    en = "This form is not a JSON object: {why}"


def fields_of(text: bytes) -> tuple[tuple[Field, ...], frozenset[str]]:
    """Return the steering fields of a form, and the keys of all its fields, those in rows too. Raises `BadForm`."""
    try:
        form = json.loads(text)
    except (ValueError, RecursionError) as bad:
        raise BadForm(why=str(bad)[:200]) from None
    if not isinstance(form, dict):
        raise BadForm(why=type(form).__name__)
    components = listed(form, "components")
    every = [
        *components,
        *(inner for each in components if isinstance(each, dict) for inner in listed(each, "components")),
    ]
    keys = frozenset(str(each.get("key")) for each in every if isinstance(each, dict))
    return tuple(found for found in map(field_of, components) if found), keys


def field_of(component: Any) -> Field | None:
    if not isinstance(component, dict) or component.get("type") not in STEERING:
        return None
    values = tuple(value_of(each.get("value")) for each in listed(component, "values") if isinstance(each, dict))
    return Field(str(component.get("key", "")), str(component["type"]), values)


def value_of(written: object) -> str | Decimal:
    """Return a choice as a case will hold it: a condition compares numbers with numbers."""
    is_number = isinstance(written, int | float) and not isinstance(written, bool) and isfinite(written)
    return Decimal(str(written)) if is_number else str(written)


def listed(holder: Mapping[str, Any], key: str) -> list[Any]:
    found = holder.get(key)
    return found if isinstance(found, list) else []
