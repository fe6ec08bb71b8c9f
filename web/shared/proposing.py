"""Files proposed as the next version of a process: judged, kept for whoever brought them, then shown with the verdict."""

from collections.abc import Mapping

from flask import redirect, url_for
from werkzeug import Response

from engine import scenarios
from engine.bpmn.checking import Verdict
from engine.processes import publishing, uploads
from engine.processes.released import Merged
from web.shell import current


def propose(process: str, files: Mapping[str, bytes], merged: Merged | None = None) -> Response:
    """Judge the files and lead to their verdict. `merged`: they are a release."""
    verdict = publishing.judge(current.reading(), process, files).verdict
    verdict = Verdict((*verdict.findings, *scenarios.wrong_with(files)))
    with current.transaction() as writing:
        kept = uploads.keep(writing, process, files, verdict, by=current.someone(), merged=merged)
    return redirect(url_for("processes.verdict", upload_id=kept.id), 303)
