"""Danger patterns for a company that began with bare danger words: by a migration, or from an older backup."""

from collections.abc import Iterable
from dataclasses import asdict, replace

from engine.complaints.intake import danger_patterns, danger_reading
from engine.complaints.intake.danger_reading import DANGER, Pattern

OURS = [
    *(
        "电梯困人",
        "困在电梯",
        "被困电梯",
        "关在电梯",
        "电梯坠落",
        "燃气泄漏",
        "煤气泄漏",
        "燃气味",
        "煤气味",
        "起火",
        "着火",
        "冒烟",
    ),
    *(
        "火灾",
        "爆炸",
        "触电",
        "漏电",
        "坍塌",
        "倒塌",
        "坠落",
        "落水",
        "溺水",
        "晕倒",
        "昏迷",
        "救命",
        "流血",
        "受伤",
        "持刀",
        "打人",
    ),
    *("trapped in the lift", "trapped in the elevator", "stuck in the lift", "stuck in the elevator", "gas leak"),
    *("smell of gas", "on fire", "smoke", "explosion", "electric shock", "collapsed", "unconscious", "bleeding"),
    *("injured", "drowning"),
]
"""The words that every company began with."""


def patterns(had: Iterable[str]) -> list[dict[str, str]]:
    """Return the rows for a company that had these words.

    A word that it had added becomes a pattern of its own; a word of ours that it had dropped is left out of ours.
    """
    words = list(dict.fromkeys(had))
    dropped = set(OURS) - set(words)
    ours = [_without(each, dropped) for each in danger_patterns.shipped()]
    theirs = [Pattern(DANGER, word, "", "", word) for word in words if word not in OURS]
    return [asdict(each) for each in (*ours, *theirs) if each.what]


def _without(pattern: Pattern, dropped: set[str]) -> Pattern:
    if pattern.kind != DANGER:
        return pattern
    return replace(pattern, what="、".join(word for word in danger_reading.words(pattern.what) if word not in dropped))
