"""Browsers on which somebody has logged in before: a signed cookie names whom, for half a year."""

import secrets

from flask import Flask, Response, current_app, g, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from engine.company.log_ins import Device
from web.shell import cookies, current

LASTS = 180 * 24 * 3600
MOST = 20
"""People on one browser; a desk's computer has several."""


def install(app: Flask) -> None:
    """Send the cookie after a log-in."""
    app.after_request(_send)


def this() -> Device | None:
    """This browser, if somebody has logged in on it before."""
    try:
        name, people = _serializer().loads(request.cookies.get(_cookie(), ""), max_age=LASTS)
    except BadSignature:
        return None
    return Device(name, people)


def note(person_id: int) -> None:
    """Remember that this person logged in on this browser."""
    before = this()
    others = [each for each in (before.people if before else ()) if each != person_id]
    g.device = Device(before.name if before else secrets.token_hex(8), [person_id, *others][:MOST])


def _send(response: Response) -> Response:
    device: Device | None = g.get("device")
    if device is not None:
        value, secure = _serializer().dumps([device.name, list(device.people)]), cookies.secure(current.settings())
        response.set_cookie(_cookie(), value, LASTS, httponly=True, samesite="Lax", secure=secure, path="/login")
    return response


def _cookie() -> str:
    return cookies.named(current.settings(), "device")


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], "known device")
