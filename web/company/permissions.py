"""Permissions: what each role may do and in which scope; changed one role at a time, with a preview."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.administration import granting, recording
from engine.company import permissions
from engine.company.roles import LEVELS
from engine.core.errors import Conflict, NotFound
from web.shell import current
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("permissions", __name__, url_prefix="/permissions")

TURN = "clock.turn"


def scopes() -> dict[str, str]:
    """The name of a scope."""
    return {
        "": _("不可以"),
        "own": _("本人经手的"),
        "department": _("本部门"),
        "community": _("本小区"),
        "region": _("本区域"),
        "company": _("全公司"),
    }


def held_at(role_levels: tuple[str, ...]) -> list[str]:
    """The scopes that make sense for a role held at these levels: wider than the place, or one's own cases."""
    narrowest = min((LEVELS.index(level) for level in role_levels), default=0)
    return ["", "own", *LEVELS[narrowest:]]


def acts() -> dict[str, tuple[str, str]]:
    """The acts that can be permitted here, in words: the clock can be moved in demo mode only."""
    return {act: said for act, said in permissions.ACTS.items() if act != TURN or current.settings().demo}


@blueprint.get("")
@rule("people.edit")
def index() -> str:
    """The table: acts as rows, roles as columns; on a phone a list of roles."""
    session = current.reading()
    recording.require(session, current.someone(), granting.ACT)
    return render_template(
        "permissions/index.html",
        roles=current.known().offered_roles.values(),
        acts=acts(),
        granted=granting.granted(session),
        scopes=scopes(),
    )


@blueprint.get("/<role>")
@rule("people.edit")
def show(role: str) -> str:
    """One role: each act with its scope."""
    session = current.reading()
    recording.require(session, current.someone(), granting.ACT)
    return _page(role, granting.granted(session).get(role, {}))


def _page(role: str, wanted: dict[str, str], effect: granting.Effect | None = None, wrong: str = "") -> str:
    session = current.reading()
    known = current.known().roles.get(role)
    if known is None:
        raise NotFound()
    return render_template(
        "permissions/role.html",
        role=known,
        acts=acts(),
        granted=granting.granted(session).get(role, {}),
        wanted=wanted,
        scopes=scopes(),
        possible=held_at(known.held_at),
        effect=effect,
        wrong=wrong,
    )


@blueprint.post("/<role>")
@rule("people.edit")
def change(role: str) -> Response | str | tuple[str, int]:
    """Preview a change, or (`do=keep`) save it."""
    wanted = {act: request.form.get(act, "") for act in acts() if act in request.form}
    if request.form.get("do") != "keep":
        session = current.reading()
        recording.require(session, current.someone(), granting.ACT)
        return _page(role, wanted, granting.effect(session, role, wanted))
    try:
        with current.transaction() as session:
            granting.change(session, current.someone(), role, wanted)
    except Conflict as refused:
        return _page(role, wanted, wrong=refused.text(language())), 409
    flash(_("权限已保存，立即生效。"))
    return redirect(url_for("permissions.show", role=role), 303)
