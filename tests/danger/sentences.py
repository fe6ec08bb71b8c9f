"""Sentences with and without danger, by different hands: which the rules are made from, and which judge them."""

import csv
from collections.abc import Iterator
from pathlib import Path

SENTENCES = Path(__file__).with_name("hands")
MADE_FROM = ("elder", "letters", "everyday", "hurried", "spoken")
ORDINARY = ("ordinary",)
"""What people write every day, without any danger."""

JUDGED_BY = ("guard", "young", "neighbours", "callers")


def rows(hands: tuple[str, ...]) -> Iterator[tuple[bool, str]]:
    for hand in hands:
        with (SENTENCES / f"{hand}.csv").open(encoding="utf-8") as file:
            yield from ((row["danger"] == "1", row["text"]) for row in csv.DictReader(file))
