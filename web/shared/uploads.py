"""Uploads of a form: counted, then looked through, before the transaction that stores them."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from engine import files
from engine.core import parsing, throttle
from engine.core.errors import BihuanError, Invalid, Throttled
from engine.core.parsing import Busy
from engine.files import BadFile, Prepared
from engine.files.limits import Limit
from web.shell import current

WINDOW = timedelta(hours=1)
MOST_OF_STAFF = 300
"""How many files one of the staff may upload within that time."""


def prepare(upload: Any, key: str, most: int) -> Prepared:
    """Count one upload under `key`, then look through it. Raises `BadFile`, `Busy`, `Throttled`.

    It stays counted whatever is wrong with it, and others can write while it is decoded.
    """

    def count(session: Session) -> Mapping[str, Limit]:
        throttle.count(session, key, most=most, within=WINDOW)
        return files.limits.of(session)

    allowed = current.attempt(count)
    upload.stream.seek(0)
    return files.prepare(upload.stream, upload.filename or "", allowed, parsing.PATIENCE_OF_PAGE)


def status_of_upload(bad: BihuanError) -> int:
    """The status that says whether the page's script sends a file again by itself."""
    return 503 if isinstance(bad, Busy) else 422


def of_staff(upload: Any) -> Prepared:
    """Count and look through an upload of the person who is logged in."""
    return prepare(upload, f"photos:{current.someone().id}", MOST_OF_STAFF)


def count_of_staff() -> None:
    """Count an upload of the person who is logged in that is no photo. Raises `Throttled`."""
    key = f"photos:{current.someone().id}"
    current.attempt(lambda session: throttle.count(session, key, most=MOST_OF_STAFF, within=WINDOW))


def at_field(field: str, brought: Iterable[Any], look: Callable[[Any], Prepared] = of_staff) -> list[Prepared]:
    """Look through all uploads of a field. Raises `Invalid` naming it for one that is refused."""
    try:
        return [look(each) for each in brought]
    except (BadFile, Busy, Throttled) as refused:
        raise Invalid({field: (refused.text("zh"), refused.text("en"))}) from None
