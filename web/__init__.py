"""The pages. Thin: a page reads the request, asks the engine, renders."""

from datetime import timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Flask, url_for
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from engine.complaints.core import links
from engine.core.settings import Settings, secret
from engine.core.store import Store
from web import desk
from web.account import account, first_start, login
from web.administration import (
    categories,
    demo_clock,
    imports,
    jobs,
    mailbox,
    posters,
    public_pages,
    questions,
    reasons,
    record,
    settings,
    texts_of_letters,
    thresholds,
)
from web.casework import absences, comments, inbox, phrases, rosters, tasks
from web.company import buildings, calendars, households, leaving, organisation, people, permissions, roles
from web.complaints import bulk_moves, complaint_list, corrections, counts, joining, stuck
from web.desk import papers
from web.improvements import page
from web.processes import case_list, decision_tables, incidents, library
from web.residents import complain, follow, public
from web.shared import files
from web.shell import current, errors, formats, guard, language, navigation

BLUEPRINTS = (
    first_start.blueprint,
    login.blueprint,
    account.blueprint,
    inbox.blueprint,
    absences.blueprint,
    rosters.blueprint,
    leaving.blueprint,
    tasks.blueprint,
    comments.blueprint,
    phrases.blueprint,
    desk.blueprint,
    papers.blueprint,
    corrections.blueprint,
    complaint_list.blueprint,
    bulk_moves.blueprint,
    stuck.blueprint,
    counts.blueprint,
    files.blueprint,
    case_list.blueprint,
    library.blueprint,
    imports.blueprint,
    page.blueprint,
    jobs.blueprint,
    joining.blueprint,
    incidents.blueprint,
    people.blueprint,
    organisation.blueprint,
    buildings.blueprint,
    households.blueprint,
    calendars.blueprint,
    categories.blueprint,
    permissions.blueprint,
    questions.blueprint,
    reasons.blueprint,
    thresholds.blueprint,
    record.blueprint,
    roles.blueprint,
    settings.blueprint,
    decision_tables.blueprint,
    texts_of_letters.blueprint,
    demo_clock.blueprint,
    complain.blueprint,
    follow.blueprint,
    mailbox.blueprint,
    public_pages.blueprint,
    posters.blueprint,
    public.blueprint,
)
"""Every page of the house: a resource's file exposes `blueprint` and is named here."""

MEGABYTE = 1024 * 1024
HERE = Path(__file__).parent


class Id(IntegerConverter):
    """An id in an address; what no store could hold is no page rather than an error."""

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__(*args, **{"max": 2**31 - 1, **more})  # type: ignore[arg-type]


def create_app(settings: Settings, store: Store) -> Flask:
    """The WSGI application on one store. Raises `guard.NoRule` when a page does not say who may see it."""
    app = Flask(__name__)
    app.extensions["bihuan"] = current.Shared(settings, store)
    app.url_map.converters["int"] = Id
    configure(app, settings)
    links.open_door(secret(settings, "links"), settings.public_url)
    CSRFProtect(app)
    for part in (language, formats, errors, guard, navigation):
        part.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.jinja_env.globals["asset"] = asset
    app.teardown_appcontext(current.close)
    guard.check(app)
    if settings.behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    return app


def configure(app: Flask, settings: Settings) -> None:
    """Sessions, limits and templates."""
    app.config.update(
        SECRET_KEY=secret(settings, "session"),
        SESSION_COOKIE_NAME="bihuan",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https:"),
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        MAX_CONTENT_LENGTH=80 * MEGABYTE,
        MAX_FORM_MEMORY_SIZE=4 * MEGABYTE,
        WTF_CSRF_TIME_LIMIT=None,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=365),
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.json.ensure_ascii = False  # type: ignore[attr-defined]


def asset(name: str) -> str:
    """The address of a file of `web/static`, changing with its content so that browsers may keep it for ever."""
    path = HERE / "static" / name
    return url_for("static", filename=name, v=_version(path, path.stat().st_mtime_ns) if path.is_file() else None)


@cache
def _version(path: Path, _written: int) -> str:
    return sha256(path.read_bytes()).hexdigest()[:10]
