"""Categories of complaints."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import exists, select
from werkzeug.wrappers import Response

from engine.administration import categories, recording
from engine.complaints.core.categories import Category
from engine.complaints.core.complaint import Complaint
from engine.core.errors import Invalid
from web.shell import current
from web.shell.guard import rule
from web.shell.language import gettext as _

blueprint = Blueprint("categories", __name__, url_prefix="/categories")

FIELDS = ("parent", "name", "name_en", "words")
Errors = dict[str, tuple[str, str]]


@blueprint.get("")
@rule("company.edit")
def index() -> str:
    """The tree with how often each was used."""
    return _page({}, {})


def _page(typed: dict[str, str], errors: Errors) -> str:
    session = current.reading()
    recording.require(session, current.someone())
    return render_template(
        "categories/index.html",
        tree=categories.every(session),
        used=set(session.scalars(select(Category.code).where(exists().where(Complaint.category == Category.code)))),
        typed=typed,
        errors=errors,
    )


@blueprint.post("")
@rule("company.edit")
def add() -> Response | tuple[str, int]:
    """Add a category."""
    typed = {name: request.form.get(name, "").strip() for name in FIELDS}
    try:
        with current.transaction() as session:
            made = categories.add(session, current.someone(), **typed, danger="danger" in request.form)
    except Invalid as wrong:
        return _page(typed, wrong.fields), 422
    flash(_("已添加 {name}。", name=made.said()))
    return redirect(url_for("categories.index", _anchor=f"c{made.code}"), 303)


@blueprint.get("/<code>")
@rule("company.edit")
def show(code: str) -> str:
    """One category."""
    return _one(code, {}, {})


def _one(code: str, typed: dict[str, str], errors: Errors) -> str:
    session = current.reading()
    recording.require(session, current.someone())
    found = categories.find(session, code)
    tree = categories.every(session)
    return render_template(
        "categories/show.html",
        found=found,
        parents=[each for each, _below in tree if not each.retired and each.code != code],
        has_below=any(each.code == code and below for each, below in tree),
        used=session.scalar(select(Complaint.id).where(Complaint.category == code).limit(1)) is not None,
        typed={**{name: getattr(found, name) or "" for name in FIELDS}, "danger": found.danger, **typed},
        errors=errors,
    )


@blueprint.post("/<code>")
@rule("company.edit")
def change(code: str) -> Response | tuple[str, int]:
    """Change a category, or do something else with it (`do`: up, down, retire, return, standard)."""
    typed = {name: request.form.get(name, "").strip() for name in FIELDS}
    what = request.form.get("do", "")
    back = url_for("categories.index", _anchor=f"c{code}")
    try:
        with current.transaction() as session:
            me = current.someone()
            if what in {"up", "down"}:
                categories.move(session, me, code, what == "up")
                return redirect(back, 303)
            if what == "retire":
                kept = categories.retire(session, me, code)
                back = url_for("categories.index")
            elif what == "return":
                categories.bring_back(session, me, code)
            elif what == "standard":
                categories.make_standard(session, me, code)
            else:
                categories.change(session, me, code, **typed, danger="danger" in request.form)
    except Invalid as wrong:
        return _one(code, typed, wrong.fields), 422
    flash((_("已停用。") if kept else _("没有投诉用过它，已删除。")) if what == "retire" else _("已保存。"))
    return redirect(back, 303)
