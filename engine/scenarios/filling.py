"""Forms filled in as a page sends them, and refused as a page refuses them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy.orm import Session

from engine.core.errors import Unclear
from engine.forms import Checked, Form
from engine.scenarios.choices import offered


@dataclass(frozen=True, slots=True)
class Photo:
    """A file as a browser would send it."""

    filename: str = "photo.jpg"


@dataclass(frozen=True, slots=True)
class Here:
    """Where a form is filled in: the time there, what its moments mean, and the variables that it reads."""

    zone: tzinfo
    moment: Callable[[str], datetime]
    known: Mapping[str, object]


def fill_in(session: Session, form: Form, given: Mapping[str, Any], here: Here) -> Checked:
    """Return what a form makes of the answers. Raises `Unclear` as its page would refuse them."""
    if unknown := ", ".join(sorted(given.keys() - {each.key for each in form.every})):
        known = ", ".join(each.key for each in form.every if each.key)
        raise Unclear(zh=f"表单里没有 {unknown}；有 {known}。", en=f"The form has no {unknown}; there are {known}.")
    files = {key: [Photo()] for key in given if (asked := form.field(key)) and asked.kind == "filepicker"}
    typed = {name: value for key in given.keys() - files.keys() for name, value in _sent(form, key, given[key], here)}
    checked = form.check(typed, files, here.known, offered(session, form), zone=here.zone)
    if checked.errors:
        zh = "；".join(f"{key}：{said[0]}" for key, said in checked.errors.items())
        en = "; ".join(f"{key}: {said[1]}" for key, said in checked.errors.items())
        raise Unclear(zh=f"表单不接受：{zh}", en=f"The form refuses it: {en}")
    return checked


def _sent(form: Form, key: str, value: Any, here: Here) -> Iterator[tuple[str, Any]]:
    """Yield an answer under the name that a page sends; the rows of a repeated group field by field."""
    rows = [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
    for number, row in enumerate(rows):
        for inner, each in row.items():
            yield f"{key}.{number}.{inner}", _typed(form, inner, each, here)
    if not rows:
        yield key, _typed(form, key, value, here)


def _typed(form: Form, key: str, value: Any, here: Here) -> Any:
    """Return an answer as a page sends it; "@+3 days" is a moment, in the time of the community."""
    if isinstance(value, list):
        return [str(each) for each in value]
    if isinstance(value, bool):
        return "true" if value else ""
    if not (isinstance(value, str) and value.startswith("@")):
        return value if isinstance(value, dict) else str(value)
    local, asked = (
        here.moment(value[1:]).astimezone(here.zone),
        next((each for each in form.every if each.key == key), None),
    )
    return local.date().isoformat() if asked and asked.kind == "date" else local.strftime("%Y-%m-%dT%H:%M")
