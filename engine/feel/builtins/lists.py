"""Functions on lists. Positions count from 1, negative ones from the end."""

from collections.abc import Callable
from decimal import Decimal
from functools import cmp_to_key

from engine.feel import operators
from engine.feel.bounds import Run
from engine.feel.builtins.registry import builtin
from engine.feel.frames import Function
from engine.feel.values import CONTEXT, DAYS, MONTHS, NUMBER, decimal, finite, kind

Items = list[object]


@builtin("list contains", "list: list, element: any")
def _contains(run: Run, list: Items, element: object) -> bool:
    run.spend(len(list))
    return any(operators.equal(item, element, run) is True for item in list)


@builtin("count", "list: list")
def _count(run: Run, list: Items) -> Decimal:
    return Decimal(len(list))


def _spread(items: Items) -> Items:
    """Return a list given as the only argument, or the arguments themselves."""
    if len(items) == 1 and isinstance(items[0], list | tuple):
        return list(items[0])
    return items


def _extreme(run: Run, items: Items, better: Callable[[object, object], bool | None]) -> object:
    run.spend(len(items))
    if not items or any(item is None for item in items):
        return None
    best = items[0]
    for item in items[1:]:
        answer = better(item, best)
        if answer is None:
            return None
        if answer:
            best = item
    return decimal(best) if kind(best) == NUMBER else best


@builtin("min", "*list: any")
def _min(run: Run, items: Items) -> object:
    return _extreme(run, _spread(items), operators.less)


@builtin("max", "*list: any")
def _max(run: Run, items: Items) -> object:
    return _extreme(run, _spread(items), lambda a, b: operators.less(b, a))


def _numbers(run: Run, items: Items) -> list[Decimal] | None:
    spread = _spread(items)
    run.spend(len(spread))
    if not spread or any(kind(item) != NUMBER for item in spread):
        return None
    return [decimal(item) for item in spread]


def _added(numbers: list[Decimal]) -> Decimal | None:
    total = Decimal(0)
    for number in numbers:
        total = CONTEXT.add(total, number)
    return finite(total)


@builtin("sum", "*list: any")
def _sum(run: Run, items: Items) -> object:
    spread = _spread(items)
    if spread and all(kind(item) in (DAYS, MONTHS) for item in spread):
        total = spread[0]
        for item in spread[1:]:
            total = operators.arithmetic("+", total, item, run)
        return total
    numbers = _numbers(run, items)
    return None if numbers is None else _added(numbers)


@builtin("product", "*list: any")
def _product(run: Run, items: Items) -> Decimal | None:
    numbers = _numbers(run, items)
    if numbers is None:
        return None
    total = Decimal(1)
    for number in numbers:
        total = CONTEXT.multiply(total, number)
    return finite(total)


@builtin("mean", "*list: any")
def _mean(run: Run, items: Items) -> Decimal | None:
    numbers = _numbers(run, items)
    total = None if numbers is None else _added(numbers)
    return None if total is None or numbers is None else finite(CONTEXT.divide(total, Decimal(len(numbers))))


@builtin("median", "*list: any")
def _median(run: Run, items: Items) -> Decimal | None:
    numbers = _numbers(run, items)
    if numbers is None:
        return None
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return finite(CONTEXT.divide(CONTEXT.add(ordered[middle - 1], ordered[middle]), Decimal(2)))


@builtin("stddev", "*list: any")
def _stddev(run: Run, items: Items) -> Decimal | None:
    """Return the sample's standard deviation."""
    numbers = _numbers(run, items)
    if numbers is None or len(numbers) < 2:
        return None
    total = _added(numbers)
    if total is None:
        return None
    mean = CONTEXT.divide(total, Decimal(len(numbers)))
    squares = _added([CONTEXT.power(CONTEXT.subtract(number, mean), Decimal(2)) for number in numbers])
    return None if squares is None else finite(CONTEXT.sqrt(CONTEXT.divide(squares, Decimal(len(numbers) - 1))))


@builtin("mode", "*list: any")
def _mode(run: Run, items: Items) -> list[Decimal] | None:
    spread = _spread(items)
    if not spread:
        return []
    numbers = _numbers(run, items)
    if numbers is None:
        return None
    counts: dict[Decimal, int] = {}
    for number in numbers:
        counts[number] = counts.get(number, 0) + 1
    most = max(counts.values())
    return sorted(number for number, count in counts.items() if count == most)


@builtin("all", "*list: any")
def _all(run: Run, items: Items) -> bool | None:
    spread = _spread(items)
    run.spend(len(spread))
    return operators.every([item if isinstance(item, bool) else None for item in spread])


@builtin("any", "*list: any")
def _any(run: Run, items: Items) -> bool | None:
    spread = _spread(items)
    run.spend(len(spread))
    return operators.some([item if isinstance(item, bool) else None for item in spread])


@builtin("sublist", "list: list, start position: number, length: number?")
def _sublist(run: Run, list: Items, start: Decimal, length: Decimal | None = None) -> Items | None:
    begin = _index(list, start)
    if begin is None or (length is not None and length < 1):
        return None
    end = len(list) if length is None else begin + int(min(length, Decimal(len(list) + 1)))
    if end > len(list):
        return None
    run.made_list(end - begin)
    return list[begin:end]


@builtin("append", "list: list, item: any")
def _append(run: Run, list: Items, item: object) -> Items:
    run.made_list(len(list) + 1)
    return [*list, item]


@builtin("append", "*list: any")
def _append_several(run: Run, arguments: Items) -> Items | None:
    if len(arguments) < 2 or arguments[0] is None:
        return None
    return _concatenate(run, [arguments[0], arguments[1:]])


@builtin("concatenate", "*list: any")
def _concatenate(run: Run, lists: Items) -> Items | None:
    joined: Items = []
    for part in lists:
        if part is None:
            return None
        items = part if isinstance(part, list | tuple) else [part]
        run.made_list(len(joined) + len(items))
        joined.extend(items)
    return joined


@builtin("insert before", "list: list, position: number, newItem: any")
def _insert(run: Run, list: Items, position: Decimal, item: object) -> Items | None:
    at = _index(list, position)
    if at is None:
        return None
    run.made_list(len(list) + 1)
    return [*list[:at], item, *list[at:]]


@builtin("remove", "list: list, position: number")
def _remove(run: Run, list: Items, position: Decimal) -> Items | None:
    at = _index(list, position)
    if at is None:
        return None
    run.made_list(len(list))
    return list[:at] + list[at + 1 :]


@builtin("list replace", "list: list, position: number, newItem: any")
def _replace_at(run: Run, list: Items, position: Decimal, item: object) -> Items | None:
    at = _index(list, position)
    if at is None:
        return None
    run.made_list(len(list))
    return [*list[:at], item, *list[at + 1 :]]


@builtin("list replace", "list: list, match: function, newItem: any")
def _replace_matching(run: Run, list: Items, match: Callable[..., object], item: object) -> Items | None:
    if isinstance(match, Function) and len(match.parameters) != 2:
        return None
    run.made_list(len(list))
    answers = [match(old, item) for old in list]
    if not all(isinstance(answer, bool) for answer in answers):
        return None
    return [item if answer else old for old, answer in zip(list, answers, strict=True)]


def _index(list: Items, position: Decimal) -> int | None:
    """Return a position as Python's index, None when the list has none such; its whole part counts."""
    at = int(position) if abs(position) < len(list) + 1 else 0
    if not at:
        return None
    return at - 1 if at > 0 else len(list) + at


@builtin("reverse", "list: list")
def _reverse(run: Run, list: Items) -> Items:
    run.made_list(len(list))
    return list[::-1]


@builtin("index of", "list: list, match: any")
def _index_of(run: Run, list: Items, match: object) -> Items:
    run.spend(len(list))
    return [Decimal(at) for at, item in enumerate(list, 1) if operators.equal(item, match, run) is True]


@builtin("union", "*list: any")
def _union(run: Run, lists: Items) -> Items | None:
    joined = _concatenate(run, lists)
    return None if joined is None else _distinct(run, joined)


@builtin("distinct values", "list: list")
def _distinct(run: Run, list: Items) -> Items:
    kept: Items = []
    for item in list:
        run.spend(1 + len(kept))
        if not any(operators.equal(item, other, run) is True for other in kept):
            kept.append(item)
    return kept


@builtin("duplicate values", "list: list")
def _duplicates(run: Run, list: Items) -> Items:
    run.spend(len(list) * len(list))
    twice = [item for item in list if sum(operators.equal(item, other, run) is True for other in list) > 1]
    return _distinct(run, twice)


@builtin("flatten", "list: list")
def _flatten(run: Run, list: Items) -> Items:
    flat: Items = []
    _pour(run, list, flat)
    return flat


def _pour(run: Run, items: Items, into: Items) -> None:
    for item in items:
        run.spend(1)
        if isinstance(item, list | tuple):
            _pour(run, list(item), into)
        else:
            into.append(item)


@builtin("sort", "list: list, precedes: function?")
def _sort(run: Run, list: Items, precedes: Callable[..., object] | None = None) -> Items | None:
    if isinstance(precedes, Function) and len(precedes.parameters) != 2:
        return None
    order = precedes or operators.less
    if precedes is None and any(operators.less(list[0], item) is None for item in list[1:]):
        return None  # they have no order

    def before(a: object, b: object) -> int:
        run.spend(1)
        if order(a, b) is True:
            return -1
        return 1 if order(b, a) is True else 0

    run.made_list(len(list))
    return sorted(list, key=cmp_to_key(before))
