"""The pages. Thin: a page reads the request, asks the engine, renders."""

from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask.json.provider import DefaultJSONProvider
from flask_wtf.csrf import CSRFProtect
from jinja2 import FileSystemLoader
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from engine.complaints.core import links
from engine.core.settings import Settings, secret
from engine.core.store import Store
from web import (
    account,
    administration,
    casework,
    company,
    complaints,
    desk,
    figures,
    improvements,
    knowledge,
    processes,
    reports,
    requests,
    residents,
    shared,
    studio,
    warnings,
)
from web.shell import (
    addresses,
    cookies,
    current,
    errors,
    formats,
    guard,
    known_devices,
    language,
    navigation,
    options,
    request_log,
)

ROOMS = (
    residents,
    account,
    casework,
    desk,
    complaints,
    figures,
    improvements,
    knowledge,
    reports,
    warnings,
    requests,
    processes,
    studio,
    company,
    administration,
    shared,
)
"""The rooms with pages: each lists its own."""

MEGABYTE = 1024 * 1024


class Id(IntegerConverter):
    """An id in an address. A value too large for any store gives "not found" rather than an error."""

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__(*args, **{"max": 2**31 - 1, **more})  # type: ignore[arg-type]


class Json(DefaultJSONProvider):
    """JSON that is nested too deeply, or holds half a character, is malformed, like any other: 400."""

    ensure_ascii = False

    def loads(self, s: str | bytes, **more: object) -> object:
        """Read JSON. Raises `ValueError`."""
        try:
            read: object = super().loads(s, **more)
            if b"\\ud" in (s.encode() if isinstance(s, str) else s).lower():
                self.dumps(read).encode()  # half a surrogate pair is no text: UnicodeEncodeError is a ValueError
            return read
        except RecursionError:
            raise ValueError("nested too deeply") from None


def create_app(settings: Settings, store: Store) -> Flask:
    """The WSGI application on one store. Raises `guard.NoRule` when a page does not say who may see it."""
    app = Flask(__name__)
    app.json = Json(app)
    app.extensions["bihuan"] = current.Shared(settings, store)
    app.url_map.converters["int"] = Id
    configure(app, settings)
    links.open_door(secret(settings, "links"), settings.public_url)
    CSRFProtect(app)
    for part in (request_log, language, formats, options, errors, guard, known_devices, navigation):
        part.install(app)
    for room in ROOMS:
        for blueprint in room.BLUEPRINTS:
            app.register_blueprint(blueprint)
    app.jinja_env.globals.update(asset=addresses.asset, bundles=addresses.bundles, url_for=addresses.url_for)
    app.teardown_appcontext(current.close)
    guard.check(app)
    if settings.behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    return app


def configure(app: Flask, settings: Settings) -> None:
    """Sessions, limits and templates."""
    app.config.update(
        SECRET_KEY=secret(settings, "session"),
        SESSION_COOKIE_NAME=cookies.named(settings),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=cookies.secure(settings),
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        SESSION_REFRESH_EACH_REQUEST=False,
        MAX_CONTENT_LENGTH=80 * MEGABYTE,
        MAX_FORM_MEMORY_SIZE=4 * MEGABYTE,
        WTF_CSRF_TIME_LIMIT=None,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=365),
    )
    app.jinja_loader = FileSystemLoader(sorted(Path(__file__).parent.glob("*/templates")))
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
