"""What a page wants drawn on a diagram, as values; `templates/diagram.html` and `studio/viewer.js` draw it.

Every text is already in the reader's language: the browser draws and does not translate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

State = Literal["late", "soon", "in_time", "done", "plain"]


@dataclass(frozen=True, slots=True)
class Badge:
    """A few words under an element: who, how long, how many."""

    text: str
    state: State = "plain"


@dataclass(frozen=True, slots=True)
class Link:
    """Where an element leads: the diagram that it calls, the case that it started."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Flaw:
    """A finding at an element."""

    text: str
    level: Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Marks:
    """Everything drawn on top of one diagram, by id of its elements; ids that it does not have are passed over.

    taken: nodes and flows that were walked. active: nodes where it stands now. badges: words under an element.
    details: (term, said) lines shown when the element is chosen. links, flaws: at the element.
    """

    taken: frozenset[str] = frozenset()
    active: frozenset[str] = frozenset()
    badges: Mapping[str, Sequence[Badge]] = field(default_factory=dict)
    details: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    links: Mapping[str, Link] = field(default_factory=dict)
    flaws: Mapping[str, Sequence[Flaw]] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """The same for the browser."""
        return {
            "taken": sorted(self.taken),
            "active": sorted(self.active),
            "badges": {id_: [{"text": b.text, "state": b.state} for b in each] for id_, each in self.badges.items()},
            "details": {id_: [list(line) for line in lines] for id_, lines in self.details.items()},
            "links": {id_: {"text": link.text, "href": link.href} for id_, link in self.links.items()},
            "findings": {id_: [{"text": f.text, "level": f.level} for f in each] for id_, each in self.flaws.items()},
        }


@dataclass(frozen=True, slots=True)
class Step:
    """One element in words: the text alternative of its shape.

    then: names of what may follow. said: what a case has to say of it ("现在", "2 次 · 3 小时"), or nothing.
    """

    element: str
    name: str
    kind: str
    who: str = ""
    then: tuple[str, ...] = ()
    said: str = ""
