"""A case's state as compressed bytes: the living tokens and the variables, without the diagram."""

import threading
from typing import Any

from zstandard import ZstdCompressor, ZstdDecompressor

from engine.bpmn.execution import coding
from engine.bpmn.execution.outcome import Ended
from engine.bpmn.execution.program import Program
from engine.bpmn.execution.tree import ROOT, LiveCase, Scope, Token
from engine.bpmn.execution.world import World

_FORM = 1
_LARGEST = 64 * 1024 * 1024
_packers = threading.local()


def write(case: LiveCase) -> bytes:
    """Return the state of a case whose past was removed, as bytes."""
    row = {
        "form": _FORM,
        "last": case.last_number,
        "ended": [case.ended.element, case.ended.kind] if case.ended else None,
        "scopes": [_write_scope(scope) for scope in case.every_scope()],
    }
    packed: bytes = _packer().compress(coding.dumps(row).encode())
    return packed


def read(state: bytes, program: Program, world: World, bound: int) -> LiveCase:
    """Return the case read from a state, ready for another step."""
    row = coding.loads(_unpacker().decompress(state, max_output_size=_LARGEST))
    case = LiveCase(program, world, bound)
    case.last_number = row["last"]
    case.ended = Ended(*row["ended"]) if row["ended"] else None
    hosts: dict[int, Token] = {}
    for one in row["scopes"]:
        scope = _read_scope(case, one, hosts)
        hosts.update(scope.live)
    return case


def variables(state: bytes) -> dict[str, object]:
    """Return the variables of the case's own process."""
    row = coding.loads(_unpacker().decompress(state, max_output_size=_LARGEST))
    found: dict[str, object] = row["scopes"][0][2]
    return found


def _write_scope(scope: Scope) -> list[object]:
    tokens = [
        [token.id, token.task_spec.name, token._state, token._parent, token.internal_data]
        for token in scope.tasks.values()
        if token.id != ROOT
    ]
    host = scope.host.id if scope.host is not None else None
    return [scope.body.key, host, scope.variables, [scope.last.element, scope.last.kind], tokens]


def _read_scope(case: LiveCase, row: list[Any], hosts: dict[int, Token]) -> Scope:
    key, host, variables, last, tokens = row
    scope = Scope(case, case.program.bodies[key], hosts[host] if host is not None else None, variables)
    scope.last = Ended(*last)
    for number, name, state, parent, memory in tokens:
        token = Token(scope, scope.body.spec(name), scope.tasks.get(parent), state, number)
        token._parent, token.internal_data = parent, memory
    if host is None:
        case.top = scope
        scope.finished = case.ended is not None
    else:
        case.scopes[host] = scope
    return scope


def _packer() -> ZstdCompressor:
    if not hasattr(_packers, "packer"):
        _packers.packer = ZstdCompressor(level=3)
    found: ZstdCompressor = _packers.packer
    return found


def _unpacker() -> ZstdDecompressor:
    if not hasattr(_packers, "unpacker"):
        _packers.unpacker = ZstdDecompressor()
    found: ZstdDecompressor = _packers.unpacker
    return found
