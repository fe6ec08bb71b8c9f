"""Background jobs: their progress and their result."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, send_file, url_for

from engine import jobs
from web.shell import current
from web.shell.guard import SIGNED_IN, rule
from web.shell.language import language

blueprint = Blueprint("jobs", __name__, url_prefix="/jobs")
blueprint.context_processor(lambda: {"job_name": lambda job: jobs.named(job.kind, language())})

GOES_ON: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "count_report": lambda made: url_for("reports.show", report_id=made["report"])
}
"""Where the page of a job leads to by itself, for whoever waited before it."""


@blueprint.get("")
@rule(SIGNED_IN)
def index() -> str:
    """The person's recent jobs, newest first."""
    return render_template("jobs/index.html", found=jobs.of(current.reading(), current.someone()), days=jobs.KEPT.days)


@blueprint.get("/<int:job_id>")
@rule(SIGNED_IN)
def show(job_id: int) -> Response:
    """One job; the page refreshes itself until the job is over, then goes on to what it made."""
    job = jobs.find(current.reading(), current.someone(), job_id)
    answer = make_response(render_template("jobs/show.html", job=job, days=jobs.KEPT.days))
    if "HX-Request" in request.headers and job.kind in GOES_ON and job.state == "done":
        answer.headers["HX-Redirect"] = GOES_ON[job.kind](job.outcome)
    return answer


@blueprint.get("/<int:job_id>/file")
@rule(SIGNED_IN)
def download(job_id: int) -> Response:
    """The file that the job made, for the person who asked for it."""
    job = jobs.find(current.reading(), current.someone(), job_id)
    path = jobs.result(current.settings(), job)
    answer = send_file(path.absolute(), as_attachment=True, download_name=path.name)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
