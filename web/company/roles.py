"""Roles and kinds of department: rename, add, retire."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.administration import recording
from engine.administration import roles as verbs
from engine.company import people
from engine.company.people import Holding
from engine.company.places import Place
from engine.company.roles import LEVELS
from engine.core.errors import Invalid, NotFound
from web.shell import current
from web.shell.guard import rule
from web.shell.language import gettext as _

blueprint = Blueprint("roles", __name__, url_prefix="/roles")

KINDS = ("role", "department")
FIELDS = ("code", "name", "name_en", "like")
Errors = dict[str, tuple[str, str]]


def levels() -> dict[str, str]:
    """The names of the kinds of place."""
    words = {"department": _("部门"), "community": _("小区"), "region": _("区域"), "company": _("公司")}
    return {level: words[level] for level in LEVELS}


@blueprint.get("")
@rule("company.edit")
def index() -> str:
    """Both lists, with how much each entry is used."""
    return _page({}, {}, "")


def _page(typed: dict[str, str], errors: Errors, kind: str) -> str:
    session = current.reading()
    recording.require(session, current.someone())
    return render_template(
        "roles/index.html",
        known=current.known(),
        held=_held(session),
        there=_there(session),
        levels=levels(),
        typed=typed,
        errors=errors,
        kind=kind,
        may_grant=recording.may(session, current.someone(), "people.edit"),
    )


def _held(session: Session) -> dict[str, int]:
    query = people.current().with_only_columns(Holding.role, func.count()).group_by(Holding.role)
    return {str(role): int(count) for role, count in session.execute(query)}


def _there(session: Session) -> dict[str, int]:
    query = select(Place.code, func.count()).where(Place.kind == "department", Place.retired_at.is_(None))
    return {str(code): int(count) for code, count in session.execute(query.group_by(Place.code))}


@blueprint.post("/<kind>")
@rule("company.edit")
def add(kind: str) -> Response | tuple[str, int]:
    """Add a role or a kind of department."""
    _known(kind)
    typed = {name: request.form.get(name, "").strip() for name in FIELDS}
    try:
        with current.transaction() as session:
            me = current.someone()
            if kind == "role":
                held_at = request.form.getlist("held_at")
                verbs.add_role(session, me, typed["code"], typed["name"], typed["name_en"], held_at, typed["like"])
            else:
                verbs.add_department(session, me, typed["code"], typed["name"], typed["name_en"])
    except Invalid as wrong:
        return _page(typed, wrong.fields, kind), 422
    flash(_("已添加 {name}。", name=typed["name"]))
    return redirect(url_for("roles.index"), 303)


@blueprint.get("/<kind>/<code>")
@rule("company.edit")
def show(kind: str, code: str) -> str:
    """One role or kind of department."""
    return _one(kind, code, {}, {})


def _one(kind: str, code: str, typed: dict[str, str], errors: Errors) -> str:
    _known(kind)
    session = current.reading()
    recording.require(session, current.someone())
    known = current.known()
    found = known.roles.get(code) if kind == "role" else known.departments.get(code)
    if found is None:
        raise NotFound()
    return render_template(
        "roles/show.html",
        kind=kind,
        found=found,
        typed={"name": found.name, "name_en": found.name_en, **typed},
        errors=errors,
        uses=list(verbs.uses(session, kind, code)),
        levels=levels(),
    )


@blueprint.post("/<kind>/<code>")
@rule("company.edit")
def change(kind: str, code: str) -> Response | tuple[str, int]:
    """Rename, retire (`do=retire`) or reinstate (`do=return`) it."""
    _known(kind)
    typed = {name: request.form.get(name, "").strip() for name in ("name", "name_en")}
    what = request.form.get("do", "")
    try:
        with current.transaction() as session:
            me = current.someone()
            if what == "retire":
                verbs.retire(session, me, kind, code)
            elif what == "return":
                verbs.bring_back(session, me, kind, code)
            else:
                verbs.rename(session, me, kind, code, typed["name"], typed["name_en"])
    except Invalid as wrong:
        return _one(kind, code, typed, wrong.fields), 422
    flash(_("已保存。"))
    return redirect(url_for("roles.show", kind=kind, code=code), 303)


def _known(kind: str) -> None:
    if kind not in KINDS:
        raise NotFound()
