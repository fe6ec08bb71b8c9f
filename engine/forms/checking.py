"""Check submitted answers against their form."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as later
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from engine.core import clock
from engine.feel import Expression, FeelError
from engine.forms import answers, conditions
from engine.forms.answers import BadAnswer
from engine.forms.definition import Choice, Field, Words

CHINA = ZoneInfo("Asia/Shanghai")
MOST_ROWS = 50
Choices = Mapping[str, tuple[Choice, ...]]
Both = tuple[str, str]


class Upload(Protocol):
    """A file as the web brings it."""

    filename: str | None


@dataclass(frozen=True, slots=True)
class Checked:
    """The fields of a form with what was typed into them.

    `values` has the key of every question (None where nothing was answered or the field was not shown; False and []
    for boxes and lists). `errors` maps a key (`actions.0.owner` inside a repeated group) to what is wrong, in Chinese
    and English. `typed` is what to show again. `kept` are ids of files kept from an earlier try, still to be checked
    against who sent them.
    """

    fields: tuple[Field, ...]
    values: Mapping[str, object]
    errors: Mapping[str, Both] = later(default_factory=dict)
    typed: Mapping[str, Any] = later(default_factory=dict)
    files: Mapping[str, tuple[Upload, ...]] = later(default_factory=dict)
    kept: Mapping[str, tuple[int, ...]] = later(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    known: Mapping[str, object] = later(default_factory=dict)
    zone: tzinfo = CHINA
    more: str | None = None  # the repeated group that one more row was asked for (a page without scripts)

    @property
    def ok(self) -> bool:
        """Return whether it can be accepted."""
        return not self.errors and self.more is None

    def rule(self, field: Field, fields: tuple[Field, ...] = ()) -> str:
        """Return a field's condition for the browser; `fields`: those of its repeated group, if it is in one."""
        return conditions.rule(field, (*self.fields, *fields), self.known)

    def condition(self, field: Field, choices: Choices, fields: tuple[Field, ...] = ()) -> Words:
        """Return a field's condition in words."""
        return conditions.words(field, (*self.fields, *fields), choices)

    def is_out(self, field: Field) -> bool:
        """Return whether no answer typed here could show the field: its condition is the process's."""
        own = {each.key for each in self.fields}
        return field.key in self.hidden and field.shown_if is not None and not field.shown_if.names & own

    @property
    def steering(self) -> dict[str, object]:
        """Return answers that enter the process: choices, numbers, boxes, dates."""
        return {each.key: self.values[each.key] for each in self.fields if each.steers}

    @property
    def rest(self) -> dict[str, object]:
        """Return answers that stay outside the process: texts and repeated groups."""
        outside = {"text", "textarea", "dynamiclist"}
        return {each.key: self.values[each.key] for each in self.fields if each.kind in outside}


def check(
    fields: tuple[Field, ...],
    submitted: Any,
    files: Any = None,
    context: Mapping[str, object] | None = None,
    choices: Choices | None = None,
    *,
    zone: tzinfo = CHINA,
) -> Checked:
    """Check `submitted` (and `files`) against `fields`: multi-dicts with `getlist`, or plain mappings.

    `context`: variables that conditions may read beside the form's own answers. `choices`: the present items of the
    lists named by `valuesFrom`. Answers to fields that are not shown are dropped.
    """
    asked = _Asked(submitted, files, dict(context or {}), dict(choices or {}), zone)
    asked.all(fields, "")
    more = asked.one("_more") or None
    return Checked(
        fields=fields,
        values=asked.values,
        errors=asked.errors,
        typed=asked.typed,
        files=asked.files,
        kept=asked.kept,
        hidden=frozenset(asked.hidden),
        known=_named(fields, asked.context),
        zone=zone,
        more=more if any(each.key == more and each.kind == "dynamiclist" for each in fields) else None,
    )


def blank(
    fields: tuple[Field, ...],
    context: Mapping[str, object] | None = None,
    values: Mapping[str, object] | None = None,
    *,
    zone: tzinfo = CHINA,
) -> Checked:
    """Return the untouched form: with its defaults, or with `values` (a draft, what is known already)."""
    known = dict(context or {})
    found: dict[str, object] = {}
    asked = [each for each in fields if each.kind != "note"]
    for each in asked:
        value = (values or {}).get(each.key)
        found[each.key] = _default(each, known | found, zone) if value is None else value
    typed = {each.key: _typed(each, found[each.key], zone) for each in asked}
    hidden = {each.key for each in fields if not _shown(each, known | found, zone)}
    read = _named(fields, known)
    return Checked(fields=fields, values=found, typed=typed, hidden=frozenset(hidden), known=read, zone=zone)


class _Asked:
    """Goes through the fields in order, each seeing the answers above it."""

    def __init__(
        self,
        submitted: Any,
        files: Any,
        context: dict[str, object],
        choices: dict[str, tuple[Choice, ...]],
        zone: tzinfo,
    ) -> None:
        self.submitted, self.uploads = submitted, files or {}
        self.context, self.choices, self.zone = context, choices, zone
        self.values: dict[str, object] = {}
        self.errors: dict[str, Both] = {}
        self.typed: dict[str, Any] = {}
        self.files: dict[str, tuple[Upload, ...]] = {}
        self.kept: dict[str, tuple[int, ...]] = {}
        self.hidden: set[str] = set()

    def all(self, fields: Sequence[Field], prefix: str) -> None:
        """Check every field of the form."""
        for each in fields:
            is_shown = _shown(each, self.context | self.values, self.zone)
            if not is_shown:
                self.hidden.add(each.key)
            if each.kind == "note":
                continue
            self.typed[each.key] = self.again(each, prefix + each.key)
            self.values[each.key] = nothing(each)
            if not is_shown:
                continue
            try:
                value = self.value(each, prefix + each.key)
                if each.limits.required and _unanswered(each, value):
                    raise answers.missing(each)
                answers.require_order(value, self.values.get(each.not_before or ""), fields, each)
                answers.require_other(value, self.values.get(each.other_than or ""), fields, each)
                self.values[each.key] = value
            except BadAnswer as bad:
                self.errors[each.key] = bad.both

    def value(self, each: Field, name: str) -> object:
        """Return one field's answer; None (or [] or False) for none."""
        match each.kind:
            case "dynamiclist":
                return self.rows(each, name)
            case "filepicker":
                return self.attached(each, name)
            case "checkbox":
                return self.one(name) not in {"", "false", "0"}
            case "checklist":
                return answers.several(each, self.many(name), each.offered(self.choices))
            case _:
                return self.single(each, self.one(name))

    def single(self, each: Field, typed: str) -> object:
        """Return an answer that is sent as one text."""
        match each.kind:
            case "number":
                return answers.number(each, typed)
            case "date":
                return answers.day(each, typed, self.zone)
            case "datetime":
                return answers.moment(each, typed, self.zone)
            case "select" | "radio":
                return answers.chosen(typed, each.offered(self.choices))
            case _:
                return answers.words(each, typed)

    def rows(self, group: Field, name: str) -> list[dict[str, object]]:
        """Return the non-empty rows of a repeated group, renumbered."""
        found: list[dict[str, object]] = []
        shown: list[dict[str, object]] = []
        for number in self.numbers(name):
            row = _Asked(self.submitted, None, self.context | self.values, self.choices, self.zone)
            prefix = f"{name}.{number}."
            if not any(self.typed_in(each, prefix + each.key) for each in group.fields):
                continue
            row.all(group.fields, prefix)
            self.errors |= {f"{group.key}.{len(found)}.{key}": both for key, both in row.errors.items()}
            found.append(row.values)
            shown.append(row.typed)
        self.typed[group.key] = shown
        answers.count(group.limits, len(found), "行", "rows")
        if len(found) > MOST_ROWS:
            raise BadAnswer(zh=f"最多 {MOST_ROWS} 行。", en=f"At most {MOST_ROWS} rows.")
        return found

    def numbers(self, name: str) -> list[int]:
        """Return which rows were sent, at most a few more than allowed: enough to report too many."""
        found: set[int] = set()
        for key in self.submitted:
            head, dot, rest = str(key).partition(f"{name}.")
            number = rest.partition(".")[0]
            if not head and dot and number.isascii() and number.isdigit() and len(number) < 5:
                found.add(int(number))
        return sorted(found)[: MOST_ROWS + 1]

    def typed_in(self, each: Field, name: str) -> bool:
        """Return whether a row's field was touched; a choice at its default does not count."""
        given = [text for text in self.many(name) if text.strip()]
        preset = each.default if not isinstance(each.default, Expression) else None
        return bool(given) and given != ([str(preset)] if preset is not None else [])

    def attached(self, each: Field, name: str) -> object:
        """Return files sent now, and those kept from an earlier try."""
        fresh = tuple(upload for upload in _list(self.uploads, name) if getattr(upload, "filename", None))
        old = tuple(
            int(text) for text in self.many(f"{name}.kept") if text.isascii() and text.isdigit() and len(text) < 10
        )
        self.files[each.key], self.kept[each.key] = fresh, old[:MOST_ROWS]
        found = len(fresh) + len(old)
        if found > 1 and not each.multiple:
            raise BadAnswer(zh="只能添加一个文件。", en="Only one file can be added.")
        answers.count(each.limits, found, "个文件", "files")
        return [*old, *fresh] or None

    def again(self, each: Field, name: str) -> Any:
        """Return what to show again, as it was typed."""
        if each.kind in {"checklist"}:
            return self.many(name)
        return "" if each.kind in {"dynamiclist", "filepicker"} else self.one(name)

    def one(self, name: str) -> str:
        given = self.many(name)
        return given[-1] if given else ""

    def many(self, name: str) -> list[str]:
        return [value if isinstance(value, str) else str(value) for value in _list(self.submitted, name)]


def nothing(each: Field) -> object:
    """Return the value of an unanswered field: a box is not ticked, a list is empty, everything else is null."""
    return {"checkbox": False, "checklist": [], "dynamiclist": []}.get(each.kind)


def _named(fields: tuple[Field, ...], context: Mapping[str, object]) -> dict[str, object]:
    """Return the process variables that conditions read and nothing more: it goes to the browser."""
    every = [each for outer in fields for each in (outer, *outer.fields)]
    read = {name for each in every if each.shown_if for name in each.shown_if.names}
    return {name: context[name] for name in sorted(read & context.keys())}


def _unanswered(each: Field, value: object) -> bool:
    """Return whether there is no answer: zero and a "no" choice are answers; an unticked box is not."""
    return value is None or value == [] or (each.kind == "checkbox" and value is False)


def offering(each: Field, known: Mapping[str, object], zone: tzinfo) -> Field:
    """Return a field with the choices that are offered; its help says why the others are not."""
    inner = tuple(offering(one, known, zone) for one in each.fields)
    missing = [choice for choice in each.choices if _holds(choice.shown_if, known, zone) is False]
    if not missing:
        return replace(each, fields=inner) if inner else each
    said = [each.help, *(choice.otherwise for choice in missing)]
    words = Words("".join(one.zh for one in said), " ".join(one.text("en") for one in said if one))
    return replace(each, choices=tuple(one for one in each.choices if one not in missing), help=words)


def _shown(each: Field, known: Mapping[str, object], zone: tzinfo) -> bool:
    return _holds(each.shown_if, known, zone) is True


def _holds(condition: Expression | None, known: Mapping[str, object], zone: tzinfo) -> object:
    if condition is None:
        return True
    try:
        return condition.evaluate(known, _now(zone))
    except FeelError:
        return True  # better one question too many than one that nobody can answer


def _default(each: Field, known: Mapping[str, object], zone: tzinfo) -> object:
    if not isinstance(each.default, Expression):
        return nothing(each) if each.default is None else each.default
    try:
        return each.default.evaluate(known, _now(zone))
    except FeelError:
        return nothing(each)


def _now(zone: tzinfo) -> Mapping[str, Callable[..., object]]:
    local = clock.now().astimezone(zone)
    return {"now": lambda: local, "today": local.date}


def _typed(each: Field, value: object, zone: tzinfo) -> Any:
    """Return a value as the page's field shows it."""
    if each.kind == "checklist":
        return [_text(each, one, zone) for one in (value if isinstance(value, list) else [])]
    if each.kind == "dynamiclist":
        rows = value if isinstance(value, list) else []
        return [{inner.key: _typed(inner, row.get(inner.key), zone) for inner in each.fields} for row in rows]
    return _text(each, value, zone)


def _text(each: Field, value: object, zone: tzinfo) -> str:
    if value is None or (value is False and each.kind == "checkbox"):
        return ""
    if isinstance(value, datetime):
        local = value.astimezone(zone)
        return local.date().isoformat() if each.kind == "date" else local.strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _list(source: Any, name: str) -> Sequence[Any]:
    """Return all values sent under one name, from a multi-dict or a plain mapping."""
    if hasattr(source, "getlist"):
        found: Sequence[Any] = source.getlist(name)
        return found
    value = source.get(name)
    if value is None:
        return []
    return value if isinstance(value, list | tuple) else [value]
