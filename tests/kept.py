"""What every application and every store of the tests would work out anew, kept by their process.

A test makes an application and a store of its own; most of the time of making one goes into compiling its addresses,
and most of the time of a first page into compiling its statements. Both are the same each time.
"""

from typing import Any

from sqlalchemy import URL, Engine, create_engine
from werkzeug.routing import Rule

from engine.core import store
from engine.core.store import Limits

STATEMENTS = 5000
"""How many compiled statements are kept: more than the pages have."""

_shared = create_engine("sqlite://", query_cache_size=STATEMENTS)
_shared.connect().close()  # it learns of its database now
_addresses: dict[tuple[str, str], dict[str, Any]] = {}
_compile, _connect = Rule.compile, store.connect


def install() -> None:
    """Keep compiled addresses and, on SQLite, compiled statements."""
    Rule.compile = _compile_once  # type: ignore[method-assign]
    store.connect = _connect_sharing


def _compile_once(rule: Rule) -> None:
    key = rule.rule, repr(rule.defaults)
    if key not in _addresses:
        _compile(rule)
        names = ("_parts", "_trace", "_converters", "arguments", "_build", "_build_unknown")
        _addresses[key] = {name: getattr(rule, name) for name in names}
    for name, value in _addresses[key].items():
        bound = getattr(value, "__func__", None)  # how an address is put together: a method of the rule
        setattr(rule, name, bound.__get__(rule) if bound else value)


def _connect_sharing(url: URL, limits: Limits) -> Engine:
    engine = _connect(url, limits)
    if url.get_backend_name() == "sqlite":
        engine.dialect = engine.pool._dialect = _shared.dialect  # a compiled statement is known by its dialect too
        engine._compiled_cache = _shared._compiled_cache
    return engine
