"""A scenario as it is written: `bpmn/<process>/scenarios/<name>.json`, read and written by hand."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

from engine.core import characters
from engine.core.errors import Finding, Refused
from engine.processes.versions import is_scenario

ACTS: Mapping[str, frozenset[str]] = {
    "complain": frozenset({"by", "as"}),
    "start": frozenset({"by", "with", "as"}),
    "past": frozenset(),
    "improve": frozenset({"by", "as"}),
    "report": frozenset({"by", "as"}),
    "warn": frozenset({"as"}),
    "do": frozenset({"by", "with", "of"}),
    "resident": frozenset({"with", "of"}),
    "wait": frozenset({"of"}),
    "message": frozenset({"with", "of"}),
    "join": frozenset({"by", "to"}),
    "merge": frozenset({"by", "to"}),
    "part": frozenset({"by"}),
    "pause": frozenset({"by", "for", "of"}),
    "resume": frozenset({"by", "of"}),
}
"""What a step can do, and what else is said of it."""

NEEDED: Mapping[str, frozenset[str]] = {
    "improve": frozenset({"by"}),
    "report": frozenset({"by"}),
    "do": frozenset({"by"}),
    "join": frozenset({"by", "to"}),
    "merge": frozenset({"by", "to"}),
    "part": frozenset({"by"}),
    "pause": frozenset({"by", "for"}),
    "resume": frozenset({"by"}),
}

EXPECTED = frozenset({"waiting", "letters", "variables", "due", "status", "outcome", "ended", "incident"})
"""What can be expected after a step."""

OBJECTS = frozenset({"complain", "past", "improve", "warn", "with", "then", "variables", "due"})
LARGEST = 200_000
MOST_STEPS = 200


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what is done (`act`, ""  for only looking), its facts, and what is expected then."""

    act: str
    what: Any = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    then: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""

    @property
    def subject(self) -> str:
        """Return the name of the case that it is about; "" for the first."""
        return str(self.facts.get("of") or "")


@dataclass(frozen=True, slots=True)
class Scenario:
    """One way through a process: a title in Chinese and English, and steps in order."""

    path: str
    title: str
    title_en: str
    steps: tuple[Step, ...]

    def named(self, language: str = "zh") -> str:
        """Return its title in one language."""
        return self.title if language == "zh" else self.title_en or self.title


def read_all(files: Mapping[str, bytes]) -> list[Scenario]:
    """Return the scenarios among the files of a process, by path. Raises `Refused` with everything that is wrong."""
    found, wrong = list[Scenario](), list[Finding]()
    for path in sorted(filter(is_scenario, files)):
        try:
            found.append(read(path, files[path]))
        except Refused as refused:
            wrong += refused.findings
    if wrong:
        raise Refused(wrong)
    return found


def wrong_with(files: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """Return what is wrong with the scenarios among the files of a process."""
    try:
        read_all(files)
    except Refused as refused:
        return refused.findings
    return ()


def read(path: str, text: bytes) -> Scenario:
    """Return a scenario. Raises `Refused`: each finding names the file, the step and what to do."""
    try:
        given = _parsed(path, text)
        if wrong := list(_wrong_as_a_whole(path, given)):
            raise Refused(wrong)
        steps = given["steps"]
        if wrong := [each for number, step in enumerate(steps, 1) for each in _wrong_in(path, number, step)]:
            raise Refused(wrong)
    except RecursionError:
        raise Refused(
            [_finding(path, 0, "括号嵌套太深，请简化。", "brackets are nested too deeply: simplify.")]
        ) from None
    return Scenario(path, given["title"], given.get("title_en", ""), tuple(map(step_of, steps)))


def _parsed(path: str, text: bytes) -> Any:
    if len(text) > LARGEST:
        raise Refused(
            [_finding(path, 0, "文件超过 200 kB，请拆成几个。", "larger than 200 kB: split it into several.")]
        )
    try:
        given = json.loads(text.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Refused([_finding(path, 0, "请存成 UTF-8 编码。", "save it as UTF-8.")]) from None
    except json.JSONDecodeError as bad:
        zh = f"第 {bad.lineno} 行第 {bad.colno} 个字符处不是正确的 JSON：检查逗号、引号和括号。"
        en = f"not JSON at line {bad.lineno}, column {bad.colno}: check commas, quotes and brackets there."
        raise Refused([_finding(path, 0, zh, en)]) from None
    except ValueError:
        raise Refused([_finding(path, 0, "里面有过长的数字。", "it holds a number that is too long.")]) from None
    if characters.has_half(given):
        raise Refused([_finding(path, 0, "里面有半个字符。", "it holds half of a character.")])
    return given


def _wrong_as_a_whole(path: str, given: Any) -> Iterator[Finding]:
    if not isinstance(given, dict):
        yield _finding(path, 0, "最外层应是 { }，有 title 和 steps。", "it should be one { } with title and steps.")
        return
    if not isinstance(given.get("title"), str) or not given["title"].strip():
        yield _finding(path, 0, "请写 title：一句话说这个场景。", "say in “title” what the scenario is about.")
    if not isinstance(given.get("title_en", ""), str):
        yield _finding(path, 0, "title_en 应是文字。", "“title_en” should be text.")
    if unknown := given.keys() - {"title", "title_en", "steps"}:
        known = ", ".join(sorted(unknown))
        yield _finding(
            path, 0, f"不认识 {known}；只有 title、title_en、steps。", f"{known}: only title, title_en and steps."
        )
    steps = given.get("steps")
    if not isinstance(steps, list) or not 1 <= len(steps) <= MOST_STEPS:
        zh, en = f"steps 应是 1 到 {MOST_STEPS} 步的列表。", f"“steps” should be a list of 1 to {MOST_STEPS} steps."
        yield _finding(path, 0, zh, en)


def _wrong_in(path: str, number: int, step: Any) -> Iterator[Finding]:
    if not isinstance(step, dict):
        yield _finding(path, number, "这一步应是 { }。", "this step should be { }.")
        return
    acts = sorted(step.keys() & ACTS.keys())
    if len(acts) > 1:
        zh, en = (
            f"一步只做一件事，这里有 {'、'.join(acts)}：请分成几步。",
            f"one act a step; here are {', '.join(acts)}: split it.",
        )
        yield _finding(path, number, zh, en)
        return
    act = acts[0] if acts else ""
    known = {"then", "note", act, *ACTS.get(act, {"of"})}
    if unknown := ", ".join(sorted(step.keys() - known)):
        may = ", ".join(sorted(known - {""})) if act else ", ".join(ACTS)
        yield _finding(
            path, number, f"不认识 {unknown}；可以写 {may}。", f"{unknown} is not known here; there are {may}."
        )
    if absent := ", ".join(sorted(NEEDED.get(act, frozenset()) - step.keys())):
        yield _finding(path, number, f"还要写 {absent}。", f"{absent} is missing.")
    yield from _wrong_kinds(path, number, step)


def _wrong_kinds(path: str, number: int, step: Mapping[str, Any]) -> Iterator[Finding]:
    for name, value in step.items():
        wanted, zh, en = (dict, "{ }", "{ }") if name in OBJECTS else (str, "文字", "text")
        if not isinstance(value, wanted):
            yield _finding(path, number, f"{name} 应是{zh}。", f"“{name}” should be {en}.")
    then = step.get("then", {})
    if not isinstance(then, dict):
        return
    if unknown := ", ".join(sorted(then.keys() - EXPECTED)):
        known = ", ".join(sorted(EXPECTED))
        yield _finding(
            path, number, f"then 里不认识 {unknown}；可以写 {known}。", f"“then” has no {unknown}; there are {known}."
        )
    for name in ("waiting", "letters"):
        if not _is_listing(then.get(name, {})):
            zh = f'{name} 应写成 {{"名": "谁"}}，或名的列表。'
            yield _finding(path, number, zh, f'“{name}” should be {{"name": "who"}}, or a list of names.')
    for name in OBJECTS & then.keys():
        if not isinstance(then[name], dict):
            yield _finding(path, number, f"{name} 应是 {{ }}。", f"“{name}” should be {{ }}.")


def _is_listing(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(each, str) for each in value)
    return isinstance(value, dict) and all(
        isinstance(who, str) or (isinstance(who, list) and all(isinstance(each, str) for each in who))
        for who in value.values()
    )


def step_of(given: Mapping[str, Any]) -> Step:
    """Return a step from the way it is written in a file."""
    act = next((name for name in ACTS if name in given), "")
    facts = {name: value for name, value in given.items() if name not in {act, "then", "note"}}
    return Step(act, given.get(act), facts, given.get("then", {}), given.get("note", ""))


def _finding(path: str, number: int, zh: str, en: str) -> Finding:
    at = (f"场景第 {number} 步：", f"step {number} of the scenario: ") if number else ("场景：", "scenario: ")
    return Finding("error", PurePosixPath(path).name, "", at[0] + zh, at[1] + en, path)


def written(scenario: Scenario) -> bytes:
    """Return the file of a scenario: a step in few lines, as a person would write it."""
    steps = ",\n".join(_step_written(each) for each in scenario.steps)
    titles = {"title": scenario.title, "title_en": scenario.title_en}
    head = "".join(f"  {_json(name)}: {_json(text)},\n" for name, text in titles.items() if text)
    return f'{{\n{head}  "steps": [\n{steps}\n  ]\n}}\n'.encode()


def given_of(step: Step) -> dict[str, Any]:
    """Return what a step does as it is written in a file, without what is expected then."""
    return {**({"note": step.note} if step.note else {}), **({step.act: step.what} if step.act else {}), **step.facts}


def _step_written(step: Step) -> str:
    done = given_of(step)
    parts = [", ".join(f"{_json(name)}: {_json(value)}" for name, value in done.items())] if done else []
    if step.then:
        lines = (",\n" + " " * 15).join(f"{_json(name)}: {_json(value)}" for name, value in step.then.items())
        parts.append(f'"then": {{{lines}}}')
    return "    {" + ",\n     ".join(parts) + "}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def with_then(scenario: Scenario, number: int, then: Mapping[str, Any]) -> Scenario:
    """Return the scenario with another expectation after one step, counted from 1."""
    steps = list(scenario.steps)
    steps[number - 1] = replace(steps[number - 1], then=then)
    return replace(scenario, steps=tuple(steps))
