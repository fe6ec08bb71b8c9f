"""Photos uploaded with an invalid form: kept for the next try, so that nobody has to take them again."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import session as browser
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import files
from engine.complaints.core.complaint import Complaint
from engine.complaints.resident.resident_acts import WINDOW
from engine.core import throttle
from engine.core.errors import Invalid, Throttled
from engine.files import File
from engine.forms import Checked
from web.shell import current

WORD = "brought"
"""Session key of the token that marks files as uploaded by this browser."""

MOST_FROM_ADDRESS = 200
MOST_WAITING = 4 * 1024**3
"""Limit in bytes on all files whose forms were not sent yet, so that strangers cannot fill the disk."""


def keep(writing: Session, complaint: Complaint, field: str, brought: Sequence[Any]) -> None:
    """Attach photos and documents to a complaint. Raises `Invalid` at the field for a refused one."""
    for each in brought:
        try:
            _keep(writing, each, place_id=complaint.community_id, complaint_id=complaint.id)
        except files.BadFile as bad:
            raise Invalid({field: (bad.text("zh"), bad.text("en"))}) from None


def _keep(writing: Session, upload: Any, **belongs: Any) -> File:
    upload.stream.seek(0)  # the transaction may be retried
    folder, name = current.settings().files, upload.filename or ""
    return files.keep(writing, folder, upload.stream, name, **belongs)


def claim(writing: Session, complaint: Complaint, kept: Mapping[str, Sequence[int]]) -> int:
    """Attach this browser's earlier uploads to a complaint; other ids are ignored. Returns how many."""
    found = _own(writing, [one for ids in kept.values() for one in ids])
    for each in found:
        each.complaint_id, each.place_id, each.brought_as = complaint.id, complaint.community_id, None
    writing.flush()
    return len(found)


def hold(checked: Checked) -> Checked:
    """Keep the uploads of an invalid form and list them in it; a bad file becomes an error."""
    kept = {field: [each.id for each in _own(current.reading(), ids)] for field, ids in checked.kept.items()}
    errors = dict(checked.errors)
    for field, brought in checked.files.items():
        for each in brought if field not in checked.errors else ():
            try:
                kept.setdefault(field, []).append(bring(each).id)
            except (files.BadFile, Throttled) as refused:
                zh, en = errors.get(field, ("", ""))
                errors[field] = (zh + refused.text("zh"), f"{en} {refused.text('en')}".strip())
    held = {field: tuple(ids) for field, ids in kept.items()}
    return replace(checked, files={}, kept=held, errors=errors)


def named(kept: Mapping[str, Sequence[int]]) -> dict[int, File]:
    """This browser's uploads so far, by id, for an invalid form to list."""
    found = _own(current.reading(), [one for ids in kept.values() for one in ids])
    return {each.id: each for each in found}


def bring(upload: Any) -> File:
    """Keep one file until its form is sent. Raises `BadFile`, `Throttled`."""
    address, mine = current.address(), word()

    def work(writing: Session) -> File:
        throttle.count(writing, f"brought:{address}", most=MOST_FROM_ADDRESS, within=WINDOW)
        if files.waiting(writing) > MOST_WAITING:
            raise Throttled(minutes=60)
        return _keep(writing, upload, brought_as=mine)

    return current.attempt(work)


def word() -> str:
    """The hash of this browser's token; created if there is none yet."""
    if WORD not in browser:
        browser[WORD] = secrets.token_urlsafe(18)
    return hashlib.sha256(browser[WORD].encode()).hexdigest()


def _own(session: Session, ids: Sequence[int]) -> Sequence[File]:
    """Those of the files that this browser uploaded and that are not attached yet."""
    if not ids or WORD not in browser:
        return []
    asked = select(File).where(
        File.id.in_(set(ids)), File.brought_as == word(), File.complaint_id.is_(None), File.task_id.is_(None)
    )
    return session.scalars(asked.order_by(File.id)).all()
