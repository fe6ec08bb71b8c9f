"""Who else has the diagram open, and whether it was changed meanwhile."""

from flask import Blueprint, request
from sqlalchemy.orm import Session

from engine.core.errors import NotFound
from engine.processes import draft_presence, process_drafts
from web.shell import current
from web.shell.guard import rule
from web.shell.language import language
from web.studio.drafts import SEEN

blueprint = Blueprint("studio_presence", __name__, url_prefix="/studio")


@blueprint.post("/<process>/open/<path:path>")
@rule(process_drafts.ACT)
def note(process: str, path: str) -> dict[str, object]:
    """Note that the person has the diagram open; answer with who else, and with who changed it since it was read."""
    seen = request.headers.get(SEEN, 0, type=int)

    def work(session: Session) -> dict[str, object]:
        person = current.someone()
        draft = process_drafts.require(session, person, process)
        draft_presence.note(session, draft, person)
        others = draft_presence.others(session, draft, person)
        english = language() == "en"
        names = [(each.name_en or each.name) if english else each.name for each in others]
        return {"others": names, "overtaken": _overtaken(session, draft, path, seen)}

    return current.attempt(work)


def _overtaken(session: Session, draft: process_drafts.ProcessDraft, path: str, seen: int) -> str | None:
    try:
        there = process_drafts.file(session, draft, path)
    except NotFound:
        return process_drafts.changed(session, None, draft).text(language())
    return process_drafts.changed(session, there, draft).text(language()) if there.revision > seen else None
