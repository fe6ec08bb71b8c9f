"""not, is."""

from engine.feel import operators
from engine.feel.bounds import Run
from engine.feel.builtins.registry import builtin
from engine.feel.timeline import Moment, Time, own
from engine.feel.values import kind


@builtin("not", "negand: any")
def _not(run: Run, negand: object) -> bool | None:
    return operators.negation(negand)


@builtin("is", "value1: any, value2: any")
def _is(run: Run, value1: object, value2: object) -> bool:
    """Identity in the value domain: times and moments with different zones are different."""
    if kind(value1) != kind(value2):
        return False
    first, second = own(value1), own(value2)
    if isinstance(first, Time | Moment) and isinstance(second, Time | Moment) and first.zone != second.zone:
        return False
    return operators.equal(value1, value2, run) is True
