"""URLs on pages. A page has a hundred of them and the same arguments give the same URL, so each is built once."""

from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path

import flask

STATIC = Path(__file__).parents[1] / "static"

url_for = lru_cache(maxsize=10_000)(flask.url_for)
"""Flask's `url_for`, for addresses within the site."""


@cache
def asset(name: str) -> str:
    """The URL of a file in `web/static`. It changes with the content, so browsers may cache it for ever.

    Computed once per process: after changing a file, restart the server.
    """
    path = STATIC / name
    return url_for("static", filename=name, v=_version(path) if path.is_file() else None)


def _version(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()[:10]


def bundles(kind: str) -> list[str]:
    """The style sheets ("css") or scripts ("js") of the page: the shell's, and those of its room where it has any."""
    page = flask.current_app.blueprints.get(flask.request.blueprint or "")
    return _bundles(kind, page.import_name.split(".")[1] if page else "shell")


@cache
def _bundles(kind: str, room: str) -> list[str]:
    names = [f"dist/{each}.{kind}" for each in dict.fromkeys(("shell", room))]
    return [name for name in names if (STATIC / name).is_file()]
