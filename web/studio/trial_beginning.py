"""How a trial can begin: a complaint, a case of a process, an improvement, a warning; each a form with something filled in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.company import permissions, places, roles
from engine.company.people import Person
from engine.complaints.core import categories
from engine.core.errors import Invalid, Unclear
from engine.processes import start_events, versions
from engine.requests import starters
from engine.scenarios.acts import MOST_PAST, MOST_WEEKS
from engine.scenarios.company import CAST, COMMUNITY
from engine.scenarios.script import Step
from web.shell import form_input
from web.shell.formats import name_of
from web.shell.language import gettext as _
from web.studio import trial_forms
from web.studio.trial_forms import Asked

COMPLAINT, IMPROVEMENT, WARNING = "complaint", "improvement", "warning"
LONGEST_TEXT = 2_000
USUAL_CATEGORY = "1004"

Options = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Beginnings:
    """What can begin a trial, and the lists that its forms offer.

    `started`: whether the process itself can be started, by whom (an empty code: a resident) and with which form.
    """

    complains: bool
    improves: bool
    warns: bool
    started: bool
    starters: Options
    form: Asked | None
    categories: Options
    improvers: Options
    departments: Options
    registrars: Options


def read(session: Session, process: str) -> Beginnings:
    """What can begin a trial of this process."""
    published = {each.process for each in versions.all_latest(session)}
    cast = list(session.scalars(select(Person).order_by(Person.id)))
    started, improves = process not in (COMPLAINT, IMPROVEMENT, WARNING), process == IMPROVEMENT
    may_start = _starters(session, process, cast) if started else []
    able = [each for each in cast if improves and permissions.reach(session, each, "improvement.work")]
    return Beginnings(
        COMPLAINT in published and not may_start,
        improves,
        process == WARNING,
        started,
        may_start,
        trial_forms.of_start(session, process) if started else None,
        kinds(session),
        [(each.login, name_of(each)) for each in able],
        [(each.code, name_of(each)) for each in roles.of(session).offered_departments.values()],
        [(each.login, name_of(each)) for each in cast if CAST.get(each.login, ("",))[0] == "desk"],
    )


def _starters(session: Session, process: str, cast: Sequence[Person]) -> Options:
    """Who may start a process, the resident first."""
    event, where = start_events.plain(session, process), places.by_code(session, COMMUNITY[0])
    if event is None:
        return []
    residents = [("", _("业主"))] if places.RESIDENT in event.started_by else []
    may = [each for each in cast if starters.may_start(session, each, event, where.id)]
    return [*residents, *((each.login, name_of(each)) for each in may)]


def kinds(session: Session) -> Options:
    """The categories that a complaint can have, the usual one first."""
    known = categories.known(session)
    parents = {each.parent for each in known.values()}
    leaves = [each for each in known.values() if each.code not in parents and not each.retired]
    leaves.sort(key=lambda each: (each.code != USUAL_CATEGORY, each.position, each.code))
    return [(each.code, name_of(each)) for each in leaves]


# ---- as steps --------------------------------------------------------------------------------------------------------


def steps(kind: str, process: str, asked: Asked | None) -> list[Step]:
    """The first steps of a trial, from the form that was sent. Raises `Unclear`, `Invalid` at the start form."""
    wait = form_input.text("begins")
    first = [Step("wait", wait.replace("T", " "))] if wait else []
    if kind == "complain":
        return [*first, _complain()]
    if kind == "improve":
        what = {name: _short(name) for name in ("title", "department")}
        first += [past()] if form_input.text("each") else []
        return [*first, Step("improve", what, {"by": form_input.text("by")})]
    if kind == "warn":
        return [*first, _warn()]
    return [*first, _start(process, asked)]


def past() -> Step:
    """Complaints of the past, so that figures have something to count. Raises `Unclear` for numbers out of bounds."""
    numbers = {}
    for name, most in (("each", MOST_PAST), ("weeks", MOST_WEEKS)):
        typed = form_input.text(name)
        number = int(typed[:5]) if typed.isascii() and typed.isdigit() else 0
        if not 1 <= number <= most:
            raise Unclear(
                zh=f"每周件数填 1 到 {MOST_PAST}，周数填 1 到 {MOST_WEEKS}，一共最多 {MOST_PAST} 件。",
                en=f"From 1 to {MOST_PAST} a week, for 1 to {MOST_WEEKS} weeks, {MOST_PAST} at most altogether.",
            )
        numbers[name] = number
    if numbers["each"] * numbers["weeks"] > MOST_PAST:
        raise Unclear(zh=f"一共最多 {MOST_PAST} 件。", en=f"{MOST_PAST} at most altogether.")
    return Step("past", {"category": _short("category"), **numbers})


def _complain() -> Step:
    what: dict[str, Any] = {name: _short(name) for name in ("text", "category")}
    what |= {name: _short(typed) for name, typed in (("kind", "kind_of"), ("channel",) * 2) if form_input.text(typed)}
    what |= {name: True for name in ("danger", "anonymous") if form_input.text(name)}
    households = form_input.text("households")
    if households.isascii() and households.isdigit() and int(households[:5]) > 1:
        what["households"] = int(households[:5])
    return Step("complain", what, _by())


def _warn() -> Step:
    hour = form_input.text("hour")
    at = {"hour": int(hour)} if hour.isascii() and hour.isdigit() and int(hour[:3]) < 24 else {}
    return Step("warn", {"category": _short("category"), **at})


def _start(process: str, asked: Asked | None) -> Step:
    facts: dict[str, Any] = dict(_by())
    if asked is not None:
        shown = asked if facts else trial_forms.public(asked)
        checked = shown.check(request.form)
        if not checked.ok:
            raise Invalid(dict(checked.errors))
        facts["with"] = shown.given(checked)
    return Step("start", process, facts)


def _by() -> Mapping[str, str]:
    return {"by": form_input.text("by")} if form_input.text("by") else {}


def _short(name: str) -> str:
    typed = form_input.text(name)
    if len(typed) > LONGEST_TEXT:
        raise Unclear(zh=f"最多 {LONGEST_TEXT} 个字。", en=f"At most {LONGEST_TEXT} characters.")
    return typed
