"""An activity repeated for each of several items, in parallel or in sequence."""

from dataclasses import dataclass

from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from engine.bpmn.execution.element import Element
from engine.bpmn.execution.formulas import Formula, as_whole, shown
from engine.bpmn.execution.specs.activities import Activity
from engine.bpmn.execution.tree import Token, assign, layers, visible
from engine.core.errors import StepFailed


@dataclass(frozen=True)
class Repetition:
    """What to repeat over: a list (each item under `item`) or a number; what to collect, and when it is enough."""

    sequential: bool
    collection: Formula | None
    item: str | None
    cardinality: Formula | None
    results: str | None
    result: str | None
    enough: Formula | None


class MultiInstance(Activity):
    """Stands for all instances: boundary events and flows are attached to it.

    Every instance has variables of its own: the item, `loopCounter` (the first is 1), and its answers. When all are
    done, or `enough` holds, the results go out as one list in the order of the items.
    """

    def __init__(
        self, body: WorkflowSpec, name: str, element: Element, repetition: Repetition, instance: Activity
    ) -> None:
        super().__init__(body, name, element)
        self.repetition, self.instance = repetition, instance

    def work(self, token: Token) -> bool | None:
        items = self._items(token)
        token.internal_data.update(count=len(items), done=[])
        if not items:
            return True
        if self.instance.takes_time:
            self.listen(token)
        if self.repetition.sequential:
            token.internal_data["items"] = items
            self._begin(token, 0, items[0])
        else:
            for index, item in enumerate(items):
                self._begin(token, index, item)
        return None

    def instance_ended(self, token: Token, instance: Token) -> None:
        """Keep the result of a finished instance, then go on, begin the next one or wait for the others."""
        memory = token.internal_data
        seen = visible(instance)
        memory["done"].append([instance.internal_data["index"], seen.get(self.repetition.result or "")])
        self._go_on(token, instance)

    def instance_cancelled(self, token: Token, instance: Token) -> None:
        """Count a withdrawn instance, which gives no result, then go on or wait for the others."""
        token.internal_data["without"] = token.internal_data.get("without", 0) + 1
        self._go_on(token, instance)

    def leave(self, token: Token) -> list[Token]:
        if self.repetition.results:
            assign(token, {self.repetition.results: self._gathered(token)})
        return super().leave(token)

    def _go_on(self, token: Token, instance: Token) -> None:
        memory = token.internal_data
        ended = len(memory["done"]) + memory.get("without", 0)
        if ended >= memory["count"] or self._enough(token, instance):
            for other in [one for one in token.dependents() if one.local is not None]:
                other.cancel()
            token.complete()
        elif self.repetition.sequential:
            self._begin(token, ended, memory["items"][ended])

    def _begin(self, token: Token, index: int, item: object) -> None:
        local: dict[str, object] = {"loopCounter": index + 1}
        if self.repetition.item and self.repetition.collection is not None:
            local[self.repetition.item] = item
        instance = token.workflow.add(self.instance, token, index=index, local=local)
        self.instance._update(instance)

    def _items(self, token: Token) -> list[object]:
        repetition, element = self.repetition, self.element
        if repetition.collection is not None:
            found = repetition.collection.value(token)
            if isinstance(found, list | tuple):
                self._checked(token, len(found))
                return list(found)
            zh = f"多实例的集合「{repetition.collection.text}」应为列表，却是 {shown(found)}。"
            en = f'the collection "{repetition.collection.text}" must be a list, not {shown(found)}.'
            raise StepFailed(element.id, element.name, zh, en)
        assert repetition.cardinality is not None
        count = repetition.cardinality.value(token)
        return [None] * max(0, self._checked(token, as_whole(count, element) or 0))

    def _checked(self, token: Token, count: int) -> int:
        """Return the number of instances. Raises `StepFailed` when there are more than steps allowed at once."""
        if count > token.case.bound:
            element, bound = self.element, token.case.bound
            zh, en = f"多实例最多 {bound} 个，这里要 {count} 个。", f"{count} instances; at most {bound} are possible."
            raise StepFailed(element.id, element.name, zh, en)
        return count

    def _gathered(self, token: Token) -> list[object]:
        return [result for _, result in sorted(token.internal_data.get("done", []), key=lambda pair: pair[0])]

    def _enough(self, token: Token, instance: Token) -> bool:
        repetition, memory = self.repetition, token.internal_data
        if repetition.enough is None:
            return False
        done = len(memory["done"])
        counted: dict[str, object] = {
            "nrOfInstances": memory["count"],
            "nrOfCompletedInstances": done,
            "nrOfActiveInstances": memory["count"] - done if not repetition.sequential else 0,
        }
        if repetition.results:
            counted[repetition.results] = self._gathered(token)
        seen = {name: value for layer in reversed(layers(instance)) for name, value in layer.items()}
        return repetition.enough.holds(token, {**seen, **counted})
