"""An append-only Merkle tree in the manner of RFC 9162: any change of a leaf changes the root."""

import hashlib
import struct

_SIZE = 32
EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(case_id: int, number: int, entry: bytes) -> bytes:
    """Return the leaf of a sealed entry (prefixed with 0x00, so that no node passes for a leaf)."""
    return hashlib.sha256(b"\0" + struct.pack(">qq", case_id, number) + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node over two others."""
    return hashlib.sha256(b"\1" + left + right).digest()


class Tree:
    """The right edge of the tree: all that is needed to add leaves and compute the root, 32 bytes a level."""

    def __init__(self, size: int = 0, peaks: bytes = b"") -> None:
        self.size = size
        self.peaks = [peaks[start : start + _SIZE] for start in range(0, len(peaks), _SIZE)]

    def add(self, leaf: bytes) -> None:
        """Add one leaf."""
        size = self.size
        while size & 1:
            leaf = node_hash(self.peaks.pop(), leaf)
            size >>= 1
        self.peaks.append(leaf)
        self.size += 1

    @property
    def root(self) -> bytes:
        """Return the hash over all leaves so far."""
        if not self.peaks:
            return EMPTY
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root

    def packed(self) -> bytes:
        """Return the peaks as one value, to continue from later."""
        return b"".join(self.peaks)
