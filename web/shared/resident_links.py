"""The address of a resident's secret link, as the desk prints it."""

from flask import request

from engine.complaints.core import links
from engine.complaints.core.complaint import Complaint
from engine.core.settings import secret
from web.shell import current


def address(complaint: Complaint) -> str:
    """The resident's link; uses this request's host if no public address is set."""
    key = secret(current.settings(), "links")
    return links.address(complaint) or f"{request.host_url.rstrip('/')}/c/{links.secret_of(key, complaint)}"
