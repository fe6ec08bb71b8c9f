"""Parts of formulas that sentences are made of: names, texts, numbers."""

import re
from decimal import Decimal, InvalidOperation

from engine.core.errors import Unclear
from engine.feel import FeelError, compile, syntax

NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


def tree(text: str) -> syntax.Node | None:
    """Return the tree of a formula, without its leading `=`; None where it cannot be read."""
    try:
        return compile(text.strip().removeprefix("=")).node
    except (FeelError, RecursionError):
        return None


def path_of(node: syntax.Node) -> str:
    """Return a variable, or a field of one, as it is written; "" for anything else."""
    match node:
        case syntax.Name(name):
            return name
        case syntax.Path(source, name):
            outer = path_of(source)
            return f"{outer}.{name}" if outer else ""
    return ""


def named(field: str) -> str:
    """Return the name of a variable. Raises `Unclear`."""
    if not NAME.fullmatch(field):
        raise Unclear(zh="请选择哪一项。", en="Choose which answer it is about.")
    return field


def quoted(text: str) -> str:
    """Return a text as formulas write it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def number(text: str, least: Decimal | int | None = None) -> str:
    """Return a number as formulas write it. Raises `Unclear`."""
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or len(text) > 30:
        raise Unclear(zh="请填写数字。", en="Write a number.")
    if least is not None and found < least:
        raise Unclear(zh=f"数字至少是 {least}。", en=f"The number has to be at least {least}.")
    return plain(found)


def plain(found: Decimal) -> str:
    """Return a number without an exponent and without zeros at its end."""
    text = f"{found:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
