"""What the draft changes: beside the newest version, or any other."""

from flask import Blueprint, Response, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.core.errors import NotFound
from engine.processes import process_drafts, versions
from engine.processes.process_drafts import ProcessDraft
from engine.processes.versions import Version
from web.shared.version_changes import Side, compare, side_of
from web.shared.version_mail import as_markdown, markdown_file
from web.shell import current
from web.shell.guard import DIAGRAMS, relaxed, rule
from web.shell.language import gettext as _
from web.studio import frame

blueprint = Blueprint("studio_differences", __name__, url_prefix="/studio/<process>")

MOST_VERSIONS = 50
"""So many versions are offered to be compared with."""


@blueprint.get("/differences")
@rule(process_drafts.ACT)
@relaxed(DIAGRAMS)
def show(process: str) -> str:
    """The changes, drawn and in words."""
    session, draft = current.reading(), frame.draft_of(process)
    version = _chosen(session, process)
    old, new = side_of(session, version), _after(session, draft)
    files = compare(session, old, new)
    numbers = select(Version.number).where(Version.process == process).order_by(Version.number.desc())
    return frame.render(
        "studio/differences.html",
        draft,
        version=version,
        numbers=list(session.scalars(numbers.limit(MOST_VERSIONS))),
        files=files,
        text=as_markdown(process, old, new, files),
    )


@blueprint.get("/differences.md")
@rule(process_drafts.ACT)
def mail(process: str) -> Response:
    """The same as Markdown."""
    session, draft = current.reading(), frame.draft_of(process)
    old, new = side_of(session, _chosen(session, process)), _after(session, draft)
    return markdown_file(as_markdown(process, old, new, compare(session, old, new)), f"{process}.md")


def _chosen(session: Session, process: str) -> Version | None:
    """The version that `with` names, else the newest; None for a process of one's own. Raises `NotFound`."""
    number = request.args.get("with", type=int)
    if number is None:
        return versions.latest(session, process)
    found = versions.numbered(session, process, number)
    if found is None:
        raise NotFound()
    return found


def _after(session: Session, draft: ProcessDraft) -> Side:
    def address(path: str) -> str:
        return url_for("studio.read", process=draft.process, path=path)

    return Side(_("草稿"), process_drafts.files_of(session, draft), address)
