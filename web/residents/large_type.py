"""The large-print version of residents' pages: fewer words, one question per page. Remembered by the browser."""

from flask import has_request_context, request
from werkzeug.wrappers import Response

from web.shell import current

COOKIE = "bihuan_large"
KEPT = 365 * 24 * 3600


def is_large() -> bool:
    """Whether this browser asked for the large version."""
    return has_request_context() and request.cookies.get(COOKIE) == "1"


def switch(answer: Response, large: bool) -> Response:
    """Remember the large or the standard version in this browser."""
    if large:
        secure = current.settings().public_url.startswith("https:")
        answer.set_cookie(COOKIE, "1", max_age=KEPT, httponly=True, samesite="Lax", secure=secure)
    else:
        answer.delete_cookie(COOKIE)
    return answer
