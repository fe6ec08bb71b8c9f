"""Recognise a file by its content; its name and the browser's type are ignored."""

from dataclasses import dataclass

from engine.core.errors import BihuanError

MEGA = 1024 * 1024


class BadFile(BihuanError):
    """A file that is not accepted; the message says what to do instead."""

    zh = "“{name}”没有上传：{why_zh}"
    en = "“{name}” was not taken: {why_en}"


@dataclass(frozen=True, slots=True)
class FileKind:
    """An accepted kind of file. `sort`: photo, paper or video, which decides its limit. `reader`: Pillow's name."""

    type: str
    ending: str
    sort: str
    reader: str = ""


JPEG = FileKind("image/jpeg", "jpg", "photo", "JPEG")
PNG = FileKind("image/png", "png", "photo", "PNG")
WEBP = FileKind("image/webp", "webp", "photo", "WEBP")
HEIC = FileKind("image/heic", "heic", "photo", "HEIF")
AVIF = FileKind("image/avif", "avif", "photo", "AVIF")
PDF = FileKind("application/pdf", "pdf", "paper")
MP4 = FileKind("video/mp4", "mp4", "video")
MOV = FileKind("video/quicktime", "mov", "video")
WEBM = FileKind("video/webm", "webm", "video")
KINDS = (JPEG, PNG, WEBP, HEIC, AVIF, PDF, MP4, MOV, WEBM)

_HEIC = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
_AVIF = (b"avif", b"avis")
_MP4 = (
    b"isom",
    b"iso2",
    b"iso4",
    b"iso5",
    b"iso6",
    b"mp41",
    b"mp42",
    b"avc1",
    b"M4V ",
    b"MSNV",
    b"dash",
    b"3gp4",
    b"3gp5",
)


def kind_of(start: bytes, name: str) -> FileKind:
    """Return the kind of a file from its first bytes. Raises `BadFile` for anything that is not accepted."""
    if start.startswith(b"\xff\xd8\xff"):
        return JPEG
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return WEBP
    if start.startswith(b"%PDF-"):
        return PDF
    if start[4:8] == b"ftyp":
        return _by_brand(start, name)
    if start.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in start:
        return WEBM
    if not start:
        raise BadFile(name=name, why_zh="文件是空的。", why_en="it is empty.")
    raise BadFile(
        name=name,
        why_zh="只接受照片（JPEG、PNG、WebP、HEIC、AVIF）、PDF 和视频（MP4、MOV、WebM）。",
        why_en="only photos (JPEG, PNG, WebP, HEIC, AVIF), PDF and videos (MP4, MOV, WebM) are accepted.",
    )


def _by_brand(start: bytes, name: str) -> FileKind:
    """Return the kind of a file that names its brand, and behind it those it is compatible with."""
    brand, compatible = start[8:12], start[16 : int.from_bytes(start[:4])]
    if brand in _AVIF or (brand in _HEIC and any(each in compatible for each in _AVIF)):
        return AVIF
    if brand in _HEIC:
        return HEIC
    if brand in _MP4:
        return MP4
    if brand == b"qt  ":
        return MOV
    raise BadFile(
        name=name,
        why_zh="这种视频格式不支持，请转成 MP4。",
        why_en="this format of video is not supported; please convert it to MP4.",
    )
