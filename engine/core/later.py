"""A moment of a column plus a length of time, computed by the store."""

from datetime import timedelta
from typing import Any

from sqlalchemy import literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from engine.core.store import Moment


class later(FunctionElement[Any]):
    """`later(column, length)`: SQLite keeps moments as text, exact to a millisecond here."""

    name = "later"
    type = Moment()
    inherit_cache = True

    def __init__(self, column: Any, length: timedelta) -> None:
        super().__init__(column, literal_column(str(int(length.total_seconds()))))


@compiles(later)
def _interval(element: later, compiler: SQLCompiler, **options: Any) -> str:
    moment, seconds = (compiler.process(each, **options) for each in element.clauses)
    return f"({moment} + {seconds} * interval '1 second')"


@compiles(later, "sqlite")
def _text(element: later, compiler: SQLCompiler, **options: Any) -> str:
    moment, seconds = (compiler.process(each, **options) for each in element.clauses)
    return f"(strftime('%Y-%m-%d %H:%M:%f', {moment}, '+{seconds} seconds') || '000')"
