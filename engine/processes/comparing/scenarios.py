"""Compare two versions of a scenario, step by step."""

import json
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from engine.core.errors import Unclear
from engine.forms import Words
from engine.processes.comparing.changes import Change, How, Part, part, plain

ACTS = ("complain", "start", "improve", "do", "resident", "wait", "message", "join", "merge", "part", "pause", "resume")
"""What a step can do, as `engine/scenarios/script.py` reads it."""


def between(old: bytes, new: bytes) -> tuple[Words, list[Change], list[Change]]:
    """Return the title, then the changed steps, in the order of the new scenario. Raises `Unclear` when one cannot be read."""
    before, after = _read(old), _read(new)
    title = Words("标题", "title")
    said = part("title", title, _title(before), _title(after))
    heads = [Change("changed", "", _title(after), "scenario", tuple(said))] if said else []
    return _title(after), [*heads, *_steps(before.get("steps", []), after.get("steps", []))], []


def _read(text: bytes) -> dict[str, Any]:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict) or not isinstance(read.get("steps", []), list):
        raise Unclear(zh="这个场景读不了。", en="This scenario cannot be read.")
    return read


def _title(scenario: Mapping[str, Any]) -> Words:
    return Words(str(scenario.get("title", "")), str(scenario.get("title_en", "")))


def _steps(was: list[Any], now: list[Any]) -> Iterator[Change]:
    texts = [[json.dumps(each, sort_keys=True) for each in steps] for steps in (was, now)]
    for how, a, b, c, d in SequenceMatcher(None, texts[0], texts[1], autojunk=False).get_opcodes():
        if how != "equal":
            for old, new in zip_longest(range(a, b), range(c, d)):
                yield _step(was, now, old, new)


def _step(was: list[Any], now: list[Any], old: int | None, new: int | None) -> Change:
    """One step that came, went or changed; `old` and `new` are its places, counted from 0."""
    before, after = None if old is None else was[old], None if new is None else now[new]
    how: How = "added" if old is None else "removed" if new is None else "changed"
    numbers = (0 if old is None else old + 1), (0 if new is None else new + 1)
    parts = tuple(_parts(_flat(before), _flat(after)))
    name = _name(before if new is None else after)
    return Change(how, str(max(numbers)), name, "step", parts, was=numbers[0], now=numbers[1])


def _name(step: Any) -> Words:
    """Return what the step does, as it is written: its act and what it is about."""
    if not isinstance(step, dict):
        return plain(step)
    act = next((each for each in ACTS if each in step), "then")
    about = step.get(act)
    return plain(f"{act} {about}" if isinstance(about, str) else act)


def _flat(step: Any, under: str = "") -> dict[str, str]:
    """Return a step's facts by their path: `with.department` → engineering."""
    if isinstance(step, dict):
        found = {}
        for key, value in step.items():
            found.update(_flat(value, f"{under}.{key}" if under else str(key)))
        return found
    return {} if step is None else {under: step if isinstance(step, str) else json.dumps(step, ensure_ascii=False)}


def _parts(was: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Part]:
    for key in dict.fromkeys([*now, *was]):
        yield from part(key, plain(key), plain(was.get(key, "")), plain(now.get(key, "")))
