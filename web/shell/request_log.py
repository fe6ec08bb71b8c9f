"""What is recorded about each request: a log line with its id, and metrics. Nothing about who and what."""

import logging
import re
import secrets
import time

from flask import Flask, Response, g, request

from engine.core import logs, metrics

HEADER = "X-Request-ID"
PLAIN = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""The accepted form of an id that came with the request; it must not be able to inject log lines."""

UNSAID = frozenset({"health.alive", "health.ready", "health.figures", "static"})
"""Requested constantly: logged only on errors."""

log = logging.getLogger("bihuan.web")


def install(app: Flask) -> None:
    """Give each request its id before anything else, and log it at the end."""
    app.before_request(begin)
    app.after_request(tell)


def begin() -> None:
    """Take over the request's id, or create one."""
    brought = request.headers.get(HEADER, "")
    g.request_id = brought if PLAIN.fullmatch(brought) else secrets.token_hex(8)
    g.began = time.perf_counter()
    logs.about.set(g.request_id)


def tell(response: Response) -> Response:
    """Write the log line and count. By the rule, not the address: residents' addresses contain keys."""
    seconds = time.perf_counter() - g.get("began", time.perf_counter())
    route = request.url_rule.rule if request.url_rule else "?"
    method = request.method if request.method in {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"} else "?"
    metrics.REQUESTS.labels(method, route, response.status_code).observe(seconds)
    if request.endpoint not in UNSAID or response.status_code >= 400:
        log.info("%s %s %d in %.0f ms", method, route, response.status_code, seconds * 1000)
    response.headers[HEADER] = g.get("request_id", "-")
    return response
