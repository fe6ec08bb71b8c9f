"""A form's file, changed in place: what is not touched stays as it was written, properties nobody here knows too."""

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

from engine.core.errors import Finding, NotFound, Refused
from engine.forms import reading
from engine.forms.definition import CHOOSING, Kind

At = tuple[int, ...]
"""The place of a field: its position in the form, and in a repeated group also its position there."""

Component = dict[str, Any]
INDENT = re.compile(r'\n([ \t]+)"')
BOM = "\ufeff"
DEEPEST = 30


class Source:
    """One form as written. Raises `Refused` when the text is no JSON object, or nested as no form is."""

    def __init__(self, content: bytes) -> None:
        reading.require_json(content)
        self.text = content.decode("utf-8")
        self.data: dict[str, Any] = json.loads(self.text.removeprefix(BOM))
        if _depth(self.data) > DEEPEST:
            raise Refused(
                [Finding("error", "", "", "这个文件嵌套太深，不像表单。", "it is nested too deeply for a form.")]
            )

    def dumped(self) -> bytes:
        """Return the file with its changes, indented and ended as it was."""
        found = INDENT.search(self.text)
        escaped = self.text.isascii() and "\\u" in self.text
        text = json.dumps(self.data, ensure_ascii=escaped, indent=found[1] if found else None)
        lines = text + ("\n" if self.text.endswith("\n") else "")
        if "\r\n" in self.text:
            lines = lines.replace("\n", "\r\n")
        return ((BOM if self.text.startswith(BOM) else "") + lines).encode()

    @property
    def fields(self) -> list[Any]:
        """The components at the top, as they are in the file."""
        return self.inside(())

    def inside(self, group: At) -> list[Any]:
        """The components of a repeated group; of the form for no group."""
        holder = self.field(group) if group else self.data
        if not isinstance(holder.get("components"), list):
            holder["components"] = []
        found: list[Any] = holder["components"]
        return found

    def field(self, at: At) -> Component:
        """Return one field. Raises `NotFound`."""
        siblings = self.inside(at[:-1])
        if not at or not 0 <= at[-1] < len(siblings) or not isinstance(siblings[at[-1]], dict):
            raise NotFound()
        found: Component = siblings[at[-1]]
        return found

    def walk(self) -> Iterator[tuple[At, Component]]:
        """Yield every field with its place, those of repeated groups after their group."""
        for position, each in enumerate(self.fields):
            if isinstance(each, dict):
                yield (position,), each
                inner = each.get("components")
                for below, one in enumerate(inner if isinstance(inner, list) else []):
                    if isinstance(one, dict):
                        yield (position, below), one

    @property
    def keys(self) -> set[str]:
        """The keys of all fields."""
        return {str(each["key"]) for _, each in self.walk() if "key" in each}

    def add(self, component: Component, at: At) -> None:
        """Put a field in at a place, or at the end where the place is beyond it."""
        self.inside(at[:-1]).insert(at[-1], component)

    def remove(self, at: At) -> Component:
        """Take a field out, and return it. Raises `NotFound`."""
        found = self.field(at)
        del self.inside(at[:-1])[at[-1]]
        return found

    def move(self, at: At, to: At) -> At:
        """Move a field to a place as it is counted once the field is gone; return where it is now. Raises `NotFound`."""
        found = self.remove(at)
        siblings = self.inside(to[:-1])
        now = (*to[:-1], max(0, min(to[-1], len(siblings))))
        siblings.insert(now[-1], found)
        return now

    def copied(self, at: At) -> Component:
        """Return a copy of a field under keys of its own."""
        found = copy.deepcopy(self.field(at))
        if "key" in found:
            found["key"] = self.free_key(str(found["key"]))
        return found

    def free_key(self, stem: str = "field") -> str:
        """Return a key that no field has: field_1, field_2 …"""
        base, taken = re.sub(r"_\d+$", "", stem), self.keys
        return next(key for number in range(1, len(taken) + 2) if (key := f"{base}_{number}") not in taken)


def _depth(value: object) -> int:
    """Return how many levels lie in each other, without going into them by calls."""
    level, depth = [value], 0
    while level:
        inner: list[object] = []
        for each in level:
            inner += each.values() if isinstance(each, dict) else each if isinstance(each, list) else []
        level, depth = inner, depth + 1
    return depth


def fresh(kind: Kind, key: str) -> Component:
    """Return a new field that can be asked at once."""
    if kind == "note":
        return {"type": kind, "text": {"zh": "新的说明"}}
    made: Component = {"type": kind, "key": key, "label": {"zh": "新的问题"}}
    if kind in CHOOSING:
        made["values"] = [{"value": f"option_{n}", "label": {"zh": f"选项 {n}", "en": f"Option {n}"}} for n in (1, 2)]
    if kind == "dynamiclist":
        made["components"] = [{"type": "text", "key": "item", "label": {"zh": "名称", "en": "Name"}}]
    if kind == "filepicker":
        made |= {"validate": {"max": 9}, "accept": "image/*,.pdf", "multiple": True}
    return made


def blank(title: str, title_en: str) -> bytes:
    """Return the file of a form that asks nothing yet."""
    words = {"zh": title, "en": title_en} if title_en else {"zh": title}
    made = {"title": words, "components": [], "submit": {"zh": "提交", "en": "Submit"}}
    return (json.dumps(made, ensure_ascii=False, indent=2) + "\n").encode()
