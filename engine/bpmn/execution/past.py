"""Remove finished tokens from the tree, so that round 1,000 of a loop costs as much as round 1."""

from engine.bpmn.execution.tree import ROOT, LiveCase


def shorten(case: LiveCase) -> None:
    """Keep only living tokens. One whose parent is finished becomes independent."""
    for scope in case.every_scope():
        root = scope.task_tree
        for token in scope.live.values():
            token._children = [number for number in token._children if number in scope.live]
            if token._parent not in scope.live:
                token._parent = ROOT
        root._children = [token.id for token in scope.live.values() if token._parent == ROOT]
        scope.tasks = {ROOT: root, **scope.live}
