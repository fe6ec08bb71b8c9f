"""The company's logo: shown, chosen, removed."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.administration import logo as administration
from engine.administration import recording
from engine.company import logo
from engine.core.errors import Invalid, NotFound
from web.shared.uploads import at_field
from web.shell import current
from web.shell.guard import PUBLIC, rule
from web.shell.language import gettext as _

blueprint = Blueprint("logo", __name__, url_prefix="/logo")

FOR_EVER = "public, max-age=31536000, immutable"


@blueprint.get("")
@rule("company.edit")
def index() -> str:
    """The logo as it is, and the form for another one."""
    recording.require(current.reading(), current.someone())
    return _page({})


def _page(errors: dict[str, tuple[str, str]]) -> str:
    return render_template("logo/index.html", has_logo=logo.version(current.reading()) is not None, errors=errors)


@blueprint.post("")
@rule("company.edit")
def change() -> AnyResponse | tuple[str, int]:
    """Take another logo. It is looked through before anything is locked."""
    recording.require(current.reading(), current.someone())
    brought = [each for each in request.files.getlist("logo") if each.filename]
    try:
        if len(brought) != 1:
            raise Invalid({"logo": ("请选择一张图片。", "Choose one picture.")})
        picture = administration.picture_of(at_field("logo", brought)[0])
    except Invalid as wrong:
        return _page(dict(wrong.fields)), 422
    current.attempt(lambda session: administration.keep(session, current.someone(), picture))
    flash(_("标志已换好，页面、海报和邮件都用它。"))
    return redirect(url_for("logo.index"), 303)


@blueprint.post("/remove")
@rule("company.edit")
def remove() -> AnyResponse:
    """Go without a logo."""
    current.attempt(lambda session: administration.remove(session, current.someone()))
    flash(_("标志已去掉。"))
    return redirect(url_for("logo.index"), 303)


@blueprint.get("/<version>")
@rule(PUBLIC)
def show(version: str) -> Response:
    """The picture. Its address changes with it, so that browsers may keep it. Raises `NotFound` without one."""
    session = current.reading()
    picture = logo.picture(session)
    if picture is None:
        raise NotFound()
    answer = Response(picture.content, mimetype=picture.type)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if version == logo.version(session):
        answer.headers["Cache-Control"] = FOR_EVER
    return answer
