"""The company's record: every change in words, and what is sealed."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from flask import Blueprint, Response, render_template, request, stream_with_context
from sqlalchemy.orm import Session

from engine.administration import record
from engine.administration.record import Asked
from engine.administration.telling import NOUNS, Told
from engine.core.spreadsheets import plain
from web.shell import current
from web.shell.formats import name_of, zone
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("record", __name__, url_prefix="/record")


@blueprint.get("")
@rule("history.see")
def index() -> str:
    """One page of the record, newest first; `before` is where it begins."""
    session = current.reading()
    record.require(session, current.someone())
    text = request.args.get("before", "")
    before = int(text) if text.isdecimal() and len(text) < 10 else None
    hidden = record.hidden_from(session, current.someone())
    told, following = record.page(session, asked(), before, hidden=hidden)
    return render_template(
        "record/index.html",
        told=told,
        following=following,
        before=before,
        nouns=NOUNS,
        doers=record.doers(session),
        sealed=record.sealed(session),
        kept=kept(),
    )


def kept() -> dict[str, str]:
    """The filters of the address, without the page."""
    return {name: value for name in ("noun", "by", "since", "until") if (value := request.args.get(name, "").strip())}


def asked() -> Asked:
    """The filters, parsed; invalid ones are left out."""
    noun, by = request.args.get("noun", ""), request.args.get("by", "")
    until = _day("until")
    return Asked(
        noun if noun in NOUNS else "",
        int(by) if by.isdecimal() and len(by) <= 9 else None,
        _begin(_day("since")),
        _begin(until + timedelta(days=1) if until else None),
    )


def _day(name: str) -> date | None:
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2200 else None


def _begin(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), zone()) if day else None


@blueprint.get("/all.csv")
@rule("history.see")
def export() -> Response:
    """All entries that match the filters, as a table."""
    record.require(current.reading(), current.someone())
    wanted, hidden = asked(), record.hidden_from(current.reading(), current.someone())
    store = current.store()

    def rows() -> Iterator[str]:
        with store.reading() as session:
            yield "\ufeff" + line([_("编号"), _("时间"), _("谁"), _("做了什么"), _("内容"), _("说明")])
            yield from lines(session, wanted, hidden)

    return Response(
        stream_with_context(rows()),
        mimetype="text/csv",
        headers={"Content-Disposition": 'attachment; filename="record.csv"'},
    )


def lines(session: Session, wanted: Asked, hidden: frozenset[str]) -> Iterator[str]:
    """The rows of the table."""
    at = 0 if language() == "zh" else 1
    for each in record.every(session, wanted, hidden):
        moment = each.entry.at.astimezone(zone()).strftime("%Y-%m-%d %H:%M:%S")
        who = name_of(each.by) if each.by else ""
        yield line([str(each.entry.number), moment, who, each.said[at], in_words(each, at), each.note or ""])


def in_words(told: Told, at: int) -> str:
    """The details of an entry in one cell."""
    return "; ".join(
        f"{each.label[at]}: " + (f"{each.before[at]} → {each.after[at]}" if each.before else each.after[at])
        for each in told.details
    )


def line(cells: list[str]) -> str:
    """One row; anything a spreadsheet would run as a formula is made plain text."""
    buffer = io.StringIO()
    csv.writer(buffer).writerow([plain(each) for each in cells])
    return buffer.getvalue()
