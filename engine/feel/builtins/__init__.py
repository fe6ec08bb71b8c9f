"""The built-in functions; importing the package declares them all."""

from engine.feel.builtins import booleans, contexts, conversions, lists, numbers, ranges, strings, times
from engine.feel.builtins.registry import BUILTINS, Builtin

__all__ = [
    "BUILTINS",
    "Builtin",
    "booleans",
    "contexts",
    "conversions",
    "lists",
    "numbers",
    "ranges",
    "strings",
    "times",
]
