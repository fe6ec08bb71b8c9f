"""The large-print version of residents' pages: fewer words, one question per page. Remembered by the browser."""

from flask import has_request_context, request
from werkzeug.wrappers import Response

from web.shell import cookies, current

KEPT = 365 * 24 * 3600


def is_large() -> bool:
    """Whether this browser asked for the large version."""
    return has_request_context() and request.cookies.get(_cookie()) == "1"


def switch(answer: Response, large: bool) -> Response:
    """Remember the large or the standard version in this browser."""
    if large:
        secure = cookies.secure(current.settings())
        answer.set_cookie(_cookie(), "1", max_age=KEPT, httponly=True, samesite="Lax", secure=secure)
    else:
        answer.delete_cookie(_cookie())
    return answer


def _cookie() -> str:
    return cookies.named(current.settings(), "large")
