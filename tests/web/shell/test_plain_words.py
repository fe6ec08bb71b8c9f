"""Words that staff stumbled over are gone from pages and forms."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
STUMBLED_OVER = re.compile("等别人|越过|落实|视图|^到时(?!候)")


def texts_of_pages() -> Iterator[str]:
    for path in sorted((ROOT / "web" / "translations" / "en").glob("*.po")):
        yield from re.findall(r'^msgid "(.+)"$', path.read_text(encoding="utf-8"), re.MULTILINE)


def texts_of_forms() -> Iterator[str]:
    for path in sorted((ROOT / "forms").rglob("*.json")):
        yield from _chinese(json.loads(path.read_text(encoding="utf-8")))


def _chinese(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (text for key, text in value.items() if key == "zh" and isinstance(text, str))
        for each in value.values():
            yield from _chinese(each)
    elif isinstance(value, list):
        for each in value:
            yield from _chinese(each)


@pytest.mark.fault(27)
def test_pages_and_forms_use_words_that_staff_understand() -> None:
    found = [*texts_of_pages(), *texts_of_forms()]
    assert len(found) > 2_000
    assert [text for text in found if STUMBLED_OVER.search(text)] == []
