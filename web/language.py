"""Two languages: pages are written in Simplified Chinese, the English stands in `translations/en/*.po`.

In templates and Python: `_("还有 {count} 件", count=3)`; braces, not percent signs. An entry of a .po file may have two
English forms (`msgid_plural`, the same Chinese again); the argument named `count` or `n` chooses between them.
`python -m web.language check` fails for Chinese without English, and for Chinese in a template outside `_()`.
"""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask, g, has_request_context, request, session
from jinja2 import Environment, nodes
from markupsafe import Markup

LANGUAGES = {"zh": "简体中文", "en": "English"}
HERE = Path(__file__).parent
COOKIE = "language"
METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]


def install(app: Flask) -> None:
    """Make `_` and the language known to templates."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.globals.update(_=gettext, gettext=gettext, language=language, LANGUAGES=LANGUAGES)


def language() -> str:
    """The language of this request: asked for in the address, the person's, the browser's choice, else Chinese."""
    if not has_request_context():
        return "zh"
    if "language" not in g:
        asked = request.args.get("lang", "")
        person = g.get("person")
        kept = (person.language if person is not None else None) or session.get("language")
        best = request.accept_languages.best_match(["zh-CN", "zh", "en"], "zh")
        wished = [asked, kept, best[:2]]
        g.language = next((each for each in wished if each in LANGUAGES), "zh")
    return str(g.language)


def choose(chosen: str) -> None:
    """Keep to this language on this browser."""
    session["language"] = chosen
    g.pop("language", None)


def gettext(message: str, **facts: object) -> str:
    """`message` in the language of the request, its facts filled in. Safe markup among the facts stays markup."""
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
    for path in sorted((HERE / "translations" / "en").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="en"):
                if not message.id or not message.string:
                    continue
                if isinstance(message.id, (tuple, list)):
                    found[message.id[0]] = (message.string[0], message.string[1])
                else:
                    found[message.id] = str(message.string)
    return found


# ---- check -----------------------------------------------------------------------------------------------------------


def messages() -> dict[str, str]:
    """Every text that pages say, with a place where it is said."""
    found: dict[str, str] = {}
    for name, line, said, _comments, _context in extract_from_dir(HERE, METHODS, keywords={"_": None, "gettext": None}):
        found.setdefault(said[0] if isinstance(said, tuple) else said, f"web/{name}:{line}")
    return found


def is_chinese(text: str) -> bool:
    """Whether there is a Chinese character in it."""
    return any("一" <= character <= "鿿" for character in text)


def missing() -> Iterator[str]:
    """What has no English."""
    known = catalog()
    for message, place in sorted(messages().items(), key=lambda each: each[1]):
        if is_chinese(message) and not all(known.get(message, "")):
            yield f"{place}: no English for “{message}”"


def untranslated() -> Iterator[str]:
    """Chinese in templates that `_()` does not see."""
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    for path in sorted((HERE / "templates").rglob("*.html")):
        tree = environment.parse(path.read_text(encoding="utf-8"))
        inside = {
            id(each)
            for call in tree.find_all(nodes.Call)
            if isinstance(call.node, nodes.Name) and call.node.name in {"_", "gettext"}
            for each in call.find_all(nodes.Const)
        }
        for each in tree.find_all((nodes.TemplateData, nodes.Const)):
            text = each.data if isinstance(each, nodes.TemplateData) else each.value
            if isinstance(text, str) and is_chinese(text) and id(each) not in inside:
                yield f"{path.relative_to(HERE.parent)}:{each.lineno}: Chinese outside _(): {text.strip()[:40]}"


def percent() -> Iterator[str]:
    """Calls in Python whose text is put together before it is looked up."""
    for path in sorted(HERE.rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = call.func.id if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) else ""
            if name == "_" and isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.JoinedStr):
                yield f"{path.relative_to(HERE.parent)}:{call.lineno}: an f-string cannot be translated"


def main(arguments: list[str]) -> int:
    """`check`: print what is missing and return 1; `missing`: the same as entries ready for a .po file."""
    if arguments == ["missing"]:
        for place in missing():
            where, _sep, rest = place.partition(": no English for ")
            sys.stdout.write(f'#: {where}\nmsgid "{rest[1:-1]}"\nmsgstr ""\n\n')
        return 0
    problems = [*missing(), *untranslated(), *percent()]
    for problem in problems:
        sys.stdout.write(problem + "\n")
    sys.stdout.write(f"{len(messages())} texts, {len(problems)} problems\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
