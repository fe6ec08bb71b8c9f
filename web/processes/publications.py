"""Publishing as a job, whose page shows its progress; and accepting what its scenarios show."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug import Response

from engine import jobs, scenarios
from engine.core.errors import Invalid
from engine.scenarios.publishing import Proposal
from web.shell import current
from web.shell.guard import rule
from web.shell.language import language

blueprint = Blueprint("publications", __name__, url_prefix="/publications")


def ask(proposal: Proposal) -> Response:
    """Have a proposal played and published; return the way to the job's page."""
    with current.transaction() as session:
        job_id = scenarios.publishing.ask(session, proposal, by=current.someone()).id
    return redirect(url_for("jobs.show", job_id=job_id), 303)


@blueprint.post("/<int:job_id>/accept")
@rule("process.publish", "tables.edit")
def accept(job_id: int) -> Response:
    """Publish after all, with what differed as the new expectation."""
    person, reason = current.someone(), request.form.get("reason", "")
    try:
        with current.transaction() as session:
            job = jobs.find(session, person, job_id)
            asked = scenarios.publishing.accept(session, job, reason, by=person).id
    except Invalid as invalid:
        flash(invalid.fields["reason"][0 if language() == "zh" else 1], "error")
        return redirect(url_for("jobs.show", job_id=job_id), 303)
    return redirect(url_for("jobs.show", job_id=asked), 303)
