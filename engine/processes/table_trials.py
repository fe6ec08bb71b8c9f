"""Trying a decision table without a case: what it asks, which rules hit, what comes out."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.feel import FeelError, dmn
from engine.processes.table_flaws import Pair, asked_by, own_names, spoken_of


@dataclass(frozen=True, slots=True)
class Tried:
    """The result of a dry run: the matching rules' numbers (from 1), the values by output, or the error."""

    rules: tuple[int, ...] = ()
    value: Any = None
    wrong: Pair | None = None


def asked_for(model: dmn.Model, decision: dmn.Decision) -> list[str]:
    """Return the variables that a dry run needs, those of the input columns first."""
    own = {name for each in model.decisions.values() for name in own_names(each)}
    needed = [decision, *(model.decisions[each.id] for each in decision.requires if each.id in model.decisions)]
    first = [name for each in needed for name in asked_by(each)]
    rest = sorted({name for each in needed for name in spoken_of(each)})
    return [name for name in dict.fromkeys([*first, *rest]) if name not in own]


def attempt(model: dmn.Model, decision: str, given: Mapping[str, object]) -> Tried:
    """Decide with these values, without a case."""
    try:
        decided = model.decide(decision, given)
    except FeelError as bad:
        return Tried(wrong=(bad.zh, bad.en))
    return Tried(decided.rules, decided.value)


def value_of(text: str) -> object:
    """Return a dry-run value from typed text: true, false, a number, otherwise text."""
    plain = text.strip()
    if plain in {"true", "false"}:
        return plain == "true"
    try:
        return (
            Decimal(plain) if plain.lstrip("-").replace(".", "", 1).isdecimal() and len(plain) <= 20 else plain or None
        )
    except ArithmeticError:
        return plain
