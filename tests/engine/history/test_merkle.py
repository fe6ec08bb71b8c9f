"""The growing tree gives the roots that RFC 9162 defines."""

import hashlib

import pytest

from engine.history.merkle import EMPTY, Tree, node_hash

pytestmark = pytest.mark.slow


def by_definition(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162, section 2.1.1, written as defined."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(by_definition(leaves[:split]), by_definition(leaves[split:]))


def test_every_size_has_the_root_of_the_definition_even_when_taken_up_again() -> None:
    leaves = [hashlib.sha256(b"\0" + bytes([number])).digest() for number in range(70)]
    tree = Tree()
    assert tree.root == EMPTY
    for size, leaf in enumerate(leaves, 1):
        tree.add(leaf)
        tree = Tree(tree.size, tree.packed())
        assert tree.root == by_definition(leaves[:size])
