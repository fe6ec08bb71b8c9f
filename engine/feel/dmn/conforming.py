"""Convert values to their declared type: what does not fit becomes null, as the standard says."""

from collections.abc import Mapping, Sequence

from engine.feel.dmn.graph import Graph
from engine.feel.dmn.types import ItemType
from engine.feel.expression import compile_tests
from engine.feel.frames import Frame, Function
from engine.feel.kinds import SIMPLE, SYNONYMS
from engine.feel.operators import instant
from engine.feel.values import DATE, FUNCTION, MOMENT, kind


def conform(value: object, type: str | None, graph: Graph, frame: Frame) -> object:
    """Return the value in this type: a list of one for its item and the reverse; null where it does not fit."""
    if value is None or type is None:
        return value
    name = simple(type)
    if name in SIMPLE:
        return _simple(value, name)
    found = graph.type(type)
    return value if found is None else _item(value, found[0], found[1], frame)


def conform_all(
    values: Sequence[object], types: Sequence[str | None], graph: Graph, frame: Frame
) -> tuple[object, ...] | None:
    """Return a call's arguments in their types; None where one does not fit, so that the call is null."""
    made = tuple(conform(value, type, graph, frame) for value, type in zip(values, types, strict=True))
    unfit = any(value is not None and after is None for value, after in zip(values, made, strict=True))
    return None if unfit else made


def results_in(type: str | None, function: object, graph: Graph) -> object:
    """Return the function with its results in this type, which may also be that of the function as a whole."""
    found = None if type is None else graph.type(type)
    wanted = found[0].gives if found is not None and found[0].function else type
    if not isinstance(function, Function) or wanted is None or simple(wanted) == FUNCTION:
        return function
    code = function.code
    return Function(
        function.parameters,
        function.accepts,
        lambda frame: conform(code(frame), wanted, graph, frame),
        function.frame,
        function.weight,
    )


def belongs(value: object, name: str, graph: Graph) -> bool:
    """Return whether the value has the shape of the named item type, as `instance of` asks.

    Nothing is converted, and what the type allows does not count (as the conformance kit takes it).
    """
    found = graph.type(name)
    return found is not None and _shaped(value, found[0], found[1])


def _shaped(value: object, type: ItemType, graph: Graph, whole: bool = True) -> bool:
    if type.function:
        return kind(value) == FUNCTION
    if type.collection and whole:
        return isinstance(value, list) and all(item is None or _shaped(item, type, graph, False) for item in value)
    if type.parts:
        return isinstance(value, Mapping) and all(
            part.name in value and (value[part.name] is None or _shaped(value[part.name], part, graph))
            for part in type.parts
        )
    base = simple(type.base or "Any")
    if base == "Any":
        return True
    return kind(value) == base if base in SIMPLE else belongs(value, base, graph)


def simple(type: str) -> str:
    """Return a type's name without the prefix of older versions (feel:string)."""
    name = type.removeprefix("feel:")
    return SYNONYMS.get(name, name)


def _simple(value: object, name: str) -> object:
    what = kind(value)
    if what == name:
        return value
    if name == MOMENT and what == DATE:
        return instant(value)
    if name == "list":
        return [value]
    if isinstance(value, list) and len(value) == 1 and kind(value[0]) == name:
        return value[0]
    return None


def _item(value: object, type: ItemType, graph: Graph, frame: Frame) -> object:
    if type.function:
        return value if kind(value) == FUNCTION else None
    if not type.collection:
        if isinstance(value, list) and len(value) == 1 and not _is_list(type, graph):
            value = value[0]
        return _checked(_one(value, type, graph, frame), type, frame)
    items = value if isinstance(value, list) else [value]
    frame.run.spend(1 + len(items))
    made = [_one(item, type, graph, frame) for item in items]
    conformed = [item if _allows(item, type, frame) else None for item in made]
    if any(item is not None and after is None for item, after in zip(items, conformed, strict=True)):
        return None
    return conformed if not type.constraint or _holds(type.constraint, conformed, frame) else None


def _is_list(type: ItemType, graph: Graph) -> bool:
    """Return whether the type is a list by what it refers to."""
    if type.base is None:
        return False
    found = graph.type(type.base)
    return simple(type.base) == "list" or (found is not None and (found[0].collection or _is_list(found[0], found[1])))


def _one(value: object, type: ItemType, graph: Graph, frame: Frame) -> object:
    if not type.parts:
        return conform(value, type.base, graph, frame)
    if not isinstance(value, Mapping):
        return None
    made = dict(value)
    for part in type.parts:
        if part.name not in value:
            return None
        if value[part.name] is None:
            continue
        made[part.name] = _item(value[part.name], part, graph, frame)
        if made[part.name] is None:
            return None
    return made


def _checked(value: object, type: ItemType, frame: Frame) -> object:
    """Return the value if it keeps to what the type allows, otherwise null."""
    if not _allows(value, type, frame):
        return None
    return value if value is None or not type.constraint or _holds(type.constraint, value, frame) else None


def _allows(value: object, type: ItemType, frame: Frame) -> bool:
    return value is None or not type.allowed or _holds(type.allowed, value, frame)


def _holds(tests: str, value: object, frame: Frame) -> bool:
    return compile_tests(tests).ask(value, frame) is True
