"""Set and remove the company's logo."""

from sqlalchemy.orm import Session

from engine.administration.recording import record, require
from engine.company import logo
from engine.company.logo import Picture
from engine.company.people import Person
from engine.core.errors import Invalid
from engine.files import Prepared, images

LONGEST_EDGE = 480
"""Pixels of a logo: shown at most 40 high on pages and 120 on posters, on screens with three pixels to one."""


def picture_of(prepared: Prepared) -> Picture:
    """Return an upload as a logo, small. Raises `Invalid` when it is no picture."""
    if prepared.kind.sort != "photo":
        raise Invalid({"logo": ("请选择图片（PNG 或 JPEG）。", "Choose a picture (PNG or JPEG).")})
    content, kind = images.redraw(
        prepared.content, prepared.kind, prepared.name, most_pixels=images.LONGEST_EDGE**2, longest=LONGEST_EDGE
    )
    return Picture(kind.type, content)


def keep(session: Session, by: Person, picture: Picture) -> None:
    """Make this the company's logo. Raises `NotPermitted`."""
    require(session, by)
    before = logo.version(session)
    after = logo.keep(session, picture)
    if after != before:
        record(session, by, "logo.changed", {"from": before, "to": after})


def remove(session: Session, by: Person) -> None:
    """Go without a logo; the product's mark stands in its place. Raises `NotPermitted`."""
    require(session, by)
    before = logo.version(session)
    if before is not None:
        logo.remove(session)
        record(session, by, "logo.removed", {"from": before})
