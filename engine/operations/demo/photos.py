"""Small drawn pictures in place of photos."""

from collections.abc import Callable, Mapping
from io import BytesIO

from PIL import Image, ImageDraw

SIZE = (480, 360)


def photo(name: str) -> bytes:
    """Return the picture of that name, as a JPEG."""
    image = Image.new("RGB", SIZE, "#d9d4c9")
    PICTURES[name](ImageDraw.Draw(image))
    written = BytesIO()
    image.save(written, "JPEG", quality=80)
    return written.getvalue()


def _lamp(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((0, 0, 480, 360), fill="#2b2f36")
    draw.polygon([(0, 360), (150, 120), (330, 120), (480, 360)], fill="#3a3f48")
    draw.line((240, 0, 240, 60), fill="#8a8f98", width=4)
    draw.ellipse((205, 55, 275, 105), fill="#4c515b", outline="#8a8f98", width=3)


def _lit(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((0, 0, 480, 360), fill="#efe6cf")
    draw.polygon([(0, 360), (150, 120), (330, 120), (480, 360)], fill="#d8cbaa")
    draw.ellipse((190, 30, 290, 110), fill="#fff6c2", outline="#e0b83c", width=4)


def _leak(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((0, 0, 480, 140), fill="#f3f1ec")
    draw.ellipse((130, 40, 340, 130), fill="#c7b389")
    draw.ellipse((180, 60, 300, 120), fill="#a98f5c")
    for x, y in ((205, 170), (240, 210), (270, 180), (235, 290)):
        draw.ellipse((x, y, x + 12, y + 22), fill="#6f9fc4")


def _bins(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((0, 250, 480, 360), fill="#b9b3a5")
    for x, colour in ((60, "#4f7d5c"), (190, "#57606e"), (320, "#4f7d5c")):
        draw.rectangle((x, 130, x + 95, 280), fill=colour)
        draw.rectangle((x - 6, 112, x + 101, 134), fill="#33383f")
    for x in (40, 150, 285, 420):
        draw.ellipse((x, 255, x + 60, 310), fill="#3d3a36")


def _car(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((0, 220, 480, 360), fill="#8f939a")
    for x in range(20, 480, 110):
        draw.line((x, 230, x - 30, 350), fill="#f2f2f2", width=5)
    draw.rounded_rectangle((110, 170, 370, 270), 26, fill="#a33a33")
    draw.polygon([(160, 172), (200, 120), (290, 120), (330, 172)], fill="#7f2c27")
    for x in (145, 290):
        draw.ellipse((x, 240, x + 56, 296), fill="#24262a")


def _lift(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((120, 30, 360, 350), fill="#8d949d")
    draw.rectangle((132, 42, 237, 350), fill="#c3c8ce")
    draw.rectangle((243, 42, 348, 350), fill="#c3c8ce")
    draw.rectangle((380, 150, 415, 220), fill="#41464d")
    draw.ellipse((390, 160, 405, 175), fill="#d3483e")


def _sheet(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((110, 30, 370, 340), fill="#ffffff", outline="#a9a49a", width=3)
    for y in range(70, 320, 28):
        draw.line((140, y, 340 if y % 3 else 270, y), fill="#9aa3ad", width=4)


PICTURES: Mapping[str, Callable[[ImageDraw.ImageDraw], None]] = {
    "lamp": _lamp,
    "lit": _lit,
    "leak": _leak,
    "bins": _bins,
    "car": _car,
    "lift": _lift,
    "sheet": _sheet,
}
