"""What a step of a scenario does: the same calls that pages make, in transactions of their own."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import complaints, improvement, reports
from engine.casework import cases
from engine.casework.cases import Case
from engine.casework.timers import Timer
from engine.company import people, places
from engine.company.people import Person
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.feedback import Verdict
from engine.complaints.intake.registration import Concern
from engine.complaints.joining import joining
from engine.complaints.limits import pauses
from engine.complaints.resident import asking_up, resident_acts
from engine.core import clock
from engine.core.errors import Conflict, Unclear
from engine.core.store import Store
from engine.processes import start_events
from engine.scenarios import asking, moments, working
from engine.scenarios.company import COMMUNITY, KEY, PHONE
from engine.scenarios.script import Step
from engine.warnings import open_warning
from engine.warnings.finding import Signal
from engine.warnings.hours import said

MOST_FIRED = 2_000
MOST_WEEKS, MOST_PAST = 160, 1_500
"""Of complaints of the past, in one step."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A case of the scenario, and the complaint it is about, if any."""

    case_id: int
    complaint_id: int | None = None


@dataclass(slots=True)
class Play:
    """A scenario being played: its store, and its cases by the name that the scenario gives them.

    `until`: the CPU time of this thread at which its time is over.
    """

    store: Store
    subjects: dict[str, Subject] = field(default_factory=dict)
    until: float = math.inf

    def require_time(self) -> None:
        """Raise `Unclear` when its time is over: whatever somebody writes, others come to their turn."""
        if time.thread_time() > self.until:
            zh, en = "用时太长，停了下来：请拆成几步、等得短一些。", "this takes too long: do it in smaller steps."
            raise Unclear(zh=zh, en=en)

    def subject(self, name: str) -> Subject:
        """Return a case by name, or the first. Raises `Unclear`."""
        if not self.subjects:
            zh = "第一步应是 complain、start、improve、report 或 warn（之前可以有 past）。"
            en = "The first step should be complain, start, improve, report or warn (past can come before)."
            raise Unclear(zh=zh, en=en)
        if name and name not in self.subjects:
            known = ", ".join(filter(None, self.subjects))
            raise Unclear(
                zh=f"没有叫“{name}”的案件；有 {known}。", en=f"No case is called “{name}”; there are {known}."
            )
        return self.subjects[name] if name else next(iter(self.subjects.values()))

    def add(self, step: Step, subject: Subject) -> None:
        """Give a new case its name."""
        name = str(step.facts.get("as") or (str(len(self.subjects) + 1) if self.subjects else ""))
        if name in self.subjects:
            raise Unclear(zh=f"“{name}”这个名字用过了。", en=f"The name “{name}” is taken.")
        self.subjects[name] = subject


def do(play: Play, step: Step) -> None:
    """Do a step, and let everything happen that is due by then. Raises an error of ours when it cannot be done."""
    if step.act:
        DOING[step.act](play, step)
    fire_until(play, clock.now())


def fire_until(play: Play, moment: datetime) -> None:
    """Let time pass until `moment`; every timer fires at its own moment, in order.

    Raises `Conflict` for a loop, `Unclear` when it takes too long.
    """
    for _ in range(MOST_FIRED):
        play.require_time()
        with play.store.reading() as session:
            due = session.scalar(select(func.min(Timer.due_at)).where(Timer.due_at <= moment))
        if due is None:
            clock.turn(max(moment - clock.now(), timedelta()))
            return
        clock.turn(max(due - clock.now(), timedelta()))
        play.store.attempt(_fire)
    zh = f"到这一刻为止，定时器触发超过 {MOST_FIRED} 次：流程在原地打转，或这一步等得太久。"
    en = f"timers fired more than {MOST_FIRED} times until then: the diagram goes round, or the step waits too long."
    raise Conflict(zh=zh, en=en)


def _fire(session: Session) -> None:
    due = select(Case).join(Timer, Timer.case_id == Case.id).where(Timer.due_at <= clock.now())
    case = session.scalar(due.order_by(Timer.due_at, Timer.id).limit(1))
    if case is not None:
        cases.fire_due(session, case)


# ---- beginning -------------------------------------------------------------------------------------------------------

TYPED = {"community"} | {each.name for each in fields(Concern)} - {
    "community_id",
    "variables",
    "origin",
    "household_id",
    "sent_as",
}


def _complain(play: Play, step: Step) -> None:
    said = dict(step.what)
    if unknown := ", ".join(sorted(said.keys() - TYPED)):
        known = ", ".join(sorted(TYPED))
        raise Unclear(
            zh=f"诉求里不认识 {unknown}；可以写 {known}。", en=f"A complaint has no {unknown}; there are {known}."
        )
    said = {"phone": "" if said.get("anonymous") else PHONE, "text": "", "category": "", **said}

    def register(session: Session) -> Subject:
        by = _person(session, step) if "by" in step.facts else None
        concern = Concern(places.by_code(session, str(said.pop("community", COMMUNITY[0]))).id, **said)
        done = complaints.register(session, concern, key=KEY, by=by)
        return Subject(done.complaint.case_id or 0, done.complaint.id)

    play.add(step, play.store.attempt(register))


def _start(play: Play, step: Step) -> None:
    """Start a case as people start it; one that no person may start, as another process would."""

    def start(session: Session) -> Subject:
        given, where = step.facts.get("with", {}), _community(session)
        by = _person(session, step) if "by" in step.facts else None
        if by is not None or start_events.plain(session, step.what) is not None:
            return Subject(asking.start(session, step.what, given, where, by))
        key = f"CJ-{len(play.subjects) + 1}"
        return Subject(cases.start(session, step.what, given, business_key=key, place_id=where).id)

    play.add(step, play.store.attempt(start))


def _past(play: Play, step: Step) -> None:
    """Write closed complaints of the weeks up to now, `each` a week: what figures and improvements count."""
    category, each = str(step.what.get("category", "1001")), int(step.what.get("each", 1))
    weeks = min(int(step.what.get("weeks", 1)), MOST_WEEKS)

    def write(session: Session) -> None:
        where, now = _community(session), clock.now()
        first = session.scalar(select(func.count()).select_from(Complaint)) or 0
        for number in range(min(each * weeks, MOST_PAST)):
            at = now - timedelta(weeks=1) * (number + 1) / each
            session.add(
                Complaint(
                    number=f"PAST-{first + number}", secret_hash=f"past-{first + number}", community_id=where,
                    channel="phone", kind="complaint", category=category, text="场景", status="closed",
                    outcome="solved", level=0, received_at=at, closed_at=at,
                )
            )  # fmt: skip

    play.store.attempt(write)


def _improve(play: Play, step: Step) -> None:
    def start(session: Session) -> Subject:
        title, department = str(step.what.get("title", "")), str(step.what.get("department", ""))
        cause, by, where = step.what.get("cause"), _person(session, step), _community(session)
        about = [each.complaint_id for each in play.subjects.values() if each.complaint_id is not None]
        begun = improvement.start(
            session, title=title, department=department, complaint_ids=about, by=by, cause=cause, community_id=where
        )
        return Subject(begun.case_id or 0)

    play.add(step, play.store.attempt(start))


def _report(play: Play, step: Step) -> None:
    """Make the report of the last period of a kind (week, month, quarter) of the community."""

    def make(session: Session) -> Subject:
        by = _person(session, step)
        place = reports.making.require_place(session, by, _community(session))
        period = reports.making.last(session, place, step.what)
        made = reports.making.make(session, place, period, reports.contents.count(session, place, period), by=by)
        return Subject(made.case_id or 0)

    play.add(step, play.store.attempt(make))


def _warn(play: Play, step: Step) -> None:
    """Open a warning as a look at the figures does; `hour`: at which its complaints came, none stands out without."""
    category, hour = str(step.what.get("category", "1001")), step.what.get("hour")

    def warn(session: Session) -> Subject:
        came = [[2 * (each == hour) for each in range(24)] for _ in range(7)]
        signal = Signal(_community(session), category, clock.now().date(), (2,) * 59 + (9,), 2.0, 6.0, 0.001, 0)
        _became, opened = open_warning(session, signal, came=said(came, {}))
        return Subject(opened.case_id or 0 if opened else 0)

    play.add(step, play.store.attempt(warn))


def _community(session: Session) -> int:
    return places.by_code(session, COMMUNITY[0]).id


# ---- what people do --------------------------------------------------------------------------------------------------


def _person(session: Session, step: Step) -> Person:
    login = str(step.facts.get("by"))
    found = people.by_login(session, login)
    if found is None:
        zh = f"场景里没有“{login}”这个人：见 docs/process/scenarios.md 里的人员表。"
        raise Unclear(zh=zh, en=f"There is no “{login}” in the cast: see the list in docs/process/scenarios.md.")
    return found


def _task(play: Play, step: Step) -> None:
    def complete(session: Session) -> None:
        case_id = play.subject(step.subject).case_id if step.subject else None
        wanted, given = str(step.what), step.facts.get("with", {})
        if step.facts["by"] == places.RESIDENT:
            asking.answer(session, wanted, given, case_id)
        else:
            working.complete(session, wanted, _person(session, step), given, case_id)

    play.store.attempt(complete)


def _resident(play: Play, step: Step) -> None:
    facts = step.facts.get("with", {})
    words = str(facts.get("words", ""))
    subject = play.subject(step.subject)
    if subject.complaint_id is None:
        play.store.attempt(lambda session: asking.send(session, subject.case_id, step.what, words))
        return

    def answer(session: Session, mine: Complaint) -> None:
        verdict = Verdict(str(facts.get("outcome", "")), int(facts.get("score", 0)), words=words)
        resident_acts.answer_callback(session, mine, verdict)

    known: Mapping[str, Callable[[Session, Complaint], None]] = {
        "accepts the plan": lambda session, mine: resident_acts.answer_plan(session, mine, accepted=True, words=words),
        "objects to the plan": lambda session, mine: resident_acts.answer_plan(
            session, mine, accepted=False, words=words or "不同意"
        ),
        "answers the callback": answer,
        "appeals": lambda session, mine: resident_acts.appeal(session, mine, words or "请再看一看"),
        "withdraws": lambda session, mine: resident_acts.withdraw(session, mine, words),
        "asks for a supervisor": lambda session, mine: asking_up.ask(session, mine, words or "请上级处理"),
        "adds": lambda session, mine: resident_acts.add(session, mine, words),
    }
    if step.what not in known:
        there = ", ".join(known)
        raise Unclear(zh=f"业主做不了“{step.what}”；可以写 {there}。", en=f"A resident has no “{step.what}”: {there}.")
    play.store.attempt(lambda session: known[step.what](session, _complaint(session, play, step.subject)))


def _complaint(session: Session, play: Play, name: str) -> Complaint:
    subject = play.subject(name)
    if subject.complaint_id is None:
        raise Unclear(zh="这个案件不是诉求。", en="This case is not a complaint's.")
    return session.get_one(Complaint, subject.complaint_id)


def _wait(play: Play, step: Step) -> None:
    with play.store.reading() as session:
        if play.subjects:
            case = session.get_one(Case, play.subject(step.subject).case_id)
            moment = moments.of(session, case, step.what)
        else:
            moment = moments.without_case(session, _community(session), step.what)
    fire_until(play, moment)


def _message(play: Play, step: Step) -> None:
    case_id, fields_of = play.subject(step.subject).case_id, step.facts.get("with", {})
    play.store.attempt(lambda session: cases.deliver(session, case_id, step.what, fields_of))


def _join(play: Play, step: Step) -> None:
    def join(session: Session) -> None:
        lead, other = _complaint(session, play, str(step.facts["to"])), _complaint(session, play, step.what)
        joining.join(session, lead, [other], by=_person(session, step))

    play.store.attempt(join)


def _merge(play: Play, step: Step) -> None:
    def merge(session: Session) -> None:
        lead, other = _complaint(session, play, str(step.facts["to"])), _complaint(session, play, step.what)
        joining.merge(session, lead, other, by=_person(session, step))

    play.store.attempt(merge)


def _part(play: Play, step: Step) -> None:
    play.store.attempt(
        lambda session: joining.part(session, _complaint(session, play, step.what), by=_person(session, step))
    )


def _pause(play: Play, step: Step) -> None:
    def pause(session: Session) -> None:
        mine, by = _complaint(session, play, step.subject), _person(session, step)
        case = session.get_one(Case, play.subject(step.subject).case_id)
        length = moments.of(session, case, str(step.facts["for"])) - clock.now()
        pauses.begin(session, mine, step.what, length, by=by, note="场景")

    play.store.attempt(pause)


def _resume(play: Play, step: Step) -> None:
    play.store.attempt(
        lambda session: pauses.end(session, _complaint(session, play, step.subject), by=_person(session, step))
    )


DOING: Mapping[str, Callable[[Play, Step], None]] = {
    "complain": _complain,
    "start": _start,
    "past": _past,
    "improve": _improve,
    "report": _report,
    "warn": _warn,
    "do": _task,
    "resident": _resident,
    "wait": _wait,
    "message": _message,
    "join": _join,
    "merge": _merge,
    "part": _part,
    "pause": _pause,
    "resume": _resume,
}
