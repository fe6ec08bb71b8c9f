"""Properties of a field as somebody types them, each under its path: `label.zh`, `validate.maxLength`.

Only what was changed is written; a number that cannot be read stays as it was typed, and the check says so.
"""

from collections.abc import Mapping
from typing import Any

from engine.forms.source import Component

WORDS = ("label", "help", "text", "unit", "title", "submit", "validate.message")
TRUTHS = ("validate.required", "multiple", "disallowPassedDates", "disallowFutureDates")
NUMBERS = ("validate.min", "validate.max", "validate.minLength", "validate.maxLength", "decimalDigits")
TEXTS = ("type", "otherThan", "notBefore", "accept", "validate.pattern", "validate.validationType", "shownIf")
CHOICE = ("choice.was", "choice.value", "choice.zh", "choice.en")
"""What is sent for each choice: the value it had, its value, its label in both languages."""

Typed = Mapping[str, list[str]]


def shown(component: Component, name: str) -> str:
    """Return a property as the editor shows it; "" where it is not set."""
    stem, _, language = name.rpartition(".")
    if stem in WORDS and language in ("zh", "en"):
        return words(_get(component, stem), language)
    found = _get(component, name)
    if name in TRUTHS:
        return "true" if found is True else ""
    return "" if found is None or isinstance(found, dict | list) else _plain(found)


def words(given: object, language: str) -> str:
    """Return a text of the file in one language; a plain string is Chinese."""
    if isinstance(given, dict):
        return str(given.get(language) or "")
    return "" if given is None or language == "en" else str(given)


def put(component: Component, typed: Typed) -> None:
    """Write what differs from what is there. Properties that were not sent stay."""
    if "valuesFrom" in typed:
        _put_choices(component, typed)
    for name, sent in typed.items():
        value = sent[-1].replace("\r\n", "\n").strip()
        stem, _, language = name.rpartition(".")
        if name == "default":
            _put_default(component, sent)
        elif value == shown(component, name):
            continue
        elif stem in WORDS and language in ("zh", "en"):
            _put_words(component, stem, language, value)
        elif name in TRUTHS:
            _set(component, name, True if value else None)
        elif name in NUMBERS:
            _set(component, name, _number(value) if value else None)
        elif name in TEXTS:
            _set(component, name, value or None)


def default_of(component: Component) -> list[str]:
    """Return the initial value as the editor shows it: one text, or several for a list of boxes."""
    found = component.get("default")
    each = found if isinstance(found, list) else [] if found is None or found is False else [found]
    return [_plain(one) for one in each]


def choices_of(component: Component) -> list[dict[str, Any]]:
    """Return the field's own choices, those that can be read."""
    found = component.get("values")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def value_of(component: Component, typed: str) -> object:
    """Return the value that a typed one stands for: of a choice its own, a number where numbers are asked."""
    for choice in choices_of(component):
        if _plain(choice.get("value")) == typed:
            return choice.get("value")
    if component.get("type") == "checkbox":
        return typed == "true" or typed
    return _number(typed) if component.get("type") == "number" else typed


def _put_words(component: Component, stem: str, language: str, value: str) -> None:
    found = _get(component, stem)
    both = {"zh": words(found, "zh"), "en": words(found, "en")} | {language: value}
    if not any(both.values()):
        _set(component, stem, None)
    elif isinstance(found, str) and not both["en"]:
        _set(component, stem, both["zh"])
    else:
        kept = found if isinstance(found, dict) else {}
        _set(component, stem, kept | {each: text for each, text in both.items() if text or each in kept})


def _put_choices(component: Component, typed: Typed) -> None:
    """Take the choices from a list of the company, or from the rows that were typed."""
    named = typed["valuesFrom"][-1]
    if named:
        component["valuesFrom"] = named
        component.pop("values", None)
        return
    component.pop("valuesFrom", None)
    rows = [row for row in zip(*(typed.get(name, []) for name in CHOICE), strict=False) if any(map(str.strip, row[1:]))]
    before = {_plain(each.get("value")): each for each in choices_of(component)}
    numbers = bool(before) and all(isinstance(each.get("value"), int) for each in before.values())
    taken = {row[1].strip() for row in rows}
    made: list[dict[str, Any]] = []
    for was, value, zh, en in rows:
        named = value.strip() or next(each for n in range(1, 1000) if (each := f"option_{n}") not in taken)
        taken.add(named)
        choice = dict(before.get(was) or before.get(named) or {})
        if "value" not in choice or _plain(choice["value"]) != named:
            choice["value"] = _number(named) if numbers else named
        put(choice, {"label.zh": [zh], "label.en": [en]})
        made.append(choice)
    if made != component.get("values"):
        component["values"] = made


def _put_default(component: Component, sent: list[str]) -> None:
    given = [each.strip() for each in sent if each.strip()]
    if given == default_of(component):
        return
    values = [each if each.startswith("=") else value_of(component, each) for each in given]
    several = component.get("type") == "checklist" and not (given and given[0].startswith("="))
    _set(component, "default", (values if several else values[-1]) if values else None)


def _get(component: Component, name: str) -> object:
    head, _, rest = name.partition(".")
    found = component.get(head)
    return (_get(found, rest) if isinstance(found, dict) else None) if rest else found


def _set(component: Component, name: str, value: object) -> None:
    head, _, rest = name.partition(".")
    if rest:
        inner = component.get(head)
        if not isinstance(inner, dict):
            inner = {}
        _set(inner, rest, value)
        value = inner or None
    if value is None:
        component.pop(head, None)
    else:
        component[head] = value


def _number(typed: str) -> int | float | str:
    for kind in (int, float):
        try:
            found = kind(typed)
        except ValueError:
            continue
        return found if abs(found) < 1e15 else typed  # also leaves out what JSON has no number for
    return typed


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
