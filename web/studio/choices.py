"""What the diagram's panel offers: departments, roles, forms, tables, letters, limits, variables - all that exists."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePosixPath

from flask import current_app, url_for

from engine import forms, letters
from engine.bpmn.checking import Meanings
from engine.core.errors import BihuanError
from engine.feel import FeelError, dmn
from engine.forms import Words
from engine.processes import draft_fields, process_drafts, publishing, topics, versions
from engine.processes.draft_fields import DraftField
from engine.processes.topics import Topic
from web.shared import codes_in_words
from web.shell import current
from web.shell.formats import name_of
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.language import language
from web.studio import frame
from web.studio.drafts import blueprint

Option = dict[str, object]

INPUTS: Mapping[str, Callable[[], str]] = {
    "template": lambda: _("消息模板"),
    "to": lambda: _("发给谁"),
    "told": lambda: _("已经怎样告知"),
    "said": lambda: _("写给业主的一句话"),
    "said_en": lambda: _("这句话的英文"),
    "kind": lambda: _("哪个时限"),
    "limit": lambda: _("多长"),
    "clock": lambda: _("按自然时间还是工作时间"),
    "latest": lambda: _("最晚多长"),
    "start": lambda: _("从什么时候算起"),
    "outcome": lambda: _("结果"),
    "rung": lambda: _("升级的第几级"),
    "action": lambda: _("督办措施"),
    "department": lambda: _("部门"),
    "extension": lambda: _("延长多久"),
    "attempt": lambda: _("第几次"),
    "what": lambda: _("告知什么"),
    "cause": lambda: _("原因"),
}
"""What a service is given, in words."""

COUNTS: Mapping[str, Callable[[], str]] = {
    "callback": lambda: _("回访：业主在电话里的答复"),
    "plan": lambda: _("处理方案，显示在业主页面上"),
    "supervision": lambda: _("督办别人的工作"),
    "office_reply": lambda: _("给来件单位的回复"),
    "plan_silence": lambda: _("业主没有答复方案的期限"),
    "undo_over": lambda: _("可以撤销合并的期限"),
    "left_to_higher": lambda: _("已由上级督办，这一级不必"),
    "root_cause": lambda: _("改进：根本原因"),
    "actions": lambda: _("改进：措施清单"),
    "action": lambda: _("改进：一项措施"),
    "standardised": lambda: _("改进的结局：成为标准"),
    "abandoned": lambda: _("改进的结局：放弃"),
}
"""What a step counts as, in words."""


VALUES: Mapping[str, Callable[[], str]] = {
    "receipt": lambda: _("收到时"),
    "now": lambda: _("办到这里时"),
    "phone": lambda: _("电话"),
    "visit": lambda: _("上门"),
    "message": lambda: _("消息"),
    "page": lambda: _("查询页面"),
    "plan": lambda: _("方案"),
    "result": lambda: _("处理结果"),
    "speed_up": lambda: _("催办"),
    "reassign": lambda: _("改派"),
    "extend": lambda: _("延期"),
    "take_over": lambda: _("接管"),
}
"""Codes that a service takes and no table of words has."""


@blueprint.get("/<process>/choices")
@rule(process_drafts.ACT)
def choices(process: str) -> dict[str, object]:
    """Everything the panel chooses from, in the language of the page."""
    draft, session = frame.draft_of(process), current.reading()
    files = process_drafts.files_of(session, draft)
    available = publishing.available(session)
    known = current.known()
    return {
        "departments": [_option(each.code, name_of(each)) for each in known.offered_departments.values()],
        "roles": [_option(each.code, name_of(each)) for each in known.offered_roles.values()],
        "forms": [_form(process, path, text) for path, text in files.items() if path.startswith("forms/")],
        "new form": _page("studio_forms.index", process),
        "tables": [each for path, text in files.items() if path.endswith(".dmn") for each in _tables(path, text)],
        "tables page": _page("studio_tables.index", process),
        "processes": [_option(each.process, name_of(each)) for each in versions.all_latest(session)],
        "topics": [_topic(each) for each in topics.ALLOWED.topics.values()],
        "messages": sorted(topics.ALLOWED.messages),
        "fields": [_field(each) for each in draft_fields.fields(session, process, files)],
        **_meanings(available.meanings.get(process)),
    }


def _option(value: str, said: str) -> Option:
    return {"value": value, "said": said or value}


def _page(endpoint: str, process: str, file: str | None = None) -> str:
    return url_for(endpoint, process=process, file=file) if endpoint in current_app.view_functions else ""


def _form(process: str, path: str, text: bytes) -> Option:
    """A form with its questions, those whose answers do not steer too."""
    name, title = PurePosixPath(path).stem, ""
    questions: tuple[Option, ...] = ()
    try:
        form = forms.read(text)
    except BihuanError:
        pass
    else:
        title = form.title.text(language())
        questions = tuple(_option(each.key, each.label.text(language())) for each in form.every if each.key)
    return {**_option(name, title), "questions": questions, "url": _page("studio_forms.index", process, file=path)}


def _tables(path: str, text: bytes) -> list[Option]:
    try:
        model = dmn.read(text)
    except (BihuanError, FeelError):
        return []
    return [_option(each.id, each.said(each.name, language())) for each in model.decisions.values()]


def _in_words(codes: Iterable[str], tables: Iterable[str]) -> list[Option]:
    """Codes with their words, from the first of these tables of words that has them."""
    said = {code: words for table in reversed(tuple(tables)) for code, words in codes_in_words.every(table)}
    said = {**{code: words() for code, words in VALUES.items()}, **said}
    return [_option(code, said.get(code, code)) for code in sorted(codes)]


def _topic(topic: Topic) -> Option:
    inputs = [*topic.takes, *(name for name in sorted(topic.more) if name in INPUTS)]
    return {
        **_option(topic.name, topic.zh if language() == "zh" else topic.en),
        "inputs": [_input(topic, name) for name in inputs],
        "gives": list(topic.gives),
    }


def _input(topic: Topic, name: str) -> Option:
    wording = topic.words.get(name)
    codes = sorted(wording.codes) if wording else []
    if name == "template":
        values = [_option(code, letters.texts.shipped()[code]["name"][language()]) for code in codes]
    else:
        values = _in_words(codes, ("deadline", "outcome", "cause"))
    said = INPUTS[name]() if name in INPUTS else name
    return {
        "name": name,
        "said": said,
        "needed": name in topic.needs,
        "values": values,
        "group": bool(wording and wording.group),
    }


def _field(field: DraftField) -> Option:
    values = [
        _option(value, said.text(language()) if said else _code(field.name, value)) for value, said in field.values
    ]
    return {"name": field.name, "said": field.label.text(language()), "kind": field.kind, "values": values}


def _code(name: str, value: str) -> str:
    """A code in words, where the product has a table of the variable's name."""
    words = codes_in_words.TABLES.get("deadline" if name.endswith(".kind") else name, {}).get(value)
    return Words(*words).text(language()) if words else ""


def _meanings(known: Meanings | None) -> Option:
    if known is None:
        return {"statuses": [], "counts as": [], "limits": []}
    counts = [_option(code, COUNTS[code]() if code in COUNTS else code) for code in sorted(known.counts_as)]
    statuses = _in_words(known.statuses, ("status", "stage"))
    limits = _in_words(known.deadlines or (), ("deadline",))
    return {"statuses": statuses, "counts as": counts, "limits": limits}
