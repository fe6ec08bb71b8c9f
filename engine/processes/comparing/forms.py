"""Compare two versions of a form, field by field."""

from collections.abc import Iterator, Mapping
from dataclasses import fields

from engine import forms
from engine.feel import Expression
from engine.forms import Choice, Field, Form, Words
from engine.processes.comparing.changes import Change, Part, moved, part, plain

SAID: Mapping[str, Words] = {
    "kind": Words("类型", "kind"),
    "label": Words("问题", "question"),
    "help": Words("说明", "help"),
    "choices": Words("可选的值", "choices"),
    "choices_from": Words("可选的值来自", "choices from"),
    "shown_if": Words("什么时候出现", "shown if"),
    "default": Words("预先填好", "filled in beforehand"),
    "accept": Words("收哪些文件", "files accepted"),
    "multiple": Words("可以多个", "several"),
    "digits": Words("小数位", "decimals"),
    "unit": Words("单位", "unit"),
    "not_past": Words("不能早于现在", "not in the past"),
    "not_future": Words("不能晚于现在", "not in the future"),
    "not_before": Words("不能早于", "not before"),
    "other_than": Words("不能同于", "other than"),
}
LIMITS: Mapping[str, Words] = {
    "required": Words("必填", "required"),
    "smallest": Words("最小", "smallest"),
    "largest": Words("最大", "largest"),
    "shortest": Words("最短", "shortest"),
    "longest": Words("最长", "longest"),
    "pattern": Words("格式", "pattern"),
    "message": Words("填错时的话", "words when it is wrong"),
    "kind": Words("当作什么检查", "checked as"),
}
TRUTH = {True: Words("是", "yes"), False: Words("否", "no")}


def between(old: bytes, new: bytes) -> tuple[Words, list[Change], list[Change]]:
    """Return the title, then the changed fields, in the order of the new form. Raises `Refused`, `BadForm`."""
    before, after = forms.read(old), forms.read(new)
    return after.title, [*_heads(before, after), *_fields(before, after)], []


def _heads(was: Form, now: Form) -> Iterator[Change]:
    said = part("title", Words("标题", "title"), was.title, now.title)
    said += part("submit", Words("按钮", "button"), was.submit, now.submit)
    if said:
        yield Change("changed", "", now.title, "form", tuple(said))


def _fields(was: Form, now: Form) -> Iterator[Change]:
    before, after = _by_key(was), _by_key(now)
    elsewhere = moved(list(before), list(after))
    for number, (key, field) in enumerate(after.items(), 1):
        old = before.get(key)
        parts = tuple(_parts(old, field))
        if old is None:
            yield Change("added", key, _name(field), "field", parts, now=number)
        elif parts:
            yield Change("changed", key, _name(field), "field", parts, now=number)
        elif key in elsewhere:
            yield Change("moved", key, _name(field), "field", was=list(before).index(key) + 1, now=number)
    for number, (key, field) in enumerate(before.items(), 1):
        if key not in after:
            yield Change("removed", key, _name(field), "field", tuple(_parts(field, None)), was=number)


def _by_key(form: Form) -> dict[str, Field]:
    """Fields by key, those of a repeated group behind its own; notes by their place among the notes."""
    found: dict[str, Field] = {}
    for outer in form.fields:
        found[outer.key or f"note {sum(key.startswith('note ') for key in found) + 1}"] = outer
        found.update({f"{outer.key}.{each.key}": each for each in outer.fields})
    return found


def _name(field: Field) -> Words:
    return field.label or plain(field.key)


def _parts(was: Field | None, now: Field | None) -> Iterator[Part]:
    there = now or was
    assert there is not None
    for each in fields(there):
        if each.name in SAID:
            old, new = (getattr(one, each.name) if one else None for one in (was, now))
            yield from part(each.name, SAID[each.name], _text(old), _text(new))
    for limit in fields(there.limits):
        old, new = (getattr(one.limits, limit.name) if one else None for one in (was, now))
        yield from part(f"limits.{limit.name}", LIMITS[limit.name], _text(old), _text(new))


def _text(value: object) -> Words:
    """Return a property of a field in words; nothing for what was not set."""
    if isinstance(value, Words):
        return value
    if isinstance(value, Expression):
        return plain(f"={value.text}")
    if isinstance(value, bool):
        return TRUTH[value] if value else Words()
    if isinstance(value, tuple) and value and isinstance(value[0], Choice):
        return Words("、".join(map(_choice_zh, value)), ", ".join(map(_choice_en, value)))
    return plain(value)


def _choice_zh(choice: Choice) -> str:
    only = f"（={choice.shown_if.text}）" if choice.shown_if else ""
    return (choice.label.zh or choice.text) + only


def _choice_en(choice: Choice) -> str:
    only = f" (={choice.shown_if.text})" if choice.shown_if else ""
    return (choice.label.text("en") or choice.text) + only
