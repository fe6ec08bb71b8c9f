"""What a step may ask of the world around it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from engine.core.errors import BihuanError


@dataclass(frozen=True, slots=True)
class Work:
    """What a service or send task asks for: its topic, its evaluated inputs, its element's id, all it can see."""

    topic: str
    inputs: Mapping[str, object]
    element: str
    variables: Mapping[str, object]


def _no_table(decision: str, _: Mapping[str, object]) -> object:
    raise NoSuch(zh=f"没有决策表「{decision}」。", en=f'there is no table "{decision}".')


def _no_topic(work: Work) -> Mapping[str, object]:
    raise NoSuch(zh=f"没有可执行的主题「{work.topic}」。", en=f'there is no topic "{work.topic}".')


class NoSuch(BihuanError):
    """A diagram refers to something that does not exist."""

    zh = "{zh}"
    en = "{en}"


class BpmnError(BihuanError):
    """Raised by `World.perform`, to be caught by an error boundary event with this code in the diagram."""

    zh = "{zh}({code})"
    en = "{en} ({code})"

    def __init__(self, code: str, zh: str = "业务错误", en: str = "a business error") -> None:
        self.code = code
        super().__init__(code=code, zh=zh, en=en)


@dataclass(frozen=True, slots=True)
class World:
    """The time, the decision tables, the topics of service tasks and the functions that diagrams may call.

    `decide(decision, variables)` returns a table's result; `perform(work)` does a service task and returns its
    result's fields, may write in the caller's transaction and may raise `BpmnError`; `functions` have no side effects.
    `zone` returns that of the place of the case: a day, or a moment written without a zone, is meant there.
    `for_group` returns the functions that differ at a task of this group, and at events attached to it.
    `heard(element, text, value)` is told what each expression came to, where somebody wants to know.
    """

    now: datetime
    decide: Callable[[str, Mapping[str, object]], object] = _no_table
    perform: Callable[[Work], Mapping[str, object]] = _no_topic
    functions: Mapping[str, Callable[..., object]] = field(default_factory=dict)
    zone: Callable[[], tzinfo] = lambda: UTC
    heard: Callable[[str, str, object], None] | None = None
    for_group: Callable[[str], Mapping[str, Callable[..., object]]] = lambda group: {}

    def local_now(self) -> datetime:
        """Return the present moment in the zone of the case, so that its date is the one people have there."""
        return self.now.astimezone(self.zone())
