"""The address of a resident's secret link, as the desk prints it."""

import flask
import segno

from engine.complaints.core import links
from engine.complaints.core.complaint import Complaint
from engine.core.settings import secret
from engine.requests import Request, notices, starting
from web.shell import current


def of_request(request: Request) -> str:
    """The link of a request's resident; "" where there is none."""
    word = starting.secret_of(secret(current.settings(), "links"), request)
    return (notices.address(request) or f"{flask.request.host_url.rstrip('/')}/r/{word}") if word else ""


def address(complaint: Complaint) -> str:
    """The resident's link; uses this request's host if no public address is set."""
    key = secret(current.settings(), "links")
    return links.address(complaint) or f"{flask.request.host_url.rstrip('/')}/c/{links.secret_of(key, complaint)}"


def for_receipt(endpoint: str, secret_word: str) -> dict[str, str]:
    """The link to a resident's page and its QR code, as a receipt shows them."""
    root = (current.settings().public_url or flask.request.url_root).rstrip("/")
    link = root + flask.url_for(endpoint, secret=secret_word)
    return {"link": link, "code": segno.make(link, error="m", micro=False).svg_data_uri(border=2, light="#fff")}
