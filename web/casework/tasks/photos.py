"""Photos of a task: uploaded one by one while the form is filled in, attached when the task is finished."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Response, flash, jsonify, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from engine import files
from engine.casework import cases
from engine.casework.tasks import Task
from engine.complaints.core.complaint import Complaint
from engine.core.errors import BihuanError, NotFound, Throttled
from engine.core.parsing import Busy
from engine.files import BadFile, File, Prepared
from engine.forms import Checked
from engine.history import NewEntry
from engine.requests import Request
from web.casework.tasks.page import KEPT, blueprint, find, is_id, locked, unattached
from web.shared.uploads import at_field, of_staff, status_of_upload
from web.shell import current
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.language import language


@blueprint.post("/<int:task_id>/photos")
@rule("task.work")
def bring(task_id: int) -> tuple[Response, int]:
    """Keep one photo or document until the form is sent: {"id", "name", "url"}, or {"error"} with a message."""
    task = find(current.reading(), task_id)
    upload = request.files.get("file")
    if upload is None:
        return jsonify(error=_("没有收到文件。")), 422
    try:
        file = _hold(task, upload)
    except BihuanError as bad:
        return jsonify(error=bad.text(language())), status_of_upload(bad)
    return jsonify(id=file.id, name=file.original_name, url=_picture(file)), 201


@blueprint.post("/<int:task_id>/photos/<int:file_id>/take-back")
@rule("task.work")
def take_back(task_id: int, file_id: int) -> AnyResponse:
    """Delete a file that this person brought, as long as the task is theirs to do; what another task kept stays."""
    me = current.someone()

    def work(session: Session) -> None:
        task = locked(session, task_id)
        cases.require_completable(session, task, me)
        complaint_id = session.scalar(select(Complaint.id).where(Complaint.case_id == task.case_id))
        file = session.get(File, file_id)
        mine = file is not None and file.by_id == me.id and file.task_id is None
        if file is None or not mine or complaint_id is None or file.complaint_id != complaint_id:
            raise NotFound
        cases.record(session, task.case_id, NewEntry("file.taken_back", me.id, task.element, {}, file.original_name))
        files.remove(session, current.settings().files, file)

    current.attempt(work)
    flash(_("已收回。"))
    return redirect(url_for("tasks.show", task_id=task_id), 303)


def _picture(file: File) -> str:
    return url_for("files.show", file_id=file.id) if file.is_image else ""


def _hold(task: Task, upload: Any) -> File:
    prepared = of_staff(upload)
    return current.attempt(lambda session: _keep(session, task, prepared))


def _keep(session: Session, task: Task, prepared: Prepared, **whose: int | None) -> File:
    me, folder, place_id = current.someone().id, current.settings().files, task.community_id
    return files.keep(session, folder, prepared, place_id=place_id, by_id=me, **whose)


def own_only(session: Session, sent: MultiDict[str, str]) -> MultiDict[str, str]:
    """The input, without ids of files that this person did not upload or that are already attached."""
    named = {text for key in sent if key.endswith(KEPT) for text in sent.getlist(key)}
    if not named:
        return sent
    mine = {
        str(each.id) for each in unattached(session, current.someone(), [int(text) for text in named if is_id(text)])
    }
    return MultiDict((key, text) for key, text in sent.items(multi=True) if not key.endswith(KEPT) or text in mine)


def hold(task: Task, checked: Checked) -> Checked:
    """Keep the photos of an invalid form, so that nobody has to take a photo twice."""
    kept, errors = {key: list(ids) for key, ids in checked.kept.items()}, dict(checked.errors)
    for key, brought in checked.files.items():
        for each in brought if key not in checked.errors else ():
            try:
                kept.setdefault(key, []).append(_hold(task, each).id)
            except (BadFile, Busy, Throttled) as bad:
                errors[key] = (bad.text("zh"), bad.text("en"))
    return replace(checked, files={}, kept={key: tuple(ids) for key, ids in kept.items()}, errors=errors)


def look_through(checked: Checked) -> dict[str, list[Prepared]]:
    """The uploads of each field, to be kept with the answers. Raises `Invalid` at the field for a refused file."""
    return {key: at_field(key, brought) for key, brought in checked.files.items()}


def keep(session: Session, task: Task, checked: Checked, brought: Mapping[str, list[Prepared]]) -> dict[str, list[int]]:
    """Attach what was uploaded before and what was `brought` with the form; returns the ids by field."""
    complaint_id = session.scalar(select(Complaint.id).where(Complaint.case_id == task.case_id))
    request_id = session.scalar(select(Request.id).where(Request.case_id == task.case_id))
    whose = {"complaint_id": complaint_id, "request_id": request_id, "task_id": task.id}
    mine = {
        each.id: each
        for each in unattached(session, current.someone(), [one for ids in checked.kept.values() for one in ids])
    }
    for each in mine.values():
        each.complaint_id, each.request_id, each.task_id = complaint_id, request_id, task.id
    found = {key: [one for one in ids if one in mine] for key, ids in checked.kept.items()}
    for key, uploads in brought.items():
        kept = [_keep(session, task, each, **whose).id for each in uploads]
        found.setdefault(key, []).extend(kept)
    session.flush()
    return {key: ids for key, ids in found.items() if checked.values.get(key)}
