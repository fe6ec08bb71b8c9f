"""Importing files: upload, check, correct the columns by hand, import by a worker, show the result."""

import io
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from engine import importing
from engine.company import permissions
from engine.company.places import Place
from engine.core.errors import BihuanError, Invalid, NotFound
from engine.importing import KINDS, Import, Kind, NoColumns, Opened, columns, keeping, meanings, sheets, undoing
from engine.importing.cleaning import plain
from engine.jobs import Job
from web.shell import current
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("imports", __name__, url_prefix="/imports")

ACTS = ("complaint.import", "people.edit")
SHOWN_ROWS = 5
LONGEST_SHOWN = 60
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {".xlsx": SPREADSHEET, ".csv": "text/csv"}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why rows were not imported; a reason shared by many rows is listed once."""

    rows: Sequence[int]
    column: str
    zh: str
    en: str


def kinds() -> list[Kind]:
    """What this person may import."""
    return [each for each in KINDS.values() if current.may(keeping.act_of(each.code))]


@blueprint.get("")
@rule(*ACTS)
def index() -> str:
    """The upload form and the recent imports."""
    return _index({})


def _index(errors: Mapping[str, tuple[str, str]], kind: str = "") -> str:
    session = current.reading()
    found = keeping.of(session, current.someone())
    jobs = {job.id: job for job in session.scalars(select(Job).where(Job.id.in_([each.job_id for each in found])))}
    return render_template(
        "imports/index.html",
        found=found,
        states={each.id: standing(each, jobs.get(each.job_id or 0)) for each in found},
        kinds=kinds(),
        chosen=kind or request.args.get("kind", ""),
        errors=errors,
        said=_said,
    )


def _said(kept: Import) -> str:
    """The result of an import, in one line."""
    return importing.summary(kept.counts, language()) if kept.counts else ""


def standing(kept: Import, job: Job | None) -> str:
    """The state of an import: brought, looking, running, done, failed or undone."""
    if kept.undone_at is not None:
        return "undone"
    busy = job is not None and not job.is_over
    if kept.state == "waiting":
        return "running" if busy else "failed"
    return "looking" if kept.state == "brought" and busy else kept.state


@blueprint.post("")
@rule(*ACTS)
def bring() -> AnyResponse | tuple[str, int]:
    """Store a file and check it."""
    brought, kind, by = request.files.get("file"), request.form.get("kind", ""), current.someone()
    if brought is None or not brought.filename:
        return _index({"file": ("请选择文件。", "Choose a file.")}, kind), 422
    content = brought.read(keeping.LARGEST + 1)
    try:
        opened = keeping.open_new(current.reading(), by, kind, brought.filename, content)
        with current.transaction() as session:
            kept_id = keeping.bring(session, by, opened, brought.filename, content).id
    except BihuanError as refused:
        return _index({"file": (refused.text("zh"), refused.text("en"))}, kind), 422
    _look(kept_id)
    return redirect(url_for("imports.show", import_id=kept_id), 303)


def _look(import_id: int) -> None:
    """Check a file: small ones at once, large ones by a worker."""
    session, by = current.reading(), current.someone()
    opened = keeping.unopened(session, keeping.find(session, by, import_id), by).open()
    if opened.table.about > keeping.AT_ONCE:
        with current.transaction() as writing:
            keeping.ask_look(writing, keeping.find(writing, by, import_id), by)
        return
    current.close()
    with suppress(NoColumns):  # the page asks which columns they are
        keeping.look(current.store(), current.settings(), import_id, by)


@blueprint.get("/<int:import_id>")
@rule(*ACTS)
def show(import_id: int) -> str:
    """An import: the result of the check, its progress, or its outcome."""
    return _page(import_id, {})


def _page(import_id: int, errors: Mapping[str, tuple[str, str]], typed: Mapping[str, str] | None = None) -> str:
    session, by = current.reading(), current.someone()
    kept = keeping.find(session, by, import_id)
    job = session.get(Job, kept.job_id) if kept.job_id is not None else None
    state = standing(kept, job)
    opened: Opened | None = None
    missing: BihuanError | None = None
    if state in ("brought", "failed", "looking"):
        try:
            opened = keeping.unopened(session, kept, by).open()
            columns.require(opened.kind, opened.table.head, opened.columns)
        except NoColumns as lacking:
            missing = lacking
        except BihuanError as gone:
            missing = gone
    return render_template(
        "imports/show.html",
        kept=kept,
        kind=KINDS[kept.kind],
        state=state,
        job=job if job is not None and job.by_id == by.id else None,
        opened=opened,
        rows=_rows(opened) if opened else [],
        chosen=typed or (_chosen(opened) if opened else {}),
        missing=missing,
        communities=_communities(session, kept.kind),
        errors=errors,
        summary=_said(kept),
        reasons=_reasons(kept),
        most_faults=keeping.MOST_FAULTS,
        words=_words(session, kept),
        undoing=undoing.plan(session, kept) if undoing.is_possible(session, kept) else None,
        can_mail=bool(current.settings().public_url),
        has_refused=bool(kept.ending),
        place=session.get(Place, kept.community_id) if kept.community_id else None,
    )


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the file that only a person can explain: how many rows have it, and what it can mean."""

    field: str
    head: str
    said: str
    rows: int
    means: str
    options: Sequence[meanings.Option]


def _words(session: Session, kept: Import) -> list[Word]:
    """The words of the file that are not known by themselves."""
    reach = permissions.reach(session, current.someone(), keeping.act_of(kept.kind))
    offered: dict[str, list[meanings.Option]] = {}
    found = []
    for field, said, rows, means in kept.told.get("words", ()):
        if field not in offered:
            offered[field] = meanings.options(session, kept.kind, field, reach)
        named = KINDS[kept.kind].field(field)
        found.append(Word(field, named.said(language()) if named else field, said, rows, means, offered[field]))
    return found


def _means() -> dict[tuple[str, str], str]:
    """What the form says that words mean; a word left open is forgotten."""
    found: dict[tuple[str, str], str] = {}
    for name, said in request.form.items():
        if name.startswith("word"):
            field, _colon, word = said.partition(":")
            found[field, word] = request.form.get(f"means{name.removeprefix('word')}", "")
    return found


def _reasons(kept: Import) -> list[Reason]:
    """Problems of rows, in row order."""
    found: dict[tuple[str, str, str], list[int]] = {}
    for row, column, zh, en in kept.faults:
        found.setdefault((column, zh, en), []).append(row)
    return [Reason(rows, *said) for said, rows in found.items()]


def _rows(opened: Opened) -> list[list[str]]:
    """The first rows, shortened."""
    return [
        [_short(line.cell(at)) for at in range(len(opened.table.head))] for line in importing.sample(opened, SHOWN_ROWS)
    ]


def _short(cell: object) -> str:
    text = " ".join(plain(cell).split())
    return f"{text[:LONGEST_SHOWN]}…" if len(text) > LONGEST_SHOWN else text


def _chosen(opened: Opened) -> dict[str, str]:
    """Column name → field."""
    return {column: code for code, column in opened.named.items()}


def _communities(session: Session, kind: str) -> list[Place]:
    reach = permissions.reach(session, current.someone(), keeping.act_of(kind))
    query = select(Place).where(Place.kind == "community", Place.retired_at.is_(None))
    return list(session.scalars(query.where(permissions.within(reach, Place.id)).order_by(Place.name, Place.id)))


@blueprint.post("/<int:import_id>")
@rule(*ACTS)
def change(import_id: int) -> AnyResponse | tuple[str, int]:
    """Set what the columns mean and where rows belong, and check again."""
    by = current.someone()
    session = current.reading()
    kept = keeping.find(session, by, import_id)
    opened = importing.open_file(keeping.content_of(session, kept), kept.name, importing.Wish(kept.kind))
    said = {name: request.form.get(f"column{at}", "") for at, name in enumerate(opened.table.head)}
    community = _community(session, kept.kind)
    try:
        with current.transaction() as writing:
            keeping.change(
                writing,
                by,
                keeping.find(writing, by, import_id),
                opened.table.head,
                community_id=community,
                open_all=request.form.get("open_all") == "yes",
                said=said,
                return_retired=request.form.get("return_retired") == "yes",
                mail_links=request.form.get("mail_links") == "yes",
                means=_means(),
            )
    except Invalid as wrong:
        places = {name: f"column{at}" for at, name in enumerate(opened.table.head)}
        return _page(import_id, {places.get(name, name): each for name, each in wrong.fields.items()}, said), 422
    _look(import_id)
    return redirect(url_for("imports.show", import_id=import_id), 303)


def _community(session: Session, kind: str) -> int | None:
    chosen = request.form.get("community", "")
    if not chosen:
        return None
    if (
        not chosen.isdecimal()
        or len(chosen) > 9
        or int(chosen) not in {place.id for place in _communities(session, kind)}
    ):
        raise NotFound
    return int(chosen)


@blueprint.post("/<int:import_id>/run")
@rule(*ACTS)
def run(import_id: int) -> AnyResponse:
    """Start the import."""
    by, reading = current.someone(), current.reading()
    opened = keeping.unopened(reading, keeping.find(reading, by, import_id), by).open()
    with current.transaction() as session:
        keeping.begin(session, keeping.find(session, by, import_id), opened, by)
    return redirect(url_for("imports.show", import_id=import_id), 303)


@blueprint.post("/<int:import_id>/discard")
@rule(*ACTS)
def discard(import_id: int) -> AnyResponse:
    """Discard it."""
    with current.transaction() as session:
        keeping.discard(session, keeping.find(session, current.someone(), import_id))
    flash(_("已放弃，什么都没有导入。"))
    return redirect(url_for("imports.index"), 303)


@blueprint.post("/<int:import_id>/undo")
@rule(*ACTS)
def undo(import_id: int) -> AnyResponse:
    """Undo the whole import."""
    by = current.someone()
    with current.transaction() as session:
        undoing.undo(session, by, keeping.find(session, by, import_id))
    flash(_("已撤销这次导入。"))
    return redirect(url_for("imports.show", import_id=import_id), 303)


@blueprint.get("/<int:import_id>/refused")
@rule(*ACTS)
def refused(import_id: int) -> Response:
    """The rejected rows, to be corrected and imported again."""
    session = current.reading()
    kept = keeping.find(session, current.someone(), import_id)
    return _file(keeping.refused_of(session, kept), kept.refused_name)


@blueprint.get("/templates/<kind>")
@rule(*ACTS)
def template(kind: str) -> Response:
    """An empty file to fill in."""
    if kind not in {each.code for each in kinds()}:
        raise NotFound
    return _file(sheets.template(KINDS[kind], language()), f"{KINDS[kind].said(language())}.xlsx")


def _file(content: bytes, name: str) -> Response:
    ending: Any = name[name.rindex(".") :]
    answer = send_file(io.BytesIO(content), TYPES[ending], as_attachment=True, download_name=name)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
