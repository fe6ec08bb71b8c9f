"""What the pages of calendars share: whose calendar it is, weekdays in words, hours as they are typed."""

from flask import request
from sqlalchemy.orm import Session

from engine.administration import recording
from engine.company import organisation, places
from engine.company.calendars import WEEKDAYS
from engine.company.places import Place
from engine.core.errors import NotFound
from web.shell import current
from web.shell.formats import name_of
from web.shell.language import gettext as _

COMPANY = "company"
"""In an address: the company-wide calendar, which belongs to no place."""

MOST_SPANS = 12
"""How many periods a day may have on a page."""


def place_of(session: Session, where: str) -> Place | None:
    """The place in an address; None for the whole company. Raises `NotFound`."""
    if where == COMPANY:
        recording.require(session, current.someone())
        return None
    if not where.isdecimal() or len(where) > 9:
        raise NotFound()
    return organisation.find(session, current.someone(), int(where))


def title_of(session: Session, place: Place | None) -> str:
    """Whose calendar it is, in words: 全公司，阳光里，阳光里 · 工程."""
    return name_of(places.titles(session, [place])[place.id]) if place else _("全公司")


def weekdays() -> dict[str, str]:
    """The names of the weekdays."""
    said = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
    return dict(zip(WEEKDAYS, said, strict=True))


def read_spans(prefix: str) -> list[list[str]]:
    """The periods entered for a day, the earliest first; empty ones are left out."""
    rows = sorted({name.split(".")[1] for name in request.form if name.startswith(f"{prefix}.")})[:MOST_SPANS]
    found = []
    for row in rows:
        span = [request.form.get(f"{prefix}.{row}.{end}", "").strip()[:5] for end in ("from", "to")]
        if any(span):
            found.append([span[0], "24:00" if span[1] == "00:00" else span[1]])
    return sorted(found)
