"""When reports are made by themselves, and who is told of those that were signed."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from engine.administration import recording
from engine.administration import reports as report_plans
from engine.company import places
from engine.company.people import Person
from engine.core.errors import Conflict, Invalid, NotFound
from engine.reports import addresses, mailing, plans
from engine.reports.periods import KINDS
from web.reports.page import offered
from web.shell import current, lists
from web.shell.form_input import texts
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("report_settings", __name__, url_prefix="/reports/settings")


@blueprint.get("")
@rule("company.edit")
def index() -> str:
    """The days and the readers."""
    recording.require(current.reading(), current.someone())
    return _now({})


def _now(errors: Mapping[str, tuple[str, str]], typed: Mapping[str, str] = MappingProxyType({})) -> str:
    """The page with the days and readers as they are kept."""
    session = current.reading()
    days = {"_".join(each): str(day) for each, day in plans.of(session).items()}
    return _page(days, [each.id for each in mailing.readers(session)], errors, typed)


def _page(
    days: Mapping[str, str],
    readers: Collection[int],
    errors: Mapping[str, tuple[str, str]],
    typed: Mapping[str, str] = MappingProxyType({}),
) -> str:
    session = current.reading()
    staff = session.scalars(select(Person).where(Person.retired_at.is_(None)).order_by(Person.name, Person.id)).all()
    return render_template(
        "report_settings/index.html",
        kinds={code: words[language() != "zh"] for code, words in KINDS.items()},
        levels={"community": _("每个小区各一份"), "region": _("每个区域各一份"), "company": _("全公司一份")},
        asked={
            "week": _("星期几（1 到 7）"),
            "month": _("每月几号（1 到 28）"),
            "quarter": _("每季的第几天（1 到 28）"),
        },
        days=days,
        readers=[each for each in staff if each.id in readers],
        others=[each for each in staff if each.id not in readers],
        addresses=addresses.every(session),
        places=places.known(session),
        offered=offered(session, "company.edit"),
        typed=typed,
        errors=errors,
    )


@blueprint.post("")
@rule("company.edit")
def keep() -> Response | tuple[str, int]:
    """Save the days and the readers."""
    me = current.someone()
    days = {"_".join(each): request.form.get("_".join(each), "").strip() for each in report_plans.fields()}
    chosen = [each for each in (*request.form.getlist("reader"), request.form.get("more", "")) if lists.is_id(each)]
    readers = {int(each) for each in chosen}
    try:
        current.attempt(lambda session: report_plans.keep(session, me, days, readers))
    except Invalid as wrong:
        return _page(days, readers, wrong.fields), 422
    flash(_("已保存。"))
    return redirect(url_for("report_settings.index"), 303)


@blueprint.post("/addresses")
@rule("company.edit")
def add_address() -> Response | tuple[str, int]:
    """Mail the signed reports of a place to an address outside."""
    me, typed = current.someone(), texts(("place", "name", "mail", "language"))
    place_id = int(typed["place"]) if lists.is_id(typed["place"]) else 0
    try:
        current.attempt(lambda session: report_plans.add_address(session, me, place_id, typed))
    except (Invalid, Conflict) as wrong:
        fields = wrong.fields if isinstance(wrong, Invalid) else {"mail": (wrong.text("zh"), wrong.text("en"))}
        return _now(fields, typed), 422
    flash(_("已加上。以后签发的报告会发到这个邮箱。"))
    return redirect(url_for("report_settings.index", _anchor="addresses"), 303)


@blueprint.post("/addresses/remove")
@rule("company.edit")
def remove_address() -> Response:
    """Mail nothing to an address any more."""
    me, chosen = current.someone(), request.form.get("address", "")
    if not lists.is_id(chosen):
        raise NotFound
    current.attempt(lambda session: report_plans.remove_address(session, me, int(chosen)))
    flash(_("已删除。"))
    return redirect(url_for("report_settings.index", _anchor="addresses"), 303)
