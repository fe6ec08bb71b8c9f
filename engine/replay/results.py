"""What a replay came to, counted: how many would differ in what, before and after; and which complaints those are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.complaints.core.codes import DEADLINES, URGENCIES
from engine.replay.comparing import UNDECIDED, Compared

WHATS: Mapping[str, tuple[str, str]] = {
    "any": ("会有不同", "something would differ"),
    "grade": ("紧急程度会不同", "graded differently"),
    "department": ("会交给别的部门或岗位", "for another department or role"),
    "limits": ("时限会不同", "other limits"),
    "later": ("会变成超时", "late where it was not"),
    "sooner": ("会变成不超时", "not late where it was"),
    "higher": ("会升到更高一级督办", "further up the ladder"),
    "lower": ("不会升到那么高", "not so far up the ladder"),
    "way": ("会走别的步骤", "through other steps"),
    "same": ("没有不同", "no difference"),
    "unknown": ("不知道", "unknown"),
    "odd": ("没法重演", "cannot be lived again"),
    "older": ("按较早版本办的", "ran on an earlier version"),
}
"""What a complaint can be listed for."""

RUNGS = range(1, 6)


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of the comparison: how many before and after. `before_what`, `after_what`: what lists them."""

    value: str
    before: int
    after: int
    before_what: str
    after_what: str


@dataclass(frozen=True, slots=True)
class Tally:
    """The numbers of a replay: each of `WHATS`, then before and after by urgency, department, limit and rung."""

    count: int
    whats: Mapping[str, int]
    bars: Mapping[str, Sequence[Bar]]


def tally(found: Sequence[Compared], newest: int) -> Tally:
    """Count. Before and after are those complaints whose end on the draft is known."""
    whats = {what: sum(fits(each, what, newest) for each in found) for what in WHATS}
    graded = [each for each in found if each.urgency and UNDECIDED not in each.urgency]
    sent = [each for each in found if each.department and UNDECIDED not in each.department]
    ended = [each for each in found if _ended(each)]
    departments = sorted({code for each in sent for code in each.department if code})
    bars = {
        "urgency": _bars(graded, "urgency", [code for code in URGENCIES if code], newest),
        "department": _bars(sent, "department", departments, newest),
        "late": _bars(ended, "late", list(DEADLINES), newest),
        "rung": _bars(ended, "rung", [str(each) for each in RUNGS], newest),
    }
    return Tally(len(found), whats, {name: each for name, each in bars.items() if each})


def _bars(found: Sequence[Compared], name: str, values: Sequence[str], newest: int) -> list[Bar]:
    bars = []
    for value in values:
        asked = f"{name}.0.{value}", f"{name}.1.{value}"
        before, after = (sum(fits(each, what, newest) for each in found) for what in asked)
        if before or after:
            bars.append(Bar(value, before, after, *asked))
    return bars


def _ended(each: Compared) -> bool:
    return each.odd is None and each.unknown is None


def fits(each: Compared, what: str, newest: int) -> bool:
    """Return whether a complaint is listed for `what`: one of `WHATS`, or a bar's; everything is for nothing."""
    match what:
        case "":
            return True
        case "any":
            return bool(each.what)
        case "same":
            return _ended(each) and not each.what
        case "unknown":
            return each.unknown is not None
        case "odd":
            return each.odd is not None
        case "older":
            return each.version != newest
    name, _dot, rest = what.partition(".")
    side, _dot, value = rest.partition(".")
    if not _dot:
        return what in each.what
    return _is(each, name, int(side == "1"), value)


def _is(each: Compared, name: str, side: int, value: str) -> bool:
    """Return whether a complaint has a value before (0) or after (1); its rung at least so high."""
    match name:
        case "urgency" | "department":
            both: list[str] = each.urgency if name == "urgency" else each.department
            return bool(both) and UNDECIDED not in both and both[side] == value
        case "late":
            return _ended(each) and bool(each.late) and value in each.late[side]
        case "rung":
            return _ended(each) and bool(each.rung) and value.isdecimal() and each.rung[side] >= int(value)
    return False


def listed(found: Sequence[Compared], what: str, number: str, newest: int) -> list[Compared]:
    """Return the complaints for `what` whose number contains `number`, in the order of the replay."""
    wanted = number.strip().upper()
    return [each for each in found if fits(each, what, newest) and wanted in each.number]
