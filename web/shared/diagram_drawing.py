"""What to draw on a diagram, as values; `diagram.html` and `web/browser/viewer.js` draw it.

Every text is already in the reader's language: the browser draws and does not translate.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from engine.bpmn.diagrams import Diagram, Node
from engine.bpmn.diagrams.words import kind_in_words
from web.shell.formats import name_of
from web.shell.language import gettext as _
from web.shell.language import language

State = Literal["late", "soon", "in_time", "done", "plain"]


@dataclass(frozen=True, slots=True)
class Badge:
    """A few words under an element: who, how long, how many."""

    text: str
    state: State = "plain"


@dataclass(frozen=True, slots=True)
class Link:
    """The link of an element: the diagram that it calls, the case that it started."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Flaw:
    """A finding at an element."""

    text: str
    level: Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Changed:
    """What another version does to an element: a word and its kind, so that colour does not say it alone."""

    text: str
    how: Literal["added", "removed", "changed", "moved"]


@dataclass(frozen=True, slots=True)
class Marks:
    """Everything drawn on top of one diagram, by element id; unknown ids are ignored.

    taken: nodes and flows passed. active: current nodes. badges: text under an element.
    details: (term, said) lines shown when the element is selected. links, flaws: at the element. changed: what differs
    from another version.
    """

    taken: frozenset[str] = frozenset()
    active: frozenset[str] = frozenset()
    badges: Mapping[str, Sequence[Badge]] = field(default_factory=dict)
    details: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    links: Mapping[str, Link] = field(default_factory=dict)
    flaws: Mapping[str, Sequence[Flaw]] = field(default_factory=dict)
    changed: Mapping[str, Changed] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """The same for the browser."""
        return {
            "taken": sorted(self.taken),
            "active": sorted(self.active),
            "badges": {id_: [{"text": b.text, "state": b.state} for b in each] for id_, each in self.badges.items()},
            "details": {id_: [list(line) for line in lines] for id_, lines in self.details.items()},
            "links": {id_: {"text": link.text, "href": link.href} for id_, link in self.links.items()},
            "findings": {id_: [{"text": f.text, "level": f.level} for f in each] for id_, each in self.flaws.items()},
            "changed": {id_: {"text": each.text, "how": each.how} for id_, each in self.changed.items()},
        }


@dataclass(frozen=True, slots=True)
class Step:
    """One element in words: the text alternative of its shape.

    then: names of the next elements. said: a case's note on it ("现在", "2 次 · 3 小时"), or nothing. phase: the
    sub-processes that it lies in, outermost first.
    """

    element: str
    name: str
    kind: str
    who: str = ""
    then: tuple[str, ...] = ()
    said: str = ""
    phase: str = ""


def steps_of(diagram: Diagram, said: Mapping[str, str] | None = None) -> list[Step]:
    """A diagram in words, in the language of the page: its elements in the order a case may reach them.

    `said`: a case's notes on elements, by id.
    """
    told = said or {}
    # The names of departments may change; everything else is fixed by the version.
    who = {node.id: groups_in_words(node.groups) for node in diagram.nodes if node.groups}
    return [
        replace(step, who=who.get(step.element, ""), said=told.get(step.element, ""))
        for step in _steps(diagram, language())
    ]


@lru_cache(maxsize=128)
def _steps(diagram: Diagram, language: str) -> tuple[Step, ...]:
    """The steps, from the diagram alone."""
    names = {node.id: _name(node, language) for node in diagram.nodes}
    joins = {node.id for node in diagram.nodes if is_plain_join(diagram, node)}
    return tuple(
        Step(
            element=node.id,
            name=names[node.id],
            kind=kind_in_words(node.drawn_as, node.event, language),
            then=tuple(
                (f"{flow.name}: " if flow.name and language == "zh" else "") + names[target]
                for flow in diagram.outgoing.get(node.id, ())
                if (target := behind(diagram, flow.target, joins)) in names
            ),
            phase=" › ".join(names[each.id] for each in diagram.phases(node.id)),
        )
        for node in diagram.in_order
        if node.id not in joins
    )


def is_plain_join(diagram: Diagram, node: Node) -> bool:
    """Whether a gateway only lets ways meet: nobody waits there, and it has nothing to say."""
    return node.kind == "exclusiveGateway" and not node.name and len(diagram.outgoing.get(node.id, ())) == 1


def behind(diagram: Diagram, target: str, joins: AbstractSet[str]) -> str:
    """The element that a flow leads to in words, past the joins on its way."""
    passed: set[str] = set()
    while target in joins and target not in passed:
        passed.add(target)
        target = diagram.outgoing[target][0].target
    return target


def _name(node: Node, language: str) -> str:
    """An element's name, or what kind of element it is."""
    name = (node.name_en if language == "en" else "") or node.name
    return name or f"({kind_in_words(node.drawn_as, node.event, language)})"


def groups_in_words(groups: str) -> str:
    """Candidate groups in words: `engineering/head` → 工程 部门主管； groups computed by FEEL are marked as such."""
    if groups.startswith("="):
        return _("由流程决定")
    return _("、").join(_group_in_words(group.strip()) for group in groups.split(","))


def _group_in_words(group: str) -> str:
    codes = group.partition(":")[2] or group
    return " ".join(name_of(code) for code in codes.split("/"))
