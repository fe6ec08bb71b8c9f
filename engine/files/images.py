"""Photos are re-encoded: the result has our size and no metadata (places, phones, hidden thumbnails)."""

import struct
import zlib
from io import BytesIO

import pi_heif
from PIL import Image, ImageOps

from engine.files.kinds import AVIF, JPEG, MEGA, PNG, WEBP, BadFile, FileKind

LONGEST_EDGE = 2560
QUALITY = 85
MOST_SCANS = 100
"""Passes in which a progressive JPEG may be written; cameras and programs use about ten. Each costs a full decode."""

MOST_WHOLE = 25 * MEGA
"""Pixels of a photo that is decoded whole. Phones take larger ones as JPEG, which is not, and as HEIC."""

SCAN = b"\xff\xda"
DAMAGED = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    OverflowError,
    MemoryError,
    RuntimeError,
    struct.error,
    zlib.error,
)

pi_heif.register_heif_opener()


def redraw(
    content: bytes, kind: FileKind, name: str, *, most_pixels: int, longest: int = LONGEST_EDGE
) -> tuple[bytes, FileKind]:
    """Return the photo, upright, at most `longest` pixels long, as JPEG (PNG if transparent).

    Raises `BadFile` for a photo that cannot be read or has more than `most_pixels`. Its size is known before it is
    decoded; a JPEG is decoded at a fraction of its size.
    """
    if kind in (AVIF, PNG, WEBP):
        most_pixels = min(most_pixels, MOST_WHOLE)
    try:
        with Image.open(BytesIO(content), formats=(kind.reader,)) as image:
            if image.width * image.height > most_pixels or (kind is JPEG and content.count(SCAN) > MOST_SCANS):
                raise _too_large(name)
            image.draft("RGB", (longest, longest))
            image.thumbnail((longest, longest))
            ImageOps.exif_transpose(image, in_place=True)
            return _encode(image)
    except Image.DecompressionBombError:
        raise _too_large(name) from None
    except DAMAGED:
        raise BadFile(
            name=name,
            why_zh="照片已损坏或不完整，请重新拍照或选择另一张。",
            why_en="the photo is damaged or incomplete; please take or choose another one.",
        ) from None


def _encode(image: Image.Image) -> tuple[bytes, FileKind]:
    out = BytesIO()
    if image.has_transparency_data:
        _bare(image.convert("RGBA")).save(out, "PNG", optimize=True)
        return out.getvalue(), PNG
    _bare(image.convert("RGB")).save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue(), JPEG


def _bare(image: Image.Image) -> Image.Image:
    """Return the pixels alone."""
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    return bare


def _too_large(name: str) -> BadFile:
    return BadFile(
        name=name,
        why_zh="照片的像素太多，请缩小后再传。",
        why_en="the photo has too many pixels; please make it smaller.",
    )
