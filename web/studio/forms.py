"""The forms of a draft: listed with where they are used, begun, copied, taken out; one of them with its fields."""

import re
from pathlib import PurePosixPath
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from engine.core.errors import Finding, Invalid, Refused
from engine.forms import properties, sentences
from engine.forms.form import DONE
from engine.forms.source import Component, Source, blank
from engine.processes import form_uses, process_drafts
from engine.processes.process_drafts import ProcessDraft
from web.shared import form_choices
from web.shell import current, form_input
from web.shell.guard import rule
from web.studio import form_fields, form_words, frame
from web.studio.form_fields import Card, FormView

blueprint = Blueprint("studio_forms", __name__, url_prefix="/studio/<process>/forms")

KEY = re.compile(r"[^\W_][\w-]{0,59}")
PROPOSED = re.compile(r"(field|item)_\d+")
LONGEST_PROPOSAL = 40


# ---- all forms -------------------------------------------------------------------------------------------------------


@blueprint.get("")
@rule(process_drafts.ACT)
def index(process: str) -> str:
    """Every form of the draft, and the steps that show it."""
    return _listed(frame.draft_of(process))


@blueprint.post("")
@rule(process_drafts.ACT)
def create(process: str) -> AnyResponse | tuple[str, int]:
    """Begin a form, or a copy of another one (`copy_of`)."""
    draft = frame.draft_of(process)
    typed = form_input.texts(("key", "title", "title_en", "copy_of"))
    files = process_drafts.files_of(current.reading(), draft)
    try:
        content = _begun(process, files, typed)
    except Invalid as wrong:
        return _listed(draft, typed=typed, errors=wrong.fields), 422
    with current.transaction() as session:
        draft = process_drafts.require(session, current.someone(), process)
        path = form_uses.path_of(process, typed["key"])
        process_drafts.save(session, draft, path, content, 0, by=current.someone())
    return redirect(url_for("studio_forms.show", process=process, key=typed["key"]), 303)


def _begun(process: str, files: dict[str, bytes], typed: dict[str, str]) -> bytes:
    """The content of a new form; its key is chosen where none was typed."""
    copied = files.get(form_uses.path_of(process, typed["copy_of"])) if typed["copy_of"] else None
    stem = f"{typed['copy_of']}_" if copied else "form_"
    taken = {PurePosixPath(path).stem for path in files if path.startswith("forms/")}
    typed["key"] = typed["key"] or next(key for n in range(2, 1000) if (key := f"{stem}{n}") not in taken)
    wrong = {}
    if not KEY.fullmatch(typed["key"]):
        wrong["key"] = (
            "请用字母、数字、下划线，例如 site_photo。",
            "Use letters, digits and underscores, for example site_photo.",
        )
    elif typed["key"] in taken:
        wrong["key"] = ("已经有这个编号的表单了，请换一个。", "There is a form with this id already: choose another.")
    if not typed["title"] and copied is None:
        wrong["title"] = ("请填写标题。", "Please give it a title.")
    if wrong:
        raise Invalid(wrong)
    return copied if copied is not None else blank(typed["title"], typed["title_en"])


@blueprint.post("/<key>/delete")
@rule(process_drafts.ACT)
def delete(process: str, key: str) -> str:
    """Take a form out. The page that follows can put it back."""
    path = form_uses.path_of(process, key)

    def remove(session: Session) -> bytes:
        draft = process_drafts.require(session, current.someone(), process)
        content = process_drafts.file(session, draft, path).content
        process_drafts.remove(session, draft, path, request.form.get("seen", 0, type=int), by=current.someone())
        return content

    content = current.attempt(remove)
    return _listed(frame.draft_of(process), gone=(key, content.decode("utf-8", "replace")))


def _listed(draft: ProcessDraft, **more: Any) -> str:
    session = current.reading()
    files = process_drafts.files_of(session, draft)
    steps = form_uses.steps(files)
    paths = frame.paths(files, ".json")
    revisions = process_drafts.revisions_of(session, draft)
    rows = [(PurePosixPath(path).stem, _view(files, path), revisions[path]) for path in paths]
    missing = {key: steps[key] for key in steps if key not in {row[0] for row in rows}}
    on_pages = form_uses.ON_PAGES.get(draft.process, frozenset())
    given: dict[str, Any] = {"on_pages": on_pages, "typed": {}, "errors": {}, "gone": None} | more
    return frame.render("studio/forms/index.html", draft, rows=rows, steps=steps, missing=missing, **given)


def _view(files: dict[str, bytes], path: str) -> FormView | None:
    """A form for the list; None where its file cannot be read at all."""
    try:
        return FormView(Source(files[path]), files[path])
    except Refused:
        return None


# ---- one form --------------------------------------------------------------------------------------------------------


@blueprint.get("/<key>")
@rule(process_drafts.ACT)
def show(process: str, key: str) -> Response | str:
    """One form with its fields; `field` is the place of the one that is open."""
    draft = frame.draft_of(process)
    session = current.reading()
    row = process_drafts.file(session, draft, form_uses.path_of(process, key))
    files = process_drafts.files_of(session, draft)
    facts: dict[str, Any] = {"key": key, "row": row, "steps": form_uses.steps(files).get(key, [])}
    try:
        source = Source(row.content)
    except Refused as refused:
        return _as_text(draft, facts, refused.findings)
    others = form_uses.variables(files, process, key)
    view = FormView(source, row.content, others, form_choices.of_company(session))
    card = view.find(request.args.get("field", ""))
    page = frame.render(
        "studio/forms/show.html",
        draft,
        **facts,
        text=row.content.decode("utf-8"),
        view=view,
        card=card,
        kinds=form_words.kinds(),
        properties=properties,
        done=DONE,
        label_of=form_fields.label_of,
        kind_of=form_fields.kind_of,
        **(_around(files, process, key, view, card) if card else {}),
    )
    here = url_for("studio_forms.show", process=process, key=key, field=card.place if card else None)
    return Response(page, headers={"HX-Replace-Url": here})


def _as_text(draft: ProcessDraft, facts: dict[str, Any], findings: Any) -> str:
    """A file that is no form yet, as text: its owner can mend it there."""
    said: list[Finding] = list(findings)
    text = facts["row"].content.decode("utf-8", "replace")
    return frame.render("studio/forms/text.html", draft, **facts, text=text, findings=said)


def _around(files: dict[str, bytes], process: str, form: str, view: FormView, card: Card) -> dict[str, Any]:
    """What the open field needs: who reads its answer, what its condition can read, what it can become."""
    key = str(card.component.get("key") or "")
    top = len(card.at) == 1 and bool(key)
    before = view.asked_before(card)
    return {
        "uses": form_uses.of_answer(files, process, form, key) if top else [],
        "asked_elsewhere": form_uses.asked_elsewhere(files, process, form, key) if top else [],
        "proposal": _proposed(card.component, view.source),
        "before": before,
        "relations": form_words.relations(),
        "sentence_of": lambda given: sentences.read(given) if isinstance(given, str) else None,
        "known_relations": sentences.RELATIONS,
        "lists": form_words.company_lists(),
        "kin": next((kin for kin in form_fields.KIN if card.kind in kin), ()),
        "groups": [each for each in view.cards if each.kind == "dynamiclist" and each is not card],
    }


def _proposed(component: Component, source: Source) -> str:
    """A key made of the English label, where the present one says nothing."""
    if not PROPOSED.fullmatch(str(component.get("key") or "")):
        return ""
    label = properties.shown(component, "label.en").lower()
    words = re.sub(r"[^a-z0-9]+", "_", label).strip("_")[:LONGEST_PROPOSAL].strip("_")
    if not words or words[0].isdigit():
        return ""
    return source.free_key(words) if words in source.keys else words
