"""The commands named in the documentation and the Makefile, taken from their text."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAPERS = (ROOT / "README.md", ROOT / "README.zh.md", *sorted((ROOT / "docs").rglob("*.md")))
PROGRAMS = ("bihuan", "make", "pip", "python -m", "python3 -m")

FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
UNIT = re.compile(r"^(?:Exec\w+=|@)")
"""Prefixes of commands in systemd units and make recipes."""
COMMENT = re.compile(r"\s+#\s.*$|^#.*$")
PLACEHOLDERS = {
    "文件": "FILE",
    "小区": "NAME",
    "列名": "COLUMN",
    "字段": "FIELD",
    "路径": "PATH",
    "词": "WORD",
    "含义": "MEANING",
}
"""Placeholders in the Chinese documentation; the command is the same."""

BEFORE = re.compile(r"^((?:[A-Z_]+=\S+ +)*)(?:[^\s=]*/)?")
"""Settings in front of a command, and the folder of its program."""


def named() -> list[str]:
    """Each command once, as written, without the folder of its program."""
    found = [each for paper in PAPERS for each in _in_paper(paper.read_text(encoding="utf-8"))]
    return list(dict.fromkeys([*found, *_in_makefile((ROOT / "Makefile").read_text(encoding="utf-8"))]))


def _in_paper(text: str) -> Iterator[str]:
    for _language, block in FENCED.findall(text):
        for line in block.splitlines():
            yield from _in_line(line)
    for code in INLINE.findall(FENCED.sub("", text)):
        yield from _in_line(code)


def _in_makefile(text: str) -> Iterator[str]:
    """The documented targets and the commands of their recipes."""
    for name in re.findall(r"^(\w+):.*##", text, re.MULTILINE):
        yield f"make {name}"
    for recipe in re.findall(r"^\t(.+)$", text, re.MULTILINE):
        yield from _in_line(recipe)


def _in_line(line: str) -> Iterator[str]:
    for piece in COMMENT.sub("", UNIT.sub("", line)).split(" && "):
        command = BEFORE.sub(r"\1", piece.strip())
        for word, name in PLACEHOLDERS.items():
            command = command.replace(word, name)
        if any(re.match(rf"(?:[A-Z_]+=\S+ +)*{each}(?: |$)", command) for each in PROGRAMS):
            yield re.sub(r"\s+", " ", command)


AT_SMALL_SIZE: dict[str, tuple[str, ...]] = {
    "bihuan": ("bihuan --help",),
    "bihuan init": (
        "BIHUAN_HOME=new bihuan migrate",
        "BIHUAN_HOME=new bihuan init --company 阳光物业 --login root --name 王管理 --password-file word",
    ),
    "bihuan demo --new-password": ("bihuan demo --password-file word",),
    "bihuan people add": ("bihuan people add wang 王敏 --role agent@YGL/desk",),
    "bihuan people add LOGIN NAME --role head@YGL/engineering": (
        "bihuan people add wang 王敏 --role head@YGL/engineering",
    ),
    "bihuan complaints import": ("bihuan complaints import complaints.csv --community YGL",),
    "bihuan complaints import FILE --open": ("bihuan complaints import complaints.csv --community YGL --open",),
    "bihuan households import": ("bihuan households import households.csv --community YGL",),
    "bihuan people import": ("bihuan people import people.csv --community YGL",),
    "bihuan complaints import FILE [--dry-run] [--community NAME] [--refused PATH] [--open] [--map COLUMN=FIELD …] [--means FIELD:WORD=MEANING …]": (
        "bihuan complaints import complaints.csv --dry-run --community YGL --open --map 备注=",
    ),
    "bihuan households import FILE [--dry-run] [--community NAME] [--refused PATH] [--return-retired] [--map …] [--means …]": (
        "bihuan households import households.csv --dry-run --community YGL --map 备注=",
    ),
    "bihuan people import FILE [--dry-run] [--community NAME] [--refused PATH] [--mail] [--map …] [--means …]": (
        "bihuan people import people.csv --dry-run --community YGL --map 备注=",
    ),
    "bihuan process check": ("bihuan process check drawn.bpmn --json",),
    "bihuan process check --repair --sketch": ("bihuan process check --repair --sketch drawn.bpmn",),
    "bihuan process move complaint --as owner --dry-run": ("bihuan process move --help",),
    'bihuan process move complaint --as owner --map old=new --reason "why"': ("bihuan process move --help",),
    "bihuan process check bpmn": ("bihuan process check bpmn/reply",),
    "python -m tests.verdicts": ("python -m tests.verdicts --count 2",),
    "python -m benchmarks.measures": ("python -m benchmarks.measures 200",),
    "python -m benchmarks.signals": ("python -m benchmarks.signals --series 200",),
    "python -m benchmarks.warnings": ("python -m benchmarks.warnings --communities 40 --complaints 20000",),
    "python -m benchmarks.proof": ("python -m benchmarks.proof --small",),
    "bihuan process test": ("bihuan process test errand",),
    "bihuan process test .": ("bihuan process test errand",),
    "bihuan process test . --coverage": ("bihuan process test errand --coverage",),
    "bihuan process test . --accept": ("bihuan process test errand --accept",),
    "bihuan decision eval": ("bihuan decision eval bpmn/complaint/triage.dmn --input inputs.json",),
    "bihuan decision test": ("bihuan decision test bpmn/complaint",),
    "bihuan feel": ("bihuan feel '1 + 1'",),
    "bihuan measures": ("bihuan measures --since 2026-10-01 --until 2026-10-31",),
    "bihuan backup": ("bihuan backup all.tar.gz",),
    "bihuan backup /backup/bihuan-$(date +%F).tar.gz": ("bihuan backup bihuan-2026-11-23.tar.gz",),
    "bihuan restore": ("bihuan backup all.tar.gz", "BIHUAN_HOME=new bihuan restore all.tar.gz --yes"),
    "bihuan restore /backup/bihuan-2026-11-23.tar.gz": (
        "bihuan backup bihuan-2026-11-23.tar.gz",
        "BIHUAN_HOME=new bihuan restore bihuan-2026-11-23.tar.gz --yes",
    ),
    "make help": ("make -C ROOT help",),
    "make format": ("make -f ROOT/Makefile -o setup BIN=BIN format",),
    "make clean": ("make -f ROOT/Makefile clean",),
    "python -m tests.faults": ("python -m tests.faults 31",),
    "python -m benchmarks.steps": ("python -m benchmarks.steps --scale 0.002",),
    "python -m tests.oracle --count 1200": ("python -m tests.oracle --count 10",),
    "python -m tests.moving": ("python -m tests.moving --count 10",),
    "python -m tests.moving --count 500": ("python -m tests.moving --count 10",),
    "python -m tests.differential --count 10000": ("python -m tests.differential --count 500",),
    "python -m tests.fuzz --count 10000": ("python -m tests.fuzz --count 5",),
}
"""How to run a command that as written would need something missing, or take too long. `ROOT`: this checkout, `BIN`:
the folder of its programs. All others are run as written."""

NEW_ENVIRONMENT = (
    "python3 -m venv new"
    " && new/bin/python -m pip install --quiet --require-hashes --requirement ROOT/requirements-run.lock"
    " && new/bin/python -m pip install --quiet --no-deps ROOT && new/bin/bihuan --version"
)

NEW_CHECKOUT = (
    "python3 -m venv new"
    " && new/bin/python -m pip install --quiet --require-hashes --requirement ROOT/requirements.lock"
    " && new/bin/python -m pip install --quiet --no-deps --no-build-isolation ROOT && new/bin/bihuan --version"
)

FULL_SIZE: dict[str, str] = {
    "make setup": "make -C ROOT setup",
    "make check": "make -C ROOT check",
    "make quick": "make -C ROOT quick",
    "make test": "make -C ROOT test",
    "make long": "make -C ROOT long",
    "make oracle": "make -C ROOT oracle",
    "make differential": "make -C ROOT differential",
    "make fuzz": "make -C ROOT fuzz",
    "make bench": "make -C ROOT bench",
    'python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not long"': "make -C ROOT test",
    "python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m long": "make -C ROOT long",
    'python -m pytest -n 2 --dist loadfile -m "not browser and not slow and not long"': "make -C ROOT quick",
    "python -m tests.killing": "cd ROOT && BIN/python -m tests.killing",
    "python -m benchmarks.feel": "cd ROOT && BIN/python -m benchmarks.feel",
    "python -m benchmarks.pages": "cd ROOT && BIN/python -m benchmarks.pages",
    "python -m benchmarks.pages 1000 100000": "cd ROOT && BIN/python -m benchmarks.pages 1000 100000",
    "python -m benchmarks.load": "cd ROOT && BIN/python -m benchmarks.load",
    "bihuan demo": "BIHUAN_DEMO=true BIHUAN_HOME=new BIN/bihuan demo",
    "bihuan demo --rebuild --compare": "BIHUAN_DEMO=true BIHUAN_HOME=new BIN/bihuan demo --rebuild --compare",
    "BIHUAN_DEMO=true BIHUAN_HOME=var/demo bihuan demo": "BIHUAN_DEMO=true BIHUAN_HOME=new BIN/bihuan demo",
    "BIHUAN_DEMO=true BIHUAN_HOME=var/demo bihuan demo --fresh": "BIHUAN_DEMO=true BIHUAN_HOME=new BIN/bihuan demo --fresh",
    "python3 -m venv /opt/bihuan": NEW_ENVIRONMENT,
    "python3 -m venv /opt/bihuan-2": NEW_ENVIRONMENT,
    "pip install": NEW_ENVIRONMENT,
    "pip install --no-deps .": NEW_ENVIRONMENT,
    "pip install --require-hashes --requirement requirements-run.lock": NEW_ENVIRONMENT,
    "python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock": NEW_CHECKOUT,
    "python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .": NEW_CHECKOUT,
}
"""Commands that make sense only at full size or take minutes: `make slow` runs them in their own folder."""

FULL_SIZE_SERVING: dict[str, str] = {
    "make demo": "make -f ROOT/Makefile -o setup BIN=BIN demo PORT={port}",
    "make demo PORT=8100": "make -f ROOT/Makefile -o setup BIN=BIN demo PORT={port}",
    "make serve": "make -f ROOT/Makefile -o setup BIN=BIN serve PORT={port}",
    "BIHUAN_DEMO=true BIHUAN_HOME=var/demo BIHUAN_PORT=$(PORT) bihuan serve": "make -f ROOT/Makefile -o setup BIN=BIN demo PORT={port}",
    "BIHUAN_PORT=$(PORT) bihuan serve": "make -f ROOT/Makefile -o setup BIN=BIN serve PORT={port}",
}
"""The same for servers, which run until stopped."""

RUNS_THESE = ("make slow", "python -m pytest -q tests/full_size.py")
"""What runs them all."""


def free_port() -> int:
    """A free port on this machine."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
