"""The choices of a select. They are long and rarely change, so each list is rendered once and cached."""

from collections.abc import Iterable
from functools import lru_cache

from flask import Flask
from markupsafe import Markup

from web.shell.formats import name_of

KEPT = 1024
Options = Iterable[tuple[object, object]]


def install(app: Flask) -> None:
    """Register them for templates."""
    app.jinja_env.globals.update(options=options, option_groups=option_groups, named=named)


def named(things: Iterable[object], value: str = "code") -> list[tuple[object, str]]:
    """Places, categories, departments as choices: the attribute sent, and the name in the page's language."""
    return [(getattr(each, value), name_of(each)) for each in things]


def options(offered: Options, chosen: object = "") -> Markup:
    """`option` elements of (value, words), the chosen one selected."""
    return _drawn(tuple((str(value), str(words)) for value, words in offered), str(chosen))


def option_groups(groups: Iterable[tuple[object, Options]], chosen: object = "") -> Markup:
    """The same in groups, each under its label."""
    return Markup().join(
        Markup('<optgroup label="{}">{}</optgroup>').format(words, options(offered, chosen))
        for words, offered in groups
    )


@lru_cache(maxsize=KEPT)
def _drawn(offered: tuple[tuple[str, str], ...], chosen: str) -> Markup:
    return Markup().join(
        Markup('<option value="{}"{}>{}</option>').format(value, Markup(" selected") if value == chosen else "", words)
        for value, words in offered
    )
