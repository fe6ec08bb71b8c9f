"""Processes: published versions, drawn and readable."""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from types import MappingProxyType

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from engine.bpmn import diagrams
from engine.bpmn.diagrams import Diagram, Node
from engine.casework.cases import by_version
from engine.company import people
from engine.company.people import Person
from engine.core.errors import BihuanError, Finding, NotFound
from engine.feel import FeelError, dmn
from engine.forms import Choice, Form, Words
from engine.forms import read as read_form
from engine.improvement import linked
from engine.processes import process_drafts, publishing, released, rights, uploads, versions
from engine.processes.versions import Version
from engine.scenarios import script
from web.processes import beginnings, waiting
from web.shared.diagram_drawing import Badge, Flaw, Link, Marks, Step, groups_in_words, steps_of
from web.shell import current, lists
from web.shell.guard import DIAGRAMS, relaxed, rule
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("processes", __name__, url_prefix="/processes")

Address = Callable[[str], str]
"""Gives the URL of a file by its path."""

NONE: Mapping[str, tuple[str, str]] = MappingProxyType({})
TYPES = {".bpmn": "application/xml", ".dmn": "application/xml", ".json": "application/json"}


# ---- what is published -----------------------------------------------------------------------------------------------


def publishers(session: Session, published: Iterable[Version]) -> dict[int, Person]:
    """Who published, by id."""
    return people.names(session, [version.by_id for version in published if version.by_id is not None])


def find_version(session: Session, process: str, number: int) -> Version:
    """One version; raises `NotFound`."""
    found = session.scalar(select(Version).where(Version.process == process, Version.number == number))
    if found is None:
        raise NotFound()
    return found


@blueprint.get("/<process>")
@rule("process.see")
def newest(process: str) -> AnyResponse:
    """The newest version of a process."""
    found = versions.latest(current.reading(), process)
    if found is None:
        raise NotFound()
    return redirect(url_for("processes.show", process=process, number=found.number))


@blueprint.get("/<process>/<int:number>")
@rule("process.see")
@relaxed(DIAGRAMS)
def show(process: str, number: int) -> str:
    """One version: its diagrams drawn, its tables and forms to read."""
    session = current.reading()
    version = find_version(session, process, number)
    latest = versions.latest(session, process)
    siblings = _siblings(session, process)

    def address(path: str) -> str:
        return url_for("processes.file", process=process, number=number, path=path)

    standing = by_version.at_steps(session, version)
    contents = read_contents(versions.files_of(session, version.id), address, standing=standing)
    for path, _form in contents.forms:
        key = PurePosixPath(path).stem
        contents.previews[path] = url_for("processes.preview", process=process, number=number, key=key)
    return render_template(
        "processes/version.html",
        version=version,
        siblings=siblings[: lists.SIZE],
        latest=latest.number if latest else number,
        older=siblings[lists.SIZE - 1].number if len(siblings) > lists.SIZE else None,
        counts=by_version.counts(session),
        publishers=publishers(session, [version, *siblings]),
        contents=contents,
        standing=standing,
        may_draft=rights.may(session, current.someone(), process, rights.DRAFT),
        draft=process_drafts.find(session, process),
        may_publish=rights.may(session, current.someone(), process, rights.PUBLISH),
        names={process: version.said(language())},
        **waiting.of(session, process),
        beginnings=beginnings.of_process(session, process) if latest and version.id == latest.id else [],
        is_news=process in released.news(session, publishing.shipped()),
        belongs_to=linked.of_version(session, current.someone(), version),
        improvements=linked.offered(session, current.someone()) if current.may("improvement.see") else [],
    )


@blueprint.post("/<process>/<int:number>/improvement")
@rule("process.publish")
def belong(process: str, number: int) -> AnyResponse:
    """Say which improvement a version belongs to."""
    chosen, me = request.form.get("improvement", ""), current.someone()
    if chosen and not lists.is_id(chosen):
        raise NotFound()
    current.attempt(
        lambda session: linked.link(
            session, find_version(session, process, number), int(chosen) if chosen else None, by=me
        )
    )
    return redirect(url_for("processes.show", process=process, number=number), 303)


def _siblings(session: Session, process: str) -> Sequence[Version]:
    """The versions of a process, the newest first, from the one that the address asks for; one more than is shown."""
    asked = select(Version).where(Version.process == process).order_by(Version.number.desc())
    if lists.is_id(before := request.args.get("before", "")):
        asked = asked.where(Version.number < int(before))
    return session.scalars(asked.limit(lists.SIZE + 1)).all()


@blueprint.get("/<process>/<int:number>/forms/<key>")
@rule("process.see")
def preview(process: str, number: int, key: str) -> str:
    """A preview of a form. Nothing is saved; lists show a placeholder instead of people's names."""
    session = current.reading()
    version = find_version(session, process, number)
    path = f"forms/{process}/{key}.json"
    files = versions.files_of(session, version.id)
    if path not in files:
        raise NotFound()
    form = read_form(files[path])
    stand_in = (Choice("", Words("（办理时按实际名单）", "(the actual list, when it is filled in)")),)
    choices = {each.choices_from: stand_in for each in form.every if each.choices_from}
    return render_template(
        "processes/form.html", version=version, path=path, form=form, checked=form.blank(), choices=choices
    )


@blueprint.get("/<process>/<int:number>/files/<path:path>")
@rule("process.see")
def file(process: str, number: int, path: str) -> Response:
    """One file of a version, as it was published."""
    session = current.reading()
    return as_file(versions.files_of(session, find_version(session, process, number).id), path)


@blueprint.get("/<process>/<int:number>/all.zip")
@rule("process.see")
def download(process: str, number: int) -> Response:
    """All files of a version in one zip, which can be uploaded again as it is."""
    session = current.reading()
    packed = uploads.zipped(versions.files_of(session, find_version(session, process, number).id))
    name = f"{process}-{number}.zip"
    return send_file(io.BytesIO(packed), "application/zip", as_attachment=True, download_name=name)


def as_file(files: Mapping[str, bytes], path: str) -> Response:
    """One of `files` as an attachment: never shown as a page of ours. Raises `NotFound`."""
    if path not in files:
        raise NotFound()
    kind = TYPES.get(PurePosixPath(path).suffix.lower(), "application/octet-stream")
    return send_file(io.BytesIO(files[path]), kind, as_attachment=True, download_name=PurePosixPath(path).name)


# ---- what stands in the files ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Drawn:
    """A diagram on the page: the URL of its file, its marks, and the same as text."""

    path: str
    url: str
    title: str
    marks: dict[str, object]
    steps: list[Step]


@dataclass(frozen=True, slots=True)
class Contents:
    """Parsed files for a page: diagrams, decisions (path, decision), forms (path, form), scenarios (path, title), and
    unreadable ones."""

    drawn: list[Drawn] = field(default_factory=list)
    decisions: list[tuple[str, dmn.Decision]] = field(default_factory=list)
    forms: list[tuple[str, Form]] = field(default_factory=list)
    scenarios: list[tuple[str, str]] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)
    urls: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    """What each file that can be read is called, by path."""
    names: dict[str, str] = field(default_factory=dict)
    """What findings do not say: the English names of steps and tables on an English page, and between which steps a
    flow leads; by id."""
    previews: dict[str, str] = field(default_factory=dict)


def read_contents(
    files: Mapping[str, bytes],
    address: Address,
    findings: Iterable[Finding] = (),
    standing: Mapping[str, int] = MappingProxyType({}),
) -> Contents:
    """Parse files for display; `findings`, and how many cases stand where, are marked in place.

    An unreadable file is listed with the reason.
    """
    contents = Contents(urls={path: address(path) for path in sorted(files)})
    read: dict[str, Diagram] = {}
    for path in sorted(files):
        try:
            read_one(contents, read, path, files[path])
        except BihuanError as broken:
            contents.unread.append((path, broken.text(language())))
        except FeelError as broken:
            contents.unread.append((path, broken.zh if language() == "zh" else broken.en))
    flaws = flaws_by_place(findings)
    drawn_here = {each.process.id: f"#{path}" for path, each in read.items()}
    for path, diagram in read.items():
        title = (
            (diagram.process.name_en if language() == "en" else "")
            or diagram.process.name
            or diagram.process.id
            or path
        )
        cases = cases_in_words(diagram, standing)
        marks = Marks(
            active=frozenset(cases),
            badges={step: [Badge(words)] for step, words in cases.items()},
            details=details_of(diagram),
            links=links_of(diagram, drawn_here),
            flaws=flaws,
        )
        contents.drawn.append(Drawn(path, contents.urls[path], title, marks.as_json(), steps_of(diagram, cases)))
    contents.titles.update(titles_of(contents))
    contents.names.update(names_of(contents, read.values()))
    return contents


def names_of(contents: Contents, read: Iterable[Diagram]) -> Iterator[tuple[str, str]]:
    """What flows lead between; on an English page the English names of steps and tables too."""
    for diagram in read:
        called = {node.id: (node.name_en if language() == "en" else "") or node.name for node in diagram.nodes}
        for flow in diagram.flows:
            ends = [called.get(end) or end for end in (flow.source, flow.target)]
            yield flow.id, " → ".join(ends)
        if language() == "en":
            yield from ((node.id, node.name_en) for node in diagram.nodes if node.name_en)
    if language() == "en":
        yield from ((each.id, each.said(each.name, "en")) for _path, each in contents.decisions)


def titles_of(contents: Contents) -> Iterator[tuple[str, str]]:
    """What each file is called, with its kind."""
    yield from ((each.path, _("流程图“{title}”", title=each.title)) for each in contents.drawn)
    for path, decision in contents.decisions:
        yield path, _("规则表“{title}”", title=decision.said(decision.name or decision.id, language()))
    yield from ((path, _("表单“{title}”", title=form.title.text(language()))) for path, form in contents.forms)
    yield from ((path, _("场景“{title}”", title=title)) for path, title in contents.scenarios)


def read_one(contents: Contents, read: dict[str, Diagram], path: str, text: bytes) -> None:
    """Add one file to `contents`, a diagram to `read`."""
    match PurePosixPath(path).suffix.lower():
        case ".bpmn":
            read[path] = diagrams.read(text)
        case ".dmn":
            contents.decisions.extend((path, decision) for decision in dmn.read(text).decisions.values())
        case ".json" if versions.is_scenario(path):
            contents.scenarios.append((path, script.read(path, text).named(language())))
        case ".json":
            contents.forms.append((path, read_form(text)))


def cases_in_words(diagram: Diagram, standing: Mapping[str, int]) -> dict[str, str]:
    """How many cases stand at each step, without events that only wait along: at a boundary, or beginning a phase."""
    there = [node.id for node in diagram.nodes if node.id in standing and not node.attached_to]
    there = [id for id in there if diagram.node[id].kind != "startEvent"]
    return {id: _("{n} 件", n=f"{standing[id]:,}") for id in there}


def flaws_by_place(findings: Iterable[Finding]) -> dict[str, list[Flaw]]:
    """Findings by element."""
    found: dict[str, list[Flaw]] = {}
    for each in findings:
        found.setdefault(each.place, []).append(Flaw(each.zh if language() == "zh" else each.en, each.level))
    return found


def details_of(diagram: Diagram) -> dict[str, list[tuple[str, str]]]:
    """The diagram's facts about each element, in words."""
    found = {node.id: [(term, said) for term, said in lines_of(node) if said] for node in diagram.nodes}
    found.update({flow.id: [(_("条件"), flow.condition)] for flow in diagram.flows if flow.condition})
    return {place: lines for place, lines in found.items() if lines}


def lines_of(node: Node) -> list[tuple[str, str]]:
    """A diagram's facts about one element; empty if there are none."""
    return [
        (_("负责"), groups_in_words(node.groups) if node.groups else ""),
        (_("指定办理人"), node.assignee),
        (_("表单", count=1), node.form),
        (_("办理期限"), node.due),
        (_("决策表"), node.decision),
        (_("自动动作"), node.topic),
        (_("调用流程"), node.called),
        (_("消息或代码"), node.ref),
        (_("定时"), node.timer),
        (_("条件"), node.condition),
        (_("赋值"), node.script),
    ]


def links_of(diagram: Diagram, drawn_here: Mapping[str, str]) -> dict[str, Link]:
    """Link from each call to the called process: on this page if drawn here, else its newest version."""
    return {
        node.id: Link(_("打开 ▸"), drawn_here.get(node.called) or url_for("processes.newest", process=node.called))
        for node in diagram.nodes
        if node.called
    }
