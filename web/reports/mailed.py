"""Whom a signed report was sent to, and what became of it."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.company import people
from engine.letters import Letter
from engine.reports import Report, addresses, mailing
from web.shell.formats import name_of
from web.shell.language import gettext as _


@dataclass(frozen=True, slots=True)
class Mailed:
    """One letter; `outside`: with the report as a file, to somebody who cannot open our pages."""

    name: str
    letter: Letter
    outside: bool


def of(session: Session, report: Report) -> list[Mailed]:
    """The letters of a report, readers first."""
    if not report.is_frozen:
        return []
    templates = (mailing.TEMPLATE, addresses.TEMPLATE)
    asked = select(Letter).where(Letter.case_id == report.case_id, Letter.template.in_(templates))
    found = session.scalars(asked.order_by(Letter.template, Letter.id)).all()
    staff, outside = people.known(session), {each.id: each for each in addresses.every(session)}
    return [
        Mailed(name_of(staff.get(each.to_ref, "")) or _("已离职的同事"), each, False)
        if each.to_kind == "person"
        else Mailed(name_of(outside.get(each.to_ref, "")) or _("已删除的收件人"), each, True)
        for each in found
    ]
