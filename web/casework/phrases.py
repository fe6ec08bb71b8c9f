"""Standard texts: offered beside the fields of a task, and edited on their own page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.casework import phrases
from engine.casework.phrases import FIELDS, KnownPhrase, Offered, Phrase, Wording
from engine.casework.tasks import Task
from engine.company import places
from engine.company.places import KnownPlace
from engine.complaints.core.complaint import Complaint
from engine.core import clock
from engine.core.errors import Invalid
from engine.processes import versions
from web.shared.case_subjects import Subject
from web.shell import current, lists
from web.shell.formats import name_of, zone
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("phrases", __name__, url_prefix="/phrases")

USED = "_phrase."
"""Prefix of a field's name: the ids of the texts inserted into it."""

MOST_USED = 5
COLUMNS = {"position": Phrase.position, "title": Phrase.title}
Errors = Mapping[str, tuple[str, str]]
NO_ERRORS: Errors = MappingProxyType({})


# ---- on a task -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Says:
    """The facts available to texts on this task; the resident's name only for those who may know it."""

    complaint: Complaint | None
    about: Subject | None
    task: Task
    place: KnownPlace
    may_see_phone: bool

    def facts(self, session: Session) -> dict[str, object]:
        """The values of `phrases.FIELDS`."""
        community = places.known(session)[self.task.community_id]
        name = self.complaint.person_name if self.complaint and self.may_see_phone else ""
        return {
            "number": self.about.number if self.about else "",
            "name": name or _("业主"),
            "community": name_of(community),
            "place": (self.complaint.place_text if self.complaint else "") or name_of(community),
            "category": self.about.text if self.about else "",
            "department": name_of(self.place),
            "due": self.task.due_at,
            "phone": places.known_phone(session, community.id),
            "me": name_of(current.someone()),
        }


def offered(session: Session, says: Says) -> list[Offered]:
    """The texts for the step of a task, filled in."""
    found = phrases.for_step(session, says.task.element)
    facts = says.facts(session) if found else {}
    return [phrases.filled(each, facts, language(), zone()) for each in found]


def note_uses(session: Session, task: Task, values: Mapping[str, object], says: Says) -> None:
    """Record which texts were used in the submitted answers."""
    for field, ids in _sent().items():
        answer = values.get(field)
        known = {each.id: each for each in offered(session, says)}
        for each in (known[one] for one in ids if one in known):
            said = answer if isinstance(answer, str) else ""
            phrases.used(session, task, current.someone(), field, each.id, each.text, said)


def is_sent() -> bool:
    """Whether the submitted form used any text."""
    return bool(_sent())


def _sent() -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for key in request.form:
        if key.startswith(USED):
            ids = [
                int(text) for text in request.form.getlist(key) if text.isascii() and text.isdigit() and len(text) < 9
            ]
            found[key.removeprefix(USED)] = list(dict.fromkeys(ids))[:MOST_USED]
    return found


# ---- their own page --------------------------------------------------------------------------------------------------


@blueprint.get("")
@rule(phrases.ACT)
def index() -> str:
    """The texts of the company."""
    session = current.reading()
    steps = steps_of(session)
    wish = lists.read(list(COLUMNS), {"step": [*steps, "any"], "state": ("used", "retired")}, "position")
    query = select(Phrase).where(
        Phrase.retired_at.is_not(None) if wish.filters["state"] == "retired" else Phrase.retired_at.is_(None)
    )
    if wish.search:
        columns = (Phrase.title, Phrase.title_en, Phrase.text, Phrase.text_en, Phrase.code)
        query = query.where(lists.contains(wish.search, *columns))
    if wish.filters["step"]:
        query = query.where(Phrase.id.in_(_for(session, wish.filters["step"])))
    found = lists.turn(session, query, wish, COLUMNS, tie=Phrase.id)
    return render_template("phrases/index.html", found=found, wish=wish, steps=steps, uses=phrases.uses(session))


def _for(session: Session, step: str) -> list[int]:
    """Ids of the texts for a step (`any`: for no particular step); there are a few dozen in all."""
    every = session.execute(select(Phrase.id, Phrase.elements))
    return [number for number, meant in every if (not meant if step == "any" else step in meant)]


def steps_of(session: Session) -> dict[str, str]:
    """Steps with a form in the current diagrams: name by id."""
    found: dict[str, str] = {}
    for version in versions.all_latest(session):
        for diagram in versions.drawn_in(session, version).values():
            forms = (node for node in diagram.nodes if node.kind == "userTask" and node.form)
            found |= {node.id: (node.name_en if language() == "en" else "") or node.name or node.id for node in forms}
    return found


@blueprint.get("/new")
@rule(phrases.ACT)
def new() -> str:
    """An empty text."""
    return _page(None, Wording("", "", "", ""))


@blueprint.post("/new")
@rule(phrases.ACT)
def add() -> Response | tuple[str, int] | str:
    """Add a text, or preview it."""
    typed, code = _typed(), request.form.get("code", "").strip()
    if "preview" in request.form:
        return _page(None, typed, code=code, preview=_preview(typed))
    try:
        current.attempt(lambda session: phrases.add(session, current.someone(), code, typed))
    except Invalid as wrong:
        return _page(None, typed, wrong.fields, code=code), 422
    flash(_("已添加“{title}”。", title=typed.title))
    return redirect(url_for("phrases.index"), 303)


@blueprint.get("/<int:phrase_id>")
@rule(phrases.ACT)
def show(phrase_id: int) -> str:
    """One text, to be changed."""
    phrase = phrases.find(current.reading(), phrase_id)
    kept = Wording(phrase.title, phrase.title_en, phrase.text, phrase.text_en, tuple(phrase.elements), phrase.position)
    return _page(phrase, kept, preview=_preview(kept))


@blueprint.post("/<int:phrase_id>")
@rule(phrases.ACT)
def change(phrase_id: int) -> Response | tuple[str, int] | str:
    """Change a text, or preview it."""
    typed = _typed()
    if "preview" in request.form:
        return _page(phrases.find(current.reading(), phrase_id), typed, preview=_preview(typed))

    def work(session: Session) -> None:
        phrases.change(session, current.someone(), phrases.find(session, phrase_id), typed)

    try:
        current.attempt(work)
    except Invalid as wrong:
        return _page(phrases.find(current.reading(), phrase_id), typed, wrong.fields), 422
    flash(_("已保存“{title}”。", title=typed.title))
    return redirect(url_for("phrases.index"), 303)


@blueprint.post("/<int:phrase_id>/retire")
@rule(phrases.ACT)
def retire(phrase_id: int) -> Response:
    """Take a text out of use, or bring it back (`restore`)."""
    retired = "restore" not in request.form

    def work(session: Session) -> None:
        phrases.retire(session, current.someone(), phrases.find(session, phrase_id), retired=retired)

    current.attempt(work)
    flash(_("已停用，以前用过的记录都还在。") if retired else _("已恢复使用。"))
    return redirect(url_for("phrases.show", phrase_id=phrase_id), 303)


def _typed() -> Wording:
    sent = request.form
    position = sent.get("position", "")
    return Wording(
        title=sent.get("title", ""),
        title_en=sent.get("title_en", ""),
        text=sent.get("text", "").replace("\r\n", "\n"),
        text_en=sent.get("text_en", "").replace("\r\n", "\n"),
        elements=tuple(dict.fromkeys(each[:200] for each in sent.getlist("elements")[:100] if each)),
        position=int(position) if position.isascii() and position.isdigit() and len(position) < 5 else 100,
    )


def _preview(typed: Wording) -> dict[str, str]:
    """A preview of a text in both languages, with made-up facts."""
    facts = {
        "number": "YGL-260302-0007",
        "name": {"zh": "王女士", "en": "Ms Wang"},
        "community": {"zh": "阳光里", "en": "Sunshine Lane"},
        "place": {"zh": "3栋2单元", "en": "Building 3, entrance 2"},
        "category": {"zh": "电梯故障", "en": "lift fault"},
        "department": {"zh": "工程", "en": "Engineering"},
        "due": clock.now() + timedelta(hours=4),
        "phone": "400-800-1234",
        "me": name_of(current.someone()),
    }
    shown = KnownPhrase(0, (), typed.title, "", typed.text, typed.text_en)
    written = {"zh": typed.text, "en": typed.text_en}
    return {each: phrases.filled(shown, facts, each, zone()).text for each, text in written.items() if text.strip()}


def _page(
    phrase: Phrase | None,
    typed: Wording,
    errors: Errors = NO_ERRORS,
    *,
    code: str = "",
    preview: Mapping[str, str] | None = None,
) -> str:
    steps = steps_of(current.reading())
    gone = {each: each for each in typed.elements if each not in steps}
    return render_template(
        "phrases/phrase.html",
        phrase=phrase,
        typed=typed,
        errors=errors,
        code=phrase.code if phrase else code,
        preview=preview,
        steps={**steps, **gone},
        fields={name: words[0 if language() == "zh" else 1] for name, words in FIELDS.items()},
    )
