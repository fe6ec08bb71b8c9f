"""The result of a step: the new state, everything that waits now, and what happened on the way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

What = Literal["entered", "completed", "cancelled", "fired", "taken"]


@dataclass(frozen=True, slots=True)
class OpenTask:
    """Work that waits for a person. `local` holds the variables of this instance of a multi-instance."""

    key: str
    element: str
    name: str
    form: str | None
    groups: tuple[str, ...]
    assignee: str | None
    due: datetime | None
    priority: int | None
    kind: Literal["user", "manual"]
    local: Mapping[str, object]
    process: str


@dataclass(frozen=True, slots=True)
class WaitingTimer:
    """A moment that the case waits for; without one (`due` None) it sleeps until a `Retime` sets it."""

    key: str
    element: str
    due: datetime | None
    expression: str


@dataclass(frozen=True, slots=True)
class WaitingMessage:
    """A message or signal that the case waits for; without its own correlation the case's business key is used."""

    key: str
    kind: Literal["message", "signal"]
    name: str
    correlation: str | None
    element: str


class Happened(NamedTuple):  # created a dozen times a step, and much faster than a frozen dataclass
    """One event on the walked path, in order.

    `element` is a node's id, for "taken" a sequence flow's; `key` distinguishes visits of one node (for "taken": the
    visit that left by it); `process` is the diagram; `path` the call activities (ids) that lead into it. An activity
    with several instances enters once as a whole and once for each instance, all under its id.
    """

    what: What
    element: str
    key: str
    process: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Thrown:
    """Something thrown, for others to receive.

    A signal has already been received inside its own case; carry it to the others. A message is delivered by the
    keeper of the table of waits, to this case too. An escalation is reported whether or not a boundary event caught
    it.
    """

    kind: Literal["message", "signal", "escalation"]
    name: str
    correlation: str | None
    fields: Mapping[str, object]
    element: str


@dataclass(frozen=True, slots=True)
class Ended:
    """How the case ended: the last end event, and its kind ("none", "terminate", "error", ..., "cancelled")."""

    element: str
    kind: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a step. `tasks`, `timers` and `waits` are all that are open now, not only the new ones.

    `variables` are those of the case's own process. `stuck` names the gateways where branches wait for others that can
    no longer come, when nothing is left that could move the case.
    """

    state: bytes
    tasks: tuple[OpenTask, ...]
    timers: tuple[WaitingTimer, ...]
    waits: tuple[WaitingMessage, ...]
    happened: tuple[Happened, ...]
    thrown: tuple[Thrown, ...]
    ended: Ended | None
    variables: dict[str, object]
    steps: int
    stuck: tuple[str, ...] = ()
