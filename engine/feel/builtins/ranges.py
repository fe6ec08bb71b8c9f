"""Functions on ranges and points: before, after, meets, overlaps and the rest of Allen's relations."""

from engine.feel import cursor, operators, parser, syntax
from engine.feel.bounds import Run
from engine.feel.builtins.conversions import FROM_TEXT, NOT_CONSTANT, constant
from engine.feel.builtins.registry import builtin
from engine.feel.errors import FeelError
from engine.feel.values import Range

Answer = bool | None


def _and(*answers: Answer) -> Answer:
    return operators.every(list(answers))


def _or(*answers: Answer) -> Answer:
    return operators.some(list(answers))


def _eq(run: Run, a: object, b: object) -> Answer:
    return operators.equal(a, b, run)


def _precedes(run: Run, a: Range, b: Range) -> Answer:
    """Return whether a ends before b starts, or at the same point if one of them excludes it."""
    apart = not a.end_included or not b.start_included
    return _or(operators.less(a.end, b.start), _and(apart, _eq(run, a.end, b.start)))


@builtin("before", "range1: range, range2: range")
def _before_ranges(run: Run, a: Range, b: Range) -> Answer:
    return _precedes(run, a, b)


@builtin("before", "point: any, range: range")
def _before_point_range(run: Run, point: object, range: Range) -> Answer:
    return _or(operators.less(point, range.start), _and(not range.start_included, _eq(run, point, range.start)))


@builtin("before", "range: range, point: any")
def _before_range_point(run: Run, range: Range, point: object) -> Answer:
    return _or(operators.less(range.end, point), _and(not range.end_included, _eq(run, range.end, point)))


@builtin("before", "point1: any, point2: any")
def _before_points(run: Run, a: object, b: object) -> Answer:
    return operators.less(a, b)


@builtin("after", "range1: range, range2: range")
def _after_ranges(run: Run, a: Range, b: Range) -> Answer:
    return _precedes(run, b, a)


@builtin("after", "point: any, range: range")
def _after_point_range(run: Run, point: object, range: Range) -> Answer:
    return _or(operators.less(range.end, point), _and(not range.end_included, _eq(run, range.end, point)))


@builtin("after", "range: range, point: any")
def _after_range_point(run: Run, range: Range, point: object) -> Answer:
    return _or(operators.less(point, range.start), _and(not range.start_included, _eq(run, point, range.start)))


@builtin("after", "point1: any, point2: any")
def _after_points(run: Run, a: object, b: object) -> Answer:
    return operators.less(b, a)


@builtin("meets", "range1: range, range2: range")
def _meets(run: Run, a: Range, b: Range) -> Answer:
    return _and(a.end_included and b.start_included, _eq(run, a.end, b.start))


@builtin("met by", "range1: range, range2: range")
def _met_by(run: Run, a: Range, b: Range) -> Answer:
    return _and(a.start_included and b.end_included, _eq(run, a.start, b.end))


def _starts_before_end(run: Run, a: Range, b: Range) -> Answer:
    """Return whether a begins before b ends, or at that point."""
    return _or(operators.less(a.start, b.end), _and(a.start_included and b.end_included, _eq(run, a.start, b.end)))


@builtin("overlaps", "range1: range, range2: range")
def _overlaps(run: Run, a: Range, b: Range) -> Answer:
    return _and(_starts_before_end(run, a, b), _starts_before_end(run, b, a))


def _earlier_start(run: Run, a: Range, b: Range) -> Answer:
    return _or(
        operators.less(a.start, b.start),
        _and(a.start_included and not b.start_included, _eq(run, a.start, b.start)),
    )


def _earlier_end(run: Run, a: Range, b: Range) -> Answer:
    return _or(operators.less(a.end, b.end), _and(not a.end_included and b.end_included, _eq(run, a.end, b.end)))


@builtin("overlaps before", "range1: range, range2: range")
def _overlaps_before(run: Run, a: Range, b: Range) -> Answer:
    return _and(_earlier_start(run, a, b), _starts_before_end(run, b, a), _ends_within(run, a, b))


@builtin("overlaps after", "range1: range, range2: range")
def _overlaps_after(run: Run, a: Range, b: Range) -> Answer:
    return _and(_earlier_start(run, b, a), _starts_before_end(run, a, b), _ends_within(run, b, a))


def _same_start(run: Run, a: Range, b: Range) -> Answer:
    return _and(a.start_included == b.start_included, _eq(run, a.start, b.start))


def _same_end(run: Run, a: Range, b: Range) -> Answer:
    return _and(a.end_included == b.end_included, _eq(run, a.end, b.end))


def _ends_within(run: Run, a: Range, b: Range) -> Answer:
    """Return whether a ends no later than b."""
    return _or(_same_end(run, a, b), _earlier_end(run, a, b))


def _starts_within(run: Run, a: Range, b: Range) -> Answer:
    """Return whether a starts no earlier than b."""
    return _or(_same_start(run, a, b), _earlier_start(run, b, a))


@builtin("finishes", "range1: range, range2: range")
def _finishes(run: Run, a: Range, b: Range) -> Answer:
    return _and(_same_end(run, a, b), _starts_within(run, a, b))


@builtin("finishes", "point: any, range: range")
def _finishes_point(run: Run, point: object, range: Range) -> Answer:
    return _and(range.end_included, _eq(run, range.end, point))


@builtin("finished by", "range1: range, range2: range")
def _finished_by(run: Run, a: Range, b: Range) -> Answer:
    return _and(_same_end(run, a, b), _starts_within(run, b, a))


@builtin("finished by", "range: range, point: any")
def _finished_by_point(run: Run, range: Range, point: object) -> Answer:
    return _and(range.end_included, _eq(run, range.end, point))


@builtin("includes", "range1: range, range2: range")
def _includes(run: Run, a: Range, b: Range) -> Answer:
    return _and(_starts_within(run, b, a), _ends_within(run, b, a))


@builtin("includes", "range: range, point: any")
def _includes_point(run: Run, range: Range, point: object) -> Answer:
    return operators.within(point, range, run)


@builtin("during", "range1: range, range2: range")
def _during(run: Run, a: Range, b: Range) -> Answer:
    return _and(_starts_within(run, a, b), _ends_within(run, a, b))


@builtin("during", "point: any, range: range")
def _during_point(run: Run, point: object, range: Range) -> Answer:
    return operators.within(point, range, run)


@builtin("starts", "range1: range, range2: range")
def _starts(run: Run, a: Range, b: Range) -> Answer:
    return _and(_same_start(run, a, b), _ends_within(run, a, b))


@builtin("starts", "point: any, range: range")
def _starts_point(run: Run, point: object, range: Range) -> Answer:
    return _and(range.start_included, _eq(run, range.start, point))


@builtin("started by", "range1: range, range2: range")
def _started_by(run: Run, a: Range, b: Range) -> Answer:
    return _and(_same_start(run, a, b), _ends_within(run, b, a))


@builtin("started by", "range: range, point: any")
def _started_by_point(run: Run, range: Range, point: object) -> Answer:
    return _and(range.start_included, _eq(run, range.start, point))


@builtin("coincides", "range1: range, range2: range")
def _coincides(run: Run, a: Range, b: Range) -> Answer:
    return _and(_same_start(run, a, b), _same_end(run, a, b))


@builtin("coincides", "point1: any, point2: any")
def _coincides_points(run: Run, a: object, b: object) -> Answer:
    return _eq(run, a, b)


ENDPOINT_NAMES = cursor.index(FROM_TEXT)


@builtin("range", "from: string")
def _range(run: Run, text: str) -> Range | None:
    """Parse a range; its ends are literals, or date(…), time(…), date and time(…), duration(…) of one."""
    try:
        node = parser.parse_expression(text, ENDPOINT_NAMES).node
    except FeelError:
        return None
    if not isinstance(node, syntax.RangeOf):
        return None
    ends = [_endpoint(end) for end in (node.start, node.end)]
    if None in ends and (ends == [None, None] or node.start is None or node.end is None):
        return None
    start, end = ends
    if (start is None and node.start_included) or (end is None and node.end_included):
        return None
    if start is not None and end is not None and operators.at_most(start, end, run) is not True:
        return None
    return Range(start, end, node.start_included, node.end_included)


def _endpoint(node: syntax.Node | None) -> object:
    found = constant(node) if node else None
    return None if found is NOT_CONSTANT else found
