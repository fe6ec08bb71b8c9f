"""What can be downloaded of a report: the PDF at once, the workbook as a job."""

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.reports import issued, pdf, queries, workbook
from web.reports.page import blueprint
from web.shell import current
from web.shell.guard import rule
from web.shell.language import language


@blueprint.get("/<int:report_id>/report.pdf")
@rule("report.see", "task.work")
def as_pdf(report_id: int) -> Response:
    """The report as a PDF, in the language of the page."""
    session = current.reading()
    found = queries.find(session, current.someone(), report_id)
    document = issued.document_of(session, found, language())
    name = f"{found.number}-{found.revision}.pdf"
    answer = Response(pdf.render(document), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'{"attachment" if "save" in request.args else "inline"}; filename="{name}"'
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


@blueprint.post("/<int:report_id>/workbook")
@rule("complaint.export")
def as_workbook(report_id: int) -> AnyResponse:
    """Start the workbook with its sheet of facts, and lead to the page of its job."""
    me = current.someone()
    found = queries.find(current.reading(), me, report_id).id
    job = current.attempt(lambda writing: workbook.ask(writing, me, queries.find(writing, me, found), language()).id)
    return redirect(url_for("jobs.show", job_id=job), 303)
