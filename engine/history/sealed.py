"""Check the sealed log: its leaves against the seals in the store and the roots in the external file."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from engine.history.findings import Broken
from engine.history.merkle import Tree, leaf_hash
from engine.history.rows import Leaf, Seal


def read_log(log: Path) -> Mapping[int, str]:
    """Return roots by size from the external file; None if it is missing. Damaged lines count as wrong roots."""
    try:
        text = log.read_text(errors="replace")
    except FileNotFoundError:
        return {}
    roots: dict[int, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        size, _, rest = line.partition(" ")
        if size.isascii() and size.isdigit():
            root = rest.partition(" ")[0]
            known = roots.setdefault(int(size), root)
            roots[int(size)] = root if known == root else "?"
        else:
            roots[-number] = line
    return roots


def check_log(leaves: Iterator[Leaf], seals: Iterator[Seal], outside: Mapping[int, str] | None) -> list[Broken]:
    """Return the first broken place of the log, and whether something was cut off its end."""
    walk = _Walk(seals, outside)
    for leaf in leaves:
        if leaf.position != walk.tree.size:
            return [_gap(walk.tree.size, leaf.position)]
        walk.add(leaf)
        if walk.broken:
            return walk.broken
    return walk.finish()


class _Walk:
    """Rebuilds the tree leaf by leaf, and compares its root with every recorded one."""

    def __init__(self, seals: Iterator[Seal], outside: Mapping[int, str] | None) -> None:
        self.tree = Tree()
        self.seals, self.outside, self.asked = seals, outside or {}, outside is not None
        self.next: Seal | None = next(seals, None)
        self.held: datetime | None = None  # time of the last valid seal
        self.sealed = 0
        self.broken: list[Broken] = []

    def add(self, leaf: Leaf) -> None:
        """Add one leaf, and check the seal made there."""
        self.tree.add(leaf_hash(leaf.case_id, leaf.number, leaf.hash))
        size = self.tree.size
        told = self.outside.get(size)
        if told is not None and told != self.tree.root.hex():
            self.broken.append(_otherwise_outside(size))
        if self.next is None or self.next.size > size:
            return
        if self.next.size != size or self.next.root != self.tree.root:
            self.broken.append(_altered(self.held, self.next.at))
        self.held, self.sealed = self.next.at, size
        self.next = next(self.seals, None)

    def finish(self) -> list[Broken]:
        """Report what the seals and the file contain beyond the last leaf."""
        size = self.tree.size
        if self.next is not None:
            return [_cut(self.next.size, size, self.next.at.isoformat(timespec="minutes"))]
        if self.sealed != size:
            zh = f"封存日志有 {size} 条，但封条只到第 {self.sealed} 条：封条被删除"
            en = f"the sealed log has {size} leaves, its seals end at {self.sealed}: seals were removed"
            return [Broken("log", zh, en)]
        if any(told < 0 for told in self.outside):
            return [Broken("log", "封存文件中有无法读取的行", "the file of seals has lines that cannot be read")]
        if self.asked and size and not self.outside:
            return [_missing()]
        if self.outside and max(self.outside) > size:
            return [_cut(max(self.outside), size, "")]
        return []


def _missing() -> Broken:
    return Broken(
        "log",
        "找不到封存文件，校验时应有它的副本",
        "the file of seals is missing; a copy of it must be where this is run",
    )


def _gap(first: int, found: int) -> Broken:
    zh = f"封存日志缺少第 {first + 1} 至 {found} 条" if found > first else f"封存日志第 {found + 1} 条重复"
    en = f"the sealed log lacks leaves {first + 1} to {found}" if found > first else f"leaf {found + 1} stands twice"
    return Broken("log", zh, en)


def _altered(since: datetime | None, until: datetime) -> Broken:
    start = since.isoformat(timespec="minutes") if since else ""
    end = until.isoformat(timespec="minutes")
    zh = f"封存日志在 {start or '最初'} 至 {end} 之间被改动"
    en = f"the sealed log was altered between {start or 'its beginning'} and {end}"
    return Broken("log", zh, en)


def _otherwise_outside(size: int) -> Broken:
    zh = f"封存文件中第 {size} 条处的根与库中不同：整个日志被重新封存"
    en = f"the file of seals has another root at {size} leaves: the log was sealed anew"
    return Broken("log", zh, en)


def _cut(told: int, size: int, when: str) -> Broken:
    zh = f"封存日志末尾被截去：应有 {told} 条" + (f"（{when}）" if when else "") + f"，只剩 {size} 条"
    en = (
        f"the end of the sealed log was cut off: it had {told} leaves"
        + (f" ({when})" if when else "")
        + f", {size} are left"
    )
    return Broken("log", zh, en)
