"""A form of a draft as those see it who fill it in: within the editor, at the width of a phone or of a desk."""

import json
import re
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from engine import forms
from engine.core.errors import Refused
from engine.forms import Form
from engine.forms.reading import FORM
from engine.forms.source import Source
from engine.processes import form_uses, process_drafts
from web.shared import form_choices
from web.shell import current
from web.shell.guard import relaxed, rule
from web.studio import frame

blueprint = Blueprint("studio_form_preview", __name__, url_prefix="/studio/<process>/forms/<key>/preview")

WITHIN = {"frame-ancestors": "'self'"}
"""Only pages of ours may show it within them."""

PLACE = re.compile(r"components\[(\d+)\]")
KNOWN = "known."
"""Before the name of a variable of the process that is supposed to have some value."""


@blueprint.get("")
@rule(process_drafts.ACT)
@relaxed(WITHIN)
def show(process: str, key: str) -> Response:
    """The form, untouched."""
    form, left_out = _form(process, key)
    supposed = _supposed()
    return _page(form, form.offering(supposed).blank(supposed) if form else None, left_out)


@blueprint.post("")
@rule(process_drafts.ACT)
@relaxed(WITHIN)
def try_out(process: str, key: str) -> Response:
    """What would be said to what was filled in. Nothing is kept."""
    form, left_out = _form(process, key)
    supposed = _supposed()
    choices = form_choices.of_company(current.reading())
    checked = form.offering(supposed).check(request.form, request.files, supposed, choices) if form else None
    return _page(form, checked, left_out, tried=True)


def _form(process: str, key: str) -> tuple[Form | None, int]:
    """The form as far as it can be read, and how many of its fields had to be left out."""
    draft = frame.draft_of(process)
    content = process_drafts.file(current.reading(), draft, form_uses.path_of(process, key)).content
    try:
        source = Source(content)
    except Refused:
        return None, 0
    source.data = {name: value for name, value in source.data.items() if name in FORM}
    left_out = 0
    while source.fields:
        try:
            return forms.read(source.dumped()), left_out
        except Refused as refused:
            broken = {
                int(place[1])
                for each in refused.findings
                if each.level == "error" and (place := PLACE.match(each.place))
            }
            if not broken:
                break
            source.data["components"] = [each for at, each in enumerate(source.fields) if at not in broken]
            left_out += len(broken)
    return None, left_out


def _supposed() -> dict[str, object]:
    """The variables of the process that conditions read, as somebody supposes them to be."""
    return {
        name.removeprefix(KNOWN): _value(text) for name, text in request.args.items() if name.startswith(KNOWN) and text
    }


def _value(text: str) -> object:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return found if isinstance(found, bool | int) else text


def _page(form: Form | None, checked: Any, left_out: int, *, tried: bool = False) -> Response:
    page = make_response(
        render_template(
            "studio/forms/preview.html",
            form=form,
            checked=checked,
            choices=form_choices.of_company(current.reading()),
            names=sorted(form.names) if form else [],
            supposed={name: request.args.get(KNOWN + name, "") for name in (form.names if form else ())},
            left_out=left_out,
            tried=tried,
        )
    )
    page.headers["X-Frame-Options"] = "SAMEORIGIN"
    return page
