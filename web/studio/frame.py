"""What every page of the studio shows around its own: the draft, and the ways to its parts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from flask import render_template, request, url_for

from engine.company import people
from engine.processes import process_drafts, rights, versions
from engine.processes.process_drafts import ProcessDraft
from web.shell import current
from web.shell.formats import name_of
from web.shell.language import gettext as _
from web.studio import draft_diagrams

PARTS: tuple[tuple[str, Callable[[], str]], ...] = (
    ("studio.show", lambda: _("流程图")),
    ("studio_tables.index", lambda: _("规则表")),
    ("studio_forms.index", lambda: _("表单")),
    ("studio_scenarios.index", lambda: _("场景")),
    ("studio_trial.show", lambda: _("试运行")),
    ("studio_replay.show", lambda: _("用过去的投诉试")),
    ("studio_differences.show", lambda: _("改了什么")),
    ("studio_comments.index", lambda: _("意见")),
    ("studio_imports.show", lambda: _("检查和文件")),
)
"""Endpoint and name of each part."""


@dataclass(frozen=True, slots=True)
class Part:
    """A way to a part of the draft."""

    name: str
    url: str
    here: bool


def draft_of(process: str) -> ProcessDraft:
    """The open draft that the person may change. Raises `NotPermitted`, `NotFound`."""
    return process_drafts.require(current.reading(), current.someone(), process)


def render(template: str, draft: ProcessDraft, **more: object) -> str:
    """A page of the studio; its template extends `studio/frame.html`."""
    session = current.reading()
    newest = versions.latest(session, draft.process)
    return render_template(
        template,
        draft=draft,
        newest=newest,
        title=name_of(newest) if newest else _title(draft),
        parts=_parts(draft.process),
        changed_by=people.find(session, draft.changed_by_id),
        may_publish=rights.may(session, current.someone(), draft.process, rights.PUBLISH),
        overtaken=newest is not None and newest.number > draft.based_on,
        **more,
    )


def _title(draft: ProcessDraft) -> str:
    """The name of a process that was never published, as its diagram has it; its id while that cannot be read."""
    files = process_drafts.files_of(current.reading(), draft)
    drawn = paths(files, ".bpmn")
    return (draft_diagrams.title(files[drawn[0]]) if drawn else "") or draft.process


def _parts(process: str) -> list[Part]:
    return [
        Part(name(), url_for(endpoint, process=process), request.blueprint == endpoint.partition(".")[0])
        for endpoint, name in PARTS
    ]


def paths(files: Mapping[str, object], ending: str) -> list[str]:
    """The paths of one kind of files, the one named as the process first."""
    found = sorted(path for path in files if path.endswith(ending) and not versions.is_scenario(path))
    return sorted(found, key=lambda path: PurePosixPath(path).stem != PurePosixPath(path).parent.name)
