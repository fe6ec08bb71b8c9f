"""Formulas for the diagram's panel: read as sentences, written from them, and checked while they are typed."""

from collections.abc import Mapping
from dataclasses import asdict

from flask import request

from engine.bpmn.checking.texts import SCRIPT_LINE
from engine.bpmn.execution import moments as engine_moments
from engine.bpmn.sentences import When, conditions, moments
from engine.core.errors import Unclear
from engine.feel import FUNCTION_NAMES, FeelError, compile, nearest
from engine.processes import process_drafts, topics
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.language import language
from web.studio import frame
from web.studio.drafts import blueprint

LONGEST = 20_000


@blueprint.post("/<process>/sentences")
@rule(process_drafts.ACT)
def sentence(process: str) -> dict[str, object] | tuple[dict[str, object], int]:
    """`what` (timer, due, condition, formula, script) as `text` in, or as a `sentence`: the same as both, and what is
    wrong with it."""
    frame.draft_of(process)
    asked = request.get_json(silent=True)
    if not isinstance(asked, dict) or not isinstance(text := asked.get("text", ""), str) or len(text) > LONGEST:
        return {"wrong": _("这段文字太长了。")}, 422
    what, tag = asked.get("what"), ""
    try:
        if isinstance(filled := asked.get("sentence"), Mapping):
            text, tag = _written(str(what), filled)
    except Unclear as missing:
        return {"text": text, "wrong": missing.text(language())}
    return {"text": text, "tag": tag, "sentence": _read(str(what), text), "wrong": _wrong(str(what), text)}


def _written(what: str, filled: Mapping[str, object]) -> tuple[str, str]:
    if what == "condition":
        return conditions.write(conditions.of(filled)), ""
    written = moments.write(When.of(filled), "due" if what == "due" else "timer")
    return written.text, written.tag


def _read(what: str, text: str) -> dict[str, object] | None:
    if what == "condition":
        group = conditions.read(text)
        return None if group is None else conditions.as_json(group)
    when = moments.read(text) if what in ("timer", "due") else None
    return None if when is None else asdict(when)


def _wrong(what: str, text: str) -> str:
    """What is wrong with it, in words; "" for nothing, and for no text at all."""
    text = text.strip()
    if not text:
        return ""
    if what == "script":
        return _wrong_lines(text)
    if what in ("timer", "due") and not text.startswith("="):
        if engine_moments.read(text.strip('"')) is None:
            return _("看不懂这个时间。请在上面选择，或写成 PT4H、P3D、2026-12-31T09:00:00。")
        return ""
    if what == "formula" and not text.startswith("="):
        return ""
    return _wrong_formula(text.removeprefix("="))


def _wrong_formula(text: str) -> str:
    try:
        found = compile(text)
    except FeelError as bad:
        return bad.zh if language() == "zh" else bad.en
    except RecursionError:
        return _("这个公式太复杂了。")
    known = FUNCTION_NAMES | topics.ALLOWED.functions.keys()
    for name in sorted(found.calls - known):
        near = nearest(name, known)
        return (
            _("没有函数“{name}”，是不是“{near}”？", name=name, near=near)
            if near
            else _("没有函数“{name}”。", name=name)
        )
    return ""


def _wrong_lines(text: str) -> str:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.strip().startswith("//"):
            continue
        found = SCRIPT_LINE.fullmatch(line.strip())
        wrong = _wrong_formula(found[2].strip()) if found else _("要写成“名称 = 公式”。")
        if wrong:
            return _("第 {number} 行：{wrong}", number=number, wrong=wrong)
    return ""
