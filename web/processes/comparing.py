"""Two published versions of a process side by side."""

from flask import Response, render_template

from web.processes.library import blueprint, find_version
from web.shared.version_changes import compare, side_of
from web.shared.version_mail import as_markdown, markdown_file
from web.shell import current
from web.shell.formats import name_of
from web.shell.guard import DIAGRAMS, relaxed, rule


@blueprint.get("/<process>/<int:number>/differences/<int:other>")
@rule("process.see")
@relaxed(DIAGRAMS)
def compare_versions(process: str, number: int, other: int) -> str:
    """What differs between two versions, the older one first."""
    session = current.reading()
    older, newer = (find_version(session, process, each) for each in sorted((number, other)))
    old, new = side_of(session, older), side_of(session, newer)
    files = compare(session, old, new)
    return render_template(
        "processes/differences.html",
        older=older,
        newer=newer,
        files=files,
        text=as_markdown(name_of(newer), old, new, files),
    )


@blueprint.get("/<process>/<int:number>/differences/<int:other>.md")
@rule("process.see")
def mail_differences(process: str, number: int, other: int) -> Response:
    """The same as Markdown."""
    session = current.reading()
    old, new = (side_of(session, find_version(session, process, each)) for each in sorted((number, other)))
    text = as_markdown(process, old, new, compare(session, old, new))
    return markdown_file(text, f"{process}-{min(number, other)}-{max(number, other)}.md")
