"""Commands about processes: publish and check."""

import json
import re
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from engine import mending, publishing
from engine.checking import opening
from engine.checking.gathering import Gathered
from engine.cli.root import Console, bihuan
from engine.errors import Finding
from engine.mending import Mended
from engine.versions import Version

WORDS = {"runs": ("可以运行", "green"), "needs repair": ("需要修改", "yellow"), "not a diagram": ("不是流程图", "red")}
PARTICULAR = re.compile('「[^」]*」|"[^"]*"|[0-9]+')


@bihuan.group()
def process() -> None:
    """Publish processes, and check diagrams and tables."""


@process.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False)
@click.pass_obj
def publish(console: Console, folder: Path | None) -> None:
    """Check and publish the processes in FOLDER (it holds bpmn/ and forms/); without it, those that we ship."""

    def told(version: Version, new: bool) -> None:
        said = ("已发布", "published") if new else ("没有变化", "unchanged")
        label = f"{version.process} {version.number}"
        console.say(f"{label}:{said[0]}", f"{label}: {said[1]}")

    found = publishing.read_folder(folder or publishing.SHIPPED)
    with console.store.transaction() as session:
        publishing.publish_all(session, found, told=told)


@process.command("check")
@click.argument("paths", type=click.Path(exists=True, path_type=Path), nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line: path, verdict, findings.")
@click.option("--repair", is_flag=True, help="Write a mended copy where there is one safe answer.")
@click.option("--sketch", is_flag=True, help="Write a copy to try out at once. It cannot be published.")
@click.pass_obj
def check_command(console: Console, paths: tuple[Path, ...], as_json: bool, repair: bool, sketch: bool) -> None:
    """Say of diagrams and tables, by whatever tool, whether they run as they are. Exit code 1 when one does not."""
    gathered = Gathered(paths)
    told = Told(console, as_json)
    for path, text in gathered.files.items():
        judged = opening.judge(gathered.name(path), text, publishing.known(), gathered.beside(path))
        copies = []
        if judged.word == "needs repair" and repair:
            copies.append(written(path, "repaired", mending.repair(text)))
        if judged.word == "needs repair" and sketch:
            copies.append(written(path, "sketch", mending.sketch(text, publishing.known())))
        told.verdict(path, judged, [copy for copy in copies if copy])
    told.sum_up()
    sys.exit(0 if set(told.words) <= {"runs"} else 1)


def written(path: Path, word: str, mended: Mended) -> Path | None:
    """Write the copy beside the file, under a name that says what it is; None when there was nothing to mend."""
    if not mended.done:
        return None
    copy = path.with_name(f"{path.name.removesuffix(path.suffix)}.{word}{path.suffix}")
    copy.write_bytes(mended.text)
    return copy


class Told:
    """Says verdicts as they come, and at the end how often each thing was found."""

    def __init__(self, console: Console, as_json: bool) -> None:
        self.console, self.as_json = console, as_json
        self.words: Counter[str] = Counter()
        self.files: dict[tuple[str, str], int] = {}

    def verdict(self, path: Path, judged: opening.Judged, copies: Sequence[Path]) -> None:
        """One file: its verdict, what was found, and where copies of it were written."""
        self.words[judged.word] += 1
        for kind in {in_general(each) for each in judged.findings if each.level == "error"}:
            self.files[kind] = self.files.get(kind, 0) + 1
        if self.as_json:
            found = [
                {"level": f.level, "element": f.place, "name": f.name, "zh": f.zh, "en": f.en} for f in judged.findings
            ]
            said = {"path": str(path), "verdict": judged.word, "findings": found}
            click.echo(
                json.dumps(said | ({"copies": [str(copy) for copy in copies]} if copies else {}), ensure_ascii=False)
            )
            return
        zh, colour = WORDS[judged.word]
        self.console.say(f"{path}:{zh}", f"{path}: {judged.word}", fg=colour)
        for finding in judged.findings:
            mark = "!" if finding.level == "error" else "-"
            click.echo(f"  {mark} {finding.text(self.console.language)}")
        for copy in copies:
            self.console.say(f"  已写入 {copy}", f"  written to {copy}")

    def sum_up(self) -> None:
        """How many files, by verdict and by what was found in them."""
        if self.as_json:
            return
        click.echo()
        for word, count in self.words.items():
            self.console.say(f"{WORDS[word][0]}:{count} 个文件", f"{word}: {count} files", bold=True)
        for (zh, en), count in sorted(self.files.items(), key=lambda each: -each[1]):
            self.console.say(f"  {count:4} 个文件:{zh}", f"  {count:4} files: {en}")


def in_general(finding: Finding) -> tuple[str, str]:
    """What was found, without the names that differ from file to file."""
    return PARTICULAR.sub("…", finding.zh)[:150], PARTICULAR.sub("…", finding.en)[:150]
