"""Fields as other tools write them: what means the same here is rewritten, what means nothing here is taken out."""

from engine.forms.reading import ALIASES, FORM, LIMITS, PROPERTIES
from engine.forms.source import Component, Source

SAME = {"description": "help", "defaultValue": "default", "dateLabel": "label"}
"""Properties of form-js that are called something else here."""


def is_foreign(component: Component) -> bool:
    """Return whether a field is written as another tool would."""
    return component.get("type") == "taglist" or _is_note(component) or bool(unknown(component))


def translate_form(source: Source) -> list[str]:
    """Rewrite a whole form; return what was taken out, each property once."""
    dropped = [name for name in source.data if name not in FORM]
    for name in dropped:
        source.data.pop(name)
    for _, each in source.walk():
        if is_foreign(each):
            dropped += translate(each)
    return list(dict.fromkeys(dropped))


def unknown(component: Component) -> list[str]:
    """Return the properties that mean nothing here, of a field whose kind is known."""
    kind = ALIASES.get(str(component.get("type")), str(component.get("type")))
    if kind not in PROPERTIES:
        return []
    limits = component.get("validate")
    inner = [f"validate.{each}" for each in limits if each not in LIMITS[kind]] if isinstance(limits, dict) else []
    return [each for each in component if each not in PROPERTIES[kind]] + inner


def translate(component: Component) -> list[str]:
    """Rewrite a field as it is written here; return the properties that were taken out.

    Source: the schema of form-js 1.x (bpmn-io), https://github.com/bpmn-io/form-js.
    """
    if _is_note(component):
        component["type"] = "note"
    elif component.get("type") == "taglist":
        component["type"] = "checklist"
    elif component.get("type") == "datetime" and component.pop("subtype", None) == "date":
        component["type"] = "date"
    for theirs, ours in SAME.items():
        if theirs in component and ours not in component:
            component[ours] = component.pop(theirs)
    hidden = component.get("conditional")
    if isinstance(hidden, dict) and isinstance(hidden.get("hide"), str) and "shownIf" not in component:
        component["shownIf"] = f"=not({component.pop('conditional')['hide'].removeprefix('=')})"
    dropped = unknown(component)
    for name in dropped:
        holder = component["validate"] if name.startswith("validate.") else component
        holder.pop(name.removeprefix("validate."))
    return dropped


def _is_note(component: Component) -> bool:
    return component.get("type") == "text" and "text" in component and "key" not in component
