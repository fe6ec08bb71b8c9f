"""Files: recognised by content, limited in size, photos without metadata, stored under our own names."""

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import files
from engine.core.errors import NotFound
from engine.files import BadFile, File
from engine.files import images as images_module


def photo(form: str = "JPEG", size: tuple[int, int] = (400, 300), **more: object) -> bytes:
    out = BytesIO()
    Image.new("RGBA" if form == "PNG" else "RGB", size, (200, 30, 30, 120) if form == "PNG" else (200, 30, 30)).save(
        out, form, **more
    )
    return out.getvalue()


PDF = b"%PDF-1.7\n1 0 obj\nendobj\ntrailer\n%%EOF\n"
MP4 = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0\0\0\x08moov" + b"\0\0\0\x64mdat" + b"\0" * 92


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "files"
    made.mkdir()
    return made


def keep(session: Session, folder: Path, content: bytes, name: str = "照片.jpg") -> File:
    return files.keep(session, folder, BytesIO(content), name)


@pytest.mark.parametrize(
    ("content", "kind", "ending"),
    [
        (photo("JPEG"), "image/jpeg", "jpg"),
        (photo("PNG"), "image/png", "png"),
        (photo("WEBP"), "image/jpeg", "jpg"),
        (PDF, "application/pdf", "pdf"),
        (MP4, "video/mp4", "mp4"),
    ],
)
def test_what_is_taken_is_known_by_content(
    session: Session, folder: Path, content: bytes, kind: str, ending: str
) -> None:
    file = keep(session, folder, content, "../../etc/passwd\r\n\u202egpj.exe")
    assert file.type == kind
    assert file.name.endswith(f".{ending}")
    assert file.original_name == "passwdgpj.exe"
    found = files.path(folder, file)
    assert found.stat().st_size == file.size
    assert found.stat().st_mode & 0o777 == 0o600
    assert found.resolve().is_relative_to(folder)


def zipped() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a", "b")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        (b"hello", "only photos (JPEG, PNG, WebP), PDF and videos"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "only photos"),
        (b"<html><script>alert(1)</script>", "only photos"),
        (zipped(), "only photos"),
        (b"GIF89a" + b"\0" * 50, "only photos"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 50, "Most Compatible"),
        (b"\0\0\0\x18ftyp3g2a" + b"\0" * 50, "convert it to MP4"),
        (photo()[:500], "damaged or incomplete"),
        (photo("PNG")[:-30], "damaged or incomplete"),
        (b"\xff\xd8\xff" + b"\0" * 1000, "damaged or incomplete"),
        (b"RIFF\0\0\0\0WEBP" + b"\0" * 50, "damaged or incomplete"),
        (b"%PDF-1.7 cut off", "the PDF is incomplete"),
        (b"\0\0\0\x18ftypmp42" + b"\0" * 50, "the video is incomplete"),
        (PDF[:9] + b"\0" * (20 * 1024 * 1024) + PDF[9:], "larger than 20 MB"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_is_not_taken_is_said_in_words_and_leaves_nothing(
    session: Session, folder: Path, content: bytes, said: str
) -> None:
    with pytest.raises(BadFile) as refused:
        keep(session, folder, content, "报告.jpg")
    assert said in refused.value.text("en")
    assert "报告.jpg" in refused.value.text("zh")
    assert not list(folder.iterdir())
    assert session.scalar(select(func.count()).select_from(File)) == 0


def test_a_stream_without_end_is_cut_off(session: Session, folder: Path) -> None:
    class Endless(BytesIO):
        given = 0

        def read(self, size: int | None = -1) -> bytes:
            self.given += 1
            assert self.given < 2000
            return b"%PDF-" + b"\0" * 65_000

    with pytest.raises(BadFile, match="larger than 20 MB"):
        files.keep(session, folder, Endless(), "x.pdf")


def test_where_and_with_what_a_photo_was_taken_does_not_stay(session: Session, folder: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretPhone"
    exif[0x0112] = 6  # to be rotated by 90 degrees
    exif.get_ifd(0x8825)[2] = (31.0, 14.0, 0.0)
    file = keep(session, folder, photo("JPEG", (400, 300), exif=exif, comment=b"Secret words"))
    kept = files.path(folder, file)
    assert b"Secret" not in kept.read_bytes()
    with Image.open(kept) as image:
        assert image.size == (300, 400)
        assert not dict(image.getexif())
        assert not {"exif", "comment", "icc_profile"} & set(image.info)


def test_code_behind_a_photo_does_not_stay(session: Session, folder: Path) -> None:
    file = keep(session, folder, photo() + b"<?php system($_GET[0]); ?>")
    assert b"php" not in files.path(folder, file).read_bytes()


def test_large_photos_become_smaller_and_huge_ones_are_refused(
    session: Session, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = keep(session, folder, photo("JPEG", (4000, 3000)))
    with Image.open(files.path(folder, file)) as image:
        assert image.size == (2560, 1920)
    monkeypatch.setattr(images_module, "MOST_PIXELS", 100 * 100)
    with pytest.raises(BadFile, match="too many pixels"):
        keep(session, folder, photo("PNG", (101, 100)))


def test_a_removed_file_is_gone_and_bytes_without_a_row_are_swept(session: Session, folder: Path) -> None:
    file, lost = keep(session, folder, PDF), keep(session, folder, PDF)
    kept = keep(session, folder, PDF)
    files.remove(session, folder, file)
    with pytest.raises(NotFound):
        files.path(folder, file)
    session.delete(lost)
    session.flush()
    assert files.sweep(session, folder) == 0  # it may still be uploading
    assert files.sweep(session, folder, older_than=-1) == 1
    assert files.path(folder, kept).read_bytes() == PDF
