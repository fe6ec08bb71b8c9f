"""Uploading a version of a process, or taking one that is there: judged, compared, then published or discarded."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug import Response as AnyResponse
from werkzeug.wrappers import Response

from engine import scenarios
from engine.company import people, permissions, places
from engine.company.people import Person
from engine.core import clock
from engine.core.errors import Conflict, Finding, Invalid, NotFound, Refused, Unclear
from engine.processes import (
    draft_authors,
    four_eyes,
    last_rows,
    planned,
    process_drafts,
    publishing,
    released,
    rights,
    staffing,
    uploads,
    versions,
)
from engine.processes.last_rows import LastRows
from engine.processes.uploads import Upload
from engine.scenarios import planning
from web.processes import publications
from web.processes.library import NONE, as_file, blueprint, find_version, read_contents
from web.shared import proposing
from web.shared.brought import brought
from web.shared.diagram_drawing import groups_in_words
from web.shared.proposing import propose
from web.shared.version_changes import Side, compare, side_of
from web.shell import current, form_input
from web.shell.formats import zone
from web.shell.guard import DIAGRAMS, relaxed, rule
from web.shell.language import gettext as _
from web.shell.language import language


@blueprint.get("/upload")
@rule("process.publish")
def bring() -> str:
    """The upload form."""
    return bring_page({"process": request.args.get("process", "")}, {})


def bring_page(typed: Mapping[str, str], errors: Mapping[str, tuple[str, str]]) -> str:
    """The form with the choices and their errors."""
    known = versions.all_latest(current.reading())
    return render_template("processes/upload.html", processes=known, typed=typed, errors=errors)


@blueprint.post("/upload")
@rule("process.publish")
def judge() -> AnyResponse | tuple[str, int]:
    """Check the upload and show the verdict; nothing is published yet."""
    typed = {name: request.form.get(name, "").strip() for name in ("process", "whole")}
    session = current.reading()
    permissions.require(session, current.someone(), "process.publish", places.company(session).id)
    try:
        process, placed = uploads.place(uploads.gather(brought()), typed["process"] or None)
        return propose(process, uploads.together(session, process, placed, whole=bool(typed["whole"])))
    except Unclear as refused:
        return bring_page(typed, {"files": (refused.text("zh"), refused.text("en"))}), 422


@blueprint.post("/<process>/<int:number>/again")
@rule("process.publish")
def again(process: str, number: int) -> AnyResponse:
    """Propose an earlier version as the next one."""
    session = current.reading()
    return propose(process, versions.files_of(session, find_version(session, process, number).id))


@blueprint.post("/<process>/<int:number>/restore")
@rule("process.publish")
@relaxed(DIAGRAMS)
def restore(process: str, number: int) -> AnyResponse | tuple[str, int]:
    """Publish the content of an earlier version as a new one, with a note."""
    session = current.reading()
    try:
        uploads.require_note(form_input.note("note"))
    except Invalid as wrong:
        flash(wrong.fields["note"][0 if language() == "zh" else 1], "error")
        return redirect(url_for("processes.show", process=process, number=number), 303)
    kept = proposing.keep(process, versions.files_of(session, find_version(session, process, number).id))
    if not kept.runs:
        return redirect(url_for("processes.verdict", upload_id=kept.id), 303)
    return _publish_or_say(kept)


@blueprint.post("/<process>/release")
@rule("process.publish")
def release(process: str) -> AnyResponse:
    """Propose what came with the product, merged with what the company changed."""
    if process not in publishing.shipped():
        raise NotFound()
    merged = released.merge(current.reading(), process, publishing.shipped()[process])
    return propose(process, merged.files, merged)


@blueprint.get("/uploads/<upload_id>")
@rule("process.publish")
@relaxed(DIAGRAMS)
def verdict(upload_id: str) -> str:
    """The findings, in words and on the diagram, and what would change."""
    return verdict_page(uploads.find(current.reading(), upload_id, by=current.someone()))


def verdict_page(
    upload: Upload, note: str = "", said: Iterable[Finding] | None = None, wrong: Mapping[str, tuple[str, str]] = NONE
) -> str:
    """The verdict with the input and its errors; `said` replaces the findings from the upload."""
    session = current.reading()
    newest_version = versions.latest(session, upload.process)
    old = versions.files_of(session, newest_version.id) if newest_version else {}
    staffed = staffing.staffing(session, upload.files)
    findings = [*(upload.said if said is None else said), *staffing.findings(session, staffed)]

    def address(path: str) -> str:
        return url_for("processes.upload_file", upload_id=upload.id, path=path)

    return render_template(
        "processes/verdict.html",
        upload=upload,
        newest=newest_version,
        from_draft=_is_drafted(session, upload),
        changes=compare(session, side_of(session, newest_version), Side(_("将发布的"), upload.files, address)),
        when=_typed_when(),
        approvers=_approvers(upload),
        errors=[each for each in findings if each.level == "error"],
        warnings=[each for each in findings if each.level == "warning"],
        notes=[each for each in findings if each.level == "note"],
        staffed=staffed,
        who={each.group: groups_in_words(each.group) for each in staffed},
        communities=places.known(session),
        lost=last_rows.lost(old, upload.files),
        contents=read_contents(upload.files, address, findings),
        note=note,
        in_spite=form_input.text("in_spite"),
        wrong=wrong,
    )


def _is_drafted(session: Session, upload: Upload) -> bool:
    """Whether these are the files of the draft that the person may go on with."""
    draft = process_drafts.find(session, upload.process)
    may = draft is not None and rights.may(session, current.someone(), upload.process, process_drafts.ACT)
    return may and draft is not None and process_drafts.files_of(session, draft) == upload.files


def _typed_when() -> dict[str, object]:
    """When it is to be published, as typed; tomorrow at eight is offered."""
    tomorrow = clock.now().astimezone(zone()) + timedelta(days=1)
    offered = f"{tomorrow:%Y-%m-%d}T08:00"
    return {"later": request.form.get("when") == "later", "at": request.form.get("at", offered)}


def _approvers(upload: Upload) -> list[Person] | None:
    """Who else may approve it; None where nobody has to."""
    session, process = current.reading(), upload.process
    if not four_eyes.needed(session, process):
        return None
    but = {current.someone().id, *draft_authors.drawn_by(session, upload.files, process)}
    ids = planned.approvers(session, process, rights.PUBLISH, but)
    return list(people.names(session, ids).values())


def said_of(lost: LastRows) -> tuple[str, str]:
    """What is lost, in both languages."""
    return " ".join(each.zh for each in lost.findings), " ".join(each.en for each in lost.findings)


@blueprint.get("/uploads/<upload_id>/files/<path:path>")
@rule("process.publish")
def upload_file(upload_id: str, path: str) -> Response:
    """One uploaded file."""
    return as_file(uploads.find(current.reading(), upload_id, by=current.someone()).files, path)


@blueprint.post("/uploads/<upload_id>/publish")
@rule("process.publish")
@relaxed(DIAGRAMS)
def publish(upload_id: str) -> AnyResponse | tuple[str, int]:
    """Publish it: new cases start with this version. Where there are scenarios, a job plays them first."""
    return _publish_or_say(uploads.find(current.reading(), upload_id, by=current.someone()))


def _publish_or_say(upload: Upload) -> AnyResponse | tuple[str, int]:
    note, seen = form_input.text("note"), request.form.get("seen", _newest(upload), type=int)
    try:
        return _publish(upload, seen)
    except Conflict as changed:
        flash(changed.text(language()), "error")
        return redirect(url_for("processes.verdict", upload_id=upload.id), 303)
    except Invalid as invalid:
        return verdict_page(upload, note, wrong=invalid.fields), 422
    except LastRows as lost:
        return verdict_page(upload, note, wrong={"in_spite": said_of(lost)}), 422
    except Refused as refused:
        return verdict_page(upload, note, refused.findings), 422


def _publish(upload: Upload, seen: int) -> AnyResponse:
    person, note, in_spite = current.someone(), form_input.note("note"), form_input.note("in_spite")
    proposal = scenarios.publishing.of_upload(
        current.reading(), upload.id, seen, note, in_spite, by=person, at=_moment_typed()
    )
    if scenarios.publishing.needs_job(current.reading(), proposal):
        return publications.ask(proposal)
    judged = publishing.judge(current.reading(), upload.process, upload.files)
    with current.transaction() as session:
        found = uploads.find(session, upload.id, by=person)
        version = uploads.publish(session, found, judged, by=person, note=note, in_spite=in_spite)
    flash(_("已发布：第 {number} 版。新来的从现在起按它办理，已经在办的不受影响。", number=version.number))
    return redirect(url_for("processes.show", process=version.process, number=version.number), 303)


def _moment_typed() -> datetime | None:
    """When it is to be published; None for at once. Raises `Invalid`."""
    if request.form.get("when") != "later":
        return None
    try:
        at = datetime.fromisoformat(form_input.text("at")).replace(tzinfo=zone())
    except ValueError:
        raise Invalid({"at": ("请选一个时间。", "Choose a moment.")}) from None
    planning.check_time(at)
    return at


def _newest(upload: Upload) -> int:
    found = versions.latest(current.reading(), upload.process)
    return found.number if found else 0


@blueprint.post("/uploads/<upload_id>/discard")
@rule("process.publish")
def discard(upload_id: str) -> AnyResponse:
    """Discard the upload."""
    with current.transaction() as session:
        uploads.discard(session, uploads.find(session, upload_id, by=current.someone()))
    flash(_("已丢弃上传的文件，已发布的流程没有变化。"))
    return redirect(url_for("processes.index"), 303)
