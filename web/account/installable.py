"""What makes the pages installable on a phone, and lets a browser take messages while none of them is open."""

from flask import Blueprint, Response, jsonify

from web.shell.addresses import STATIC, asset
from web.shell.guard import PUBLIC, rule
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("installable", __name__)

COLOUR = "#0f766e"
SCRIPT = STATIC / "service-worker.js"


@blueprint.get("/manifest.webmanifest")
@rule(PUBLIC)
def manifest() -> Response:
    """Name, icons and start page of the installed product."""
    sizes = (
        ("icon-192.png", "192x192", "any"),
        ("icon-512.png", "512x512", "any"),
        ("icon-512.png", "512x512", "maskable"),
    )
    answer = jsonify(
        id="/",
        name=_("闭环"),
        short_name=_("闭环"),
        lang="zh-CN" if language() == "zh" else "en",
        start_url="/",
        scope="/",
        display="standalone",
        theme_color=COLOUR,
        background_color="#f7f8f8",
        icons=[
            {"src": asset(name), "sizes": size, "type": "image/png", "purpose": purpose}
            for name, size, purpose in sizes
        ],
    )
    answer.mimetype = "application/manifest+json"
    return answer


@blueprint.get("/service-worker.js")
@rule(PUBLIC)
def service_worker() -> Response:
    """The script that shows messages; at the root, because it serves the pages beside and below it."""
    return Response(
        SCRIPT.read_text(encoding="utf-8"), mimetype="text/javascript", headers={"Cache-Control": "no-cache"}
    )
