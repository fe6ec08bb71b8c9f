"""QR codes as inline SVG, for printed pages."""

import segno
from markupsafe import Markup


def qr(address: str) -> Markup:
    """The QR code of an address as SVG; its size is set by CSS."""
    drawn: str = segno.make(address, error="m", micro=False).svg_inline(omitsize=True, border=2, svgclass="qr-code")
    return Markup(drawn)  # noqa: S704 - drawn from modules, not from the text
