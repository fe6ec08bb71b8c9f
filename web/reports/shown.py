"""What pages, prints and downloads of a report show around what it says: states, lists, their parts."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.reports import Report, ReportCases
from engine.reports.issued import STATES
from web.shell.language import gettext as _
from web.shell.language import language

LOOKS = {"prepare": "accent", "check": "soon", "sign": "soon", "signed": "done"}


def states() -> Mapping[str, tuple[str, str]]:
    """The states of reports in words, with the look of their chip."""
    return {code: (words[language() != "zh"], LOOKS.get(code, "plain")) for code, words in STATES.items()}


def lists_of(session: Session, report: Report) -> Mapping[tuple[str, str], int]:
    """How many cases are kept behind each number."""
    asked = select(ReportCases.figure, ReportCases.part, ReportCases.count).where(ReportCases.report_id == report.id)
    return {(figure, part): count for figure, part, count in session.execute(asked)}


def parts() -> Mapping[str, str]:
    """The parts of a number in words."""
    return {"hit": _("算进去的"), "of": _("一共看的"), "excluded": _("不计的")}
