"""A decision file, ready to decide."""

from collections.abc import Mapping

from engine.feel.bounds import DEPTH, Run
from engine.feel.dmn.deciding import Decided, Deciding, find
from engine.feel.dmn.graph import Decision, Graph, Service
from engine.feel.errors import BoundReached, UnknownDecision
from engine.feel.expression import NO_FUNCTIONS, Functions
from engine.feel.frames import Function
from engine.feel.outside import plain


class Model(Graph):
    """The result of `read`. `decisions` holds its decisions by id."""

    def decision(self, wanted: str) -> Decision:
        """Return a decision by its id, or by its name. Raises UnknownDecision."""
        if wanted in self.decisions:
            return self.decisions[wanted]
        for decision in self.decisions.values():
            if wanted in (decision.name, decision.variable):
                return decision
        raise UnknownDecision(wanted, sorted(decision.name for decision in self.decisions.values()))

    def decide(self, wanted: str, context: Mapping[str, object], functions: Functions = NO_FUNCTIONS) -> Decided:
        """Evaluate a decision, its requirements first.

        Raises UnknownDecision; TableError when a table's own rules are broken (two rows of a UNIQUE table match) or a
        cell cannot be read; BadModel; BoundReached when it costs too much. Errors raised by `functions` pass through
        unchanged.
        """
        decision = self.decision(wanted)
        try:
            return Deciding(context, Run(functions)).decision(decision, self)
        except RecursionError:
            raise BoundReached("depth", DEPTH) from None

    def serve(self, wanted: str, context: Mapping[str, object], functions: Functions = NO_FUNCTIONS) -> object:
        """Return the result of a decision service, by its id or name; its inputs are taken from the context."""
        service = self.service(wanted)
        run = Run(functions)
        function = Deciding(context, run).service(service, self)
        given = (find(reference, self)[0] for reference in (*service.inputs, *service.input_decisions))
        names = [element.variable if isinstance(element, Decision) else element.name for element in given]
        return plain(function(*(context.get(name) for name in names)), run)

    def invoke(self, wanted: str, context: Mapping[str, object], functions: Functions = NO_FUNCTIONS) -> object:
        """Return the result of a business knowledge model, by id or name; its parameters come from the context."""
        for element in self.knowledge.values():
            if wanted in (element.id, element.name):
                run = Run(functions)
                function = Deciding(context, run).function(element, self)
                return plain(function.by_name(context), run) if isinstance(function, Function) else None
        raise UnknownDecision(wanted, sorted(element.name for element in self.knowledge.values()))

    def service(self, wanted: str) -> Service:
        for service in self.services.values():
            if wanted in (service.id, service.name):
                return service
        raise UnknownDecision(wanted, sorted(service.name for service in self.services.values()))
