"""Commands about processes: publish and check."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from engine import publishing
from engine.checking import check
from engine.cli.root import Console, bihuan
from engine.errors import Finding, Unclear
from engine.versions import Version


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
@click.pass_obj
def check_command(console: Console, paths: tuple[Path, ...], as_json: bool) -> None:
    """Say of diagrams and tables whether they run as they are. Exit code 1 when one does not."""
    bad = 0
    for path in paths:
        for name, files in sorted(_groups(path).items()):
            verdict = check(files)
            bad += not verdict.runs
            _say(console, name, verdict.runs, verdict.findings, as_json)
    sys.exit(1 if bad else 0)


def _groups(path: Path) -> dict[str, dict[str, bytes]]:
    if path.is_file():
        return {str(path): {path.name: path.read_bytes()}}
    if (path / "bpmn").is_dir():
        found = publishing.read_folder(path)
        return {f"{path}/bpmn/{name}": publishing.together(found, name) for name in found}
    drawn = sorted(each for each in path.rglob("*") if each.suffix in {".bpmn", ".dmn"})
    if not drawn:
        raise Unclear(
            zh=f"{path} 里没有流程图或决策表(.bpmn、.dmn)。", en=f"{path} holds no diagrams or tables (.bpmn, .dmn)."
        )
    return {str(each): {each.name: each.read_bytes()} for each in drawn}


def _say(console: Console, name: str, runs: bool, findings: Sequence[Finding], as_json: bool) -> None:
    verdict = "runs" if runs else "needs repair"
    if as_json:
        said = [{"level": f.level, "element": f.place, "name": f.name, "zh": f.zh, "en": f.en} for f in findings]
        click.echo(json.dumps({"path": name, "verdict": verdict, "findings": said}, ensure_ascii=False))
        return
    console.say(f"{name}:{'可以运行' if runs else '需要修改'}", f"{name}: {verdict}", fg="green" if runs else "red")
    for finding in findings:
        click.echo(f"  {finding.text(console.language)}")
