"""What is done to a form of a draft: each act reads the file, changes what it has to, and keeps it with its revision."""

from collections.abc import Callable

from flask import Blueprint, Response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from engine.core.errors import BihuanError, Conflict, NotFound, Unclear
from engine.forms import foreign, properties, sentences
from engine.forms.source import At, Source, fresh
from engine.processes import form_uses, process_drafts
from web.shared import form_choices
from web.shell import current, form_input
from web.shell.guard import rule
from web.shell.language import language
from web.studio import form_words, frame
from web.studio.form_fields import FormView

blueprint = Blueprint("studio_form_changes", __name__, url_prefix="/studio/<process>/forms/<key>")

Answer = AnyResponse | Response
Contents = dict[str, bytes]


@blueprint.post("/field")
@rule(process_drafts.ACT)
def change(process: str, key: str) -> Answer:
    """Keep what was typed about one field; the form's own texts where no field is named."""

    def act(source: Source, _files: Contents) -> str:
        place = form_input.text("at")
        properties.put(source.field(_at(place)) if place else source.data, request.form.to_dict(flat=False))
        return place

    return _changed(process, key, act)


@blueprint.post("/condition")
@rule(process_drafts.ACT)
def set_condition(process: str, key: str) -> Answer:
    """Keep when a field is shown, chosen as a sentence."""
    lists = form_choices.of_company(current.reading())
    fields, said, values = (request.form.getlist(f"when.{name}") for name in ("field", "relation", "value"))
    chosen = sentences.typed(fields, said, values, request.form.get("when.joined", "and"))

    def act(source: Source, files: Contents) -> str:
        place = form_input.text("at")
        component = source.field(_at(place))
        view = FormView(source, b"", form_uses.variables(files, process, key), lists)
        sentence = view.completed(chosen)
        if not sentence.parts:
            component.pop("shownIf", None)
        elif sentence != sentences.read(str(component.get("shownIf") or "")):
            component["shownIf"] = sentences.write(sentence, {**view.others, **view.own})
        return place

    return _changed(process, key, act)


@blueprint.post("/add")
@rule(process_drafts.ACT)
def add(process: str, key: str) -> Answer:
    """Add a field of a kind, or a copy of the one that is open, behind that; at the end of `group` or of the form."""
    kind, group = form_input.text("kind"), _at(form_input.text("group"))
    at = _at(form_input.text("at"))

    def act(source: Source, _files: Contents) -> str:
        behind: At = (*at[:-1], at[-1] + 1) if at and not group else (*group, len(source.inside(group)))
        if kind == "copy":
            source.add(source.copied(at), behind)
        elif kind in form_words.kinds():
            source.add(fresh(kind, source.free_key("item" if len(behind) > 1 else "field")), behind)  # type: ignore[arg-type]
        else:
            raise NotFound()
        return _place(behind)

    return _changed(process, key, act)


@blueprint.post("/move")
@rule(process_drafts.ACT)
def move(process: str, key: str) -> Answer:
    """Move a field to a place, counted without it."""
    at, to = _at(form_input.text("at")), _at(form_input.text("to"))
    return _changed(process, key, lambda source, _files: _place(source.move(at, to)))


@blueprint.post("/remove")
@rule(process_drafts.ACT)
def remove(process: str, key: str) -> Answer:
    """Take a field out."""

    def act(source: Source, _files: Contents) -> str:
        source.remove(_at(form_input.text("at")))
        return ""

    return _changed(process, key, act)


@blueprint.post("/translate")
@rule(process_drafts.ACT)
def translate(process: str, key: str) -> Answer:
    """Rewrite a field of another tool as it is written here, without what means nothing here; else the whole form."""

    def act(source: Source, _files: Contents) -> str:
        place = form_input.text("at")
        if place:
            foreign.translate(source.field(_at(place)))
        else:
            foreign.translate_form(source)
        return place

    return _changed(process, key, act)


@blueprint.post("/rename")
@rule(process_drafts.ACT)
def rename(process: str, key: str) -> Answer:
    """Give a field another key. What reads it in this form follows; in the other forms where that was ticked."""
    place, new = form_input.text("at"), form_input.text("key")
    others: Contents = {}

    def act(source: Source, files: Contents) -> str:
        component = source.field(_at(place))
        old = str(component.get("key") or "")
        _require_key(source, old, new)
        component["key"] = new
        form_uses.rename_own(source, old, new)
        if "others" in request.form and not form_uses.asked_elsewhere(files, process, key, old):
            others.update(form_uses.renamed_elsewhere(files, process, key, old, new))
        return place

    return _changed(process, key, act, others)


def _require_key(source: Source, old: str, new: str) -> None:
    if not new.isidentifier() or new.startswith("_") or new == "csrf_token":
        raise Unclear(
            zh="编号请用字母、数字、下划线，不以数字或下划线开头，例如 site_photo。",
            en="A key consists of letters, digits and underscores, a letter first, for example site_photo.",
        )
    if new != old and new in source.keys:
        raise Unclear(
            zh=f"这个表单里已经有编号 {new}，请换一个。", en=f"The form has the key {new} already: choose another."
        )


@blueprint.post("/restore")
@rule(process_drafts.ACT)
def restore(process: str, key: str) -> Answer:
    """Keep the whole file as it is sent: what was there before, or a text mended by hand."""
    content = request.form.get("content", "").replace("\r\n", "\n").encode("utf-8", "replace")
    path = form_uses.path_of(process, key)
    seen = request.form.get("seen", 0, type=int)
    return _kept(process, key, {path: (content, seen)}, form_input.text("field"))


# ---- how -------------------------------------------------------------------------------------------------------------


def _changed(process: str, key: str, act: Callable[[Source, Contents], str], others: Contents | None = None) -> Answer:
    """Do `act` to the form as it is now, if that is what its sender saw; lead to the field that it returns."""
    draft, session = frame.draft_of(process), current.reading()
    path, seen = form_uses.path_of(process, key), request.form.get("seen", 0, type=int)
    row, revisions = process_drafts.file(session, draft, path), process_drafts.revisions_of(session, draft)
    files = process_drafts.files_of(session, draft)
    content, place = row.content, ""
    try:
        if row.revision == seen:  # else it is only offered, and refused in the name of who was faster
            source = Source(content)
            place = act(source, files)
            content = source.dumped()
    except NotFound:
        raise
    except BihuanError as wrong:
        return _refused(wrong, seen)
    also = {each: (text, revisions[each]) for each, text in (others or {}).items()}
    return _kept(process, key, {path: (content, seen), **also}, place)


def _kept(process: str, key: str, files: dict[str, tuple[bytes, int]], place: str) -> Answer:
    def save(session: Session) -> None:
        draft = process_drafts.require(session, current.someone(), process)
        for path, (content, seen) in files.items():
            process_drafts.save(session, draft, path, content, seen, by=current.someone())

    try:
        current.attempt(save)
    except NotFound:
        raise
    except BihuanError as wrong:
        return _refused(wrong, next(iter(files.values()))[1])
    return redirect(url_for("studio_forms.show", process=process, key=key, field=place or None), 303)


def _refused(wrong: BihuanError, seen: int) -> Answer:
    """Say that nothing was kept. A script leaves the page as it is, with everything that was typed."""
    if "HX-Request" not in request.headers:
        raise wrong
    said = render_template(
        "studio/forms/refused.html", said=wrong.text(language()), seen=seen, conflict=isinstance(wrong, Conflict)
    )
    return Response(said, 409 if isinstance(wrong, Conflict) else 422, {"HX-Reswap": "none"})


def _at(place: str) -> At:
    """A place as it was sent. Raises `NotFound`."""
    parts = place.split(".") if place else []
    if len(parts) > 2 or not all(each.isascii() and each.isdigit() and len(each) < 5 for each in parts):
        raise NotFound()
    return tuple(map(int, parts))


def _place(at: At) -> str:
    return ".".join(map(str, at))
