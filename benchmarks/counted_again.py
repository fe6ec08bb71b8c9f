"""Every measure counted a second time, from the raw rows of a SQLite file: nothing here is shared with the product.

Moments are numbers of seconds, days are dates in Shanghai.
"""

import json
import sqlite3
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = 86_400.0


@dataclass
class Matter:
    """One complaint with all that was written down about it."""

    row: dict[str, Any]
    community: int
    region: int | None
    building: str
    limits: list[dict[str, Any]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    pauses: list[tuple[float, float]] = field(default_factory=list)
    tasks: list[dict[str, Any]] = field(default_factory=list)
    followed: tuple[bool, bool] = (False, False)
    counts: dict[str, list["Counted"]] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)

    def count(self) -> None:
        """Work out what it counts for, and in which groups, once."""
        self.counts = {name: list(count(self)) for name, count in COUNTS.items()}
        self.codes = {name: "" if (code := of(self)) is None else str(code) for name, of in CUTS.items()}

    @property
    def ended(self) -> float | None:
        return seconds(self.row["closed_at"])

    @property
    def received(self) -> float:
        return seconds(self.row["received_at"]) or 0.0


def seconds(text: str | None) -> float | None:
    """A moment as the store writes it."""
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def day(moment: float | None) -> date | None:
    """The day of a moment in Shanghai."""
    return None if moment is None else datetime.fromtimestamp(moment, SHANGHAI).date()


def read(file: Path) -> list[Matter]:
    """All complaints of a store, but for those of before and what is no complaint."""
    store = sqlite3.connect(file)
    store.row_factory = sqlite3.Row

    def rows(table: str) -> list[dict[str, Any]]:
        return [dict(each) for each in store.execute(f'select * from "{table}"')]

    homes = {each["id"]: each for each in rows("households")}
    places = {each["id"]: each for each in rows("places")}
    found = {}
    for each in rows("complaints"):
        home = homes.get(each["household_id"], {"building": ""})
        region = places[each["community_id"]]["region_id"]
        found[each["id"]] = Matter(each, each["community_id"], region, home["building"])
    for each in rows("deadlines"):
        found[each["complaint_id"]].limits.append(each)
    for each in rows("feedbacks"):
        found[each["complaint_id"]].answers.append(each)
    for each in rows("pauses"):
        span = (seconds(each["begun_at"]) or 0.0, seconds(each["ends_at"]) or 0.0)
        found[each["complaint_id"]].pauses.append(span)
    said: dict[int, dict[str, Any]] = defaultdict(dict)
    for each in rows("answers"):
        said[each["task_id"]].update(json.loads(each["values"]) or {})
    by_case = {each.row["case_id"]: each for each in found.values() if each.row["case_id"] is not None}
    for each in rows("tasks"):
        if each["case_id"] in by_case:
            by_case[each["case_id"]].tasks.append({**each, "said": said[each["id"]]})
    store.close()
    every = [each for each in found.values() if each.row["kind"] == "complaint" and not each.row["past"]]
    _follow(every)
    for matter in every:
        matter.count()
    return every


def _follow(every: Sequence[Matter]) -> None:
    """Whether each was complained of once more within thirty days, by the household, and at the building."""
    alike: dict[tuple[int, str], list[Matter]] = defaultdict(list)
    for each in every:
        alike[each.community, each.row["category"]].append(each)
    for some in alike.values():
        some.sort(key=lambda each: each.received)
        moments = [each.received for each in some]
        for each in (each for each in some if each.ended is not None):
            ended = each.ended or 0.0
            then = some[bisect_right(moments, ended) : bisect_right(moments, ended + 30 * DAY)]
            home = any(
                other.row["household_id"] and other.row["household_id"] == each.row["household_id"] for other in then
            )
            place = any(other.building and other.building == each.building for other in then)
            each.followed = (home, home or place)


# --- what is true of one complaint


def _limits(matter: Matter, kind: str) -> list[dict[str, Any]]:
    return sorted(
        (each for each in matter.limits if each["kind"] == kind), key=lambda each: (each["round"], each["id"])
    )


def result(matter: Matter, kind: str) -> str:
    """ "kept", "missed", "not owed", or "" without such a limit; one that runs has not been kept."""
    found = set()
    for each in _limits(matter, kind):
        due, met, ended = (seconds(each[name]) for name in ("measured_due_at", "met_at", "ended_at"))
        if met is not None:
            found.add("kept" if met <= (due or 0) else "missed")
        else:
            found.add("not owed" if ended is not None and ended <= (due or 0) else "missed")
    return next((each for each in ("missed", "not owed", "kept") if each in found), "")


def due_day(matter: Matter, kind: str, plus: float = 0.0) -> date | None:
    """The day on which the last limit of a kind ends, as measured."""
    limits = _limits(matter, kind)
    return day((seconds(limits[-1]["measured_due_at"]) or 0.0) + plus) if limits else None


def first_response(matter: Matter) -> float | None:
    """Seconds from receipt until somebody spoke with the resident."""
    met = [seconds(each["met_at"]) for each in _limits(matter, "first_response") if each["round"] == 1]
    return min((int(each - matter.received) for each in met if each is not None), default=None)


def last_answer(matter: Matter) -> dict[str, Any] | None:
    """The newest answer of the resident."""
    return max(matter.answers, key=lambda each: (each["at"], each["id"]), default=None)


def reached(matter: Matter) -> bool:
    """Whether the resident answered in the last round."""
    return any(each["round"] == matter.row["round"] for each in matter.answers)


def calls_of_last_round(matter: Matter) -> int:
    """Attempts to call since the last round began."""
    calls = [each for each in matter.tasks if each["counts_as"] == "callback" and each["state"] == "done"]
    begun = [each["started_at"] for each in matter.limits if each["round"] == matter.row["round"] > 1]
    return sum(1 for each in calls if not begun or each["closed_at"] > min(begun))


def asked_about(matter: Matter) -> bool:
    """Whether it ended in a way that the resident is asked about."""
    ways = ("solved", "solved_unreached", "partly_solved", "unsolved")
    return matter.ended is not None and matter.row["outcome"] in ways


def loop_closed(matter: Matter) -> bool:
    """Whether it ended with an outcome and an answer or three attempts, all within the limits."""
    answered = reached(matter) or calls_of_last_round(matter) >= 3
    in_time = result(matter, "resolve") == "kept" and result(matter, "callback") in ("kept", "not owed", "")
    return asked_about(matter) and answered and in_time


def paused(matter: Matter) -> int:
    """Seconds during which it was paused, no second counted twice."""
    counted, upto = 0.0, 0.0
    for begun, until in sorted(matter.pauses):
        last = until if matter.ended is None else min(until, matter.ended)
        counted += max(0.0, last - max(begun, upto))
        upto = max(upto, last)
    return int(counted)


def person(matter: Matter) -> int | None:
    """Who did the last task that counts towards the limit to resolve, once the result was told or it ended."""
    last = [each for each in _limits(matter, "resolve") if each["round"] == matter.row["round"]]
    told = bool(last) and all(each["met_at"] for each in last)
    if matter.ended is None and not told:
        return None
    done = [each for each in matter.tasks if each["deadline"] == "resolve" and each["state"] == "done"]
    done = [each for each in done if each["closed_by_id"]]
    newest = max(done, key=lambda each: (each["closed_at"], each["id"]), default=None)
    return None if newest is None else int(newest["closed_by_id"])


def supervised(matter: Matter) -> bool:
    """Whether somebody had to supervise it."""
    return any(each["counts_as"] == "supervision" for each in matter.tasks)


def given_again(matter: Matter) -> int:
    """How often it went to another department: declined, or reassigned by a supervisor."""
    done = [each for each in matter.tasks if each["state"] == "done"]
    declined = sum(1 for each in done if each["said"].get("objected") is True)
    moved = [each for each in done if each["counts_as"] == "supervision"]
    return declined + sum(1 for each in moved if each["said"].get("action") == "reassign")


# --- counting


@dataclass(frozen=True)
class Counted:
    """One case, or one answer, of one measure on its day. `hit`: 1 or 0, or an amount; `size`: what amounts are out of."""

    day: date
    hit: float
    size: float = 1.0
    excluded: bool = False


Count = Callable[[Matter], Iterable[Counted]]


def _case(when: date | None, hit: float, *, excluded: bool = False, size: float = 1.0) -> list[Counted]:
    return [] if when is None else [Counted(when, float(hit), size, excluded)]


def _limit(kind: str) -> Count:
    return lambda each: _case(
        due_day(each, kind), result(each, kind) == "missed", excluded=result(each, kind) == "not owed"
    )


def _of_last_answer(hit: Callable[[dict[str, Any]], float]) -> Count:
    def count(each: Matter) -> list[Counted]:
        newest = last_answer(each)
        return [] if newest is None else _case(day(seconds(newest["at"])), hit(newest))

    return count


def _every_answer(each: Matter) -> list[Counted]:
    return [
        Counted(day(seconds(answer["at"])) or date.min, float(answer["score"] >= 4))
        for answer in each.answers
        if answer["score"]
    ]


def _response(each: Matter) -> list[Counted]:
    first = first_response(each)
    soon = each.ended is not None and int(each.ended - each.received) <= DAY
    over = each.row["outcome"] in ("withdrawn", "merged", "passed_on", "enquiry_answered", "unknown")
    hit = first is not None and first <= DAY
    return _case(day(each.received), hit, excluded=first is None and soon and over)


def _cost(name: str) -> Count:
    return lambda each: _case(day(each.ended), float(each.row[name] or 0), excluded=each.row[name] is None)


def _paused(each: Matter) -> list[Counted]:
    return _case(day(each.ended), paused(each), size=int((each.ended or 0.0) - each.received))


def _dispatched(each: Matter) -> list[Counted]:
    return _case(day(each.received), given_again(each) == 0) if each.row["lead"] else []


def _loop_day(each: Matter) -> date | None:
    return due_day(each, "resolve", 3 * DAY)


COUNTS: dict[str, Count] = {
    "response": _response,
    "loop": lambda each: _case(_loop_day(each), loop_closed(each)),
    "loop_handled": lambda each: _case(
        _loop_day(each), loop_closed(each), excluded=each.ended is not None and not asked_about(each)
    ),
    "second_home": lambda each: _case(day(each.ended), each.row["round"] > 1 or each.followed[0]),
    "second_place": lambda each: _case(day(each.ended), each.row["round"] > 1 or each.followed[1]),
    "solved": _of_last_answer(lambda answer: answer["outcome"] == "solved"),
    "satisfied": _of_last_answer(lambda answer: answer["score"] >= 4),
    "satisfied_every": _every_answer,
    "score": _of_last_answer(lambda answer: answer["score"]),
    "coverage": lambda each: _case(day(each.ended), reached(each), excluded=not asked_about(each)),
    "in_time": lambda each: _case(
        due_day(each, "resolve"), result(each, "resolve") == "kept", excluded=result(each, "resolve") == "not owed"
    ),
    "escalated": lambda each: _case(day(each.received), supervised(each) or each.row["level"] > 0),
    "returned": lambda each: _case(
        day(each.received), any(task["said"].get("objected") is True for task in each.tasks if task["state"] == "done")
    ),
    "unfounded": lambda each: _case(day(each.received), each.row["outcome"] == "unfounded"),
    "dispatched_once": _dispatched,
    "per_homes": lambda each: _case(day(each.received), 1),
    "paused": _paused,
    **{f"missed_{kind}": _limit(kind) for kind in ("acknowledge", "first_response", "plan", "resolve", "callback")},
    "cost_planned": _cost("planned_cost"),
    "cost_actual": _cost("actual_cost"),
}

WAITS = {
    "response": 1, "second_home": 30, "second_place": 30, "escalated": 30, "unfounded": 30, "returned": 7,
    "dispatched_once": 7,
}  # fmt: skip
"""Days until a day's figure is known, after it is over."""

CUTS: dict[str, Callable[[Matter], object]] = {
    "all": lambda each: "",
    "community": lambda each: each.community,
    "department": lambda each: each.row["department"],
    "area": lambda each: each.row["category"][:2],
    "category": lambda each: each.row["category"],
    "urgency": lambda each: each.row["urgency"],
    "channel": lambda each: each.row["channel"],
    "building": lambda each: each.building,
    "person": person,
    "hour": lambda each: datetime.fromtimestamp(each.received, SHANGHAI).hour,
}

Figure = tuple[float, int, float, int, int]
"""hit, of, size of amounts, excluded, immature."""


def figures(
    matters: Iterable[Matter], measure: str, cut: str, since: date, until: date, now: datetime
) -> dict[str, Figure]:
    """A measure by group, as the product says it."""
    over = now.astimezone(SHANGHAI) - timedelta(days=WAITS.get(measure, 0))
    known = min(until, over.date())
    found: dict[str, list[float]] = defaultdict(lambda: [0.0, 0, 0.0, 0, 0])
    for matter in matters:
        for each in matter.counts[measure]:
            if not since <= each.day < until:
                continue
            tally = found[matter.codes[cut]]
            if each.day >= known:
                tally[4] += not each.excluded
            elif each.excluded:
                tally[3] += 1
            else:
                tally[0], tally[1], tally[2] = tally[0] + each.hit, tally[1] + 1, tally[2] + each.size
    return {code: (hit, int(of), size, int(out), int(later)) for code, (hit, of, size, out, later) in found.items()}
