"""Two languages: pages are written in Simplified Chinese, the English is in `translations/en/*.po`.

In templates and Python: `_("还有 {count} 件", count=3)`; braces, not percent signs. An entry of a .po file may have two
English forms (`msgid_plural`, the same Chinese again); the argument named `count` or `n` chooses between them.
`python -m web.shell.texts check` fails for Chinese without English, and for Chinese in a template outside `_()`.
"""

from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from flask import Flask, appcontext_popped, appcontext_pushed, g, has_request_context, request, session
from markupsafe import Markup

LANGUAGES = {"zh": "简体中文", "en": "English"}
WEB = Path(__file__).parents[1]


def install(app: Flask) -> None:
    """Make `_` and the language known to templates."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    for turn in (appcontext_pushed, appcontext_popped):
        turn.connect(_forget, app)
    app.jinja_env.globals.update(_=gettext, gettext=gettext, language=language, LANGUAGES=LANGUAGES)


def language() -> str:
    """The language of this request: from the address, the person, or the browser, else Chinese."""
    found = _present.get()
    if found is None:
        found = _wished()
        _present.set(found)
    return found


_present: ContextVar[str | None] = ContextVar("language", default=None)
"""The language of the current request, cached: a page asks hundreds of times, and Flask's `g` is too slow for that."""


def _forget(_app: Flask, **_said: object) -> None:
    _present.set(None)


def _wished() -> str:
    if not has_request_context():
        return "zh"
    person = g.get("person")
    kept = (person.language if person is not None else None) or session.get("language")
    best = request.accept_languages.best_match(["zh-CN", "zh", "en"], "zh")
    wished = [request.args.get("lang", ""), kept, best[:2]]
    return next((each for each in wished if each in LANGUAGES), "zh")


def choose(chosen: str) -> None:
    """Remember this language in this browser."""
    session["language"] = chosen
    _present.set(None)


def gettext(message: str, **facts: object) -> str:
    """`message` in the language of the request with its facts filled in. Safe markup in the facts stays markup."""
    text = message if language() == "zh" else _english(message, facts)
    if any(isinstance(fact, Markup) for fact in facts.values()):
        return Markup(text).format(**facts)  # noqa: S704 - the message is ours, facts are escaped
    return text.format(**facts) if facts else text


def _english(message: str, facts: dict[str, object]) -> str:
    found = catalog().get(message, message)
    if isinstance(found, tuple):
        return found[0] if facts.get("count", facts.get("n")) == 1 else found[1]
    return found


@cache
def catalog() -> dict[str, str | tuple[str, str]]:
    """Every translation of `translations/en`."""
    found: dict[str, str | tuple[str, str]] = {}
    for path in sorted((WEB / "translations" / "en").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="en"):
                if not message.id or not message.string:
                    continue
                if isinstance(message.id, (tuple, list)):
                    found[message.id[0]] = (message.string[0], message.string[1])
                else:
                    found[message.id] = str(message.string)
    return found
