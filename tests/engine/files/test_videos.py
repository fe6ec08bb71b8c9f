"""Videos: three formats, recognised by content, limited in length and size, location data removed."""

import struct
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from engine import files
from engine.core.errors import Invalid
from engine.files import BadFile, limits
from engine.files.limits import Limit


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, kind) + content


def film(brand: bytes = b"isom", seconds: int = 12) -> bytes:
    """As from a phone: location data in three places, the index after the media data."""
    header = box(b"mvhd", bytes(12) + struct.pack(">II", 600, 600 * seconds) + bytes(80))
    place = box(b"udta", box(b"\xa9xyz", b"+31.2304+121.4737/")) + box(b"meta", b"location.ISO6709 +31.2304")
    track = box(b"trak", box(b"tkhd", bytes(84)) + box(b"udta", b"Wang's phone"))
    shown = box(b"mdat", b"pictures and sound")
    return box(b"ftyp", brand + bytes(4) + brand) + shown + box(b"moov", header + track + place)


def element(key: str, content: bytes, *, unknown: bool = False) -> bytes:
    size = b"\x01" + b"\xff" * 7 if unknown else (1 << 56 | len(content)).to_bytes(8, "big")
    return bytes.fromhex(key) + size + content


def webm(seconds: float | None = 9.5) -> bytes:
    length = element("4489", struct.pack(">d", seconds * 1000)) if seconds is not None else b""
    info = element("1549a966", element("2ad7b1", (1_000_000).to_bytes(3, "big")) + length)
    tags = element("1254c367", b"LOCATION +31.2304+121.4737")
    inside = info + tags + element("1f43b675", b"pictures and sound", unknown=True)
    return element("1a45dfa3", element("4282", b"webm")) + element("18538067", inside, unknown=True)


def keep(session: Session, folder: Path, content: bytes, name: str = "漏水.mp4") -> tuple[files.File, bytes]:
    file = files.keep(session, folder, files.prepare(BytesIO(content), name, limits.of(session)))
    return file, files.path(folder, file).read_bytes()


@pytest.mark.parametrize(
    ("content", "kind", "ending"),
    [
        (film(), "video/mp4", ".mp4"),
        (film(b"qt  "), "video/quicktime", ".mov"),
        (webm(), "video/webm", ".webm"),
        (webm(None), "video/webm", ".webm"),
    ],
    ids=["mp4", "mov", "webm", "webm of unknown length"],
)
def test_where_a_video_was_taken_does_not_stay(
    session: Session, tmp_path: Path, content: bytes, kind: str, ending: str
) -> None:
    file, kept = keep(session, tmp_path, content, "漏水.exe")
    assert (file.type, file.is_video) == (kind, True)
    assert file.name.endswith(ending)
    assert len(kept) == len(content)
    assert b"31.2304" in content
    assert b"31.2304" not in kept
    assert b"Wang" not in kept
    assert kept.find(b"pictures and sound") == content.find(b"pictures and sound") > 0


def test_a_video_that_runs_too_long_is_told_how_long_it_may_be(session: Session, tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="runs for 75 seconds, 60 at most"):
        keep(session, tmp_path, film(seconds=75))
    with pytest.raises(BadFile, match="runs for 90 seconds"):
        keep(session, tmp_path, webm(90), "x.webm")
    limits.change(session, "video", Limit(30, 120))
    keep(session, tmp_path, film(seconds=75))


def test_the_company_says_how_large_a_file_may_be(session: Session, tmp_path: Path) -> None:
    limits.change(session, "video", Limit(1))
    with pytest.raises(BadFile, match="larger than 1 MB"):
        keep(session, tmp_path, film() + box(b"free", bytes(2**20)))
    with pytest.raises(Invalid):
        limits.change(session, "video", Limit(500))
    with pytest.raises(Invalid):
        limits.change(session, "video", Limit(50, 0))


@pytest.mark.parametrize("cut", [40, 60, 90])
def test_a_video_that_was_cut_off_is_refused(session: Session, tmp_path: Path, cut: int) -> None:
    with pytest.raises(BadFile, match="incomplete"):
        keep(session, tmp_path, film()[:cut])


def test_nonsense_inside_breaks_nothing(session: Session, tmp_path: Path) -> None:
    endless = box(b"ftyp", b"isom") + struct.pack(">I4s", 4, b"moov") + bytes(40)
    with pytest.raises(BadFile):
        keep(session, tmp_path, endless)
    keep(session, tmp_path, webm()[:40] + bytes(30), "x.webm")
