"""The commands that the papers and the Makefile name, taken from their text."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAPERS = (ROOT / "README.md", ROOT / "README.zh.md", *sorted((ROOT / "docs").rglob("*.md")))
PROGRAMS = ("bihuan", "make", "pip", "python -m", "python3 -m")

FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
UNIT = re.compile(r"^Exec\w+=")
COMMENT = re.compile(r"\s+#\s.*$|^#.*$")
BEFORE = re.compile(r"^((?:[A-Z_]+=\S+ +)*)@?(?:[^\s=]*/)?")
"""Settings that stand before a command, and the folder where its program lies."""


def named() -> list[str]:
    """Each command once, as it is written, without the folder of its program."""
    found = [each for paper in PAPERS for each in _in_paper(paper.read_text(encoding="utf-8"))]
    return list(dict.fromkeys([*found, *_in_makefile((ROOT / "Makefile").read_text(encoding="utf-8"))]))


def _in_paper(text: str) -> Iterator[str]:
    for _language, block in FENCED.findall(text):
        for line in block.splitlines():
            yield from _in_line(line)
    for code in INLINE.findall(FENCED.sub("", text)):
        yield from _in_line(code)


def _in_makefile(text: str) -> Iterator[str]:
    """The targets that have a word of explanation, and what their recipes run."""
    for name in re.findall(r"^(\w+):.*##", text, re.MULTILINE):
        yield f"make {name}"
    for recipe in re.findall(r"^\t(.+)$", text, re.MULTILINE):
        yield from _in_line(recipe)


def _in_line(line: str) -> Iterator[str]:
    for piece in COMMENT.sub("", UNIT.sub("", line)).split(" && "):
        command = BEFORE.sub(r"\1", piece.strip())
        if any(re.match(rf"(?:[A-Z_]+=\S+ +)*{each}(?: |$)", command) for each in PROGRAMS):
            yield re.sub(r"\s+", " ", command)
