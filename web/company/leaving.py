"""Offboarding: one page shows everything a person has, one action hands it over and ends their roles."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.casework import leaving
from engine.company import absences, people, places, staff
from engine.core.errors import Invalid
from web.shared import case_subjects
from web.shell import current, form_input
from web.shell.formats import name_of
from web.shell.guard import rule
from web.shell.language import gettext as _

blueprint = Blueprint("leaving", __name__, url_prefix="/people")
DEPARTMENT = "department"
"""The choice for tasks that go back to their department."""


@blueprint.get("/<int:person_id>/leaving")
@rule("people.edit")
def show(person_id: int) -> str:
    """What the person has, and who could take it over."""
    return _page(person_id, {})


def _page(person_id: int, errors: dict[str, tuple[str, str]]) -> str:
    session, me = current.reading(), current.someone()
    person = staff.find(session, person_id, me)
    estate = leaving.estate(session, me, person)
    cases = [task.case_id for group in estate.groups for task in group.shown]
    places_of = places.names(session, [each.place_id for each in estate.held])
    successors = leaving.successors(session, me, person)
    named = {each for absence in estate.absences for each in (absence.person_id, absence.substitute_id)}
    return render_template(
        "leaving/show.html",
        shown=person,
        estate=estate,
        successors=successors,
        away=absences.now_away(session, [each.id for each in successors]),
        titles=places.titles(session, [*places_of.values(), *(group.place for group in estate.groups)]),
        people=people.names(session, sorted(named)),
        subjects=case_subjects.of_cases(session, cases),
        errors=errors,
        chosen=request.form,
        DEPARTMENT=DEPARTMENT,
    )


@blueprint.post("/<int:person_id>/leaving")
@rule("people.edit")
def leave(person_id: int) -> Response | tuple[str, int]:
    """Hand over everything and retire the person; if a choice is missing, show it at the field and do nothing."""
    session = current.reading()
    person = staff.find(session, person_id, current.someone())
    groups = leaving.estate(session, current.someone(), person).groups
    chosen = {group.place.id: _successor(group.place.id) for group in groups}
    known = {place_id: found for place_id, found in chosen.items() if found != ""}
    try:
        note = form_input.note("note") or None
        settled = current.attempt(
            lambda writing: leaving.leave(writing, current.someone(), person_id, _ids(known), note)
        )  # fmt: skip
    except Invalid as wrong:
        return _page(person_id, wrong.fields), 422
    said = _("{name} 已办理离职，交出 {given} 件", name=name_of(person), given=settled.given)
    flash(said + (_("，放回部门 {count} 件。", count=settled.put_back) if settled.put_back else _("。")))
    return redirect(url_for("people.index"), 303)


def _successor(place_id: int) -> str:
    """The choice for a place: its own, else the one for all."""
    return form_input.text(f"successor-{place_id}") or form_input.text("successor")


def _ids(chosen: dict[int, str]) -> dict[int, int | None]:
    """Ids of people; 0, which nobody has, for anything that is not an id."""
    return {
        place_id: None if text == DEPARTMENT else int(text) if text.isdecimal() and len(text) < 10 else 0
        for place_id, text in chosen.items()
    }
