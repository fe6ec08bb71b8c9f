"""An in-memory company made of dictionaries: it runs the shipped diagrams with their tables and forms."""

from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from engine import feel, forms
from engine.bpmn import execution
from engine.feel import dmn
from engine.forms import Choice, Form, Words
from engine.forms.checking import CHINA

ROOT = Path(__file__).parents[2]
PROCESSES = ("complaint", "escalation", "improvement", "reply", "warning")
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DEPARTMENTS = ("desk", "engineering", "security", "cleaning", "finance", "quality", "legal", "extras", "contractors")

FILES = {str(path.relative_to(ROOT)): path.read_bytes() for path in ROOT.glob("bpmn/*/*.bpmn")}
PROGRAMS = {process: execution.parse(FILES, process) for process in PROCESSES}
MODELS = [dmn.read(path.read_bytes()) for path in sorted(ROOT.glob("bpmn/*/*.dmn"))]
TABLES = {decision: model for model in MODELS for decision in model.decisions}
FORMS = {path.stem: forms.read(path.read_bytes()) for path in ROOT.glob("forms/*/*.json")}


def offered(values: tuple[str, ...]) -> tuple[Choice, ...]:
    return tuple(Choice(value, Words(value, value)) for value in values)


CHOICES = {
    "departments": offered(DEPARTMENTS),
    "categories": offered(("1001", "1005", "1011", "2002", "5001", "7002", "9901")),
    "people": offered(("7", "8", "9")),
}


class Deadline:
    """One limit as the company keeps it."""

    def __init__(self, start: datetime, limit: str) -> None:
        self.start, self.limit, self.met = start, self.span(limit), None

    @staticmethod
    def span(text: str) -> timedelta:
        span = feel.parse_duration(text)
        assert isinstance(span, timedelta)
        return span

    def at(self, share: float) -> datetime | None:
        return None if self.met else self.start + self.limit * float(share)


class Company:
    """One case, with the answers of its surroundings and the requests it made."""

    def __init__(self, process: str, **variables: object) -> None:
        self.program = PROGRAMS[process]
        self.now = NOW
        self.received = NOW
        self.deadlines: dict[str, Deadline] = {}
        self.met: list[str] = []
        self.sent: list[tuple[object, object]] = []
        self.measures: list[Mapping[str, object]] = []
        self.improvements: list[object] = []
        self.closed: list[object] = []
        self.group_told: list[str] = []
        self.nobody_else = ""
        self.done: list[str] = []
        self.walked: list[str] = []
        self.queue: deque[execution.Act] = deque()
        self.outcome: execution.Outcome | None = None
        self.act(execution.Start(variables))

    # --- what a diagram may ask for

    def perform(self, work: execution.Work) -> Mapping[str, object]:
        return getattr(self, f"do_{work.topic}")(work, **work.inputs) or {}

    def do_start_deadline(
        self, work: execution.Work, kind: str, limit: str, clock: str, latest: str | None, start: str
    ) -> None:
        assert clock in ("natural", "working")
        if kind not in self.deadlines or kind in ("resolve", "callback", "plan") or not self.deadlines[kind].met:
            self.deadlines[kind] = Deadline(self.received if start == "receipt" else self.now, limit)
        self.queue.append(execution.Retime(frozenset({"deadline", "rung"})))

    def do_meet_deadline(self, work: execution.Work, kind: str) -> None:
        if kind in self.deadlines and not self.deadlines[kind].met:
            self.deadlines[kind].met = self.now
            self.met.append(kind)
            self.queue.append(execution.Retime(frozenset({"deadline", "rung"})))

    def do_notify(self, work: execution.Work, template: str, to: str, **given: object) -> None:
        assert template, work.element
        assert to, work.element
        self.sent.append((template, to))

    def do_next_slot(self, work: execution.Work, attempt: int) -> Mapping[str, object]:
        return {"slot": self.now + timedelta(hours=(2, 10, 24)[int(attempt) - 1])}

    def do_close(self, work: execution.Work, outcome: str) -> None:
        self.closed.append(outcome)

    def do_reopen(self, work: execution.Work) -> Mapping[str, object]:
        self.deadlines.pop("first_response", None)  # each round has its own
        return {"level": work.variables["level"] + 1, "round": work.variables["round"] + 1}

    def do_relieve_lower_rungs(self, work: execution.Work, kind: str, rung: int) -> Mapping[str, object]:
        waits = [wait for wait in (self.outcome.waits if self.outcome else ()) if wait.name == "superseded"]
        for wait in waits:
            if wait.correlation in {f"{kind}:{n}" for n in range(int(rung))}:
                self.queue.append(execution.Deliver(wait.key, {}))
        return {"higher": any(wait.correlation in {f"{kind}:{n}" for n in range(int(rung), 9)} for wait in waits)}

    def do_find_supervisor(
        self, work: execution.Work, kind: str, rung: int, group: str, why: str
    ) -> Mapping[str, object]:
        return {"group": group}

    def do_tell_followers(self, work: execution.Work, what: str) -> Mapping[str, object]:
        self.group_told.append(what)
        return {"followers": work.variables["followers"] if what == "plan" else 0}

    def do_unmerge(self, work: execution.Work) -> None:
        self.closed.pop()

    def do_supervise(self, work: execution.Work, **measure: object) -> None:
        self.measures.append(measure)

    def do_start_improvement(self, work: execution.Work, cause: object) -> None:
        self.improvements.append(cause)

    def do_improve_place(self, work: execution.Work) -> Mapping[str, object]:
        self.improvements.append(work.element)
        return {"improvement": "YGL-G-260302-0001"}

    def deadline(self, kind: str, share: float) -> datetime | None:
        return self.deadlines[kind].at(share) if kind in self.deadlines else None

    def rung(self, kind: str, number: int) -> datetime | None:
        return self.deadline(kind, self.ladder(number)["share"])

    def supervisor(self, number: int) -> str:
        return self.ladder(number)["group"]

    def ladder(self, number: int):
        about = self.variables.get("about") if self.outcome else None
        return TABLES["ladder"].decide("ladder", {"rung": number, "about": about, "lead": None}).value

    # --- what happens to the case

    def act(self, act: execution.Act) -> None:
        """One act, and everything that follows from it."""
        self.queue.append(act)
        while self.queue:
            world = execution.World(
                now=self.now,
                decide=lambda decision, context: TABLES[decision].decide(decision, context).value,
                perform=self.perform,
                zone=lambda: CHINA,
                functions={
                    "deadline": self.deadline,
                    "rung": self.rung,
                    "supervisor": self.supervisor,
                    "somebody_else": lambda group, element: group != self.nobody_else,
                },
            )
            state = self.outcome.state if self.outcome else None
            self.outcome = execution.step(self.program, state, self.queue.popleft(), world)
            if self.outcome.ended:
                self.queue.clear()
            self.walked += [one.element for one in self.outcome.happened if one.what in ("completed", "fired")]

    @property
    def open(self) -> list[str]:
        """The open tasks, by their ids in the diagram."""
        return sorted(task.element for task in self.outcome.tasks)

    def task(self, element: str) -> execution.OpenTask:
        return next(task for task in self.outcome.tasks if task.element == element)

    def groups(self, element: str) -> list[str]:
        """Whom the open tasks of this element are for."""
        return sorted(",".join(task.groups) for task in self.outcome.tasks if task.element == element)

    def complete(self, element: str, **answers: object) -> None:
        """Fill in the task's form; its result goes into the case."""
        task = self.task(element)
        self.done.append(element)
        self.act(
            execution.Complete(task.key, fill(FORMS[task.form], answers, {**self.outcome.variables, **task.local}))
        )

    def deliver(self, message: str, **fields: object) -> None:
        wait = next(wait for wait in self.outcome.waits if wait.name == message)
        self.act(execution.Deliver(wait.key, fields))

    def waits_for(self, message: str) -> bool:
        return any(wait.name == message for wait in self.outcome.waits)

    def change(self, **variables: object) -> None:
        self.act(execution.Change(variables))

    def turn(self, **span: float) -> None:
        """Let time pass; due timers fire in order."""
        until = self.now + timedelta(**span)
        while due := sorted((t.due, t.key) for t in self.outcome.timers if t.due is not None and t.due <= until):
            self.now = max(self.now, due[0][0])
            self.act(execution.Fire(due[0][1]))
        self.now = until

    @property
    def ended(self) -> str | None:
        return self.outcome.ended.element if self.outcome.ended else None

    @property
    def variables(self) -> Mapping[str, object]:
        return self.outcome.variables


def fill(form: Form, answers: Mapping[str, object], context: Mapping[str, object]) -> dict[str, object]:
    """A person's input, checked by the form: required texts and files are made up, choices never are."""
    sent: dict[str, object] = {}
    for field in form.fields:
        if field.key in answers and answers[field.key] not in (None, False):
            given = answers[field.key]
            sent[field.key] = (
                "on" if given is True else [str(one) for one in given] if isinstance(given, list) else str(given)
            )
        elif field.kind in ("text", "textarea") and field.limits.required:
            sent[field.key] = "四月三日上午到现场看过,已处理完毕并告知业主本人。"
        elif field.kind in ("date", "datetime") and field.limits.required:
            sent[field.key] = "2026-04-03" if field.kind == "date" else "2026-03-02T09:00"
    assert not set(answers) - {field.key for field in form.fields}, "the form has no such field"
    checked = form.offering(context).check(sent, {}, dict(context), CHOICES)
    errors = {key: words for key, words in checked.errors.items() if form_kind(form, key) != "filepicker"}
    assert not errors, errors
    return dict(checked.steering)


def form_kind(form: Form, key: str) -> str:
    return next(field.kind for field in form.fields if field.key == key)


COMPLAINT = {
    "number": "YGL-260302-0001",
    "kind": "complaint",
    "category": "1005",
    "danger": False,
    "channel": "web",
    "urgency": None,
    "about": "",
    "households": 1,
    "press": False,
    "taken_by_desk": False,
    "anonymous": False,
    "registered_by": None,
    "region": None,
    "reply_limit": None,
}


class Complaint(Company):
    """A complaint, and the usual steps to advance it."""

    def __init__(self, **changed: object) -> None:
        super().__init__("complaint", **{**COMPLAINT, **changed})

    def acknowledged(self) -> "Complaint":
        if "acknowledge" in self.open:
            self.complete("acknowledge", told_how="page" if self.variables["anonymous"] else "phone")
        return self

    def judged(self, way: str = "department", **changed: object) -> "Complaint":
        self.acknowledged()
        known = {
            key: self.variables[key]
            for key in ("kind", "category", "urgency", "department", "about", "households", "press")
        }
        self.complete("confirm_triage", way=way, **{**known, "about": known["about"] or None, **changed})
        return self

    def contacted(self) -> "Complaint":
        self.complete("accept_work")
        self.complete("first_contact", contact="reached")
        return self

    def investigated(self, finding: str = "own_fault", **also: object) -> "Complaint":
        extra = {"responsible": "engineering"} if finding == "own_fault" else {}
        self.complete("investigate", looked_at=["site"], finding=finding, cause="equipment", **extra, **also)
        return self

    def assisted(self) -> "Complaint":
        while "assist" in self.open:
            self.complete("assist", assist_result="done")
        return self

    def planned(self, cost: float = 100, consent: str = "not_needed") -> "Complaint":
        self.complete("plan", cost=cost, consent=consent)
        return self

    def told(self, **answers: object) -> "Complaint":
        self.complete("carry_out")
        how = "page" if self.variables["anonymous"] else "phone"
        self.complete("tell_result", told_how=how, **answers)
        return self

    def worked(self) -> "Complaint":
        """From dispatch to the reported result, by the shortest path."""
        return self.contacted().investigated().assisted().planned().told()
