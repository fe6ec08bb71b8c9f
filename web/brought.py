"""Photos brought with a form that was not right yet: kept for the next try, so that nobody has to take them again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import session as browser
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import files, throttle
from engine.complaints import Complaint
from engine.complaints.resident import WINDOW
from engine.errors import Invalid, Throttled
from engine.files import File
from engine.forms import Checked
from web import current

KEPT = "brought"
MOST_IN_BROWSER = 30
MOST_FROM_ADDRESS = 200


def keep(writing: Session, complaint: Complaint, field: str, brought: Sequence[Any]) -> None:
    """Keep photos and papers with a complaint. Raises `Invalid` at the field for one that is not taken."""
    for each in brought:
        try:
            _keep(writing, each, place_id=complaint.community_id, complaint_id=complaint.id)
        except files.BadFile as bad:
            raise Invalid({field: (bad.text("zh"), bad.text("en"))}) from None


def _keep(writing: Session, upload: Any, *, place_id: int, complaint_id: int | None = None) -> File:
    upload.stream.seek(0)  # the transaction may be tried again
    folder, name = current.settings().files, upload.filename or ""
    return files.keep(writing, folder, upload.stream, name, place_id=place_id, complaint_id=complaint_id)


def claim(writing: Session, complaint: Complaint, kept: Mapping[str, Sequence[int]]) -> None:
    """Give a complaint what this browser brought at an earlier try; ids of anything else are passed over."""
    for each in _own(writing, [one for ids in kept.values() for one in ids]):
        each.complaint_id, each.place_id = complaint.id, complaint.community_id


def hold(checked: Checked, place_id: int) -> Checked:
    """Keep what came with a form that was not right, and let the form say so; a bad file becomes an error."""
    kept = {field: [each.id for each in _own(current.reading(), ids)] for field, ids in checked.kept.items()}
    errors = dict(checked.errors)
    for field, brought in checked.files.items():
        for each in brought if field not in checked.errors else ():
            try:
                kept.setdefault(field, []).append(_hold(each, place_id))
            except files.BadFile as bad:
                errors[field] = (bad.text("zh"), bad.text("en"))
            except Throttled as refused:
                errors[field] = (refused.text("zh"), refused.text("en"))
    held = {field: tuple(ids) for field, ids in kept.items()}
    known = [*browser.get(KEPT, []), *(one for ids in held.values() for one in ids)]
    if known:
        browser[KEPT] = list(dict.fromkeys(known))[-MOST_IN_BROWSER:]
    return replace(checked, files={}, kept=held, errors=errors)


def _hold(upload: Any, place_id: int) -> int:
    address = current.address()

    def work(writing: Session) -> int:
        throttle.count(writing, f"brought:{address}", most=MOST_FROM_ADDRESS, within=WINDOW)
        return _keep(writing, upload, place_id=place_id).id

    return current.attempt(work)


def _own(session: Session, ids: Sequence[int]) -> Sequence[File]:
    """Those of the files that this browser brought and that belong to nothing yet."""
    mine = set(ids) & set(browser.get(KEPT, []))
    if not mine:
        return []
    asked = select(File).where(File.id.in_(mine), File.complaint_id.is_(None), File.task_id.is_(None))
    return session.scalars(asked.order_by(File.id)).all()
