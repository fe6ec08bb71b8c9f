"""Calendar files (.ics) of a calendar: looked at, written, taken out, and subscribed to."""

import json
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.administration import calendar_files, hours
from engine.administration.calendar_files import Preview
from engine.company import calendars
from engine.company.calendars.brought import Means
from engine.company.calendars.exporting import write
from engine.company.calendars.ics import LARGEST
from engine.core.errors import BihuanError, NotFound, Unclear
from web.company.calendar_words import COMPANY, place_of, title_of
from web.shared.uploads import count_of_staff, status_of_upload
from web.shell import current
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("calendar_files", __name__, url_prefix="/calendars")


def means() -> Means:
    """What the events are said to mean."""
    return "open" if request.form.get("means") == "open" else "closed"


@blueprint.get("/<where>/file")
@rule("company.edit")
def bring(where: str) -> str:
    """The form for a file."""
    return _form(where, "")


def _form(where: str, wrong: str) -> str:
    session = current.reading()
    place = place_of(session, where)
    hours.require_own(session, current.someone(), place.id if place else None)
    return render_template(
        "calendars/file.html", where=where, title=title_of(session, place), means=means(), wrong=wrong
    )


@blueprint.post("/<where>/file")
@rule("company.edit")
def look(where: str) -> str | tuple[str, int]:
    """Show what a file would change. It is read before anything is locked, and nothing is written."""
    brought, by = request.files.get("file"), current.someone()
    try:
        if brought is None or not brought.filename:
            raise Unclear(zh="请选择文件。", en="Choose a file.")
        count_of_staff()
        session = current.reading()
        place = place_of(session, where)
        calendar = hours.require_own(session, by, place.id if place else None)
        preview = calendar_files.look(session, calendar, brought.stream.read(LARGEST + 1), means())
    except NotFound:
        raise
    except BihuanError as refused:
        return _form(where, refused.text(language())), status_of_upload(refused)
    return render_template(
        "calendars/preview.html",
        where=where,
        title=title_of(session, place),
        name=brought.filename,
        preview=preview,
        days=_sent(preview),
    )


def _sent(preview: Preview) -> str:
    """The days as the form carries them to the page that writes them."""
    wanted = [[each.day.isoformat(), each.hours, each.name] for each in preview.changes if each.state != "same"]
    return json.dumps(wanted, ensure_ascii=False, separators=(",", ":"))


@blueprint.post("/<where>/file/keep")
@rule("company.edit")
def keep(where: str) -> AnyResponse | tuple[str, int]:
    """Write the days that somebody has seen."""
    try:
        days = _days(request.form.get("days", ""))
        with current.transaction() as session:
            place = place_of(session, where)
            over_own = "over_own" in request.form
            count = calendar_files.keep(
                session, current.someone(), place.id if place else None, days, over_own=over_own
            )
    except NotFound:
        raise
    except BihuanError as refused:
        return _form(where, refused.text(language())), 422
    flash(_("写入了 {n} 天。", n=count))
    return redirect(url_for("calendars.show", where=where, year=min(days)[0].year if days else None), 303)


def _days(text: str) -> list[tuple[date, list[list[str]], str]]:
    """The days that the form carried. Raises `Unclear` for anything else."""
    try:
        found: Any = json.loads(text)
        return [
            (date.fromisoformat(day), [[str(a), str(b)] for a, b in spans], str(name)) for day, spans, name in found
        ]
    except (ValueError, TypeError, RecursionError):
        raise Unclear(zh="请重新选择文件。", en="Choose the file again.") from None


@blueprint.get("/<where>/ics")
@rule("company.edit")
def export(where: str) -> Response:
    """The special days and public holidays from this year on, as a calendar file."""
    session = current.reading()
    place = place_of(session, where)
    working = calendars.of(session, place.id if place else None)
    calendar = calendars.nearest(session, place.id if place else None)
    differing = calendars.differing(session, calendar) if calendar else {}
    first = calendars.subscriptions.window(working)[0].year
    last = max([working.known_until.year, *(each.year for each in differing)])
    names = {each.day: each.name for each in differing.values()}
    every = (day for number in range(first, last + 1) for day in calendars.year.days(working, number, names))
    content = write(
        title_of(session, place),
        (each for each in every if each.why),
        "zh" if language() == "zh" else "en",
    )
    answer = Response(content, mimetype="text/calendar")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{place.code if place else COMPANY}.ics")
    return answer


@blueprint.post("/<where>/subscription")
@rule("company.edit")
def subscribe(where: str) -> AnyResponse:
    """Subscribe to an address, end that (`do=end`), or fetch at once (`do=fetch`)."""
    by, do = current.someone(), request.form.get("do", "")
    try:
        with current.transaction() as session:
            place = place_of(session, where)
            place_id = place.id if place else None
            if do == "fetch":
                hours.fetch_now(session, by, place_id)
            else:
                address = "" if do == "end" else request.form.get("address", "").strip() or "https://"
                hours.subscribe(session, by, place_id, address, means())
    except NotFound:
        raise
    except BihuanError as refused:
        flash(refused.text(language()), "error")
    else:
        flash(_("不再订阅，订阅来的日子已去掉。") if do == "end" else _("一分钟内会去取，刷新就能看到。"))
    return redirect(url_for("calendars.show", where=where, _anchor="subscription"), 303)
