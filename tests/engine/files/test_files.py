"""Files: recognised by content, limited in size, photos without metadata, stored under our own names."""

import zipfile
from base64 import b64decode
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import files
from engine.core.errors import NotFound
from engine.files import BadFile, File, images
from engine.files.limits import Limit


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
    return files.keep(session, folder, files.prepare(BytesIO(content), name, files.limits.of(session)))


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
        (b"hello", "only photos (JPEG, PNG, WebP, HEIC, AVIF), PDF and videos"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "only photos"),
        (b"<html><script>alert(1)</script>", "only photos"),
        (zipped(), "only photos"),
        (b"GIF89a" + b"\0" * 50, "only photos"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 50, "damaged or incomplete"),
        (b"\0\0\0\x18ftypavif" + b"\0" * 50, "damaged or incomplete"),
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


def test_a_stream_without_end_is_cut_off() -> None:
    class Endless(BytesIO):
        given = 0

        def read(self, size: int | None = -1) -> bytes:
            self.given += 1
            assert self.given < 2000
            return b"%PDF-" + b"\0" * 65_000

    with pytest.raises(BadFile, match="larger than 20 MB"):
        files.prepare(Endless(), "x.pdf", files.limits.USUAL)


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


def test_large_photos_become_smaller_and_huge_ones_are_refused(session: Session, folder: Path) -> None:
    file = keep(session, folder, photo("JPEG", (4000, 3000)))
    with Image.open(files.path(folder, file)) as image:
        assert image.size == (2560, 1920)
    files.limits.change(session, "photo", Limit(20, megapixels=1))
    keep(session, folder, photo("PNG", (1024, 1024)))
    with pytest.raises(BadFile, match="too many pixels"):
        keep(session, folder, photo("PNG", (1025, 1024)))


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


HEIC = b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAaFtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRpbG9j"
    "AAAAAERAAAIAAQAAAAABxQABAAAAAAAAAIIAAgAAAAACRwABAAAAAAAAADwAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAA"
    "ABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA4GlwcnAAAADAaXBjbwAAAHhodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNg"
    "AAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQArQgEBA3AAAAMAkAAAAwAAAwAeoDCBBZbqSSmubgIaDAgAAAMAyAAAAwAIQGIAAQAH"
    "RAHBcrAiQAAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABgAAAAQAAAABBwaXhpAAAAAAMICAgAAAAJaXJvdAMAAAAYaXBtYQAA"
    "AAAAAAABAAEFgQIDBIUAAAAaaXJlZgAAAAAAAAAOY2RzYwACAAEAAQAAAMZtZGF0AAAAfigBrwng4c85dV///i7/73+nt3/+VcFJBKTz1UKT"
    "/4VQ2/7MkNYsqOVe0jwqCmiW0FfATAyGGmq+JDDhU3A/ie2n2rBWFFwVxiwCr817YcfdNG69wYpIJYSNBsrs3BRy5vzubnTHxnRqhz1K+z3I"
    "f7BAUt69vRemqLVr+cwzgAAAAAZFeGlmAABNTQAqAAAACAACAQ8AAgAAAAwAAAAmARIAAwAAAAEABgAAAAAAAFNlY3JldFBob25lAA=="
)
"""From a phone held upright: 96 by 64 as it was taken, its left half blue and its right half red, to be turned."""


@pytest.mark.fault(20)
def test_a_photo_of_an_iphone_is_drawn_anew_as_jpeg(session: Session, folder: Path) -> None:
    file = keep(session, folder, HEIC, "IMG_0001.HEIC")
    assert (file.type, file.original_name) == ("image/jpeg", "IMG_0001.HEIC")
    kept = files.path(folder, file)
    assert b"SecretPhone" in HEIC
    assert b"SecretPhone" not in kept.read_bytes()
    with Image.open(kept) as image:
        assert (image.format, image.size) == ("JPEG", (64, 96))
        (red, _, blue), (red_below, _, blue_below) = image.getpixel((5, 5)), image.getpixel((5, 90))
        assert blue > red + 100
        assert red_below > blue_below + 100


@pytest.mark.fault(20)
@pytest.mark.parametrize("brand", [b"avif", b"mif1"])
def test_a_photo_of_an_android_phone_is_drawn_anew_as_jpeg(session: Session, folder: Path, brand: bytes) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "SecretPhone", 6
    content = photo("AVIF", (400, 300), exif=exif).replace(b"ftypavif", b"ftyp" + brand, 1)
    file = keep(session, folder, content, "a.avif")
    kept = files.path(folder, file)
    assert b"SecretPhone" not in kept.read_bytes()
    with Image.open(kept) as image:
        assert (image.format, image.size) == ("JPEG", (300, 400))


@pytest.mark.fault(20)
@pytest.mark.parametrize("content", [HEIC[:-60], HEIC[:300], photo("AVIF")[:-20]], ids=["cut", "headless", "avif"])
def test_a_damaged_photo_of_a_phone_is_refused(session: Session, folder: Path, content: bytes) -> None:
    with pytest.raises(BadFile, match="damaged or incomplete"):
        keep(session, folder, content)


@pytest.mark.fault(4)
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_pixels_are_counted_before_they_are_decoded(
    session: Session, folder: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    files.limits.change(session, "photo", Limit(20, megapixels=1))
    content = photo(form, (1600, 1600))

    monkeypatch.setattr(Image.Image, "thumbnail", lambda *_: pytest.fail("it was decoded"))
    with pytest.raises(BadFile, match="too many pixels"):
        keep(session, folder, content)


@pytest.mark.fault(4)
def test_a_picture_of_thousands_of_passes_is_not_decoded(
    session: Session, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = photo("JPEG", (3000, 3000), progressive=True)
    last = content.rindex(b"\xff\xda")
    bomb = content[:last] + content[last:-2] * 20_000 + content[-2:]
    monkeypatch.setattr(Image.Image, "thumbnail", lambda *_: pytest.fail("it was decoded"))
    with pytest.raises(BadFile, match="too many"):
        keep(session, folder, bomb)


@pytest.mark.fault(4)
@pytest.mark.parametrize("form", ["PNG", "WEBP", "AVIF"])
def test_what_is_decoded_whole_has_fewer_pixels(monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    monkeypatch.setattr(images, "MOST_WHOLE", 1_000_000)
    with pytest.raises(BadFile, match="too many pixels"):
        files.prepare(BytesIO(photo(form, (1600, 1600))), "x", files.limits.USUAL)
    assert files.prepare(BytesIO(photo("JPEG", (1600, 1600))), "x", files.limits.USUAL).kind.ending == "jpg"
