"""Photos are re-encoded: the result has our size and no metadata (places, phones, hidden thumbnails)."""

import struct
import zlib
from io import BytesIO
from typing import BinaryIO

from PIL import Image, ImageOps

from engine.files.kinds import JPEG, PNG, BadFile, FileKind

MOST_PIXELS = 80_000_000
LONGEST_EDGE = 2560
QUALITY = 85


def redraw(stream: BinaryIO, name: str) -> tuple[bytes, FileKind]:
    """Return the photo in `stream`, upright, at most 2560 pixels long, as JPEG (PNG if transparent).

    Raises `BadFile` for an image that cannot be read or has more than 80 million pixels.
    """
    try:
        with Image.open(stream, formats=("JPEG", "PNG", "WEBP")) as image:
            if image.width * image.height > MOST_PIXELS:
                raise _too_large(name)
            image.draft("RGB", (LONGEST_EDGE, LONGEST_EDGE))
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
            return _encode(upright)
    except Image.DecompressionBombError:
        raise _too_large(name) from None
    except (OSError, ValueError, SyntaxError, EOFError, OverflowError, MemoryError, struct.error, zlib.error):
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
