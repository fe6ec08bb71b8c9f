"""for, some, every and filters. Each round is charged by the weight of what it evaluates."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from engine.feel import syntax
from engine.feel.bounds import SIZE
from engine.feel.builtins.strings import whole
from engine.feel.errors import BoundReached
from engine.feel.frames import Code, Frame
from engine.feel.timeline import Date, own
from engine.feel.values import NUMBER, Range, decimal, kind

Build = Callable[[syntax.Node], Code]
Items = Iterable[object] | None
Rounds = Callable[[Frame], Iterator[Frame | None]]


def repeat(node: syntax.For, build: Build) -> Code:
    """Evaluate `for … return …`; `partial` is the list made so far."""
    rounds, body = nest(node.iterators, build, keeps(node.body)), build(node.body)
    weight = node.weight + 1

    def work(frame: Frame) -> list[object] | None:
        made: list[object] = []
        run = frame.run
        for inner in rounds(Frame({"partial": made}, frame, run)):
            if inner is None:
                return None
            run.spend(weight)
            made.append(body(inner))
            if len(made) > SIZE:
                raise BoundReached("size of result", SIZE)
        return made

    return work


def quantify(node: syntax.Quantified, build: Build) -> Code:
    """Evaluate `some` or `every … satisfies …`, three-valued; null where a round gives neither true, false nor null."""
    rounds, condition = nest(node.iterators, build, keeps(node.condition)), build(node.condition)
    weight, decisive = node.weight + 1, not node.every

    def work(frame: Frame) -> bool | None:
        answer: bool | None = not decisive
        run = frame.run
        for inner in rounds(frame):
            if inner is None:
                return None
            run.spend(weight)
            value: object = condition(inner)
            if value is decisive:
                answer = decisive
            elif value is None:
                answer = answer if answer is decisive else None
            elif not isinstance(value, bool):
                return None
        return answer

    return work


def keeps(body: syntax.Node) -> bool:
    """Return whether the body makes functions, which keep the frame of their round; otherwise all rounds share one."""
    return any(isinstance(part, syntax.FunctionOf) for part in body.walk())


def nest(iterators: tuple[syntax.Iterator, ...], build: Build, kept: bool) -> Rounds:
    """Return the frames of all rounds, the last iterator varying fastest. A frame of None: one of them has no list."""
    name, items = iterators[0].name, domain(iterators[0], build)
    turn = _kept_rounds if kept else _shared_rounds
    if len(iterators) == 1:
        return lambda frame: turn(name, items(frame), frame)
    inner = nest(iterators[1:], build, kept)

    def rounds(frame: Frame) -> Iterator[Frame | None]:
        for outer in turn(name, items(frame), frame):
            if outer is None:
                yield None
                return
            frame.run.spend(1)
            yield from inner(outer)

    return rounds


def _shared_rounds(name: str, items: Items, frame: Frame) -> Iterator[Frame | None]:
    if items is None:
        yield None
        return
    names: dict[str, object] = {}
    inner = Frame(names, frame, frame.run)
    for item in items:
        names[name] = item
        yield inner


def _kept_rounds(name: str, items: Items, frame: Frame) -> Iterator[Frame | None]:
    if items is None:
        yield None
        return
    for item in items:
        yield Frame({name: item}, frame, frame.run)


def domain(iterator: syntax.Iterator, build: Build) -> Callable[[Frame], Items]:
    """Return what an iterator runs over: a list, a range of whole numbers or dates, or from one end to the other."""
    source = build(iterator.source)
    if iterator.end is None:
        return lambda frame: _items(source(frame))
    end = build(iterator.end)
    return lambda frame: _counted(source(frame), end(frame))


def _items(value: object) -> Items:
    if isinstance(value, list | tuple):
        return value
    if isinstance(value, Range):
        return _span(value)
    return None if value is None else [value]


def _span(span: Range) -> Items:
    values = _counted(span.start, span.end)
    if values is None or (span.start_included and span.end_included):
        return values
    return (
        value
        for value in values
        if (span.start_included or value != span.start) and (span.end_included or value != span.end)
    )


def _counted(start: object, end: object) -> Items:
    """Count from start to end, by one, up or down; None when they are neither whole numbers nor dates."""
    if kind(start) == kind(end) == NUMBER:
        low, high = whole(decimal(start)), whole(decimal(end))
        if low is None or high is None:
            return None
        step = 1 if low <= high else -1
        return map(Decimal, range(low, high + step, step))
    first, last = own(start), own(end)
    if isinstance(first, Date) and isinstance(last, Date):
        step = 1 if first <= last else -1
        return map(Date, range(first.ordinal, last.ordinal + step, step))
    return None


def select(node: syntax.Filter, build: Build) -> Code:
    """Evaluate `list[condition]`, or `list[position]`. The condition sees `item` and, of a context, its entries."""
    source, condition, weight = build(node.source), build(node.condition), node.weight + 1
    kept_frames = keeps(node.condition)

    def work(frame: Frame) -> object:
        value = source(frame)
        items = value if isinstance(value, list) else _as_list(value)
        run = frame.run
        if not items:
            return None if kind(condition(frame)) == NUMBER else []
        kept: list[object] = []
        inner = Frame({}, frame, run)
        for item in items:
            run.spend(weight)
            if kept_frames:
                inner = Frame({}, frame, run)
            inner.names = _names(item)
            answer = condition(inner)
            if answer is True:
                kept.append(item)
            elif answer is not False and kind(answer) == NUMBER:
                return _at(items, decimal(answer))
        return kept

    return work


def _as_list(value: object) -> list[object]:
    if isinstance(value, tuple):
        return list(value)
    return [] if value is None else [value]


def _names(item: object) -> dict[str, object]:
    if isinstance(item, dict):
        return item if "item" in item else {**item, "item": item}
    return {"item": item}


def _at(items: list[object], position: Decimal) -> object:
    at = whole(position)
    if not at or abs(at) > len(items):
        return None
    found = items[at - 1 if at > 0 else at]
    return decimal(found) if type(found) is float else found
