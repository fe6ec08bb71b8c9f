"""The ids of the complaints behind a number, kept small: a report over a million complaints has long lists."""

from dataclasses import dataclass
from hashlib import sha256

import numpy
import numpy.typing
import zstandard
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.measures.measure import Part
from engine.reports.rows import ReportCases

PARTS: tuple[Part, ...] = ("hit", "of", "excluded")
MOST_BYTES = 64 * 1024 * 1024
"""More than any list of a company has: what unpacks to more is not ours."""


Ids = numpy.typing.NDArray[numpy.int64]
"""Ids in order, each once."""


@dataclass(frozen=True, slots=True)
class Packed:
    """Ids as they are stored, and how many they are."""

    count: int
    ids: bytes


def pack(ids: Ids) -> Packed:
    """Return ids in a few bytes each: as differences, compressed."""
    steps = numpy.diff(ids, prepend=0).astype("<i8")
    return Packed(len(ids), zstandard.ZstdCompressor().compress(steps.tobytes()))


def unpack(packed: bytes) -> list[int]:
    """Return the ids that were packed, in order."""
    steps = zstandard.ZstdDecompressor().decompress(packed, max_output_size=MOST_BYTES)
    found: list[int] = numpy.frombuffer(steps, "<i8").cumsum().tolist()
    return found


def ids(session: Session, report_id: int, figure: str, part: str) -> list[int]:
    """Return the complaints behind a number, none where it has no list."""
    row = session.get(ReportCases, (report_id, figure, part))
    return unpack(row.ids) if row is not None else []


def every(session: Session, report_id: int) -> dict[tuple[str, str], list[int]]:
    """Return all lists of a report, by figure and part."""
    rows = session.scalars(select(ReportCases).where(ReportCases.report_id == report_id))
    return {(row.figure, row.part): unpack(row.ids) for row in rows}


def hashes(session: Session, report_id: int) -> dict[str, str]:
    """Return the hash of each list of a report as it is stored."""
    asked = select(ReportCases.figure, ReportCases.part, ReportCases.ids).where(ReportCases.report_id == report_id)
    return {f"{figure}.{part}": sha256(ids).hexdigest() for figure, part, ids in session.execute(asked)}
