"""Functions on contexts."""

from collections.abc import Mapping

from engine.feel.bounds import Run
from engine.feel.builtins.registry import builtin

Context = Mapping[str, object]


@builtin("get value", "m: context, key: string")
def _get_value(run: Run, m: Context, key: str) -> object:
    return m.get(key)


@builtin("get value", "m: context, keys: list")
def _get_deep(run: Run, m: Context, keys: list[object]) -> object:
    value: object = m
    for key in keys:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value if keys else None


@builtin("get entries", "m: context")
def _get_entries(run: Run, m: Context) -> list[object]:
    run.made_list(len(m))
    return [{"key": key, "value": value} for key, value in m.items()]


@builtin("context", "entries: list")
def _context(run: Run, entries: list[object]) -> Context | None:
    made: dict[str, object] = {}
    run.made_list(len(entries))
    for entry in entries:
        if not isinstance(entry, Mapping) or "value" not in entry:
            return None
        key = entry.get("key")
        if not isinstance(key, str) or key in made:
            return None
        made[key] = entry["value"]
    return made


@builtin("context put", "context: context, key: string, value: any")
def _put(run: Run, context: Context, key: str, value: object) -> Context:
    run.made_list(len(context) + 1)
    return {**context, key: value}


@builtin("context put", "context: context, keys: list, value: any")
def _put_deep(run: Run, context: Context, keys: list[object], value: object) -> Context | None:
    if not keys or not all(isinstance(key, str) for key in keys):
        return None
    key = str(keys[0])
    if len(keys) == 1:
        return _put_one(run, context, key, value)
    inner = context.get(key)
    if not isinstance(inner, Mapping):
        return None
    deeper = _put_deep(run, inner, keys[1:], value)
    return None if deeper is None else _put_one(run, context, key, deeper)


def _put_one(run: Run, context: Context, key: str, value: object) -> Context:
    run.made_list(len(context) + 1)
    return {**context, key: value}


@builtin("context merge", "contexts: list")
def _merge(run: Run, contexts: list[object]) -> Context | None:
    merged: dict[str, object] = {}
    for context in contexts:
        if not isinstance(context, Mapping):
            return None
        merged.update(context)
        run.made_list(len(merged))
    return merged
