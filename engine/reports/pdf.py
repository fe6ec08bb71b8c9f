"""A report as a PDF that carries its fonts with it, so that Chinese reads right on every machine, and for archives."""

import json
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

import typst

from engine.reports.document import Document

TEMPLATE = Path(__file__).with_name("report.typ")
STANDARD: Literal["a-2u"] = "a-2u"
"""PDF/A: fonts embedded, and every character can be searched and copied."""

WORDS = {
    "zh": {"reason": "更正原因：", "none": "没有。", "measured": "指标怎么算"},
    "en": {"reason": "Why it was corrected:", "none": "None.", "measured": "How the measures are defined"},
}


def render(document: Document) -> bytes:
    """Return the PDF. What people wrote is handed over as data: it is never read as markup, and no file is opened.

    A character that no font of ours has shows as a box; such a PDF is not one for archives.
    """
    told = json.dumps({**asdict(document), "words": WORDS[document.language]}, ensure_ascii=False)
    try:
        return _compiled(told, STANDARD)
    except typst.TypstError:
        return _compiled(told, None)


def _compiled(told: str, standard: Literal["a-2u"] | None) -> bytes:
    text = TEMPLATE.read_bytes()
    made = typst.compile(text, font_paths=_fonts(), sys_inputs={"document": told}, pdf_standards=standard)
    assert isinstance(made, bytes)
    return made


@cache
def _fonts() -> typst.Fonts:
    """Return the fonts of the package, and none of the machine's."""
    folder = Path(str(files("pylopdf_fonts_zh_cn")))
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
