"""Sentences with and without danger, by different hands: which the rules are made from, and which judge them."""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

SENTENCES = Path(__file__).with_name("hands")
MADE_FROM = ("elder", "letters", "everyday", "hurried", "spoken")
ORDINARY = ("ordinary",)
"""What people write every day, without any danger."""

VOICES = Path(__file__).parents[2] / "engine" / "operations" / "demo" / "voices.json"
DANGERS = re.compile("困|着火|起火|冒烟|漏气|煤气|燃气|触电|漏电|晕|火花|救|出不来")

JUDGED_BY = ("guard", "young", "neighbours", "callers")


def rows(hands: tuple[str, ...]) -> Iterator[tuple[bool, str]]:
    for hand in hands:
        with (SENTENCES / f"{hand}.csv").open(encoding="utf-8") as file:
            yield from ((row["danger"] == "1", row["text"]) for row in csv.DictReader(file))


def voices() -> Iterator[str]:
    """What people of the demo company write and note: everyday matters, with the few dangers left out."""
    for text in _texts(json.loads(VOICES.read_text(encoding="utf-8"))):
        if len(text) > 6 and not DANGERS.search(text):
            yield re.sub(r"\{\w+\}", "3", text)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)
