"""The draft tried on closed complaints: asked for, how far it is, what would have been different, and for which ones."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import jobs
from engine.complaints.core import categories
from engine.complaints.core.complaint import Complaint
from engine.core.errors import BihuanError, Conflict, NotFound
from engine.jobs import Job
from engine.processes import process_drafts, versions
from engine.replay import exporting, replaying, results
from engine.replay.comparing import Compared
from engine.replay.replaying import Wanted
from engine.replay.results import WHATS, Tally
from web.shared import codes_in_words
from web.shared.decisions_taken import in_words
from web.shared.diagram_drawing import groups_in_words
from web.shared.reachable_places import communities
from web.shell import current, form_input, lists
from web.shell.formats import day, name_of
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.language import language
from web.shell.lists import Wish, is_day, is_id, midnight, number
from web.studio import frame

blueprint = Blueprint("studio_replay", __name__, url_prefix="/studio/<process>/replay")
blueprint.context_processor(codes_in_words.context)

ASKED = ("since", "until", "community", "category")


# ---- asking ----------------------------------------------------------------------------------------------------------


@blueprint.get("")
@rule(process_drafts.ACT)
def show(process: str) -> str:
    """The form, and the newest replay: how far it is, or what it came to."""
    return _page(process, {}, None)


def _page(process: str, typed: dict[str, str], refused: BihuanError | None) -> str:
    session, me, draft = current.reading(), current.someone(), frame.draft_of(process)
    job = replaying.newest(session, me, process)
    tally = _tally(session, job) if job is not None and job.state == "done" else None
    return frame.render(
        "studio/replay.html",
        draft,
        job=job,
        tally=tally,
        asked=_asked_in_words(session, job) if job else "",
        is_old=job is not None and replaying.is_old(session, draft, job),
        concerns=replaying.concerns(session, process),
        typed=typed,
        refused=refused.text(language()) if refused else "",
        communities=communities(session, me, replaying.SEE),
        categories=[each for each in categories.known(session).values() if each.parent is None],
        most=replaying.MOST,
        said=_said,
        whats={code: each[0 if language() == "zh" else 1] for code, each in WHATS.items()},
    )


def _tally(session: Session, job: Job) -> Tally | None:
    """The numbers; None when the result was cleared away."""
    try:
        found = replaying.read(session, current.settings(), current.someone(), job)
    except NotFound:
        return None
    return results.tally(found, replaying.newest_number(session))


def _asked_in_words(session: Session, job: Job) -> str:
    """Which complaints a replay was asked for."""
    wanted, parts = Wanted.of_facts(job.facts), []
    if wanted.since or wanted.until:
        parts.append(
            _(
                "{since} 至 {until} 结案",
                since=day(wanted.since) or "…",
                until=day(wanted.until and wanted.until - timedelta(days=1)) or "…",
            )
        )
    if wanted.community_id:
        found = next(
            (each for each in communities(session, current.someone(), replaying.SEE) if each.id == wanted.community_id),
            None,
        )
        parts.append(name_of(found) if found else "")
    if wanted.category:
        first = next(
            (
                each
                for each in categories.known(session).values()
                if each.parent is None and each.code.startswith(wanted.category)
            ),
            None,
        )
        parts.append(name_of(first) if first else wanted.category)
    return " · ".join(filter(None, parts)) or _("全部已结案的")


@blueprint.post("")
@rule(process_drafts.ACT)
def begin(process: str) -> Response | tuple[str, int]:
    """Ask for a replay of the draft as it is now."""
    typed = form_input.texts(ASKED)
    wanted = Wanted(
        process,
        midnight(typed["since"]) if is_day(typed["since"]) else None,
        midnight(typed["until"], after=True) if is_day(typed["until"]) else None,
        number(typed["community"]) if is_id(typed["community"]) else None,
        typed["category"][:8] if typed["category"].isalnum() else "",
    )

    def ask(session: Session) -> None:
        draft = process_drafts.require(session, current.someone(), process)
        going = replaying.newest(session, current.someone(), process)
        if going is None or going.is_over:
            replaying.ask(session, draft, wanted, by=current.someone())

    try:
        current.attempt(ask)
    except Conflict as refused:
        return _page(process, typed, refused), 409
    return redirect(url_for("studio_replay.show", process=process), 303)


@blueprint.post("/<int:job_id>/cancel")
@rule(process_drafts.ACT)
def cancel(process: str, job_id: int) -> Response:
    """Stop it; nothing of it is kept."""

    def stop(session: Session) -> None:
        replaying.find(session, current.someone(), process, job_id)
        jobs.cancel(session, current.someone(), job_id)

    current.attempt(stop)
    flash(_("已停下，没有留下结果。"))
    return redirect(url_for("studio_replay.show", process=process), 303)


# ---- the complaints --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """One complaint of the list, with its row where its facts are shown."""

    compared: Compared
    complaint: Complaint


@blueprint.get("/<int:job_id>")
@rule(process_drafts.ACT)
def complaints(process: str, job_id: int) -> str:
    """The complaints behind a number, and why each would have been different."""
    session, draft, wish = current.reading(), frame.draft_of(process), _wish()
    job = replaying.find(session, current.someone(), process, job_id)
    found, page = _listed(session, job, wish), wish.number
    page = min(page, max(1, -(-len(found) // lists.SIZE)))
    shown = found[(page - 1) * lists.SIZE : page * lists.SIZE]
    rows = {
        each.id: each
        for each in session.scalars(select(Complaint).where(Complaint.id.in_([each.id for each in shown])))
    }
    known = categories.known(session)
    return frame.render(
        "studio/replay_list.html",
        draft,
        job=job,
        wish=wish,
        found=lists.Page([Row(each, rows[each.id]) for each in shown], len(found), page, lists.SIZE, wish),
        newest_number=replaying.newest_number(session),
        categories=known,
        is_old=replaying.is_old(session, draft, job),
        heading=_heading(wish.filters["what"]),
        said=_said,
        whats={code: each[0 if language() == "zh" else 1] for code, each in WHATS.items()},
        reason=lambda why: _reason(session, job, why),
    )


def _wish() -> Wish:
    return lists.read(["newest"], {"what": lambda text: text in WHATS or text.count(".") == 2}, "newest")


def _listed(session: Session, job: Job, wish: Wish) -> list[Compared]:
    found = replaying.read(session, current.settings(), current.someone(), job)
    return results.listed(found, wish.filters["what"], wish.search, replaying.newest_number(session))


def _heading(what: str) -> str:
    if what in WHATS:
        return WHATS[what][0 if language() == "zh" else 1]
    name, _dot, rest = what.partition(".")
    side, _dot, value = rest.partition(".")
    if not value:
        return _("试过的投诉")
    when = _("照草稿") if side == "1" else _("当时")
    return f"{when} · {_said(name, value)}"


@blueprint.post("/<int:job_id>/export")
@rule(process_drafts.ACT)
def export(process: str, job_id: int) -> Response:
    """Start an export of the list and redirect to the page of its job."""
    me, wish, form = current.someone(), _wish(), request.form.get("format", "")

    def ask(session: Session) -> int:
        job = replaying.find(session, me, process, job_id)
        return exporting.ask(session, job, wish.filters["what"], wish.search, form, language(), by=me).id

    return redirect(url_for("jobs.show", job_id=current.attempt(ask)), 303)


# ---- in words --------------------------------------------------------------------------------------------------------


def _said(name: str, value: Any) -> str:
    """A value of the comparison in words."""
    match name:
        case "urgency":
            return codes_in_words.say("urgency", value) or _("（未定）")
        case "late":
            return _("“{limit}”超时", limit=codes_in_words.say("deadline", value))
        case "kinds":
            return _("、").join(codes_in_words.say("deadline", each) for each in value) or _("没有超时")
        case "rung":
            return _("升到第 {n} 级或更高", n=value)
        case "department":
            return groups_in_words(value) if value else _("（未定）")
    return str(value)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why it would have been different: what, and before and after as lines."""

    what: str
    before: list[str]
    after: list[str]


def _reason(session: Session, job: Job, why: tuple[str, str, str]) -> Reason:
    """A reason in words: rows of a table, whom a step is for, other steps."""
    kind, _colon, name = why[0].partition(":")
    if kind == "table":
        return Reason(_("表“{table}”", table=_table_name(session, name)), *(_rows(session, each) for each in why[1:]))
    if kind == "step":
        return Reason(_("“{step}”由谁办", step=_step(name)), *([groups_in_words(each)] for each in why[1:]))
    return Reason(_("走过的步骤"), *([_step(line) for line in each.split("\n") if line] for each in why[1:]))


def _step(names: str) -> str:
    """A step's name, of its names in Chinese and English."""
    zh, _tab, en = names.partition("\t")
    return zh if language() == "zh" else en or zh


def _table_name(session: Session, decision: str) -> str:
    model = versions.tables_today(session, "complaint").get(decision)
    found = model.decisions.get(decision) if model else None
    label = (found.label or found.name) if found else ""
    return found.said(label, language()) if found and label else decision


def _rows(session: Session, text: str) -> list[str]:
    """Rows of a table: their number, then what stands in them."""
    known, said = categories.known(session), []
    for row in filter(None, text.split("\n")):
        number, *cells = row.split("\t")
        words = [in_words(each, known) for each in cells if each not in ("", "-", "null", "[]")]
        said.append(_("第 {n} 行：{cells}", n=number, cells=" · ".join(words)))
    return said
