"""The complaints behind a number of a report, as they were kept with it."""

from flask import render_template
from sqlalchemy import select

from engine.company import places
from engine.complaints.core import access
from engine.complaints.core.categories import known as known_categories
from engine.complaints.core.complaint import Complaint
from engine.core.errors import NotFound
from engine.reports import Report, issued, kept_cases, queries
from engine.reports.kept_cases import PARTS
from web.reports import shown
from web.reports.page import blueprint
from web.shell import current, lists
from web.shell.guard import rule
from web.shell.language import language


@blueprint.get("/<int:report_id>/cases/<figure>/<part>")
@rule("report.see", "task.work")
def cases(report_id: int, figure: str, part: str) -> str:
    """One page of the list: those that the reader may see, and how many there are in all."""
    session, me = current.reading(), current.someone()
    found = queries.find(session, me, report_id)
    counted = shown.lists_of(session, found)
    if (figure, part) not in counted:
        raise NotFound
    ids = kept_cases.ids(session, found.id, figure, part)
    wish = lists.read(["id"], {}, "id")
    number = min(wish.number, max(1, -(-len(ids) // lists.SIZE)))
    here = ids[(number - 1) * lists.SIZE : number * lists.SIZE]
    asked = select(Complaint).where(Complaint.id.in_(here), access.within(session, me)).order_by(Complaint.id)
    rows = list(session.scalars(asked))
    return render_template(
        "reports/cases.html",
        report=found,
        said=issued.document_of(session, found, language()),
        found=lists.Page(rows, len(ids), number, lists.SIZE, wish),
        hidden=len(here) - len(rows),
        figure=figure,
        part=part,
        title=_title(found, figure),
        parts=[(each, shown.parts()[each]) for each in PARTS if (figure, each) in counted],
        counted=counted,
        categories=known_categories(session),
        places=places.known(session),
    )


def _title(report: Report, figure: str) -> str:
    """What the number is called in the report: a measure, or a row of one of its sections."""
    at = 0 if language() == "zh" else 1
    section, _colon, code = figure.partition(":")
    content = report.content
    if not code:
        return next((str(each["name"][at]) for each in content["figures"] if each["code"] == figure), figure)
    if section == "repeat":
        each = content["repeats"][int(code) - 1]
        return f"{each['building']} · {each['name'][at]}"
    rows = {"cause": content["causes"], "late": content["late"]["departments"], "flat": content["flatters"]}[section]
    return next((str(each["name"][at]) for each in rows if each["code"] == code), figure)
