"""Addresses on pages. A page has a hundred of them, and the same words always make the same one: each is made once."""

from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path

import flask

STATIC = Path(__file__).parents[1] / "static"

url_for = lru_cache(maxsize=10_000)(flask.url_for)
"""Flask's, for addresses within the site."""


@cache
def asset(name: str) -> str:
    """The address of a file of `web/static`, changing with its content so that browsers may keep it for ever.

    Worked out once a process: whoever changes a file starts the server anew.
    """
    path = STATIC / name
    return url_for("static", filename=name, v=_version(path) if path.is_file() else None)


def _version(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()[:10]
