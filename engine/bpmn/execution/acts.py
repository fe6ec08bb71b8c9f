"""What can be done to a case from outside. An act is a value: it can be stored with an incident and repeated."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from engine.bpmn.execution import coding


@dataclass(frozen=True, slots=True)
class Start:
    """Begin a case, by the start event of `message` (its name, a signal's, or the id of a timer) if one is given."""

    variables: Mapping[str, object] = field(default_factory=dict)
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Complete:
    """Complete the open task with this key; the answers become variables."""

    task: str
    answers: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fire:
    """Fire the waiting timer with this key. The caller knows whether it is due."""

    timer: str


@dataclass(frozen=True, slots=True)
class Deliver:
    """Deliver a message (or a signal) to the one wait with this key; the fields become variables."""

    wait: str
    fields: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Broadcast:
    """Tell every wait for this signal in the case; there may be none."""

    signal: str
    fields: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """Set variables from outside; conditional events react.

    They are those of the case's own process, or those that the token `at` holds: a called process's, an instance's.
    """

    variables: Mapping[str, object]
    at: str = ""


@dataclass(frozen=True, slots=True)
class Retime:
    """Recompute every waiting timer whose expression calls one of these functions.

    `firsts`: only where one of these texts is, or may be, the first argument; empty means any.
    """

    names: frozenset[str]
    firsts: frozenset[str] = frozenset()

    def __or__(self, other: "Retime") -> "Retime":
        """Return an act that recomputes both."""
        narrow = self.firsts and other.firsts
        return Retime(self.names | other.names, self.firsts | other.firsts if narrow else frozenset())


@dataclass(frozen=True, slots=True)
class CancelTask:
    """Withdraw the open task with this key; its path ends there."""

    task: str


@dataclass(frozen=True, slots=True)
class Put:
    """Take the token with this key to a node by hand: before it, so that it is done (again), or after it, so that it
    is passed over. Without an element: the node where the token stands. The variables are written first."""

    token: str
    element: str = ""
    after: bool = False
    variables: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CancelCase:
    """End the case at once."""


Act = Start | Complete | Fire | Deliver | Broadcast | Change | Retime | CancelTask | Put | CancelCase

_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (Start, Complete, Fire, Deliver, Broadcast, Change, Retime, CancelTask, Put, CancelCase)
}


def act_to_json(act: Act) -> str:
    """Return the act as JSON text that `act_from_json` reads back to an equal act."""
    row: dict[str, object] = {"act": type(act).__name__}
    for one in fields(act):
        value = getattr(act, one.name)
        row[one.name] = sorted(value) if isinstance(value, frozenset) else value
    return coding.dumps(row)


def act_from_json(text: str) -> Act:
    """Read what `act_to_json` wrote."""
    row = coding.loads(text)
    kind = _KINDS[row.pop("act")]
    if kind is Retime:
        row["names"], row["firsts"] = frozenset(row["names"]), frozenset(row.get("firsts", ()))
    act: Act = kind(**row)
    return act
