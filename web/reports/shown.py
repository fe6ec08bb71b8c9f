"""What pages, prints and downloads of a report show around what it says: states, hands, the seal."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.company import people
from engine.reports import Report, ReportCases, document, sealed
from engine.reports.document import Document
from web.shell import formats
from web.shell.formats import name_of
from web.shell.language import gettext as _

STATES = ("prepare", "check", "sign", "signed", "replaced", "dropped")


def states() -> Mapping[str, tuple[str, str]]:
    """The states of reports in words, with the look of their chip."""
    return {
        "prepare": (_("在编"), "accent"),
        "check": (_("待审核"), "soon"),
        "sign": (_("待签发"), "soon"),
        "signed": (_("已签发"), "done"),
        "replaced": (_("已被更正"), "plain"),
        "dropped": (_("不出"), "plain"),
    }


def document_of(session: Session, report: Report, tongue: str) -> Document:
    """The report as a document, with who did what and the seal's number."""
    steps = (
        (_("编制"), report.prepared_by_id, report.prepared_at),
        (_("审核"), report.checked_by_id, report.checked_at),
        (_("签发"), report.signed_by_id, report.signed_at),
    )
    named = people.names(session, [by for _name, by, _at in steps if by is not None])
    hands = [(name, name_of(named[by]), exact(at)) for name, by, at in steps if by in named and at is not None]
    return document.of(report, tongue, hands=hands, seal=seal_of(session, report), stands=states()[report.state][0])


def exact(at: datetime) -> str:
    """A moment with its year, as it stands on paper: 2026-11-05 10:12."""
    return f"{at.astimezone(formats.zone()):%Y-%m-%d %H:%M}"


def seal_of(session: Session, report: Report) -> str:
    """The line that stands on every page: the seal's number and the revision."""
    revision = _("报告第 {n} 版", n=report.revision)
    if not report.is_frozen:
        return _("草稿，没有签发") + " · " + revision
    seal = sealed.of(session, report)
    if seal is None:
        return _("已签发，几秒后封存") + " · " + revision
    return _("封存号 {n}（{at}）", n=seal.number, at=exact(seal.at)) + " · " + revision


def lists_of(session: Session, report: Report) -> Mapping[tuple[str, str], int]:
    """How many cases are kept behind each number."""
    asked = select(ReportCases.figure, ReportCases.part, ReportCases.count).where(ReportCases.report_id == report.id)
    return {(figure, part): count for figure, part, count in session.execute(asked)}


def parts() -> Mapping[str, str]:
    """The parts of a number in words."""
    return {"hit": _("算进去的"), "of": _("一共看的"), "excluded": _("不计的")}
