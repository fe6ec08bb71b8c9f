"""Cutting the past: what is finished goes out of the tree, so that round 1,000 of a loop costs what round 1 did."""

from engine.bpmn.execution.tree import ROOT, LiveCase


def shorten(case: LiveCase) -> None:
    """Keep only living tokens. One whose forerunner is finished stands on its own."""
    for scope in case.every_scope():
        root = scope.task_tree
        for token in scope.live.values():
            token._children = [number for number in token._children if number in scope.live]
            if token._parent not in scope.live:
                token._parent = ROOT
        root._children = [token.id for token in scope.live.values() if token._parent == ROOT]
        scope.tasks = {ROOT: root, **scope.live}
