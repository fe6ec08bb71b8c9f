"""The company's own texts on public pages, and how large residents' files may be."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.company import organisation, permissions, places, public_pages
from engine.core.errors import Invalid
from engine.files import limits
from web.shell import current
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("boards", __name__, url_prefix="/boards")

LANGUAGES = ("zh", "en")
LIMITS = (*limits.USUAL, "photo_megapixels", "video_seconds")
Errors = dict[str, tuple[str, str]]


@blueprint.get("")
@rule("company.edit")
def index() -> str:
    """The places that have a page, and the limits on files."""
    return page({}, {})


def page(typed: dict[str, str], errors: Errors) -> str:
    """The list with the limits as they are, or as they were typed."""
    reading, by = current.reading(), current.someone()
    shown = [each for each in organisation.tree(reading, by) if each.kind != "department"]
    now = limits.of(reading)
    usual = {
        **{sort: str(each.megabytes) for sort, each in now.items()},
        "photo_megapixels": str(now["photo"].megapixels),
        "video_seconds": str(now["video"].seconds or ""),
    }
    return render_template("boards/index.html", places=shown, typed={**usual, **typed}, errors=errors)


@blueprint.post("/files")
@rule("company.edit")
def change_limits() -> Response | tuple[str, int]:
    """Set how large files may be, how long a video, and how much may wait for its form."""
    typed = {name: request.form.get(name, "").strip() for name in LIMITS}
    numbers = {name: int(text) if text.isdecimal() and len(text) < 7 else 0 for name, text in typed.items()}
    try:
        with current.transaction() as session:
            permissions.require(session, current.someone(), "company.edit", places.company(session).id)
            public_pages.limit_files(session, numbers, endless=not typed["video_seconds"], by=current.someone())
    except Invalid as wrong:
        return page(typed, wrong.fields), 422
    flash(_("已保存。"))
    return redirect(url_for("boards.index"), 303)


@blueprint.get("/<int:place_id>")
@rule("company.edit")
def show(place_id: int) -> str:
    """The texts of one place."""
    return place_page(place_id, {}, {})


def place_page(place_id: int, typed: dict[str, str], errors: Errors) -> str:
    """Edit the texts of a place; beside each, the text that applies without it."""
    reading = current.reading()
    place = organisation.find(reading, current.someone(), place_id)
    own = {f"{code}_{kept}": text for (code, kept), text in public_pages.own(reading, place.id).items()}
    return render_template(
        "boards/place.html",
        place=place,
        texts=[(code, words[0 if language() == "zh" else 1]) for code, words in public_pages.TEXTS.items()],
        holds={kept: public_pages.texts(reading, place, kept) for kept in LANGUAGES},
        typed={**own, **typed},
        errors=errors,
    )


@blueprint.post("/<int:place_id>")
@rule("company.edit")
def change(place_id: int) -> Response | tuple[str, int]:
    """Change the texts of a place; an empty one means the text of the place above."""
    fields = [(code, kept) for code in public_pages.TEXTS for kept in LANGUAGES]
    typed = {
        f"{code}_{kept}": request.form.get(f"{code}_{kept}", "").replace("\r\n", "\n").strip() for code, kept in fields
    }
    try:
        with current.transaction() as session:
            place = organisation.find(session, current.someone(), place_id)
            said = {(code, kept): typed[f"{code}_{kept}"] for code, kept in fields}
            public_pages.change(session, place, said, by=current.someone())
    except Invalid as wrong:
        return place_page(place_id, typed, wrong.fields), 422
    flash(_("已保存。"))
    return redirect(url_for("boards.show", place_id=place_id), 303)
