"""A damaged archive is told in a sentence, wherever the damage is."""

import io
import random
import zipfile

import pytest

from engine.core.errors import Unclear
from engine.processes import uploads


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_one_wrong_byte_is_no_failure_of_ours(method: int) -> None:
    """Whichever byte is wrong, the files come out or a sentence says that the archive cannot be read."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", method) as archive:
        archive.writestr("a.bpmn", b"".join(b"<task id='t%d'/>" % number for number in range(150)))
    chance, refused = random.Random(1), 0
    for _each in range(200):
        damaged = bytearray(whole.getvalue())
        damaged[chance.randrange(4, len(damaged))] = chance.randrange(256)
        try:
            uploads.gather([("x.zip", bytes(damaged))])
        except Unclear:
            refused += 1
    assert refused > 100
