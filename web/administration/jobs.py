"""Background jobs: their progress and their result."""

from flask import Blueprint, Response, render_template, send_file

from engine import jobs
from web.shell import current
from web.shell.guard import SIGNED_IN, rule
from web.shell.language import language

blueprint = Blueprint("jobs", __name__, url_prefix="/jobs")
blueprint.context_processor(lambda: {"job_name": lambda job: jobs.named(job.kind, language())})


@blueprint.get("")
@rule(SIGNED_IN)
def index() -> str:
    """The person's recent jobs, newest first."""
    return render_template("jobs/index.html", found=jobs.of(current.reading(), current.someone()), days=jobs.KEPT.days)


@blueprint.get("/<int:job_id>")
@rule(SIGNED_IN)
def show(job_id: int) -> str:
    """One job; the page refreshes itself until the job is over."""
    job = jobs.find(current.reading(), current.someone(), job_id)
    return render_template("jobs/show.html", job=job, days=jobs.KEPT.days)


@blueprint.get("/<int:job_id>/file")
@rule(SIGNED_IN)
def download(job_id: int) -> Response:
    """The file that the job made, for the person who asked for it."""
    job = jobs.find(current.reading(), current.someone(), job_id)
    path = jobs.result(current.settings(), job)
    answer = send_file(path.absolute(), as_attachment=True, download_name=path.name)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
