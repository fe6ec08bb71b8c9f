"""Read a form's JSON to a `Form`, or to findings at the fields to mend."""

import difflib
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Literal, NoReturn, cast, get_args

import re2

from engine import feel
from engine.core import characters
from engine.core.errors import Finding, Refused
from engine.feel import BadExpression, Expression
from engine.forms.definition import CHOOSING, LISTS, Choice, Field, Kind, Limits, Words
from engine.forms.form import DONE, Form

LARGEST = 256 * 1024
MOST_FIELDS = 200
KINDS = get_args(Kind)
ALIASES = {"textfield": "text"}

FORM = {"title", "components", "submit", "id", "type", "schemaVersion", "exporter", "executionPlatform"}
_EVERY = {"type", "key", "label", "help", "shownIf", "id", "layout"}
_ASKING = _EVERY | {"validate", "default"}
_CHOOSING = _ASKING | {"values", "valuesFrom", "otherThan"}
PROPERTIES: dict[str, set[str]] = {
    "text": _ASKING,
    "textarea": _ASKING,
    "number": _ASKING | {"decimalDigits", "unit"},
    "date": _ASKING | {"disallowPassedDates", "disallowFutureDates", "notBefore"},
    "datetime": _ASKING | {"disallowPassedDates", "disallowFutureDates", "notBefore"},
    "select": _CHOOSING,
    "radio": _CHOOSING,
    "checklist": _CHOOSING,
    "checkbox": _ASKING,
    "dynamiclist": _EVERY | {"validate", "components"},
    "filepicker": _EVERY | {"validate", "accept", "multiple"},
    "note": {"type", "key", "text", "label", "shownIf", "id", "layout"},
}
_TEXT_LIMITS = {"required", "minLength", "maxLength", "pattern", "message", "validationType"}
_RANGE_LIMITS = {"required", "min", "max", "message"}
LIMITS: dict[str, set[str]] = {
    "text": _TEXT_LIMITS,
    "textarea": _TEXT_LIMITS,
    "number": _RANGE_LIMITS,
    "date": _RANGE_LIMITS,
    "datetime": _RANGE_LIMITS,
    "select": {"required", "message"},
    "radio": {"required", "message"},
    "checklist": _RANGE_LIMITS,
    "checkbox": {"required", "message"},
    "dynamiclist": _RANGE_LIMITS,
    "filepicker": _RANGE_LIMITS,
    "note": set(),
}


def read(text: bytes) -> Form:
    """Return the form that `text` (JSON, UTF-8) defines.

    Raises `Refused` with a finding for each error: an unknown property, a duplicate key, an expression or pattern that
    cannot be read, a choice without values. Warnings are in `Form.findings`.
    """
    return _Reader().form(text)


def require_json(text: bytes) -> None:
    """Raise `Refused` where `text` is no JSON object that can be changed in place: each property once, not too large."""
    reader = _Reader()
    try:
        reader.json(text)
    except _Broken:
        raise Refused(reader.findings) from None


class _Broken(Exception):
    """A field that cannot be read further; its finding is already noted."""


class _Reader:
    """Reads one form and collects what is wrong with it."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.count = 0

    def form(self, text: bytes) -> Form:
        """Read the whole form."""
        try:
            source = self.json(text)
            self.known(source, FORM, "", "")
            title = self.words(source.get("title", ""), "title", "")
            fields = self.fields(source.get("components"), "components", title.zh, inside=False)
            submit = self.words(source["submit"], "submit", "") if "submit" in source else DONE
        except _Broken:
            raise Refused(self.findings) from None
        self.order(fields, "components")
        if any(finding.level == "error" for finding in self.findings):
            raise Refused(self.findings)
        return Form(title, fields, submit, tuple(self.findings))

    def json(self, text: bytes) -> dict[str, object]:
        """Read the JSON object in `text`."""
        if len(text) > LARGEST:
            self.refuse("", "", "表单文件超过 256 KB。", "the form is larger than 256 KB.")
        try:
            source = json.loads(text.decode("utf-8-sig"), object_pairs_hook=_once, parse_float=Decimal)
            half = characters.has_half(source)
        except UnicodeDecodeError:
            self.refuse("", "", "文件不是 UTF-8 编码。", "the file is not UTF-8.")
        except _Twice as twice:
            self.refuse("", "", f"“{twice}”在同一处写了两次。", f"“{twice}” is given twice in one place.")
        except (ValueError, RecursionError) as broken:
            self.refuse("", "", f"不是有效的 JSON（{broken}）。", f"it is not valid JSON ({broken}).")
        if not isinstance(source, dict):
            self.refuse("", "", "表单应是一个 JSON 对象。", "a form must be a JSON object.")
        if half:
            self.refuse("", "", "文件里有半个字符。", "it holds half of a character.")
        return source

    def fields(self, source: object, place: str, name: str, *, inside: bool) -> tuple[Field, ...]:
        """Read a list of fields, each under its own key."""
        if not isinstance(source, list) or not source:
            self.refuse(place, name, "至少要有一个字段。", "there must be at least one field.")
        fields: list[Field] = []
        keys: set[str] = set()
        for position, each in enumerate(source):
            here = f"{place}[{position}]"
            try:
                field = self.field(each, here, inside=inside)
            except _Broken:
                continue
            if field.key in keys and field.kind != "note":
                self.error(here, field.label.zh, f"键“{field.key}”用了两次。", f"the key “{field.key}” is used twice.")
            keys.add(field.key)
            fields.append(field)
        return tuple(fields)

    def field(self, source: object, place: str, *, inside: bool) -> Field:
        """Read one field."""
        self.count += 1
        if self.count > MOST_FIELDS:
            self.refuse(place, "", f"字段超过 {MOST_FIELDS} 个。", f"there are more than {MOST_FIELDS} fields.")
        if not isinstance(source, dict):
            self.refuse(place, "", "字段应是一个 JSON 对象。", "a field must be a JSON object.")
        kind = self.kind(source, place, inside=inside)
        label = self.words(source.get("text" if kind == "note" else "label", ""), f"{place}.label", "")
        name = label.zh or str(source.get("key", ""))
        self.known(source, PROPERTIES[kind], place, name)
        key = self.key(source, place, name, kind)
        if not label:
            self.error(place, name, "缺少名称（label）。", "the label is missing.")
        elif not label.en:
            self.warn(place, name, "缺少英文名称。", "the English label is missing.")
        choices = self.choices(source, place, name) if kind in CHOOSING else ()
        return Field(
            kind=kind,
            key=key,
            label=label,
            help=self.words(source.get("help", ""), f"{place}.help", name),
            limits=self.limits(source.get("validate", {}), f"{place}.validate", name, kind),
            choices=choices,
            choices_from=self.named_list(source, place, name),
            shown_if=self.expression(source.get("shownIf"), f"{place}.shownIf", name),
            default=self.default(source.get("default"), f"{place}.default", name, kind, choices),
            fields=self.fields(source.get("components"), f"{place}.components", name, inside=True)
            if kind == "dynamiclist"
            else (),
            accept=self.text(source, "accept", place, name) or "",
            multiple=self.truth(source, "multiple", place, name),
            digits=self.whole(source.get("decimalDigits"), f"{place}.decimalDigits", name),
            unit=self.words(source.get("unit", ""), f"{place}.unit", name),
            not_past=self.truth(source, "disallowPassedDates", place, name),
            not_future=self.truth(source, "disallowFutureDates", place, name),
            not_before=self.text(source, "notBefore", place, name),
            other_than=self.text(source, "otherThan", place, name),
        )

    def kind(self, source: Mapping[str, object], place: str, *, inside: bool) -> Kind:
        """Read the field's kind; some are not allowed inside a repeated group."""
        given = str(source.get("type", ""))
        kind = ALIASES.get(given, given)
        if kind not in KINDS:
            self.refuse(
                f"{place}.type",
                str(source.get("key", "")),
                f"没有“{given}”这种字段，可用的有：{'、'.join(KINDS)}。",
                f"there is no field type “{given}”； there are: {', '.join(KINDS)}.",
            )
        if inside and kind in {"dynamiclist", "filepicker"}:
            self.refuse(
                f"{place}.type",
                str(source.get("key", "")),
                "可重复的组里不能再放文件或可重复的组。",
                "a repeated group cannot hold files or another repeated group.",
            )
        return cast(Kind, kind)

    def key(self, source: Mapping[str, object], place: str, name: str, kind: str) -> str:
        """Read the field's key: a name that expressions can use."""
        key = source.get("key")
        if key is None and kind == "note":
            return place
        if not isinstance(key, str) or not key.isidentifier() or key.startswith("_") or key == "csrf_token":
            self.refuse(
                f"{place}.key",
                name,
                "键（key）应由字母、数字、下划线组成，不以数字或下划线开头。",
                "the key must consist of letters, digits and underscores, not starting with a digit or underscore.",
            )
        return key

    def choices(self, source: Mapping[str, object], place: str, name: str) -> tuple[Choice, ...]:
        """Read the choices, when the form lists them itself."""
        given = source.get("values")
        if ("valuesFrom" in source) == (given is not None):
            self.error(
                place,
                name,
                "选项要么写在 values 里，要么用 valuesFrom 指定一个列表。",
                "choices are either in values or come from a list named by valuesFrom.",
            )
        choices = [self.choice(each, f"{place}.values[{n}]", name) for n, each in enumerate(_listed(given))]
        if given is not None and not choices:
            self.error(f"{place}.values", name, "没有任何选项。", "there is nothing to choose from.")
        if len({choice.text for choice in choices}) < len(choices):
            self.error(f"{place}.values", name, "有两个选项的值相同。", "two choices have the same value.")
        return tuple(choices)

    def named_list(self, source: Mapping[str, object], place: str, name: str) -> str | None:
        """Read the list that choices come from."""
        given = self.text(source, "valuesFrom", place, name)
        if given is not None and given not in LISTS:
            known = sorted(LISTS)
            self.error(
                f"{place}.valuesFrom",
                name,
                f"没有名为“{given}”的列表，可用的有：{'、'.join(known)}。",
                f"there is no list “{given}”； there are: {', '.join(known)}.",
            )
        return given

    def choice(self, source: object, place: str, name: str) -> Choice:
        """Read one choice, with its label."""
        if not isinstance(source, dict) or not isinstance(source.get("value"), str | int | Decimal):
            self.error(
                place,
                name,
                '选项应写成 {"value": …, "label": …}，值是文字或数字。',
                'a choice is written {"value": …, "label": …}, its value text or a number.',
            )
            return Choice(place, Words(place, place))
        self.known(source, {"value", "label", "shownIf", "otherwise"}, place, name)
        words = self.words(source.get("label", ""), f"{place}.label", name)
        return Choice(
            source["value"],
            words or Words(str(source["value"])),
            self.expression(source.get("shownIf"), f"{place}.shownIf", name),
            self.words(source.get("otherwise", ""), f"{place}.otherwise", name),
        )

    def limits(self, source: object, place: str, name: str, kind: str) -> Limits:
        """Read the limits of an answer."""
        if not isinstance(source, dict):
            self.error(place, name, "validate 应是一个 JSON 对象。", "validate must be a JSON object.")
            return Limits()
        self.known(source, LIMITS[kind], place, name)
        bound = self.day if kind in {"date", "datetime"} else self.number
        limits = Limits(
            required=self.truth(source, "required", place, name),
            smallest=bound(source.get("min"), f"{place}.min", name),
            largest=bound(source.get("max"), f"{place}.max", name),
            shortest=self.whole(source.get("minLength"), f"{place}.minLength", name),
            longest=self.whole(source.get("maxLength"), f"{place}.maxLength", name),
            pattern=self.pattern(source.get("pattern"), f"{place}.pattern", name),
            message=self.words(source.get("message", ""), f"{place}.message", name),
            kind=self.checked_as(source, place, name),
        )
        if limits.smallest is not None and limits.largest is not None and limits.smallest > limits.largest:  # type: ignore[operator]
            self.error(place, name, "min 大于 max。", "min is above max.")
        return limits

    def order(self, fields: tuple[Field, ...], place: str) -> None:
        """Check that a condition uses only fields before it: later ones are not known yet."""
        later = {field.key for field in fields if field.kind != "note"}
        for position, field in enumerate(fields):
            if field.shown_if and (seen := sorted(field.shown_if.names & later)):
                self.error(
                    f"{place}[{position}].shownIf",
                    field.label.zh,
                    f"条件只能引用前面的字段，而“{'、'.join(seen)}”不在前面。",
                    f"a condition may only name fields that come before it, and {', '.join(seen)} does not.",
                )
            self.order_of_dates(field, fields[:position], f"{place}[{position}]")
            self.order_of_choices(field, fields[:position], f"{place}[{position}]")
            self.choices_apart(field, fields, f"{place}[{position}]")
            later.discard(field.key)
            self.order(field.fields, f"{place}[{position}].components")

    def order_of_dates(self, field: Field, before: tuple[Field, ...], place: str) -> None:
        """Check that a date which is not before another one names a date of the same kind above it."""
        named = [each.key for each in before if each.kind == field.kind]
        if field.not_before is not None and field.not_before not in named:
            self.error(
                f"{place}.notBefore",
                field.label.zh,
                f"“{field.not_before}”不是前面的同类日期字段。",
                f"“{field.not_before}” is no date field of the same kind before it.",
            )

    def order_of_choices(self, field: Field, before: tuple[Field, ...], place: str) -> None:
        """Check that a choice which is other than another one names a single choice above it."""
        if field.other_than is not None and field.other_than not in {
            each.key for each in before if each.kind in ("select", "radio")
        }:
            self.error(
                f"{place}.otherThan",
                field.label.zh,
                f"“{field.other_than}”不是前面的单选字段。",
                f"“{field.other_than}” is no field before it in which one thing is chosen.",
            )

    def choices_apart(self, field: Field, fields: tuple[Field, ...], place: str) -> None:
        """Check that conditions of choices read the process only: the page does not change choices as one types."""
        own = {each.key for each in fields}
        for number, choice in enumerate(field.choices):
            if choice.shown_if and (seen := sorted(choice.shown_if.names & own)):
                self.error(
                    f"{place}.values[{number}].shownIf",
                    field.label.zh,
                    f"选项的条件只能用流程变量，“{'、'.join(seen)}”是表单的字段。",
                    f"a choice's condition may only use variables of the process; {', '.join(seen)} is a field.",
                )

    # single values

    def words(self, source: object, place: str, name: str) -> Words:
        """Read text in both languages; a plain string is Chinese."""
        if isinstance(source, str):
            return Words(source)
        if (
            isinstance(source, dict)
            and set(source) <= {"zh", "en"}
            and all(isinstance(each, str) for each in source.values())
        ):
            return Words(source.get("zh", ""), source.get("en", ""))
        self.error(
            place,
            name,
            '文字应写成 "中文" 或 {"zh": "…", "en": "…"}。',
            'words are written "中文" or {"zh": "…", "en": "…"}.',
        )
        return Words(name or place)

    def text(self, source: Mapping[str, object], key: str, place: str, name: str) -> str | None:
        """Read a property that is plain text."""
        given = source.get(key)
        if given is None or isinstance(given, str):
            return given
        self.error(f"{place}.{key}", name, "这里应是文字。", "this must be text.")
        return None

    def truth(self, source: Mapping[str, object], key: str, place: str, name: str) -> bool:
        """Read a property that is true or false."""
        given = source.get(key, False)
        if isinstance(given, bool):
            return given
        self.error(f"{place}.{key}", name, "这里应是 true 或 false。", "this must be true or false.")
        return False

    def number(self, source: object, place: str, name: str) -> Decimal | None:
        """Read a number (form-js also writes them as text)."""
        if source is None:
            return None
        try:
            number = Decimal(str(source))
        except InvalidOperation:
            number = Decimal("NaN")
        if isinstance(source, bool) or not number.is_finite():
            self.error(place, name, "这里应是数字。", "this must be a number.")
            return None
        return number

    def whole(self, source: object, place: str, name: str) -> int | None:
        """Read a whole number, not below 0."""
        if source is None or (isinstance(source, int) and not isinstance(source, bool) and source >= 0):
            return source
        self.error(place, name, "这里应是不小于 0 的整数。", "this must be a whole number, not below 0.")
        return None

    def day(self, source: object, place: str, name: str) -> date | None:
        """Read a day, ISO."""
        if source is None:
            return None
        try:
            return date.fromisoformat(str(source))
        except ValueError:
            self.error(place, name, "这里应是日期，如 2026-03-01。", "this must be a date such as 2026-03-01.")
            return None

    def pattern(self, source: object, place: str, name: str) -> str | None:
        """Read a regular expression in RE2's syntax, which runs in linear time."""
        if source is None:
            return None
        try:
            re2.compile(str(source))
        except re2.error as broken:
            self.error(place, name, f"正则表达式有误（{broken}）。", f"the pattern cannot be read ({broken}).")
            return None
        return str(source)

    def checked_as(self, source: Mapping[str, object], place: str, name: str) -> Literal["phone", "email"] | None:
        """Read the name of a predefined check."""
        given = source.get("validationType")
        if given is None or given == "phone" or given == "email":
            return given
        self.error(f"{place}.validationType", name, "只能是 phone 或 email。", "this can only be phone or email.")
        return None

    def expression(self, source: object, place: str, name: str) -> Expression | None:
        """Read a FEEL condition, with or without a leading `=`."""
        if source is None:
            return None
        try:
            return feel.compile(str(source).removeprefix("="))
        except BadExpression as broken:
            self.error(place, name, f"条件有误：{broken.zh}", f"the condition cannot be read: {broken.en}")
            return None

    def default(self, source: object, place: str, name: str, kind: str, choices: tuple[Choice, ...]) -> object:
        """Read the initial value: a value, or `=` and FEEL."""
        if isinstance(source, str) and source.startswith("="):
            return self.expression(source, place, name)
        given = _listed(source) if kind == "checklist" else [] if source is None else [source]
        if choices and any(str(each) not in {choice.text for choice in choices} for each in given):
            self.error(place, name, "默认值不在选项里。", "the default is not among the choices.")
        return source

    # findings

    def known(self, source: Mapping[str, object], names: set[str], place: str, name: str) -> None:
        """Report unknown properties, so that none is silently ignored."""
        for given in source:
            if given not in names:
                near = difflib.get_close_matches(given, names, 1)
                zh = f"不认识“{given}”" + (f",是否要写 {near[0]}?" if near else "。")
                en = f"“{given}” means nothing here" + (f", did you mean {near[0]}?" if near else ".")
                self.error(f"{place}.{given}".lstrip("."), name, zh, en)

    def error(self, place: str, name: str, zh: str, en: str) -> None:
        self.findings.append(Finding("error", place, name, zh, en))

    def warn(self, place: str, name: str, zh: str, en: str) -> None:
        self.findings.append(Finding("warning", place, name, zh, en))

    def refuse(self, place: str, name: str, zh: str, en: str) -> NoReturn:
        self.error(place, name, zh, en)
        raise _Broken


class _Twice(ValueError):
    """A key occurs twice in one JSON object."""


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise _Twice(key)
        found[key] = value
    return found


def _listed(source: object) -> list[object]:
    return source if isinstance(source, list) else []
