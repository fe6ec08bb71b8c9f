"""Help for one case as a page asks for it: found by who may, checked, tried out before it is done."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.bpmn.checking.texts import written
from engine.bpmn.execution import Plan
from engine.casework import cases, tasks, timers
from engine.casework.cases import Case, Incident, helping, moving
from engine.casework.tasks import Task
from engine.company.people import Person
from engine.complaints.core import access
from engine.core.errors import BihuanError, Invalid, NotFound
from engine.feel import FeelError, YearsMonths, evaluate, parse_moment
from engine.forms import Form
from engine.letters import Letter
from engine.processes import versions

Verb = Literal["variable", "put", "move", "end"]
ACTS: Mapping[Verb, str] = {"variable": helping.ACT, "put": helping.ACT, "move": moving.ACT, "end": helping.ACT}
LONGEST_VALUE = 80
"""Variables hold what steers: numbers, choices, dates. Texts and names belong elsewhere, where they can be erased."""

MOST_DIGITS = 34
"""As many as FEEL computes with."""


@dataclass(frozen=True, slots=True)
class Help:
    """What is to be done to a case. `revision`: as which it was seen; `retry`: repeat afterwards what failed."""

    verb: Verb
    revision: int | None = None
    at: str = ""
    name: str = ""
    value: object = None
    token: str = ""
    element: str = ""
    after: bool = False
    number: int | None = None
    plan: Plan = field(default_factory=Plan)
    retry: bool = True


@dataclass(frozen=True, slots=True)
class WouldBe:
    """What a case would be afterwards: its state, its open tasks and timers, what would fail again, and how many
    messages would go out."""

    status: str
    tasks: Sequence[Task]
    timers: Sequence[timers.Timer]
    failing: Sequence[Incident]
    letters: int


def find(session: Session, person: Person, case_id: int, acts: Sequence[str] = (helping.ACT, moving.ACT)) -> Case:
    """Return a case that `person` may do one of these acts with, never one of a complaint about them.

    Raises `NotFound`.
    """
    for act in acts:
        mine = access.cases_within(session, person, act, Case.place_id, Case.id)
        case = session.scalar(select(Case).where(Case.id == case_id, mine))
        if case is not None:
            return case
    raise NotFound()


def carry_out(session: Session, by: Person, case_id: int, help: Help, reason: str) -> list[Incident]:
    """Do it, then repeat what failed; return the incidents that are still open.

    Raises `NotFound`, `Conflict` when the case has changed since it was seen, `Invalid`, `StepFailed` with the reason.
    """
    find(session, by, case_id, (ACTS[help.verb],))
    case = cases.take(session, case_id, help.revision)
    match help.verb:
        case "variable":
            check_variable(session, case, help.at, help.name, help.value)
            helping.set_variable(session, case, help.at, help.name, help.value, by, reason)
        case "put":
            helping.put(session, case, help.token, help.element, help.after, by, reason)
        case "move":
            cases.move(session, case, versions.pin_latest(session, case.process, help.number), help.plan, by, reason)
        case "end":
            helping.end(session, case, by, reason)
    if help.retry and case.status != "ended":
        return cases.try_again(session, case, by)
    return []


def would_be(session: Session, by: Person, case_id: int, help: Help, reason: str) -> WouldBe:
    """Do it and return what the case is then; for a session whose changes are taken back."""
    sent = select(func.count()).select_from(Letter).where(Letter.case_id == case_id)
    before = session.scalar(sent) or 0
    failing = carry_out(session, by, case_id, help, reason)
    session.flush()
    case = session.get_one(Case, case_id)
    opened = [task for task in tasks.of_case(session, case_id) if task.state == "open"]
    return WouldBe(case.status, opened, timers.of_case(session, case_id), failing, (session.scalar(sent) or 0) - before)


# ---- variables ---------------------------------------------------------------------------------------------------


def read_value(kind: str, text: str, zone: tzinfo) -> object:
    """Return the value that was typed as a text, number, truth, date (a moment in `zone`), FEEL expression or nothing.

    Raises `Invalid` naming `value`.
    """
    with suppress(InvalidOperation, ValueError, FeelError):
        value = _typed(kind, text, zone)
        if _can_steer(value):
            return value
    zh = f"这不是一个合适的值，请按所选的种类填写（文字最多 {LONGEST_VALUE} 个字，数字最多 {MOST_DIGITS} 位）。"
    en = "This is no value of the chosen kind"
    en = f"{en} (a text has at most {LONGEST_VALUE} characters, a number {MOST_DIGITS} digits)."
    raise Invalid({"value": (zh, en)})


def _typed(kind: str, text: str, zone: tzinfo) -> object:
    match kind:
        case "truth" if text in ("true", "false"):
            return text == "true"
        case "number":
            return Decimal(text)
        case "date":
            moment = parse_moment(text)
            if moment is None:
                raise ValueError(text)
            return moment.replace(tzinfo=zone) if isinstance(moment, datetime) and not moment.tzinfo else moment
        case "feel":
            return evaluate(text.removeprefix("="), {})
        case "nothing":
            return None
        case "text" if text:
            return text
    raise ValueError(text)


def _can_steer(value: object) -> bool:
    """Return whether a variable may hold it: what an answer to a form can be, and durations; short, and storable."""
    match value:
        case str():
            return len(value) <= LONGEST_VALUE and value.isprintable()
        case Decimal():
            return (
                value.is_finite()
                and len(value.as_tuple().digits) <= MOST_DIGITS
                and abs(value.adjusted()) <= MOST_DIGITS
            )
        case list():
            return len(value) <= LONGEST_VALUE and all(
                not isinstance(each, list) and _can_steer(each) for each in value
            )
    return value is None or isinstance(value, bool | date | timedelta | YearsMonths)


def check_variable(session: Session, case: Case, at: str, name: str, value: object) -> None:
    """Raise `Invalid` for a name that nothing in the case's version uses, and for a value that no form would take."""
    held = next((each for each in helping.look(session, case).held if each.at == at), None)
    if held is None:
        raise Invalid({"at": ("这组变量已经没有了。", "These variables are gone.")})
    if name not in held.variables and name not in names_used(session, case):
        zh = f"流程图、表单和决策表里都没有用到「{name}」。请检查拼写。"
        raise Invalid({"name": (zh, f'Nothing in the diagrams, forms and tables uses "{name}". Check its spelling.')})
    for form in forms_of(session, case):
        for each in form.fields:
            if each.key == name and each.choices and each.kind != "checklist" and value is not None:
                allowed = [choice.text for choice in each.choices]
                if str(value) not in allowed:
                    said = ", ".join(allowed)
                    raise Invalid({"value": (f"只能是：{said}。", f"It can only be one of: {said}.")})


def names_used(session: Session, case: Case) -> set[str]:
    """Return the variables that the case's diagrams, forms and tables read or set."""
    found: set[str] = set()
    for diagram in versions.drawn(session, case.pin).values():
        for process in diagram.processes:
            for each in written(diagram, process.id):
                found |= {*each.names, each.target} - {""}
    for model in versions.tables(session, case.pin).values():
        for decision in model.decisions.values():
            found |= {column.text for column in decision.inputs} | {output.name for output in decision.outputs}
    return found | {each.key for form in forms_of(session, case) for each in form.fields if each.steers}


def forms_of(session: Session, case: Case) -> Iterator[Form]:
    """Yield the forms of the case's version, those that can be read."""
    for path in versions.files(session, case.pin):
        folder, _, name = path.rpartition("/")
        if folder.startswith("forms/") and name.endswith(".json"):
            try:
                yield versions.form(session, case.pin, folder.removeprefix("forms/"), name.removesuffix(".json"))
            except BihuanError:  # it was published before forms were checked so
                continue
