"""The inputs and results of a check."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Protocol

from engine.core.errors import Finding


@dataclass(frozen=True)
class Wording:
    """What a text written out in a diagram can be: one of `codes`; with `group` also whom a task can be for; with
    `elements` ids of elements, separated by commas."""

    codes: AbstractSet[str] = frozenset()
    group: bool = False
    elements: bool = False


@dataclass(frozen=True)
class Promise:
    """What a table promises: for every one of the `codes` of its input `by`, a row of `each` kind (in its output `of`).

    Codes and kinds come with their names in Chinese and English.
    """

    by: str
    codes: Mapping[str, tuple[str, str]]
    of: str
    each: Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Asked:
    """A table that the domain itself asks: the answers that it `reads`, and what it asks with (None: a whole case).

    `process`: whose folder must hold it; `codes`: the texts that what it asks with can be.
    """

    reads: frozenset[str]
    given: frozenset[str] | None = None
    process: str = ""
    codes: Mapping[str, AbstractSet[str]] = field(default_factory=dict)


class Topic(Protocol):
    """What a check knows of a topic: its inputs, those it needs and what they can be, and its results."""

    @property
    def takes(self) -> Mapping[str, str]: ...

    @property
    def gives(self) -> Mapping[str, str]: ...

    @property
    def needs(self) -> AbstractSet[str]: ...

    @property
    def more(self) -> AbstractSet[str]: ...

    @property
    def words(self) -> Mapping[str, Wording]: ...


class Function(Protocol):
    """What a check knows of one of our functions: its parameters, and what they can be."""

    @property
    def parameters(self) -> Sequence[str]: ...

    @property
    def words(self) -> Mapping[str, Wording]: ...


@dataclass(frozen=True)
class Meanings:
    """The allowed codes for `status`, `counts_as` and `deadline` at the steps of a process.

    `is_told`: people outside read of its steps, so that a task needs a status or words for them.
    """

    statuses: AbstractSet[str]
    counts_as: AbstractSet[str]
    is_told: bool = False
    deadlines: AbstractSet[str] | None = None


@dataclass(frozen=True)
class Available:
    """What diagrams may refer to. None means unknown, so that nothing is reported about it.

    `departments`, `roles` and `regions` are codes; `topics` by name; `functions` are names of our FEEL functions; `processes` ids
    of processes that are published already; `variables` by process id what a case of it starts with, `changed` what the
    domain sets in a running one, `read` what it reads, `codes` the texts that a variable can be; `called` describes the
    functions; `messages` what the messages that the domain sends bring; `promises` what tables must hold, by decision;
    `asked` which of them the domain asks; `answers` by process what the domain reads of the forms of its steps, and of
    those of what it calls, by what a step counts as; `contact` the keys of a start form that say who asks; `meanings` by process id what its steps, and
    those of what it calls, may mean; `check_form(path, text)` returns what is wrong with a form.
    """

    departments: AbstractSet[str] | None = None
    roles: AbstractSet[str] | None = None
    regions: AbstractSet[str] | None = None
    topics: Mapping[str, Topic] | None = None
    functions: AbstractSet[str] | None = None
    processes: AbstractSet[str] = frozenset()
    variables: Mapping[str, AbstractSet[str]] = field(default_factory=dict)
    changed: Mapping[str, AbstractSet[str]] = field(default_factory=dict)
    read: Mapping[str, AbstractSet[str]] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, AbstractSet[str]]] = field(default_factory=dict)
    called: Mapping[str, Function] = field(default_factory=dict)
    messages: Mapping[str, AbstractSet[str]] | None = None
    promises: Mapping[str, Promise] = field(default_factory=dict)
    asked: Mapping[str, Asked] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, AbstractSet[str]]] = field(default_factory=dict)
    contact: AbstractSet[str] = frozenset()
    meanings: Mapping[str, Meanings] = field(default_factory=dict)
    check_form: Callable[[str, bytes], Sequence[Finding]] | None = None


@dataclass(frozen=True)
class Verdict:
    """All findings. `runs`: there is no error among them, and it was played without one.

    `notes` say what it rests on: how many cases were played, what none of them came by, what was not decided.
    """

    findings: tuple[Finding, ...]
    notes: tuple[Finding, ...] = ()

    @property
    def runs(self) -> bool:
        return not any(finding.level == "error" for finding in self.findings)
