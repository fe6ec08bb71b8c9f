"""The page of one case for whoever may help it: where it stands, its variables, and what can be done about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.administration import case_help
from engine.administration.case_help import Help, Verb, WouldBe
from engine.bpmn.execution import CannotMove, Element, Plan, Standing, places, shown
from engine.casework import tasks, timers
from engine.casework.cases import Case, helping, incidents
from engine.casework.cases import lists as case_lists
from engine.company import people
from engine.company import places as company_places
from engine.core.errors import BihuanError, Conflict, Invalid, StepFailed
from engine.processes import versions
from engine.processes.versions import Version
from web.shared import case_subjects
from web.shell import current, form_input, lists
from web.shell.formats import zone
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("case_help", __name__, url_prefix="/cases")
ACTS = ("case.help", "case.move")
FIELDS = ("verb", "at", "name", "kind", "value", "token", "how", "element", "number", "reason", "revision")
MOST_VERSIONS = 10
NOTHING: Mapping[str, tuple[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed, with the choices of where steps go."""

    typed: Mapping[str, str]
    steps: Mapping[str, str]

    def help(self) -> Help:
        """The same for the engine. Raises `Invalid` for a value that cannot be read."""
        typed = self.typed
        verb: Verb = next((each for each in case_help.ACTS if each == typed["verb"]), "variable")
        asked = Help(verb, whole(typed["revision"]), retry=bool(request.form.get("retry")))
        if verb == "variable":
            value = case_help.read_value(typed["kind"], typed["value"], zone())
            return replace(asked, at=typed["at"], name=typed["name"], value=value)
        if verb == "put":
            element = typed["element"] if typed["how"] in ("before", "after") else ""
            after = typed["how"] in ("skip", "after")
            return replace(asked, token=typed["token"], element=element, after=after)
        return replace(
            asked, number=whole(typed["number"]), plan=Plan(dict(self.steps), bool(request.form.get("retime")))
        )


def read_asked() -> Asked:
    """What the form says."""
    steps = {key.removeprefix("step:"): value for key, value in request.form.items() if key.startswith("step:")}
    return Asked(form_input.texts(FIELDS), {old: "" if new == "-" else new for old, new in steps.items() if new})


@blueprint.get("/<int:case_id>")
@rule(*ACTS)
def show(case_id: int) -> str:
    """Where the case stands, and the forms."""
    return page(case_id, Asked(request.args, {}))


@blueprint.post("/<int:case_id>/preview")
@rule(*ACTS)
def preview(case_id: int) -> str | tuple[str, int]:
    """What would be afterwards; it is really done, and taken back."""
    asked, me = read_asked(), current.someone()
    try:
        helping.check_reason(asked.typed["reason"])
        wanted = asked.help()
        found = current.rehearse(
            lambda session: case_help.would_be(session, me, case_id, wanted, asked.typed["reason"])
        )
    except Invalid as wrong:
        return page(case_id, asked, wrong.fields), 422
    except (StepFailed, Conflict) as refused:
        return page(case_id, asked, refused=refused), 409
    return preview_page(case_id, asked, found)


@blueprint.post("/<int:case_id>/help")
@rule(*ACTS)
def carry_out(case_id: int) -> Response | tuple[str, int]:
    """Do it."""
    asked, me = read_asked(), current.someone()
    try:
        wanted = asked.help()
        left = current.attempt(lambda session: case_help.carry_out(session, me, case_id, wanted, asked.typed["reason"]))
    except Invalid as wrong:
        return page(case_id, asked, wrong.fields), 422
    except (StepFailed, Conflict) as refused:
        return page(case_id, asked, refused=refused), 409
    if left:
        flash(_("已处置，但重新执行时还是失败，原因见下。"), "error")
    else:
        flash(_("已处置，记入了经过。"))
    return redirect(url_for("case_help.show", case_id=case_id), 303)


def page(
    case_id: int, asked: Asked, errors: Mapping[str, tuple[str, str]] = NOTHING, refused: BihuanError | None = None
) -> str:
    """The case and the forms, with what was typed and why it was refused."""
    session, me = current.reading(), current.someone()
    case = case_help.find(session, me, case_id)
    looked = helping.look(session, case)
    stays = refused.reasons if isinstance(refused, CannotMove) else ()
    return render_template(
        "cases/show.html",
        **about(session, case, asked),
        versions=known_versions(session, case),
        failing=incidents.of_case(session, case.id),
        brought=helping.answers(session, case),
        standing=looked.standing,
        held=looked.held,
        used=sorted(case_help.names_used(session, case)),
        timers=timers.of_case(session, case.id),
        places=offered(session, case, looked.standing),
        errors=errors,
        refused=refused,
        stays=list({each.element: each for each in stays if each.element}.values()),
        targets=targets(session, case, asked) if stays else [],
    )


def preview_page(case_id: int, asked: Asked, found: WouldBe) -> str:
    """What would be, and the button that does it."""
    session, me = current.reading(), current.someone()
    case = case_help.find(session, me, case_id)
    now = {task.key: task for task in tasks.of_case(session, case.id) if task.state == "open"}
    then = {task.key: task for task in found.tasks}
    return render_template(
        "cases/preview.html",
        **about(session, case, asked),
        opened=[task for key, task in then.items() if key not in now],
        goes_on=[task for key, task in then.items() if key in now],
        ended=[task for key, task in now.items() if key not in then],
        found=found,
        elements={element.id: element for element in targets(session, case, asked)},
        retry=bool(request.form.get("retry")),
        retime=bool(request.form.get("retime")),
    )


def about(session: Session, case: Case, asked: Asked) -> dict[str, object]:
    """What both pages say of the case and of what was typed."""
    named_pins = versions.versions_of(session, case.pin)
    return {
        "case": case,
        "about": case_subjects.of_cases(session, [case.id]).get(case.id),
        "number": session.get_one(Version, named_pins[case.process]).number,
        "now_elements": versions.program(session, case.pin, case.process).elements,
        "typed": {name: asked.typed.get(name, "") for name in FIELDS},
        "steps": asked.steps,
        "states": case_lists.STATES,
        "places_of": company_places.known(session),
        "people_of": people.known(session),
        "named": named,
        "shown": shown,
    }


def known_versions(session: Session, case: Case) -> list[int]:
    """The numbers of the newest versions of its process, the newest first."""
    asked = select(Version.number).where(Version.process == case.process).order_by(Version.number.desc())
    return list(session.scalars(asked.limit(MOST_VERSIONS)))


def offered(session: Session, case: Case, standing: Iterable[Standing]) -> list[Element]:
    """The steps at which its tokens can be put."""
    program = versions.program(session, case.pin, case.process)
    processes = dict.fromkeys(each.element.process for each in standing if each.alone)
    return [element for process in processes for element in places(program, process)]


def targets(session: Session, case: Case, asked: Asked) -> list[Element]:
    """The steps of the version to which it is to be moved."""
    return places(versions.program_of(session, case.process, whole(asked.typed.get("number", ""))))


def whole(text: str) -> int | None:
    """The number that a form sends; None for anything else."""
    return int(text) if lists.is_id(text) else None


def named(element: Element | None) -> str:
    """The name of a step in the language of the page."""
    if element is None:
        return ""
    return (element.properties.get("name_en", "") if language() == "en" else "") or element.name or element.id
