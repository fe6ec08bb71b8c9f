"""Checks the two languages: `python -m web.shell.texts check` fails for Chinese without English, and for Chinese in a
template outside `_()`; `python -m web.shell.texts missing` prints texts without English as entries for a .po file.
"""

import ast
import sys
from collections.abc import Iterator
from functools import cache

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from web.shell.language import WEB, catalog

METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]


@cache
def messages() -> dict[str, str]:
    """Every text of the pages, with a place where it occurs."""
    found: dict[str, str] = {}
    for name, line, said, _comments, _context in extract_from_dir(WEB, METHODS, keywords={"_": None, "gettext": None}):
        found.setdefault(said[0] if isinstance(said, tuple) else said, f"web/{name}:{line}")
    return found


def is_chinese(text: str) -> bool:
    """Whether there is a Chinese character in it."""
    return any("一" <= character <= "鿿" for character in text)


def missing() -> Iterator[str]:
    """Texts without English."""
    known = catalog()
    for message, place in sorted(messages().items(), key=lambda each: each[1]):
        if is_chinese(message) and not (message in known and all(known[message])):
            yield f"{place}: no English for “{message}”"


def twice() -> Iterator[str]:
    """Texts with one English here and another there: which of them is shown would be left to chance."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted((WEB / "translations" / "en").glob("*.po")):
        for each in read_po(path.open("rb")):
            if each.id:
                found.setdefault(str(each.id), {})[str(each.string)] = path.name
    for text, said in found.items():
        if len(said) > 1:
            told = ", ".join(f"“{english}” in {name}" for english, name in said.items())
            yield f"“{text}” has several: {told}"


def untranslated() -> Iterator[str]:
    """Chinese in templates that `_()` does not see."""
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    for path in sorted(WEB.glob("*/templates/**/*.html")):
        tree = environment.parse(path.read_text(encoding="utf-8"))
        inside = {
            id(each)
            for call in tree.find_all(nodes.Call)
            if isinstance(call.node, nodes.Name) and call.node.name in {"_", "gettext"}
            for each in call.find_all(nodes.Const)
        }
        for each in tree.find_all((nodes.TemplateData, nodes.Const)):
            text = getattr(each, "data", None) or getattr(each, "value", None)
            if isinstance(text, str) and is_chinese(text) and id(each) not in inside:
                yield f"{path.relative_to(WEB.parent)}:{each.lineno}: Chinese outside _(): {text.strip()[:40]}"


def percent() -> Iterator[str]:
    """Python calls whose text is composed before it is looked up."""
    for path in sorted(WEB.rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = call.func.id if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) else ""
            if name == "_" and isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.JoinedStr):
                yield f"{path.relative_to(WEB.parent)}:{call.lineno}: an f-string cannot be translated"


def main(arguments: list[str]) -> int:
    """`check`: print what is missing and return 1; `missing`: the same as entries ready for a .po file."""
    if arguments == ["missing"]:
        for place in missing():
            where, _sep, rest = place.partition(": no English for ")
            sys.stdout.write(f'#: {where}\nmsgid "{rest[1:-1]}"\nmsgstr ""\n\n')
        return 0
    problems = [*missing(), *twice(), *untranslated(), *percent()]
    for problem in problems:
        sys.stdout.write(problem + "\n")
    sys.stdout.write(f"{len(messages())} texts, {len(problems)} problems\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
