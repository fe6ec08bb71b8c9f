"""The state of a token game: tokens, activities, waits, variables."""

import pickle
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class Env:
    """A set of variables: a process's, or a multi-instance child's inside it."""

    variables: dict[str, object]
    outer: int | None


@dataclass
class Scope:
    """A running process or sub-process; `listening` while its event sub-processes can begin, `cleared` how often all
    in it was ended at once."""

    body: str
    host: int | None
    env: int
    arrived: Counter[str] = field(default_factory=Counter)
    listening: bool = False
    cleared: int = 0


@dataclass
class Activity:
    """A token that waits at an element: a task, a catch event, an event gateway, something with a body or children."""

    node: str
    scope: int
    env: int
    parent: int | None = None
    index: int = 0
    inner: int | None = None
    items: list[object] = field(default_factory=list)
    started: int = 0
    results: dict[int, object] = field(default_factory=dict)
    many: bool = False
    born: int = 0


@dataclass
class Wait:
    """A timer, message, signal or condition that an event `node` waits for: of the activity `owner`, or, for the start
    of an event sub-process, of a `scope`."""

    node: str
    owner: int | None
    scope: int | None
    kind: str
    name: str = ""
    correlation: object = None
    due: datetime | None = None
    left: int = 0
    seen: bool = False
    born: int = 0


@dataclass
class Token:
    """A moving token: on a flow, or (at a start) about to enter `node`."""

    scope: int
    node: str
    flow: str | None = None


@dataclass
class State:
    """The state at one moment; contains only ids, so that it can be copied cheaply."""

    numbers: int = 0
    acts: int = 0
    limit: datetime | None = None
    envs: dict[int, Env] = field(default_factory=dict)
    scopes: dict[int, Scope] = field(default_factory=dict)
    activities: dict[int, Activity] = field(default_factory=dict)
    waits: dict[int, Wait] = field(default_factory=dict)
    ready: list[Token] = field(default_factory=list)
    thrown: list[tuple[str, str]] = field(default_factory=list)
    entered: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)
    joined: Counter[str] = field(default_factory=Counter)
    ended: str | None = None


def copied(state: State) -> State:
    return pickle.loads(pickle.dumps(state, protocol=5))


def essence(state: State) -> str:
    """A key that is equal for equivalent states: the whole state without arbitrary numbers."""
    if state.ended or not state.scopes:
        return f"ended {state.ended}"
    return scope_essence(state, min(state.scopes))


def scope_essence(state: State, key: int) -> str:
    scope = state.scopes[key]
    arrived = sorted((flow, count) for flow, count in scope.arrived.items() if count)
    inside = [k for k, activity in state.activities.items() if activity.scope == key and activity.parent is None]
    activities = sorted(activity_essence(state, k) for k in inside)
    listening = f"{scope.listening}{waits(state, scope=key)}"
    return f"{scope.body}{variables(state, scope.env)}{arrived}{listening}{activities}"


def activity_essence(state: State, key: int) -> str:
    activity = state.activities[key]
    own = variables(state, activity.env) if activity.parent is not None else ""
    children = sorted(activity_essence(state, k) for k, other in state.activities.items() if other.parent == key)
    inner = scope_essence(state, activity.inner) if activity.inner is not None else ""
    many = f"{activity.started}{activity.items}{sorted(activity.results.items())}"
    return f"({activity.node}{activity.born}.{activity.index}{own}{waits(state, owner=key)}{many}{children}{inner})"


def waits(state: State, owner: int | None = None, scope: int | None = None) -> list[str]:
    return sorted(
        f"{wait.node}{wait.kind}{wait.name}{wait.correlation}{wait.due}{wait.left}{wait.seen}{wait.born}"
        for wait in state.waits.values()
        if (wait.owner, wait.scope) == (owner, scope)
    )


def variables(state: State, env: int) -> str:
    return str(sorted(state.envs[env].variables.items(), key=lambda item: item[0]))
