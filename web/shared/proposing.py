"""Files proposed as the next version of a process: judged, kept for whoever brought them, then shown with the verdict."""

from collections.abc import Mapping

from flask import redirect, url_for
from werkzeug import Response

from engine import scenarios
from engine.bpmn.checking import Verdict
from engine.processes import publishing, rights, uploads
from engine.processes.released import Merged
from engine.processes.uploads import Upload
from web.shell import current


def propose(process: str, files: Mapping[str, bytes], merged: Merged | None = None) -> Response:
    """Judge the files and lead to their verdict. `merged`: they are a release."""
    return redirect(url_for("processes.verdict", upload_id=keep(process, files, merged).id), 303)


def keep(process: str, files: Mapping[str, bytes], merged: Merged | None = None) -> Upload:
    """Judge the files and keep them for the person. Raises `NotPermitted` before anything is parsed."""
    session, me = current.reading(), current.someone()
    rights.require(session, me, process, rights.PUBLISH)
    verdict = publishing.judge(session, process, files).verdict
    verdict = Verdict((*verdict.findings, *scenarios.wrong_with(files)))
    with current.transaction() as writing:
        return uploads.keep(writing, process, files, verdict, by=me, merged=merged)
