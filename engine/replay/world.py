"""What a complaint that is lived again asks of the company: limits, tables and the ladder, in memory; nothing is sent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from sqlalchemy.orm import Session

from engine.bpmn.execution import Act as Done
from engine.bpmn.execution import Change, Deliver, Retime, Thrown, WaitingMessage, Work, World
from engine.company import calendars, people, places
from engine.company.places import BadGroup, NoSuchPlace
from engine.complaints.limits import callback_slots, deadlines
from engine.complaints.limits.durations import length_of
from engine.complaints.limits.retime import RETIME
from engine.complaints.process.topics import HIGHEST
from engine.core.errors import NotFound
from engine.feel import dmn
from engine.replay.limits import Limits
from engine.replay.past import Act, Past

Result = Mapping[str, object]


@dataclass(slots=True)
class Surroundings:
    """What all lives of one replay share: who is in a group today, read once."""

    session: Session
    candidates: dict[tuple[str, int], frozenset[int]] = field(default_factory=dict)

    def people_of(self, group: str, place_id: int) -> frozenset[int]:
        """Return who is in a group of a community; nobody where it has none."""
        key = group, place_id
        if key not in self.candidates:
            self.candidates[key] = self._read(group, place_id)
        return self.candidates[key]

    def _read(self, group: str, place_id: int) -> frozenset[int]:
        try:
            home, role = places.resolve(self.session, group, place_id)
        except (BadGroup, NoSuchPlace):
            return frozenset()
        return frozenset(each.id for each in people.candidates(self.session, home, role))


class Duties:
    """The topics and functions of the diagrams of one life. `row`: the complaint's row as a step finds it."""

    def __init__(
        self,
        past: Past,
        tables: Mapping[str, dmn.Model],
        around: Surroundings,
        limits: Limits,
        now: Callable[[], datetime],
        rules: list[tuple[str, tuple[int, ...]]],
    ) -> None:
        self.past, self.tables, self.around, self.limits, self.now, self.rules = (
            past,
            tables,
            around,
            limits,
            now,
            rules,
        )
        self.row: dict[str, object] = {
            "level": Decimal(0),
            "lead": None,
            "department": None,
            "about": past.complaint.about,
        }
        self.queue: list[Done] = []
        self.waits: Sequence[WaitingMessage] = ()
        self.doers: dict[str, set[int]] = {}
        self.closed: datetime | None = None
        self.moved: Retime | None = None
        self.functions: dict[str, Callable[..., object]] = {
            "now": self._local,
            "today": lambda: self._local().date(),
            "deadline": self._deadline,
            "rung": self._rung,
            "supervisor": self._supervisor,
            "working_days": self._working_days,
            "somebody_else": self._somebody_else,
        }

    def world(self) -> World:
        """Return what a step may ask."""
        return World(
            self.now(),
            self._decide,
            self._perform,
            self.functions,
            lambda: self.limits.hours.zone,
            for_group=lambda group: {"working_days": partial(self._working_days, group=group)},
        )

    def _local(self) -> datetime:
        return self.now().astimezone(self.limits.hours.zone)

    def done(self, act: Act) -> None:
        """Note who did a step, for the steps that somebody else must do."""
        if act.by_id is not None:
            self.doers.setdefault(act.place, set()).add(act.by_id)

    # ---- tables

    def _decide(self, decision: str, context: Mapping[str, object]) -> object:
        if decision not in self.tables:
            raise NotFound()
        model = self.tables[decision]
        decided = model.decide(decision, context, self.functions)
        self.rules.append((decision, decided.rules))
        named = {each.name: each.id for each in model.decisions.values()}
        self.rules += [(named[name], each.rules) for name, each in decided.required.items() if name in named]
        return decided.value

    def _ladder(self, number: Decimal) -> object:
        names = ("about", "level", "lead", "department")
        context = {"rung": Decimal(number), **{name: self.row.get(name) for name in names}}
        return self.tables["ladder"].decide("ladder", context, {}).value if "ladder" in self.tables else None

    # ---- functions

    def _deadline(self, kind: str, share: Decimal = Decimal(1)) -> datetime | None:
        return self.limits.at(str(kind), Decimal(share))

    def _rung(self, kind: str, number: Decimal) -> datetime | None:
        if self.limits.running(str(kind)) is None:
            return None
        found = self._ladder(number)
        share = found.get("share") if isinstance(found, Mapping) else found
        return None if share is None else self.limits.at(str(kind), Decimal(str(share)))

    def _supervisor(self, number: Decimal) -> str | None:
        found = self._ladder(number)
        return str(found["group"]) if isinstance(found, Mapping) and found.get("group") else None

    def _working_days(self, days: Decimal, *, group: str = "") -> datetime:
        session, place_id = self.around.session, self.past.case.place_id
        hours = calendars.of(session, places.worked_at(session, group, place_id)) if group else self.limits.hours
        return hours.add(self.now(), timedelta(days=int(days)))

    def _somebody_else(self, group: str, element: str) -> bool:
        did = set[int]().union(*(self.doers.get(each.strip(), ()) for each in str(element).split(",")))
        return bool(self.around.people_of(str(group), self.past.case.place_id) - did - set(self.past.case.barred))

    # ---- topics

    def _perform(self, work: Work) -> Result:
        return TOPICS.get(work.topic, _nothing)(self, work)

    def retime(self) -> Retime | None:
        """Return what the step's work moved."""
        moved, self.moved = self.moved, None
        return moved

    def retime_all(self) -> Retime:
        """Return the act that recomputes every timer of a limit."""
        return RETIME

    def follow(self, *kinds: str) -> None:
        """Have the timers of these limits (none: of all) recomputed after the step."""
        new = Retime(RETIME.names, frozenset(kinds))
        self.moved = new if self.moved is None else self.moved | new

    def sent(self, thrown: Sequence[Thrown]) -> None:
        """Deliver what the case sent to itself."""
        for each in thrown:
            wait = next((one for one in self.waits if each.kind == "message" and one.name == each.name), None)
            if wait is not None:
                self.queue.append(Deliver(wait.key, dict(each.fields)))

    def start_deadline(self, work: Work) -> Result:
        kind = str(work.inputs.get("kind"))
        was = self.limits.running(kind)
        was_due = was.due if was else None
        limit = self.limits.start(
            kind,
            length_of(work.inputs.get("limit")),
            str(work.inputs.get("clock") or "natural"),
            length_of(work.inputs.get("latest")),
            self.past.complaint.received_at if work.inputs.get("start") == "receipt" else self.now(),
        )
        running = self.limits.running(kind)
        if (running.due if running else None) != was_due:
            self.follow()
        return {"due": limit.due if limit else None}

    def meet_deadline(self, work: Work) -> Result:
        kind = str(work.inputs.get("kind"))
        if self.limits.running(kind) is not None:
            self.limits.meet(kind, self.now())
            self.follow(kind)
        return {}

    def freeze_deadlines(self, _work: Work) -> Result:
        self.limits.end(self.now(), only=deadlines.HANDLING)
        self.follow()
        return {}

    def close(self, work: Work) -> Result:
        self.closed = self.now()
        self.limits.end(self.closed)
        return {"outcome": work.inputs.get("outcome")}

    def reopen(self, _work: Work) -> Result:
        self.limits.next_round(self.now())
        level = min(int(Decimal(str(self.row.get("level") or 0))) + 1, HIGHEST)
        self.row["level"] = Decimal(level)
        return {"level": level, "round": self.limits.round}

    def relieve_lower_rungs(self, work: Work) -> Result:
        kind, rung, higher = str(work.inputs.get("kind")), int(Decimal(str(work.inputs.get("rung")))), False
        for wait in self.waits:
            other, _, number = (wait.correlation or "").rpartition(":")
            if wait.name == "superseded" and other == kind and number.isdecimal():
                if int(number) < rung:
                    self.queue.append(Deliver(wait.key))
                higher = higher or int(number) >= rung
        return {"higher": higher}

    def find_supervisor(self, work: Work) -> Result:
        return {"group": work.inputs.get("group")}

    def supervise(self, work: Work) -> Result:
        inputs = work.inputs
        if inputs.get("kind") == "reply":
            return {}
        if inputs.get("action") == "reassign" and inputs.get("department"):
            self.queue.append(Change(dict.fromkeys(("department", "lead"), inputs["department"])))
        limit = self.limits.running(str(inputs.get("kind")))
        if inputs.get("action") == "extend" and limit is not None:
            limit.extension += length_of(inputs.get("extension")) or timedelta()
            self.limits.settle(limit)
            self.follow()
        return {}

    def next_slot(self, _work: Work) -> Result:
        return {"slot": callback_slots.following(self.now(), self.limits.hours.zone)}

    def tell_followers(self, work: Work) -> Result:
        if not work.variables.get("followers") or work.inputs.get("what") != "plan":
            return {"followers": 0}
        return {"followers": self.past.groups}

    def unmerge(self, _work: Work) -> Result:
        self.limits.thaw(self.closed)
        self.follow()
        return {}

    def start_improvement(self, _work: Work) -> Result:
        return {"improvement": "?"}


def _nothing(_duties: Duties, _work: Work) -> Result:
    """A message, or another effect outside the complaint."""
    return {}


TOPICS: Mapping[str, Callable[[Duties, Work], Result]] = {
    name: getattr(Duties, name)
    for name in (
        *("start_deadline", "meet_deadline", "freeze_deadlines", "close", "reopen", "relieve_lower_rungs", "supervise"),
        "find_supervisor",
        *("next_slot", "tell_followers", "unmerge", "start_improvement"),
    )
}
