"""The link of a request's resident: shown to hand it out, replaced for somebody whom the desk recognised, withdrawn."""

from collections.abc import Mapping
from types import MappingProxyType

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.core.errors import Invalid, NotFound, NotPermitted
from engine.core.settings import secret
from engine.requests import Request, access, own_link, starting
from web.shared import qr_codes, resident_links
from web.shell import current, form_input
from web.shell.guard import rule
from web.shell.language import gettext as _

blueprint = Blueprint("request_link", __name__, url_prefix="/requests/<int:request_id>/link")

NOTHING: Mapping[str, tuple[str, str]] = MappingProxyType({})


def find(session: Session, request_id: int) -> Request:
    """The request, if it has a link and the reader may act for its resident. Raises `NotFound`, `NotPermitted`."""
    me = current.someone()
    found = access.find(session, me, request_id, access.SEE_PHONE)
    if not found.secret_hash:
        raise NotFound
    if not starting.may_start_where(session, me, found):
        raise NotPermitted(act_zh="处理业主的链接", act_en="handle the resident's link")
    return found


@blueprint.get("")
@rule(access.SEE_PHONE)
def show(request_id: int) -> str:
    """Ask how the resident was recognised."""
    return render_template("request_link/form.html", found=find(current.reading(), request_id), why="", errors=NOTHING)


@blueprint.post("")
@rule(access.SEE_PHONE)
def replace(request_id: int) -> str | Response | tuple[str, int]:
    """Replace the link and show the new one, this once; or withdraw it."""
    me, key, why = current.someone(), secret(current.settings(), "links"), form_input.texts(("why",))["why"]
    withdrawing = request.form.get("act") == "withdraw"

    def work(session: Session) -> None:
        (own_link.withdraw if withdrawing else own_link.renew)(
            session, find(session, request_id), key=key, by=me, why=why
        )

    try:
        current.attempt(work)
    except Invalid as wrong:
        found = find(current.reading(), request_id)
        return render_template("request_link/form.html", found=found, why=why, errors=wrong.fields), 422
    if withdrawing:
        flash(_("链接已作废。"))
        return redirect(url_for("requests.show", request_id=request_id), 303)
    found = find(current.reading(), request_id)
    link = resident_links.of_request(found)
    return render_template("request_link/made.html", found=found, link=link, qr=qr_codes.qr(link))
