"""Measure completing a task, how that grows with a case's past, and a pass of the timers.

    python -m benchmarks.steps [--floor FILE] [--scale SHARE] [ratio] [growth] [loop] [timers]

`ratio`: the median over all task completions of 40 whole complaints (SQLite with FULL, committed) over the floor: one
step of the bare library in memory and one durable commit, as the program FILE measures it in the same run.
`growth`: a complaint reopened 100 times (its bound lifted for this), in each round a rung of both limits opened and
left undone: the median completion of the last ten rounds over that of the first ten.
`loop`: the same for 1,000 rounds of a plain loop. `timers`: a pass with 100,000 waiting and 1 due over one with 1,000.
A completion is what a page does after its guard: read the task, complete it, commit. Without a program for the floor,
`ratio` is skipped with a note. `--scale 0.05` does the same with a twentieth, to see that it works.
"""

import argparse
import importlib.util
import itertools
import re
import statistics
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from types import ModuleType

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from benchmarks.company import KEY, Company, counted, opened
from engine import complaints
from engine.casework import cases
from engine.casework.cases import Case, Incident
from engine.casework.tasks import Task
from engine.casework.timers import Timer
from engine.complaints.intake.registration import Concern
from engine.core import clock
from engine.operations.schedule import fire_timers
from engine.processes import versions

FLOOR = Path(__file__).parents[2] / "shared" / "design" / "floor.py"
LEAST = 20
"""Rounds that `growth` and `loop` need: the first ten and the last ten are compared."""

NAMED = ("ratio", "growth", "loop", "timers")

ANSWERS: Mapping[str, Mapping[str, object]] = {
    "acknowledge": {"told_how": "phone"},
    "confirm_triage": {
        "kind": "complaint",
        "category": "1001",
        "urgency": "normal",
        "department": "engineering",
        "about": None,
        "way": "department",
        "households": 1,
        "press": False,
    },
    "accept_work": {"objected": False, "objection": None},
    "first_contact": {"contact": "reached", "preferred": "phone", "next_word": None},
    "investigate": {
        "looked_at": ["site"],
        "finding": "own_fault",
        "responsible": "engineering",
        "cause": "equipment",
        "improve": False,
    },
    "assist": {"assist_result": "done"},
    "plan": {"start_on": None, "finish_on": None, "cost": 100, "consent": "not_needed"},
    "carry_out": {"done_at": None, "actual_cost": 100},
    "tell_result": {"told_how": "phone", "view": None, "callback_after": None},
    "call_resident": {
        "call_result": "reached",
        "outcome": "solved",
        "score": 5,
        "speed": 5,
        "attitude": 5,
        "result": 5,
    },
    "again": {"more": True},
}


class Complaints:
    """Drives cases through the engine and records the time of each completion."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.store = company.store
        self.seconds: list[float] = []

    def register(self) -> int:
        """Register a new complaint and return its case."""
        concern = Concern(
            self.company.community_id, "电梯又停了,早上等了二十分钟", "1001", person_name="王女士", phone="13800001234"
        )
        done = self.store.attempt(lambda session: complaints.register(session, concern, key=KEY))
        return int(done.complaint.case_id or 0)

    def open(self, case_id: int) -> list[Task]:
        """Return the open tasks of a case without supervising ones."""
        with self.store.reading() as session:
            mine = select(Task).where(Task.case_id == case_id, Task.state == "open", Task.process != "escalation")
            return list(session.scalars(mine.order_by(Task.id)))

    def complete(self, task: Task, **changed: object) -> float:
        """Complete one task as somebody who may; return the seconds."""
        answers = {**ANSWERS[task.element], **changed}
        by = self.company.other if task.element == "call_resident" else self.company.doer
        begun = time.perf_counter()
        with self.store.transaction() as session:
            self.company.lend(session)
            found = session.get(Task, task.id)
            assert found is not None
            outcome = cases.complete(session, found, answers, by=by)
        taken = time.perf_counter() - begun
        if outcome is None:
            with self.store.reading() as session:
                raise RuntimeError(session.scalars(select(Incident.zh)).first())
        self.seconds.append(taken)
        return taken

    def wait(self, case_id: int) -> None:
        """Advance the clock to the next timer of the case, and fire it."""
        with self.store.reading() as session:
            due = select(Timer.due_at).where(Timer.case_id == case_id, Timer.due_at.is_not(None)).order_by(Timer.due_at)
            moment = session.scalars(due).first()
        if moment is None:
            raise RuntimeError("the case waits for nothing")
        clock.turn(max(moment - clock.now(), timedelta()) + timedelta(seconds=1))
        fire_timers(self.store)

    def run(self, case_id: int) -> None:
        """Work on a complaint until it ends."""
        while self.status(case_id) == "running":
            found = self.open(case_id)
            if found:
                self.complete(found[0])
            else:
                self.wait(case_id)

    def status(self, case_id: int) -> str:
        """Return the status of a case."""
        with self.store.reading() as session:
            return session.get_one(Case, case_id).status


def statements_of(company: Company, drive: Complaints) -> list[int]:
    """Return how many statements each completion of one complaint sends, including begin and commit."""
    found = []
    case_id = drive.register()
    while drive.status(case_id) == "running":
        waiting = drive.open(case_id)
        if not waiting:
            drive.wait(case_id)
            continue
        with counted(company.store) as sent:
            drive.complete(waiting[0])
        found.append(len(sent) + 1)
    return found


def load(path: Path) -> ModuleType:
    """Load the program that measures the floor."""
    spec = importlib.util.spec_from_file_location("floor", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise SystemExit(f"there is no {path}: name the program that measures the floor with --floor")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def ratio(scale: float, floor_file: Path | None) -> None:
    """Print the time of forty complaints over the floor, measured alternately under the same conditions."""
    program = load(floor_file) if floor_file else None
    with opened() as company:
        drive = Complaints(company)
        drive.run(drive.register())  # the first one parses the diagrams
        drive.seconds.clear()
        floors = []
        for number in range(max(1, round(40 * scale))):
            if program and number % 8 == 0:
                floors.append(program.floor()[0])
            drive.run(drive.register())
        completion_ms = statistics.median(drive.seconds) * 1e3
        statements = statistics.median(statements_of(company, drive))
    floor_ms = statistics.median(floors) if floors else None
    print(
        f"completion_ms {completion_ms:.3f} floor_ms {f'{floor_ms:.3f}' if floor_ms else '-'} statements {statements:.0f}"
    )
    print(
        f"ratio {completion_ms / floor_ms:.2f}" if floor_ms else "ratio - (name the program for the floor with --floor)"
    )


def growth(scale: float) -> None:
    """Measure a complaint reopened 100 times."""
    with opened(lift_the_bound) as company:
        drive = Complaints(company)
        case_id = drive.register()
        rounds = []
        for number in range(max(LEAST, round(100 * scale))):
            drive.seconds.clear()
            one_round(drive, case_id, number)
            rounds.append(list(drive.seconds))
        with company.store.reading() as session:
            case = session.get_one(Case, case_id)
            size = len(case.state or b"")
    print(f"growth_rounds {len(rounds)} state_bytes {size}")
    print(f"growth {compare(rounds):.2f}")


def lift_the_bound(files: dict[str, bytes]) -> None:
    """Let a complaint be reopened more than three times."""
    for path, text in files.items():
        if path.endswith("complaint.bpmn"):
            lifted = re.sub(rb"=\s*level\s*(&gt;=|>=|=)\s*3\s*<", b"=level &gt; 1000<", text)
            if lifted == text:
                raise RuntimeError("the bound of three reopenings is not where it was")
            files[path] = lifted


def one_round(drive: Complaints, case_id: int, number: int) -> None:
    """Go from a department's desk to a callback that reopens, leaving a supervising task of each limit open."""
    late = {"first_contact": "first_response", "plan": "resolve"}
    while True:
        found = drive.open(case_id)
        if not found:
            drive.wait(case_id)
            continue
        task = found[0]
        if kind := late.pop(task.element, None):
            open_rung(drive, case_id, kind)
        if task.element == "call_resident":
            drive.complete(task, outcome="unsolved", score=1)
            return
        drive.complete(task)
        if number > 10_000:
            return


def open_rung(drive: Complaints, case_id: int, kind: str) -> None:
    """Advance the clock until a supervising task for this limit has opened."""
    before = supervising(drive, case_id)
    for _ in range(20):
        drive.wait(case_id)
        if supervising(drive, case_id) > before:
            return
    raise RuntimeError(f"no rung of {kind} opened")


def supervising(drive: Complaints, case_id: int) -> int:
    """Return how many supervising tasks the case has had."""
    with drive.store.reading() as session:
        return len(list(session.scalars(select(Task.id).where(Task.case_id == case_id, Task.process == "escalation"))))


def compare(rounds: list[list[float]]) -> float:
    """Print the median of the last ten rounds over that of the first ten."""
    first, last = (list(itertools.chain(*some)) for some in (rounds[:10], rounds[-10:]))
    return statistics.median(last) / statistics.median(first)


LOOP = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="t">
<process id="loop" isExecutable="true">
<startEvent id="begin"/><sequenceFlow id="f1" sourceRef="begin" targetRef="again"/>
<userTask id="again" name="再来" camunda:candidateGroups="desk"/><sequenceFlow id="f2" sourceRef="again" targetRef="gate"/>
<exclusiveGateway id="gate" default="f4"/>
<sequenceFlow id="f3" sourceRef="gate" targetRef="again"><conditionExpression>more</conditionExpression></sequenceFlow>
<sequenceFlow id="f4" sourceRef="gate" targetRef="done"/><endEvent id="done"/>
</process></definitions>"""


def loop(scale: float) -> None:
    """Measure a thousand rounds of a plain loop; the median of five runs, since ten completions are few."""
    rounds = max(LEAST, round(1000 * scale))
    print(f"loop {statistics.median(one_loop(rounds) for _ in range(max(1, round(5 * scale)))):.2f}")


def one_loop(rounds: int) -> float:
    """Return the last ten of so many rounds over the first ten."""
    with opened() as company:
        with company.store.transaction() as session:
            versions.store(session, "loop", {"bpmn/loop/loop.bpmn": LOOP.encode()})
            case_id = cases.start(session, "loop", {}, business_key="L", place_id=company.community_id).id
        drive = Complaints(company)
        return compare([[drive.complete(drive.open(case_id)[0])] for _ in range(rounds)])


def timers(scale: float) -> None:
    """Measure one pass with many timers waiting and one due."""
    few, many = one_pass(1_000), one_pass(max(1_000, round(100_000 * scale)))
    print(f"timers_ms {many * 1e3:.3f} of_1000_ms {few * 1e3:.3f}")
    print(f"timers {many / few:.2f}")


def one_pass(waiting: int) -> float:
    """Return the median seconds of a pass with one timer due among so many, each in its own case."""
    with opened() as company:
        with company.store.transaction() as session:
            versions.store(session, "nap", {"bpmn/nap/nap.bpmn": NAP.encode()})
            case = cases.start(session, "nap", {}, business_key="N", place_id=company.community_id)
            crowd(session, case, waiting - 1)
        with company.store.engine.connect() as connection:
            connection.exec_driver_sql("analyze")
        seconds = []
        for _ in range(60):
            clock.turn(timedelta(hours=1, seconds=1))
            begun = time.perf_counter()
            fired = fire_timers(company.store)
            seconds.append(time.perf_counter() - begun)
            if fired != 1:
                raise RuntimeError(f"{fired} timers fired where one was due")
        return statistics.median(seconds[10:])


def crowd(session: Session, case: Case, count: int) -> None:
    """Add so many cases like this one, each with a timer far in the future."""
    like = {column.key: getattr(case, column.key) for column in Case.__table__.columns if column.key != "id"}
    timer = {"element": "nap", "expression": "P90D", "set_at": clock.now(), "due_at": clock.now() + timedelta(days=90)}
    for first in range(0, count, 5000):
        ids = range(case.id + 1 + first, case.id + 1 + min(first + 5000, count))
        session.execute(insert(Case), [{**like, "id": each} for each in ids])
        session.execute(insert(Timer), [{**timer, "case_id": each, "key": "1"} for each in ids])


NAP = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">
<process id="nap" isExecutable="true">
<startEvent id="begin"/><sequenceFlow id="f1" sourceRef="begin" targetRef="nap"/>
<intermediateCatchEvent id="nap"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent>
<sequenceFlow id="f2" sourceRef="nap" targetRef="gate"/><exclusiveGateway id="gate" default="f3"/>
<sequenceFlow id="f3" sourceRef="gate" targetRef="nap"/>
<sequenceFlow id="f4" sourceRef="gate" targetRef="done"><conditionExpression>false</conditionExpression></sequenceFlow>
<endEvent id="done"/>
</process></definitions>"""


def figure(name: str) -> str:
    """Return a figure by name. Python 3.11 would reject the empty list with argparse's own `choices`."""
    if name not in NAMED:
        raise argparse.ArgumentTypeError(f"{name} is none of {', '.join(NAMED)}")
    return name


def main() -> None:
    """Print the requested figures, a line each."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("figures", nargs="*", type=figure, metavar="FIGURE", help="all unless said otherwise")
    found = FLOOR if FLOOR.is_file() else None
    asked.add_argument("--floor", type=Path, default=found, help="the program that measures the floor")
    asked.add_argument("--scale", type=float, default=1.0, metavar="SHARE", help="share of the full size")
    chosen = asked.parse_args()
    for name in chosen.figures or NAMED:
        if name == "ratio":
            ratio(chosen.scale, chosen.floor)
        else:
            {"growth": growth, "loop": loop, "timers": timers}[name](chosen.scale)


if __name__ == "__main__":
    main()
