"""The library's own parallel join put back in the engine, to show that the oracle notices."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.parallel_gateway import ParallelGateway as LibraryJoin
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin

from engine.bpmn.execution import past
from engine.bpmn.execution.specs.gateways import ParallelGateway


@contextmanager
def library_join() -> Iterator[None]:
    """Inside the block, parallel gateways join as in the library: by looking for past arrivals."""
    shorten = past.shorten
    past.shorten = lambda case: None
    ParallelGateway._update_hook = hook
    ParallelGateway._check_threshold_unstructured = LibraryJoin._check_threshold_unstructured
    try:
        yield
    finally:
        past.shorten = shorten
        del ParallelGateway._update_hook, ParallelGateway._check_threshold_unstructured


def hook(gateway: Any, token: Any) -> bool:
    if len(gateway.incoming) < 2:
        return bool(gateway.arrive(token))
    may = bool(UnstructuredJoin._update_hook(gateway, token))
    if may:
        token.note("entered")
    return may
