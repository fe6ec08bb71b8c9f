"""Photos uploaded with an invalid form: kept for the next try, so that nobody has to take them again."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import flash
from flask import session as browser
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import files
from engine.complaints.core.complaint import Complaint
from engine.core.errors import Throttled
from engine.core.parsing import Busy
from engine.core.settings import secret
from engine.files import File, Prepared
from engine.forms import Checked
from engine.requests import Request
from web.shared.uploads import at_field, prepare
from web.shell import current
from web.shell.language import gettext as _

WORD = "brought"
"""Session key of the token that marks files as uploaded by this browser."""

MOST_FROM_ADDRESS = 200
"""How many files may be uploaded from one address in an hour."""


def look_through(brought: Mapping[str, Sequence[Any]]) -> list[Prepared]:
    """Look through the uploads of each field. Raises `Invalid` at the field of a refused one."""
    return [each for field, uploads in brought.items() for each in at_field(field, uploads, _prepare)]


def _prepare(upload: Any) -> Prepared:
    return prepare(upload, f"brought:{current.address()}", MOST_FROM_ADDRESS)


def whose(owner: Complaint | Request) -> dict[str, int]:
    """What a file's row says of the complaint or request that it belongs to."""
    kind = "complaint_id" if isinstance(owner, Complaint) else "request_id"
    return {kind: owner.id, "place_id": owner.community_id}


def keep(
    writing: Session, owner: Complaint | Request, prepared: Sequence[Prepared], task_id: int | None = None
) -> None:
    """Attach photos and documents to a complaint or request, and to the task that asked for them."""
    for each in prepared:
        files.keep(writing, current.settings().files, each, task_id=task_id, **whose(owner))


def claim(
    writing: Session, owner: Complaint | Request, kept: Mapping[str, Sequence[int]], task_id: int | None = None
) -> int:
    """Attach this browser's earlier uploads to a complaint or request; other ids are ignored. Returns how many."""
    found = _own(writing, [one for ids in kept.values() for one in ids])
    for each in found:
        files.waiting.claim(each, **whose(owner))
        each.task_id = task_id
    writing.flush()
    return len(found)


def missing(reading: Session, kept: Mapping[str, Sequence[int]]) -> int:
    """How many earlier uploads of a form are no longer there: they made room for others, or a day has passed."""
    asked = {one for ids in kept.values() for one in ids}
    return len(asked) - len(set(reading.scalars(select(File.id).where(File.id.in_(asked)))))


def say_missing(count: int) -> None:
    """Tell the resident that uploads were lost."""
    if count:
        flash(_("有 {count} 个文件没有保存下来，请再添加一次。", count=count), "error")


def hold(checked: Checked) -> Checked:
    """Keep the uploads of an invalid form and list them in it; a bad file becomes an error."""
    kept = {field: [each.id for each in _own(current.reading(), ids)] for field, ids in checked.kept.items()}
    errors = dict(checked.errors)
    for field, brought in checked.files.items():
        for each in brought if field not in checked.errors else ():
            try:
                kept.setdefault(field, []).append(bring(each).id)
            except (files.BadFile, Busy, Throttled) as refused:
                zh, en = errors.get(field, ("", ""))
                errors[field] = (zh + refused.text("zh"), f"{en} {refused.text('en')}".strip())
    held = {field: tuple(ids) for field, ids in kept.items()}
    return replace(checked, files={}, kept=held, errors=errors)


def named(kept: Mapping[str, Sequence[int]]) -> dict[int, File]:
    """This browser's uploads so far, by id, for an invalid form to list."""
    found = _own(current.reading(), [one for ids in kept.values() for one in ids])
    return {each.id: each for each in found}


def bring(upload: Any) -> File:
    """Keep one file until its form is sent. Raises `BadFile`, `Busy`, `Throttled`."""
    mine, folder, prepared = word(), current.settings().files, _prepare(upload)
    key = secret(current.settings(), "links")
    source = hmac.new(key, current.address().encode(), hashlib.sha256).hexdigest()  # the address itself is not stored
    return current.attempt(
        lambda writing: files.waiting.hold(writing, folder, prepared, brought_as=mine, brought_from=source)
    )


def word() -> str:
    """The hash of this browser's token; created if there is none yet."""
    if WORD not in browser:
        browser[WORD] = secrets.token_urlsafe(18)
    return hashlib.sha256(browser[WORD].encode()).hexdigest()


def _own(session: Session, ids: Sequence[int]) -> Sequence[File]:
    """Those of the files that this browser uploaded and that are not attached yet."""
    if not ids or WORD not in browser:
        return []
    free = (each.is_(None) for each in (File.complaint_id, File.request_id, File.task_id))
    asked = select(File).where(File.id.in_(set(ids)), File.brought_as == word(), *free)
    return session.scalars(asked.order_by(File.id)).all()
