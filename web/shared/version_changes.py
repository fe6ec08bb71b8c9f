"""Two versions of a process side by side: what changed in words and on both drawings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from flask import url_for
from sqlalchemy.orm import Session

from engine.bpmn import diagrams
from engine.bpmn.diagrams.words import kind_in_words
from engine.complaints.core import categories
from engine.core.errors import BadXml
from engine.forms import Words
from engine.processes import comparing, versions
from engine.processes.comparing import Change, FileChanges, How, Part
from engine.processes.versions import Version
from web.shared.decisions_taken import in_words
from web.shared.diagram_drawing import Changed, Marks
from web.shared.plain_words import Categories, names, property_in_words
from web.shell.language import gettext as _
from web.shell.language import language

MOST = 300
"""So many changes of a file are shown; the rest is counted."""

LONGEST = 600
"""So many characters of a text are shown."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two versions: its name, its files, and the address of each diagram."""

    name: str
    files: Mapping[str, bytes]
    address: Callable[[str], str]


def side_of(session: Session, version: Version | None) -> Side:
    """A published version as a side; without one nothing was there."""
    if version is None:
        return Side(_("（还没有）"), {}, lambda path: "")

    def address(path: str) -> str:
        return url_for("processes.file", process=version.process, number=version.number, path=path)

    return Side(_("第 {number} 版", number=version.number), versions.files_of(session, version.id), address)


@dataclass(frozen=True, slots=True)
class ShownPart:
    """One thing that changed, from what to what, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One change in words. place: the element to go to on the drawing and the phases around it, or nothing."""

    how: How
    title: str
    about: str = ""
    place: str = ""
    parts: tuple[ShownPart, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawing:
    """One of the two drawings of a diagram."""

    name: str
    url: str
    marks: dict[str, object]


@dataclass(frozen=True, slots=True)
class ShownFile:
    """The changes of one file; `more`: how many are not shown. drawings: before and after, of a changed diagram."""

    path: str
    title: str
    how: How
    unread: bool = False
    changes: tuple[ShownChange, ...] = ()
    more: int = 0
    quiet: tuple[ShownChange, ...] = ()
    drawings: tuple[Drawing, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What codes are put into words with: categories, and the names of steps by their id."""

    categories: Categories
    steps: Mapping[str, str]


def _names_of_steps(files: Mapping[str, bytes]) -> dict[str, str]:
    """The names of the steps of the diagrams that can be read."""
    read = [diagrams.read(text) for path, text in files.items() if path.endswith(".bpmn") and _is_diagram(text)]
    return {
        node.id: (node.name_en if language() == "en" else "") or node.name
        for one in read
        for node in one.nodes
        if node.name
    }


def words_of(how: How) -> str:
    """How something changed, in a word."""
    return {"added": _("新增"), "removed": _("去掉"), "changed": _("改动"), "moved": _("换了位置")}[how]


def compare(session: Session, old: Side, new: Side) -> list[ShownFile]:
    """What differs, file by file; nothing for two that are the same."""
    known = Known(categories.known(session), _names_of_steps({**old.files, **new.files}))
    return [_shown(each, old, new, known) for each in comparing.between(old.files, new.files)]


def _shown(found: FileChanges, old: Side, new: Side, known: Known) -> ShownFile:
    changes = tuple(_change(each, known) for each in found.changes[:MOST])
    return ShownFile(
        path=found.path,
        title=_title(found),
        how=found.how,
        unread=found.unread,
        changes=changes,
        more=max(0, len(found.changes) - MOST),
        quiet=tuple(_change(each, known) for each in found.quiet[:MOST]),
        drawings=_drawings(found, old, new) if found.sort == "diagram" and not found.unread else (),
    )


def _title(found: FileChanges) -> str:
    sort = {
        "diagram": _("流程图"), "table": _("决策表"), "form": _("表单", count=1), "scenario": _("场景"), "file": _("其他文件"),
    }[found.sort]  # fmt: skip
    return f"{sort} · {_text(found.name) or PurePosixPath(found.path).stem}"


# ---- in words --------------------------------------------------------------------------------------------------------


def _change(change: Change, known: Known) -> ShownChange:
    place = " ".join((change.place, *change.phases)) if change.kind not in NUMBERED else ""
    parts = tuple(_part(change, each, known) for each in change.parts)
    return ShownChange(change.how, _named(change, known), _about(change), place, parts)


NUMBERED = frozenset({"row", "column", "field", "step", "table", "form", "scenario"})


def _named(change: Change, known: Known) -> str:
    name = _text(change.name)
    if change.kind == "row":
        return _row(change)
    if change.kind == "step":
        return _("第 {n} 步：{name}", n=change.now or change.was, name=_act(name, known))
    if change.kind == "column":
        return _("列“{name}”", name=name)
    return name


def _act(name: str, known: Known) -> str:
    """What a step of a scenario does: do acknowledge → 办 受理确认."""
    act, _space, about = name.partition(" ")
    said = {
        "complain": _("投诉"), "start": _("发起"), "improve": _("改进"), "do": _("办"), "resident": _("业主"), "wait": _("等"),
        "message": _("收到消息"), "join": _("归组"), "merge": _("合并"), "part": _("分开"), "pause": _("暂停"),
        "resume": _("接着计时"), "then": _("看结果"),
    }  # fmt: skip
    return f"{said.get(act, act)} {known.steps.get(about, about)}".strip()


def _row(change: Change) -> str:
    if change.how == "moved":
        return _("{table} 第 {was} 行移到第 {now} 行", table=_text(change.within), was=change.was, now=change.now)
    return _("{table} 第 {n} 行", table=_text(change.within), n=change.now or change.was)


TEXTS = frozenset({"participant", "lane", "messageFlow", "textAnnotation"})


def _about(change: Change) -> str:
    said = {
        "row": "", "step": "", "column": _text(change.within), "field": _("一个问题"), "table": _("整张表"), "form": _("整张表单"),
        "scenario": "", "participant": _("泳池"), "messageFlow": _("消息"), "textAnnotation": _("图上的说明"),
        "sequenceFlow": _("连线"),
    }  # fmt: skip
    if change.kind in said:
        kind = said[change.kind]
    else:
        kind = kind_in_words(change.kind, change.event, language())
    within = _text(change.within) if change.kind not in NUMBERED else ""
    return _("{kind}，在“{phase}”里", kind=kind, phase=within) if within else kind


def _part(change: Change, part: Part, known: Known) -> ShownPart:
    def said(text: Words) -> str:
        plain = _text(text)
        if change.kind == "row" and part.what:
            plain = _("（没有）") if plain == "null" else in_words(plain, known.categories) if plain else _("任意")
        elif change.kind == "step":
            plain = in_words(f'"{plain}"', known.categories) if plain else ""
        elif change.kind not in NUMBERED or part.what == "shown_if":
            plain = property_in_words(part.what, plain, known.categories)
        return plain if len(plain) <= LONGEST else f"{plain[:LONGEST]}…"

    before, after = said(part.before), said(part.after)
    if before == after:  # the same words for two texts: show what is written, or the other language
        before, after = (_written(each, part.before.zh == part.after.zh) for each in (part.before, part.after))
    if change.how in ("added", "removed"):
        before, after = (before if part.before else ""), (after if part.after else "")
    return ShownPart(_label(change, part), before, after)


def _label(change: Change, part: Part) -> str:
    if change.kind != "step":
        return _text(part.label)
    of, _dot, name = part.what.rpartition(".")
    said = names().get(name, name)
    return _("应当是：{what}", what=said) if of.startswith("then") or part.what == "then" else said


def _written(words: Words, english: bool) -> str:
    return (words.en if english else words.zh)[:LONGEST]


def _text(words: Words) -> str:
    return words.text(language())


# ---- drawn -----------------------------------------------------------------------------------------------------------


def _drawings(found: FileChanges, old: Side, new: Side) -> tuple[Drawing, ...]:
    """Before and after, each with the changes at its elements; only the one that there is."""
    hows = {each.place: each.how for each in reversed((*found.quiet, *found.changes))}
    sides = [side for side in (old, new) if found.path in side.files and _is_diagram(side.files[found.path])]
    return tuple(
        Drawing(side.name, side.address(found.path), Marks(changed=_changed(hows, side is new)).as_json())
        for side in sides
    )


def _is_diagram(text: bytes) -> bool:
    try:
        diagrams.read(text)
    except BadXml:
        return False
    return True


def _changed(hows: Mapping[str, How], newer: bool) -> dict[str, Changed]:
    absent: How = "removed" if newer else "added"
    return {id: Changed(words_of(how), how) for id, how in hows.items() if how != absent}
