"""A report with what stands around it: its state, who did what and when, and the line of its seal."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from engine.company import calendars, people
from engine.company.people import Person
from engine.reports import document, sealed
from engine.reports.document import Document
from engine.reports.rows import Report

STATES: Mapping[str, tuple[str, str]] = {
    "prepare": ("在编", "Being prepared"),
    "check": ("待审核", "To be checked"),
    "sign": ("待签发", "To be signed"),
    "signed": ("已签发", "Signed"),
    "replaced": ("已被更正", "Corrected since"),
    "dropped": ("不出", "Not issued"),
}


def document_of(session: Session, report: Report, language: str) -> Document:
    """Return the report as a document in one language."""
    at = int(language != "zh")
    steps = (
        (("编制", "Prepared")[at], report.prepared_by_id, report.prepared_at),
        (("审核", "Checked")[at], report.checked_by_id, report.checked_at),
        (("签发", "Signed")[at], report.signed_by_id, report.signed_at),
    )
    named = people.names(session, [by for _name, by, _at in steps if by is not None])
    hands = [
        (name, _said(named[by], at), _exact(session, moment))
        for name, by, moment in steps
        if by in named and moment is not None
    ]
    seal = seal_of(session, report, language)
    return document.of(report, language, hands=hands, seal=seal, stands=STATES[report.state][at])


def _said(person: Person, at: int) -> str:
    return (person.name_en if at else "") or person.name


def _exact(session: Session, at: datetime) -> str:
    """Return a moment with its year, as it stands on paper: 2026-11-05 10:12."""
    return f"{at.astimezone(calendars.of(session, None).zone):%Y-%m-%d %H:%M}"


def seal_of(session: Session, report: Report, language: str) -> str:
    """Return the line that stands on every page: the seal's number and the revision."""
    zh = language == "zh"
    revision = f"报告第 {report.revision} 版" if zh else f"Revision {report.revision}"
    if not report.is_frozen:
        return ("草稿，没有签发" if zh else "Draft, not signed") + " · " + revision
    seal = sealed.of(session, report)
    if seal is None:
        return ("已签发，几秒后封存" if zh else "Signed, sealed in a few seconds") + " · " + revision
    at = _exact(session, seal.at)
    return (f"封存号 {seal.number}（{at}）" if zh else f"Seal {seal.number} ({at})") + " · " + revision
