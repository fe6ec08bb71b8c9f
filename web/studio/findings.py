"""What is wrong with the draft, for its editor: found while one draws, by playing it, and what can be mended safely."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from threading import Semaphore

from flask import current_app, request, url_for

from engine import scenarios
from engine.bpmn import diagrams, mending
from engine.core import clock, parsing
from engine.core.errors import BihuanError, Finding
from engine.processes import draft_findings, process_drafts, process_files
from web.shell import current
from web.shell.formats import time_of_day
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.language import language
from web.studio import frame
from web.studio.drafts import blueprint

PAGES = {".dmn": "studio_tables.index", ".json": "studio_forms.index", ".bpmn": "studio.show"}
"""Where a file is changed, by its ending."""

_turn = Semaphore(1)
"""Playing takes a processor for seconds: one draft at a time in each process."""

Answer = dict[str, object] | tuple[dict[str, object], int]


@blueprint.get("/<process>/findings")
@rule(process_drafts.ACT)
def findings(process: str) -> Answer:
    """What is wrong with the draft as it was kept last; with `play`, also what playing it shows."""
    draft = frame.draft_of(process)
    files = process_drafts.files_of(current.reading(), draft)
    looked = draft_findings.look(current.reading(), process, files)
    found: Sequence[Finding] = looked
    plays = "play" in request.args
    if plays:
        if not _turn.acquire(blocking=False):
            return {"said": _("正在试走另一份草稿，请过几秒再试。")}, 503
        try:
            found = draft_findings.play(current.reading(), process, files)
        finally:
            _turn.release()
    found = [each for each in dict.fromkeys([*found, *scenarios.wrong_with(files)]) if each.level != "note"]
    places, mends = _places(files), _mended(files)
    shown = [{**_shown(each, process, files, places, mends), "played": plays and each not in looked} for each in found]
    return {"at": time_of_day(clock.now()), "findings": shown, "mends": sorted(mends)}


def _shown(
    each: Finding, process: str, files: Mapping[str, bytes], places: Mapping[str, str], mends: Mapping[str, set[str]]
) -> dict[str, object]:
    file = each.file or (each.place if each.place in files else places.get(each.place, ""))
    place = "" if each.place == file else each.place
    return {
        "level": each.level,
        "file": file,
        "place": place,
        "name": " ".join(each.name.split()) or (place if place else file.rpartition("/")[2]),
        "said": each.zh if language() == "zh" else each.en,
        "url": _page(process, file, place) if file in files else "",
        "mends": place in mends.get(file, ()),
    }


def _page(process: str, file: str, place: str) -> str:
    endpoint = PAGES["." + file.rpartition(".")[2]]
    if endpoint not in current_app.view_functions:
        return ""
    return url_for(endpoint, process=process, file=file, _anchor=place or None)


def _places(files: Mapping[str, bytes]) -> dict[str, str]:
    """The file of each element."""
    found: dict[str, str] = {}
    for path, text in files.items():
        if path.endswith(".bpmn"):
            try:
                read = diagrams.read(text)
            except BihuanError:
                continue
            found |= dict.fromkeys((*(each.id for each in read.processes), *read.ids), path)
    return found


def _mended(files: Mapping[str, bytes]) -> dict[str, set[str]]:
    """By diagram the places where something has one safe answer, and the flows that leave them."""
    found = {}
    for path, text in files.items():
        done = mending.repair(text).done if path.endswith(".bpmn") else ()
        places = {each.place for each in done}
        if places:
            with suppress(BihuanError):
                places |= {each.id for each in diagrams.read(text).flows if each.source in places}
            found[path] = places
    return found


@blueprint.post("/<process>/findings/mend")
@rule(process_drafts.ACT)
def mend(process: str) -> Answer:
    """The diagram sent, with everything mended that has one safe answer, and what that is. Nothing is kept here."""
    frame.draft_of(process)
    parsing.require_unlocked()
    text = request.get_data(cache=False)
    if len(text) > process_files.LARGEST_FILE:
        return {"said": process_files.too_large("").text(language())}, 422
    mended = mending.repair(text)
    done = [
        {
            "place": each.place,
            "name": " ".join(each.name.split()) or each.place,
            "said": each.zh if language() == "zh" else each.en,
        }
        for each in mended.done
    ]
    return {"text": mended.text.decode(errors="replace"), "done": done}
