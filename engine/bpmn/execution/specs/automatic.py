"""Tasks done by the engine: scripts, service tasks, decision tables, and sending."""

from collections.abc import Mapping
from dataclasses import dataclass

from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from engine.bpmn.execution.element import Element
from engine.bpmn.execution.formulas import Formula, Text, fail, shown
from engine.bpmn.execution.specs.activities import Activity
from engine.bpmn.execution.specs.boundaries import catch
from engine.bpmn.execution.specs.throwing import MessageThrow
from engine.bpmn.execution.tree import Token, assign, visible
from engine.bpmn.execution.world import BpmnError, Work
from engine.core.errors import StepFailed


class ScriptTask(Activity):
    """Lines `name = FEEL`; each sees the results of the ones before it."""

    takes_time = False

    def __init__(self, body: WorkflowSpec, name: str, element: Element, lines: tuple[tuple[str, Formula], ...]) -> None:
        super().__init__(body, name, element)
        self.lines = lines

    def work(self, token: Token) -> bool | None:
        for target, formula in self.lines:
            assign(token, {target: formula.value(token)})
        return True


@dataclass(frozen=True)
class Order:
    """What a service task asks the world to do, and where its result goes."""

    topic: str
    inputs: tuple[tuple[str, Text], ...]
    outputs: tuple[tuple[str, Text], ...]


class ServiceTask(Activity):
    """Calls its topic in the world. Without output parameters every field of the result becomes a variable."""

    takes_time = False

    def __init__(self, body: WorkflowSpec, name: str, element: Element, order: Order) -> None:
        super().__init__(body, name, element)
        self.order = order

    def work(self, token: Token) -> bool | None:
        inputs = {name: text.value(token) for name, text in self.order.inputs}
        work = Work(self.order.topic, inputs, self.element.id, visible(token))
        try:
            result = token.case.world.perform(work)
        except BpmnError as problem:
            if catch(token, "error", problem.code, from_itself=True):
                return None
            fail(self.element, problem, "没有边界事件接住这个业务错误", "no boundary event catches this error")
        except Exception as problem:
            fail(self.element, problem, f"执行「{self.order.topic}」失败", f'"{self.order.topic}" failed')
        self._keep(token, result or {})
        return True

    def _keep(self, token: Token, result: Mapping[str, object]) -> None:
        if not self.order.outputs:
            assign(token, result)
            return
        seen = {**visible(token), **result}
        assign(token, {name: text.value(token, seen) for name, text in self.order.outputs})


class SendTask(ServiceTask):
    """Throws its message and goes on; with a topic it calls the world as well."""

    def __init__(
        self, body: WorkflowSpec, name: str, element: Element, order: Order, throw: MessageThrow | None
    ) -> None:
        super().__init__(body, name, element, order)
        self.throw = throw

    def work(self, token: Token) -> bool | None:
        if self.order.topic and super().work(token) is None:
            return None
        if self.throw is not None:
            self.throw.throw(token)
        return True


@dataclass(frozen=True)
class Question:
    """A decision table to evaluate, the variable for its result, and the shape of the result."""

    decision: str
    variable: str | None
    shape: str | None


class RuleTask(Activity):
    """Evaluates a decision table. Without a result variable the result's fields become variables."""

    takes_time = False

    def __init__(self, body: WorkflowSpec, name: str, element: Element, question: Question) -> None:
        super().__init__(body, name, element)
        self.question = question

    def work(self, token: Token) -> bool | None:
        decision, variable = self.question.decision, self.question.variable
        try:
            found = token.case.world.decide(decision, visible(token))
        except Exception as problem:
            fail(self.element, problem, f"决策表「{decision}」", f'decision table "{decision}"')
        found = self._shaped(found)
        if variable:
            assign(token, {variable: found})
        elif isinstance(found, Mapping):
            assign(token, found)
        else:
            zh = f"决策表「{decision}」的结果是 {shown(found)},没有可写入的变量。请指定结果变量，或补上缺少的规则。"
            en = (
                f'table "{decision}" gave {shown(found)} and there is no variable to put it in. '
                "Name a result variable, or add the missing rule."
            )
            raise StepFailed(self.element.id, self.element.name, zh, en)
        return True

    def _shaped(self, found: object) -> object:
        """Return the result in the shape that `mapDecisionResult` names. Raises `StepFailed` for several rows."""
        rows = found if isinstance(found, list) else [] if found is None else [found]
        match self.question.shape:
            case "singleEntry":
                row = self._only(rows)
                return self._only(list(row.values())) if isinstance(row, Mapping) else row
            case "singleResult":
                return self._only(rows)
            case "collectEntries":
                return [self._only(list(row.values())) if isinstance(row, Mapping) else row for row in rows]
            case "resultList":
                return rows
            case _:
                return found

    def _only(self, rows: list[object]) -> object:
        if len(rows) > 1:
            zh = f"决策表「{self.question.decision}」给出了 {len(rows)} 个结果，这里只能要一个。"
            en = f'table "{self.question.decision}" gave {len(rows)} results; only one fits here.'
            raise StepFailed(self.element.id, self.element.name, zh, en)
        return rows[0] if rows else None
