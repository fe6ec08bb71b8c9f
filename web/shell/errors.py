"""Error pages: what happened and what to do. Never a traceback."""

import logging
from contextlib import suppress

from flask import Flask, Response, g, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from engine.company.people import LinkExpired
from engine.core import outages
from engine.core.errors import (
    BihuanError,
    BrokenHistory,
    Conflict,
    Invalid,
    NotFound,
    NotPermitted,
    NotWaiting,
    Refused,
    StepFailed,
    Throttled,
    WrongSettings,
)
from engine.core.outages import DiskFull, Outage, StoreAway
from engine.core.parsing import Busy
from engine.core.store import came_between
from web.shell import current, guard
from web.shell.language import gettext as _
from web.shell.language import language

log = logging.getLogger("bihuan.web")

STATUS: dict[type[BihuanError], int] = {
    NotFound: 404,
    NotPermitted: 403,
    NotWaiting: 409,
    Conflict: 409,
    StepFailed: 409,
    LinkExpired: 410,
    Throttled: 429,
    Busy: 503,
    WrongSettings: 500,
    BrokenHistory: 500,
    StoreAway: 503,
    DiskFull: 507,
}
"""All others are caused by the input: 422."""

RETRY_AFTER = "10"
"""Seconds after which a client may retry when the store is unavailable."""


def install(app: Flask) -> None:
    """Turn every error into a page."""
    app.register_error_handler(BihuanError, show_ours)
    app.register_error_handler(Outage, show_outage)
    app.register_error_handler(CSRFError, show_stale_form)
    app.register_error_handler(RequestEntityTooLarge, show_too_large)
    app.register_error_handler(HTTPException, show_http)
    app.register_error_handler(Exception, show_unexpected)


def status_of(error: BihuanError) -> int:
    """The HTTP status for an error."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 422)


def show_ours(error: BihuanError) -> tuple[str, int] | Response:
    """One of our errors, with its own message."""
    status = status_of(error)
    lines: list[str] = []
    if isinstance(error, Refused):
        lines = [finding.text(language()) for finding in error.findings]
    elif isinstance(error, Invalid):
        lines = [said[0] if language() == "zh" else said[1] for said in error.fields.values()]
    if status >= 500:
        log.error("%s", error)
    if isinstance(error, Busy):
        return Response(*page(status, error.text(language())), headers={"Retry-After": RETRY_AFTER})
    text = _("发现 {count} 处问题。", count=len(lines)) if isinstance(error, Refused) else error.text(language())
    return page(status, text, lines)


def show_stale_form(_error: CSRFError) -> tuple[str, int] | AnyResponse:
    """The form was open for too long, its person logged out meanwhile, or it was sent from another site."""
    return guard.to_start_again() or page(400, _("这个页面放得太久了，内容没有提交。请返回上一页，刷新后再提交。"))


def show_too_large(_error: RequestEntityTooLarge) -> tuple[str, int]:
    """The request is larger than the server accepts."""
    return page(413, _("一次提交的内容太大，最多 80 MB。请减少照片或分几次上传。"))


def show_http(error: HTTPException) -> tuple[str, int] | Response | HTTPException:
    """Errors raised by the framework."""
    code = error.code or 500
    if code < 400:
        return error
    words = {
        400: _("请求无法理解。请返回上一页再试。"),
        403: _("您没有权限打开这个页面。"),
        404: _("没有找到这个页面。链接可能不完整，或内容已移走。"),
        405: _("这个地址不能这样访问。请从页面上的按钮操作。"),
        415: _("不支持这种内容格式。"),
    }
    return page(code, words.get(code) or _("请求无法完成。请返回上一页再试。"))


def show_outage(outage: Outage) -> Response:
    """The store or the disk fails: a page that needs neither, with a way to retry."""
    log.error("%s (%s)", outage, outage.reason)
    g.person = g.grants = None
    with suppress(Exception):  # the connection may be gone
        current.close()
    retry = request.full_path.rstrip("?") if request.method == "GET" else ""
    made = Response(*page(status_of(outage), outage.text(language()), retry=retry))
    made.headers["Retry-After"] = RETRY_AFTER
    return made


def show_unexpected(error: Exception) -> tuple[str, int] | Response:
    """The store is unavailable, a conflict with another transaction, or a bug, which is logged with its traceback."""
    if (outage := outages.of(error)) is not None:
        return show_outage(outage)
    if came_between(error):
        return page(409, _("刚才有别人同时在改，您的操作没有保存。请返回上一页，核对后再提交。"))
    # the rule, not the address: residents' addresses contain keys
    log.error("%s %s", request.method, request.url_rule or "?", exc_info=error)
    return page(500, _("系统出错了，您的操作没有保存。请稍后再试，仍不行请告诉系统管理员。"))


def page(status: int, text: str, lines: list[str] | None = None, retry: str = "") -> tuple[str, int]:
    """The error page, or only its text if a part of a page was requested. `retry`: the address to retry."""
    current.close()
    part = bool(request.headers.get("HX-Request"))
    template = "errors/part.html" if part else "errors/error.html"
    return render_template(template, status=status, text=text, lines=lines or [], retry=retry), status
