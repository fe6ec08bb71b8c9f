"""Uploaded photos and documents, for people who may see the complaint or task they belong to."""

from pathlib import PurePosixPath

from flask import Blueprint, Response, send_file
from sqlalchemy.orm import Session

from engine import comments, files, requests
from engine.casework import tasks
from engine.company import people
from engine.company.people import Person
from engine.complaints.core import access
from engine.core.errors import NotFound
from engine.files import File
from web.shell import current, formats
from web.shell.guard import rule
from web.shell.language import gettext as _

blueprint = Blueprint("files", __name__, url_prefix="/files")


@blueprint.get("/<int:file_id>")
@rule("complaint.see", "request.see", "task.see", "task.work")
def show(file_id: int) -> Response:
    """One file, always as an attachment: it is drawn inside our pages, never opened as one of them."""
    return attached(find(current.reading(), current.someone(), file_id))


def attached(file: File) -> Response:
    """A file as an attachment that cannot run scripts."""
    path = files.path(current.settings().files, file)
    answer = send_file(path, file.type, as_attachment=True, download_name=name_of(file))
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def find(session: Session, person: Person, file_id: int) -> File:
    """The file, if `person` may see what it belongs to. Raises `NotFound`."""
    found = session.get(File, file_id)
    if found is None:
        raise NotFound()
    if found.complaint_id is not None:
        access.find(session, person, found.complaint_id)
    elif found.request_id is not None:
        requests.access.find(session, person, found.request_id)
    elif found.task_id is not None:
        tasks.find(session, person, found.task_id)
    elif found.comment_id is not None:
        comments.find(session, person, found.comment_id)
    elif found.by_id != person.id:  # people may see their own uploads of a form that is not sent yet
        raise NotFound()
    return found


def context() -> dict[str, object]:
    """For templates: whose a file is."""
    return {"brought_by": brought_by}


def brought_by(file: File) -> str:
    """The name of the person of ours who brought a file; otherwise it is the resident's."""
    person = people.known(current.reading()).get(file.by_id or 0)
    return formats.name_of(person) if person is not None else _("业主")


def name_of(file: File) -> str:
    """Its original name, with the extension of its real type."""
    return PurePosixPath(file.original_name).stem + PurePosixPath(file.name).suffix
