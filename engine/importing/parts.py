"""Bounds on what is packed into an .xlsx file, found by a scan that keeps nothing, before anything is parsed.

Small files can hold hundreds of megabytes of rows, texts or styles, from which a reader builds gigabytes of objects.
"""

import io
import re
import zipfile
from typing import IO

from engine.importing.commas import too_large
from engine.importing.table import MOST_BYTES

MOST_PARTS = 2_000
MOST_PIECES = 1_048_576
"""Rows of a sheet (as many as a spreadsheet program writes) or texts in the list of texts."""

MOST_TAGS = 20_000_000
"""Tags in all parts: 200,000 rows of 20 cells and some more."""

MOST_TAGS_APART = 300_000
MOST_BYTES_APART = 32 * 1024 * 1024
"""What may stand between two rows or texts: the cells of one row, or a whole part without rows, such as the styles."""

CHUNK = 1024 * 1024
LONGEST_TAG = 64
PIECE = re.compile(rb"<(?:\w{1,40}:)?(?:row|si)[\s/>]")
DECLARED = re.compile(rb"encoding\s*=\s*[\"']([\w.-]+)")
ENCODINGS = {b"utf-8", b"utf-16", b"us-ascii", b"ascii", b"iso-8859-1"}
"""In which a tag can be recognised."""


def check(content: bytes, name: str) -> None:
    """Raise `Unreadable` for a file that holds more than any table.

    Reading never goes past the sizes that an archive declares, so they can be trusted.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
            raise too_large(name)
        tags = 0
        for part in parts:
            with archive.open(part) as file:
                tags += _tags_in(file, name)
            if tags > MOST_TAGS:
                raise too_large(name)


def _tags_in(file: IO[bytes], name: str) -> int:
    """Return the number of tags in a part. Raises `Unreadable` for too many pieces, or too much between two."""
    tags = pieces = tags_apart = bytes_apart = 0
    begun = b""
    while chunk := file.read(CHUNK):
        if not tags and _is_odd(chunk):
            raise too_large(name)
        text = begun + chunk
        cut = text.rfind(b"<", -LONGEST_TAG)
        text, begun = (text[:cut], text[cut:]) if cut > 0 else (text, b"")
        found = [each.start() for each in PIECE.finditer(text)]
        after = text[found[-1] :] if found else text
        tags, pieces = tags + text.count(b"<"), pieces + len(found)
        tags_apart = after.count(b"<") + (0 if found else tags_apart)
        bytes_apart = len(after) + (0 if found else bytes_apart)
        if pieces > MOST_PIECES or tags > MOST_TAGS or tags_apart > MOST_TAGS_APART or bytes_apart > MOST_BYTES_APART:
            raise too_large(name)
    return tags


def _is_odd(start: bytes) -> bool:
    """Return whether a part says that it is written in an encoding that hides its tags."""
    declared = DECLARED.search(start[:200])
    return declared is not None and declared[1].lower() not in ENCODINGS
