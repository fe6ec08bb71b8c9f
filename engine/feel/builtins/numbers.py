"""Functions on numbers."""

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from random import SystemRandom

from engine.feel.bounds import Run
from engine.feel.builtins.registry import builtin
from engine.feel.values import CONTEXT, finite

CHANCE = SystemRandom()
SERIES = 50  # steps charged for a function computed digit by digit
SCALES = range(-6111, 6177)


def rounded(number: Decimal, scale: Decimal, rounding: str) -> Decimal | None:
    """Return the number with `scale` digits after the point (before it, when negative)."""
    places = int(scale)
    if places not in SCALES:
        return None
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= places:
        return number
    unit = Decimal((0, (1,), -places))
    result = number.quantize(unit, rounding=rounding, context=CONTEXT)
    return finite(result)


@builtin("decimal", "n: number, scale: number")
def _decimal(run: Run, n: Decimal, scale: Decimal) -> Decimal | None:
    return rounded(n, scale, ROUND_HALF_EVEN)


@builtin("floor", "n: number, scale: number?")
def _floor(run: Run, n: Decimal, scale: Decimal | None = Decimal(0)) -> Decimal | None:
    return None if scale is None else rounded(n, scale, ROUND_FLOOR)


@builtin("ceiling", "n: number, scale: number?")
def _ceiling(run: Run, n: Decimal, scale: Decimal | None = Decimal(0)) -> Decimal | None:
    return None if scale is None else rounded(n, scale, ROUND_CEILING)


@builtin("round up", "n: number, scale: number?")
def _round_up(run: Run, n: Decimal, scale: Decimal | None = Decimal(0)) -> Decimal | None:
    return None if scale is None else rounded(n, scale, ROUND_UP)


@builtin("round down", "n: number, scale: number?")
def _round_down(run: Run, n: Decimal, scale: Decimal | None = Decimal(0)) -> Decimal | None:
    return None if scale is None else rounded(n, scale, ROUND_DOWN)


@builtin("round half up", "n: number, scale: number?")
def _round_half_up(run: Run, n: Decimal, scale: Decimal | None = Decimal(0)) -> Decimal | None:
    return None if scale is None else rounded(n, scale, ROUND_HALF_UP)


@builtin("round half down", "n: number, scale: number?")
def _round_half_down(run: Run, n: Decimal, scale: Decimal | None = Decimal(0)) -> Decimal | None:
    return None if scale is None else rounded(n, scale, ROUND_HALF_DOWN)


@builtin("modulo", "dividend: number, divisor: number")
def _modulo(run: Run, dividend: Decimal, divisor: Decimal) -> Decimal | None:
    """The sign follows the divisor."""
    run.spend(SERIES)
    if not divisor:
        return None
    quotient = rounded(CONTEXT.divide(dividend, divisor), Decimal(0), ROUND_FLOOR)
    return None if quotient is None else finite(CONTEXT.subtract(dividend, CONTEXT.multiply(divisor, quotient)))


@builtin("sqrt", "number: number")
def _sqrt(run: Run, number: Decimal) -> Decimal | None:
    run.spend(SERIES)
    return None if number < 0 else finite(CONTEXT.sqrt(number))


@builtin("log", "number: number")
def _log(run: Run, number: Decimal) -> Decimal | None:
    run.spend(10 * SERIES)
    return finite(CONTEXT.ln(number)) if number > 0 else None


@builtin("exp", "number: number")
def _exp(run: Run, number: Decimal) -> Decimal | None:
    run.spend(SERIES)
    return finite(CONTEXT.exp(number))


@builtin("odd", "number: number")
def _odd(run: Run, number: Decimal) -> bool | None:
    return CONTEXT.remainder(number, Decimal(2)) in (1, -1) if number == number.to_integral_value() else None


@builtin("even", "number: number")
def _even(run: Run, number: Decimal) -> bool | None:
    return not CONTEXT.remainder(number, Decimal(2)) if number == number.to_integral_value() else None


@builtin("random number", "")
def _random(run: Run) -> Decimal:
    return Decimal(repr(CHANCE.random()))
