"""Item definitions: the shape of values of a type."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ItemType:
    """An item definition. `base` is the type it refers to; `allowed` and `constraint` are texts of unary tests.

    `function`: whether it is one of functions, and `gives` then the type of their results.
    """

    name: str
    base: str | None = None
    collection: bool = False
    parts: "tuple[ItemType, ...]" = ()
    allowed: str = ""
    constraint: str = ""
    function: bool = False
    gives: str | None = None
