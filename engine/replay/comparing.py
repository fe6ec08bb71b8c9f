"""What would have been different for one complaint, and why: how it went, and how it goes on the draft."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from engine.feel import dmn
from engine.feel.dmn import Rule
from engine.replay.life import Life, Release, Words
from engine.replay.past import Past

Why = tuple[str, str, str]
"""One reason: what ("table:limits", "step:" and its names, "way"), before, after."""

MOST_REASONS = 12
UNDECIDED = "?"


@dataclass(slots=True)
class Compared:
    """One complaint, before and after; lists hold both. JSON can hold it.

    what: codes of what differs: "grade", "department", "limits", "later", "sooner", "higher", "lower", "way". urgency,
    department, rung: before and after ("?": unknown). late: the kinds of limits that were not kept, before and after.
    unknown: why the draft's way does not come to an end; odd: why the past could not be lived again at all.
    """

    id: int
    number: str
    version: int
    what: list[str] = field(default_factory=list)
    urgency: list[str] = field(default_factory=list)
    department: list[str] = field(default_factory=list)
    late: list[list[str]] = field(default_factory=list)
    rung: list[int] = field(default_factory=list)
    why: list[Why] = field(default_factory=list)
    unknown: Words | None = None
    odd: Words | None = None

    def facts(self) -> dict[str, Any]:
        """Return it for JSON."""
        return asdict(self)


def is_as_recorded(past: Past, life: Life) -> bool:
    """Return whether a life on its own version went as the record says: the same ways, the same limits, kept alike."""
    known = {(each.kind, each.round, each.limit_seconds, each.was_kept) for each in past.limits}
    lived = {(each.kind, each.round, int(each.length.total_seconds()), each.was_kept) for each in life.limits.every}
    return life.stopped is None and life.flows == past.flows and known == lived


def compare(past: Past, version: int, before: tuple[Release, Life], after: tuple[Release, Life]) -> Compared:
    """Compare a life on the version that it ran on with one on the draft."""
    (old, was), (new, now) = before, after
    found = Compared(past.complaint.id, past.complaint.number, version, unknown=now.stopped)
    found.urgency = [_said(was.graded, "urgency"), _said(now.graded, "urgency") if now.graded else UNDECIDED]
    found.department = [_department(was), _department(now) if now.stopped is None or now.opened else UNDECIDED]
    found.late = [_late(was), _late(now)]
    found.rung = [max(was.rungs.values(), default=0), max(now.rungs.values(), default=0)]
    found.what = list(_differences(found, was, now))
    if found.what:
        found.why = list(dict.fromkeys([*_tables(old, new, was, now), *_steps(was, now), *_ways(was, now)]))[
            :MOST_REASONS
        ]
    return found


def _differences(found: Compared, was: Life, now: Life) -> Iterator[str]:
    complete = now.stopped is None
    if UNDECIDED not in found.urgency and found.urgency[0] != found.urgency[1]:
        yield "grade"
    if _elsewhere(was, now):
        yield "department"
    if _lengths(was, now, complete):
        yield "limits"
    kept_before, kept_after = _kept(was), _kept(now)
    both = kept_before.keys() & kept_after.keys()
    if any(kept_before[each] and not kept_after[each] for each in both):
        yield "later"
    if any(not kept_before[each] and kept_after[each] for each in both):
        yield "sooner"
    if complete and found.rung[1] != found.rung[0]:
        yield "higher" if found.rung[1] > found.rung[0] else "lower"
    if complete and _main(was) != _main(now):
        yield "way"


# ---- what is compared ------------------------------------------------------------------------------------------------


def _said(variables: Mapping[str, object], name: str) -> str:
    value = variables.get(name)
    return value if isinstance(value, str) else ""


def _department(life: Life) -> str:
    """Return the department that the complaint was proposed for."""
    return _said(life.graded, "department")


def _late(life: Life) -> list[str]:
    return sorted({each.kind for each in life.limits.every if each.was_kept is False})


def _kept(life: Life) -> dict[tuple[str, int], bool]:
    """Return whether each limit was kept, by kind and round; those that have not ended are unknown."""
    return {(each.kind, each.round): each.was_kept for each in life.limits.every if each.was_kept is not None}


def _lengths(was: Life, now: Life, complete: bool) -> bool:
    """Return whether a limit is another; in a life that stopped, only those that both had count."""
    before, after = (
        {(each.kind, each.round): (each.length, each.clock, each.latest) for each in life.limits.every}
        for life in (was, now)
    )
    both = before.keys() & after.keys()
    return any(before[each] != after[each] for each in both) or (complete and before.keys() != after.keys())


def _elsewhere(was: Life, now: Life) -> list[tuple[str, str, str]]:
    """Return the steps that would have been for somebody else: name, for whom before and after."""
    before, after = _groups(was), _groups(now)
    return [
        (name, before[key][1], after[key][1])
        for key, (name, _group) in before.items()
        if key in after and before[key][1] != after[key][1]
    ]


def _groups(life: Life) -> dict[tuple[str, int], tuple[str, str]]:
    """Return the name of each step of the handling and whom it was for, by its id and how often it had come before."""
    found: dict[tuple[str, int], tuple[str, str]] = {}
    for each in life.opened:
        if each.main:
            times = sum(key[0] == each.element for key in found)
            found[each.element, times] = (each.said, each.group)
    return found


def _main(life: Life) -> list[str]:
    """Return the steps of the handling in the order of their ids, each as often as it came."""
    return sorted(each.element for each in life.opened if each.main)


# ---- why -------------------------------------------------------------------------------------------------------------


def _tables(old: Release, new: Release, was: Life, now: Life) -> Iterator[Why]:
    """Rows that matched before and after, table by table, as far as they say something else."""
    for decision in dict.fromkeys(each for each, _rules in was.rules):
        before = [rules for name, rules in was.rules if name == decision]
        after = [rules for name, rules in now.rules if name == decision]
        for one, other in zip(before, after, strict=False):
            left, right = _rows(old, decision, one), _rows(new, decision, other)
            before_said, after_said = ([each.said for each in rows] for rows in (left, right))
            gone = [each for each in left if each.said not in after_said]
            came = [each for each in right if each.said not in before_said]
            if gone or came:
                yield f"table:{decision}", _rows_text(gone), _rows_text(came)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row that matched: its number, its cells, and what it says of them."""

    number: int
    cells: tuple[str, ...]
    said: tuple[str, ...]


def _rows(release: Release, decision: str, numbers: tuple[int, ...]) -> list[_Row]:
    model = release.tables.get(decision)
    table: dmn.Decision | None = model.decisions.get(decision) if model else None
    rules: dict[int, Rule] = {rule.number: rule for rule in table.rules} if table else {}
    return [
        _Row(each, (*rules[each].inputs, *rules[each].outputs), rules[each].outputs)
        for each in numbers
        if each in rules
    ]


def _rows_text(rows: list[_Row]) -> str:
    """Return rows as the page reads them: the number, then the cells."""
    return "\n".join("\t".join((str(row.number), *row.cells)) for row in rows)


def _steps(was: Life, now: Life) -> Iterator[Why]:
    for name, before, after in _elsewhere(was, now):
        yield f"step:{name}", before, after


def _ways(was: Life, now: Life) -> Iterator[Why]:
    if now.stopped is not None:
        return
    before, after = ([each.said for each in life.opened if each.main] for life in (was, now))
    gone, came = [each for each in before if each not in after], [each for each in after if each not in before]
    if gone or came:
        yield "way", "\n".join(dict.fromkeys(gone)), "\n".join(dict.fromkeys(came))
