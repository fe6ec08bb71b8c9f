"""Absences and substitutes: the list, entering one, ending one early."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from engine.company import absences, cover, people
from engine.core.errors import Invalid
from web.shell import current, form_input
from web.shell.formats import name_of
from web.shell.guard import SIGNED_IN, rule
from web.shell.language import gettext as _

blueprint = Blueprint("absences", __name__, url_prefix="/absences")

FIELDS = ("person", "substitute", "since", "until")


@blueprint.get("")
@rule(SIGNED_IN)
def index() -> str:
    """Absences that are not over, and the form for a new one."""
    return _page({"person": str(current.someone().id)}, {})


def _page(wanted: dict[str, str], errors: dict[str, tuple[str, str]]) -> str:
    session, me = current.reading(), current.someone()
    found = cover.visible(session, me)
    named = {each.person_id for each in found} | {each.substitute_id for each in found}
    staff = list(session.scalars(cover.staff_of(session, me).order_by(people.Person.name, people.Person.id)))
    alone = {me.id} if len(staff) == 1 else set()
    team = cover.team(session, me)
    substitutes = [each for each in cover.substitutes(session, me) if each.id not in alone]
    return render_template(
        "absences/index.html",
        found=found,
        people=people.names(session, sorted(named)),
        may_end=cover.may_end(session, me, found),
        away=absences.now_away(session, [each.id for each in substitutes]),
        staff=staff,
        substitutes=[
            (_("同部门"), [each for each in substitutes if each.id in team]),
            (_("其他同事"), [each for each in substitutes if each.id not in team]),
        ],
        typed=wanted,
        errors=errors,
    )


@blueprint.post("")
@rule(SIGNED_IN)
def enter() -> Response | tuple[str, int]:
    """Enter an absence; errors are shown at the field."""
    wanted = form_input.texts(FIELDS)
    person_id = _id(wanted["person"]) or current.someone().id
    since, until = form_input.moment(wanted["since"]), form_input.moment(wanted["until"])
    try:
        absence = current.attempt(
            lambda session: cover.enter(
                session, current.someone(), person_id, _id(wanted["substitute"]), since, until
            )
        )  # fmt: skip
    except Invalid as wrong:
        return _page(wanted, wrong.fields), 422
    known = people.names(current.reading(), [absence.person_id, absence.substitute_id])
    who, other = known[absence.person_id], known[absence.substitute_id]
    flash(_("已登记：{name} 不在岗期间由 {other} 代班。", name=name_of(who), other=name_of(other)))
    return redirect(url_for("absences.index"), 303)


@blueprint.post("/<int:absence_id>/end")
@rule(SIGNED_IN)
def end(absence_id: int) -> Response:
    """End an absence now, or cancel it."""
    current.attempt(lambda session: cover.end(session, current.someone(), absence_id))
    flash(_("已结束，待办回到本人手上。"))
    return redirect(url_for("absences.index"), 303)


def _id(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None
