"""Commands about processes: publish and check."""

import json
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from engine import scenarios
from engine.bpmn import mending
from engine.bpmn.checking import opening
from engine.bpmn.checking.gathering import ENDINGS, Gathered
from engine.bpmn.mending import Mended, Tried
from engine.core.errors import Conflict, Finding, Unclear
from engine.operations.cli.root import Console, bihuan
from engine.processes import publishing, uploads, versions
from engine.processes.four_eyes import NotApproved
from engine.processes.released import Merged, difference
from engine.processes.versions import Version
from engine.scenarios.playing import Played
from engine.scenarios.rehearsing import Processes, Rehearsal

WORDS = {"runs": ("可以运行", "green"), "needs repair": ("需要修改", "yellow"), "not a diagram": ("不是流程图", "red")}
UNCHANGED = Mended(b"", ())
MARKS = {"error": "!", "warning": "-", "note": "·"}
LONGEST_NOTE = 500
PARTICULAR = re.compile('「.*」|".*"|[0-9]+', re.DOTALL)


@bihuan.group()
def process() -> None:
    """Publish processes, check diagrams and tables, and play scenarios."""


@process.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False)
@click.option(
    "--note", default="", help="What is changed and why; it is shown in the history and the list of versions."
)
@click.option("--replace", is_flag=True, help="Drop what was changed here since the last release.")
@click.option(
    "--accept", default="", metavar="REASON", help="Publish although scenarios differ, and keep the new outcome."
)
@click.option(
    "--unapproved", default="", metavar="REASON", help="Publish what somebody else would have to approve on the pages."
)
@click.pass_obj
def publish(console: Console, folder: Path | None, note: str, replace: bool, accept: str, unapproved: str) -> None:
    """Check and publish the processes in FOLDER (it holds bpmn/ and forms/); without it, those that we ship.

    What was changed here since they were last published from a folder is kept, and named. Their scenarios are played
    first; nothing is published when one differs, or when one of them needs somebody else's approval.
    """
    found = publishing.read_folder(folder or publishing.SHIPPED)
    rehearsal = scenarios.publishing.rehearse_release(
        console.store, found, replace=replace, told=lambda done, of: progress(console, done, of)
    )
    if rehearsal.differing and not accept.strip():
        tell_played(console, rehearsal.differing)
        raise Conflict(
            zh="没有发布：有场景和原来不同。请修改，或用 --accept 写明为什么现在这样才对。",
            en="nothing was published: scenarios differ. Mend it, or say with --accept why it is right like this.",
        )

    def told(version: Version, new: bool, merged: Merged) -> None:
        said = ("已发布", "published") if new else ("没有变化", "unchanged")
        label = f"{version.process} {version.number}"
        console.say(f"{label}:{said[0]}", f"{label}: {said[1]}")
        tell_kept(console, merged, found[version.process])

    try:
        with console.store.transaction() as session:
            scenarios.publishing.release(
                session,
                found,
                rehearsal,
                note="\n".join(filter(None, (note.strip()[:LONGEST_NOTE], without_approval(unapproved)))),
                replace=replace,
                reason=accept.strip(),
                approved=bool(unapproved.strip()),
                told=told,
            )
    except NotApproved as refused:
        raise Conflict(
            zh=f"{refused.text('zh')}请在流程页上提出，或用 --unapproved 写明为什么不等批准。",
            en=f"{refused.text('en')} Ask for it on the processes page, or say with --unapproved why it cannot wait.",
        ) from None


def without_approval(reason: str) -> str:
    """What the history says of a release that nobody approved."""
    return f"未经另一人批准：{reason.strip()[:LONGEST_NOTE]}" if reason.strip() else ""


@process.command("test")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False)
@click.option("--coverage", is_flag=True, help="Name every node and flow that no scenario walks.")
@click.option("--accept", is_flag=True, help="Write what was found into the files of FOLDER as the new expectation.")
@click.pass_obj
def test_command(console: Console, folder: Path | None, coverage: bool, accept: bool) -> None:
    """Play the scenarios in FOLDER (bpmn/<process>/scenarios/*.json); without it, of what is published here.

    They are played with the real engine in a small company that is thrown away. Exit code 1 when one differs.
    """
    if accept and folder is None:
        raise Unclear(zh="--accept 要写明文件夹。", en="--accept needs a folder to write to.")
    whole, added = scenarios.rehearsing.gather(console.store if folder is None else None, folder)
    rehearsal = scenarios.rehearsing.rehearse(whole, added, lambda done, of: progress(console, done, of))
    tell_played(console, rehearsal.played)
    if coverage:
        tell_coverage(console, whole, rehearsal)
    if accept and folder is not None:
        for path, text in scenarios.rehearsing.write_accepted(folder, rehearsal):
            said = ("已写入", "written") if text else ("已删除，一步也做不了", "removed, none of its steps can be done")
            console.say(f"{path}：{said[0]}", f"{path}: {said[1]}", bold=True)
    sys.exit(1 if rehearsal.differing and not accept else 0)


def progress(console: Console, done: int, of: int) -> None:
    """Print how many scenarios were played, on one line of a terminal."""
    if sys.stderr.isatty():
        said = f"场景 {done}/{of}" if console.language == "zh" else f"scenarios {done}/{of}"
        click.echo(f"\r{said} ", err=True, nl=done == of)


def tell_played(console: Console, played: Sequence[Played]) -> None:
    """Print how scenarios went, and what differs at which step."""
    zh = console.language == "zh"
    for each in played:
        mark, colour = ("✓", "green") if each.holds else ("✗", "red")
        title = each.scenario.named(console.language)
        click.secho(f"{mark} {each.scenario.path}: {title} ({each.seconds:.1f} s)", fg=colour)
        for differs in each.differs:
            place = f"第 {differs.step} 步" if zh else f"step {differs.step}"
            said = (differs.act, differs.zh) if zh else (differs.act_en, differs.en)
            click.echo(f"    {place}, {said[0]}: {said[1]}")
    wrong = sum(not each.holds for each in played)
    seconds = sum(each.seconds for each in played)
    console.say(
        f"{len(played)} 个场景，{wrong} 个不同，{seconds:.1f} 秒",
        f"{len(played)} scenarios, {wrong} differ, {seconds:.1f} s",
        bold=True,
    )


def tell_coverage(console: Console, whole: Processes, rehearsal: Rehearsal) -> None:
    """Print what no scenario walks."""
    missing = scenarios.coverage.unwalked(whole, rehearsal.walked)
    for each in missing:
        kind = ("连线", "flow") if each.is_flow else ("节点", "node")
        said = (f"{each.zh} ({each.id})", f"{each.en} ({each.id})")
        console.say(f"  {each.process} {kind[0]}：{said[0]}", f"  {each.process} {kind[1]}: {said[1]}", fg="yellow")
    size = scenarios.coverage.size(whole)
    console.say(f"走到 {size - len(missing)}/{size}", f"walked {size - len(missing)} of {size}", bold=True)


FATES = {
    "kept": ("保留了本公司的改动", "your change was kept"),
    "joined": ("两边都改了，已合并", "changed on both sides, merged"),
    "contested": (
        "两边改了同一处，保留了本公司的（要用发布的，加 --replace）",
        "changed on both sides in the same place, yours was kept (--replace takes the released one)",
    ),
}
MOST_LINES = 20


def tell_kept(console: Console, merged: Merged, released: Mapping[str, bytes]) -> None:
    """Print which files the company has otherwise than the release, and the lines that differ."""
    for fate, paths in merged.facts().items():
        for path in paths:
            zh, en = FATES[fate]
            console.say(f"  {path}：{zh}", f"  {path}: {en}", fg="yellow")
            lines = difference(released.get(path, b""), merged.files.get(path, b""))
            for line in lines[:MOST_LINES]:
                click.echo(f"    {line[0]} {line[1:].strip()}")
            if len(lines) > MOST_LINES:
                console.say(f"    ……还有 {len(lines) - MOST_LINES} 行", f"    ... {len(lines) - MOST_LINES} more lines")


@process.command("check")
@click.argument("paths", type=click.Path(exists=True, path_type=Path), nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line: path, verdict, findings.")
@click.option("--repair", is_flag=True, help="Write a mended copy where there is one safe answer.")
@click.option("--sketch", is_flag=True, help="Write a copy to try out at once. It cannot be published.")
@click.option("--company", is_flag=True, help="Take what is not there from the processes published here.")
@click.pass_obj
def check_command(
    console: Console, paths: tuple[Path, ...], as_json: bool, repair: bool, sketch: bool, company: bool
) -> None:
    """Say of diagrams and tables, by whatever tool, whether they run as they are. Exit code 1 when one does not.

    PATHS are files, folders, and versions downloaded as .zip. What a process calls and is not there is taken from the
    processes that come with Bihuan.
    """
    packed = {path: uploads.gather([(path.name, path.read_bytes())]) for path in paths if path.suffix == ".zip"}
    if packed and (repair or sketch):
        raise Unclear(
            zh="请先解压，修改过的副本才有地方放。", en="Unzip it first, so that there is a place for copies."
        )
    gathered = Gathered(paths, published(console) if company else publishing.shipped(), packed)
    if not gathered.files:
        where = ", ".join(map(str, paths))
        raise Unclear(zh=f"{where} 里没有流程图或决策表。", en=f"{where} holds no diagrams or tables.")
    told = Told(console, as_json)
    for path, text in gathered.files.items():
        judged = opening.judge(gathered.name(path), text, publishing.known(), gathered.beside(path))
        wanted = judged.word == "needs repair" and not re.search(
            r"\.(?:repaired|sketch)\.", path.name
        )  # no copies of copies
        repaired = mending.repair(text) if wanted and (repair or sketch) else UNCHANGED
        sketched = mending.sketch(text, publishing.known()) if wanted and sketch else UNCHANGED
        copies = [
            Copied(written(path, word, mended), mended.done)
            for word, mended in (("repaired", repaired if repair else UNCHANGED), ("sketch", sketched))
            if mended.done
        ]
        told.verdict(path, judged, copies)
        if sketched.done and not as_json:
            told.tried(mending.try_out(repaired.text, sketched.text))
    told.sum_up()
    sys.exit(0 if set(told.words) <= {"runs"} else 1)


def published(console: Console) -> dict[str, dict[str, bytes]]:
    """Return the newest version of every process of the company, by process and path."""
    with console.store.reading() as session:
        return {each.process: versions.files_of(session, each.id) for each in versions.all_latest(session)}


def written(path: Path, word: str, mended: Mended) -> Path:
    """Write the copy beside the file, under a name that says what it is."""
    ending = next((each for each in ENDINGS if path.name.lower().endswith(each)), path.suffix)
    bare = path.name[: len(path.name) - len(ending)]
    copy = path.with_name(f"{bare}.{word}{path.name[len(bare) :]}")
    copy.write_bytes(mended.text)
    return copy


@dataclass(frozen=True)
class Copied:
    """A mended copy: its path, and what was changed."""

    path: Path
    done: tuple[Finding, ...]


class Told:
    """Prints verdicts as they come, and at the end how often each thing was found."""

    def __init__(self, console: Console, as_json: bool) -> None:
        self.console, self.as_json = console, as_json
        self.words: Counter[str] = Counter()
        self.files: dict[tuple[str, str], int] = {}

    def verdict(self, path: Path, judged: opening.Judged, copies: Sequence[Copied]) -> None:
        """Print one file's verdict, its findings, and where copies of it were written."""
        self.words[judged.word] += 1
        for kind in {in_general(each) for each in judged.findings if each.level == "error"}:
            self.files[kind] = self.files.get(kind, 0) + 1
        if self.as_json:
            found = [
                {"level": f.level, "element": f.place, "name": f.name, "zh": f.zh, "en": f.en} for f in judged.findings
            ]
            said = {"path": str(path), "verdict": judged.word, "findings": found}
            more = {"copies": [str(copy.path) for copy in copies]} if copies else {}
            click.echo(json.dumps(said | more, ensure_ascii=False))
            return
        zh, colour = WORDS[judged.word]
        self.console.say(f"{path}:{zh}", f"{path}: {judged.word}", fg=colour)
        for finding in judged.findings:
            mark = MARKS[finding.level]
            click.echo(f"  {mark} {finding.text(self.console.language)}")
        for copy in copies:
            self.console.say(f"  已写入 {copy.path}", f"  written to {copy.path}", bold=True)
            for finding in copy.done:
                click.echo(f"    {finding.text(self.console.language)}")

    def tried(self, processes: Sequence[Tried]) -> None:
        """Print whether the whole sketch can be played, or why not."""
        for each in processes:
            if not each.findings:
                zh, en = "走得通每个节点并到达结束", "can be played to an end through every node"
                self.console.say(f"    {each.process}:{zh}", f"    {each.process}: {en}", fg="green")
            for finding in each.findings:
                click.echo(f"    ! {finding.text(self.console.language)}")

    def sum_up(self) -> None:
        """Print how many files, by verdict and by finding."""
        if self.as_json:
            return
        click.echo()
        for word, count in self.words.items():
            self.console.say(f"{WORDS[word][0]}:{count} 个文件", f"{word}: {count} files", bold=True)
        for (zh, en), count in sorted(self.files.items(), key=lambda each: -each[1]):
            self.console.say(f"  {count:4} 个文件：{zh}", f"  {count:4} files: {en}")


def in_general(finding: Finding) -> tuple[str, str]:
    """Return the finding without the names that differ from file to file."""
    return PARTICULAR.sub("…", finding.zh)[:150], PARTICULAR.sub("…", finding.en)[:150]
