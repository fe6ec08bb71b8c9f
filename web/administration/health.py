"""For monitoring: whether the process is alive, whether it is ready, and its metrics."""

import hmac
from ipaddress import ip_address

from flask import Blueprint, Response, abort, request
from prometheus_client import CONTENT_TYPE_LATEST

from engine.core import metrics, outages
from engine.operations import schema
from engine.operations.watching import Present
from web.shell import current
from web.shell.environment import STRIPPED
from web.shell.guard import PUBLIC, rule

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@rule(PUBLIC)
def alive() -> Response:
    """The process answers."""
    return said("ok")


@blueprint.get("/readyz")
@rule(PUBLIC)
def ready() -> Response:
    """The store answers and has the newest shape; 503 and the reason otherwise."""
    try:
        current_shape = schema.is_current(current.store())
    except Exception as problem:
        outage = outages.of(problem)
        if outage is None:
            raise
        return said(outage.text("en"), 503)
    return said("ok") if current_shape else said("the database is of an older shape: run `bihuan migrate`", 503)


@blueprint.get("/metrics")
@rule(PUBLIC)
def figures() -> Response:
    """The metrics of all processes, for this machine and for clients with the token."""
    if not may_read():
        abort(403)
    return Response(metrics.text(Present(current.store(), current.settings())), content_type=CONTENT_TYPE_LATEST)


def may_read() -> bool:
    """Whether the request comes directly from this machine (no proxy) or carries the token from the settings."""
    token = current.settings().metrics_token
    brought = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(brought.encode(), token.encode()):
        return True
    through_proxy = STRIPPED in request.environ or "X-Forwarded-For" in request.headers
    return not through_proxy and is_loopback(request.remote_addr or "")


def is_loopback(address: str) -> bool:
    """Whether an address is one of the machine's own."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def said(text: str, status: int = 200) -> Response:
    """A line of plain text that must not be cached."""
    return Response(
        f"{text}\n", status, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"}
    )
