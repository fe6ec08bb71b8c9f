"""The ids of the complaints behind a number, kept small: a report over a million complaints has long lists."""

from array import array
from collections.abc import Sequence

import zstandard
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.measures.measure import Part
from engine.reports.rows import ReportCases

PARTS: tuple[Part, ...] = ("hit", "of", "excluded")
MOST_BYTES = 64 * 1024 * 1024
"""More than any list of a company has: what unpacks to more is not ours."""


def pack(ids: Sequence[int]) -> bytes:
    """Return ids in a few bytes each: in order, as differences, compressed."""
    ordered = sorted(ids)
    steps = array("q", [each - before for before, each in zip([0, *ordered], ordered, strict=False)])
    return zstandard.ZstdCompressor().compress(steps.tobytes())


def unpack(packed: bytes) -> list[int]:
    """Return the ids that were packed, in order."""
    steps = array("q")
    steps.frombytes(zstandard.ZstdDecompressor().decompress(packed, max_output_size=MOST_BYTES))
    found, at = [], 0
    for step in steps:
        at += step
        found.append(at)
    return found


def ids(session: Session, report_id: int, figure: str, part: str) -> list[int]:
    """Return the complaints behind a number, none where it has no list."""
    row = session.get(ReportCases, (report_id, figure, part))
    return unpack(row.ids) if row is not None else []


def every(session: Session, report_id: int) -> dict[tuple[str, str], list[int]]:
    """Return all lists of a report, by figure and part."""
    rows = session.scalars(select(ReportCases).where(ReportCases.report_id == report_id))
    return {(row.figure, row.part): unpack(row.ids) for row in rows}
