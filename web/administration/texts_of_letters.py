"""The texts of messages to residents and staff, in both languages."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.administration import letters, recording
from engine.core.errors import BihuanError, NotFound
from engine.letters import texts
from web.shell import current
from web.shell.formats import zone
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("texts_of_letters", __name__, url_prefix="/texts")


def fields() -> dict[str, str]:
    """The fields of a text, in words."""
    words = {
        "name": _("收信人的称呼"),
        "number": _("编号"),
        "community": _("小区"),
        "category": _("类别"),
        "department": _("负责的部门"),
        "task": _("待办的名称"),
        "due": _("截止时间"),
        "link": _("查看的链接"),
        "hours": _("小时数"),
        "count": _("几条"),
        "list": _("逐条列出的消息"),
        "level": _("升级的级数"),
        "lead": _("牵头那一件的编号"),
        "process": _("流程的名称"),
        "said": _("流程图里写的一句话"),
    }
    return {
        name: words.get(name, name)
        for name in sorted(texts.FIELDS, key=lambda each: list(words).index(each) if each in words else 99)
    }


def name_of_text(code: str) -> str:
    """The name of a message."""
    said = texts.shipped().get(code, {}).get("name", {})
    return str(said.get(language()) or code)


@blueprint.get("")
@rule("company.edit")
def index() -> str:
    """All messages; `q` searches their names and texts."""
    session = current.reading()
    recording.require(session, current.someone())
    asked = request.args.get("q", "").strip()[:60]
    rows = [(code, name_of_text(code), letters.find(session, code, language())) for code in letters.codes(session)]
    shown = [row for row in rows if asked.casefold() in f"{row[1]} {row[2][0]} {row[2][1]}".casefold()]
    return render_template("texts_of_letters/index.html", rows=shown, asked=asked, differs=letters.differs(session))


@blueprint.get("/<code>/<tongue>")
@rule("company.edit")
def show(code: str, tongue: str) -> str:
    """One text, with its fields and a preview."""
    session = current.reading()
    recording.require(session, current.someone())
    subject, text = letters.find(session, code, tongue)
    return _page(code, tongue, subject, text, "")


def _page(code: str, tongue: str, subject: str, text: str, wrong: str) -> str:
    return render_template(
        "texts_of_letters/show.html",
        code=code,
        tongue=tongue,
        name=name_of_text(code),
        subject=subject,
        text=text,
        fields=fields(),
        sample=letters.sample(subject, text, tongue, zone()),
        ours=texts.shipped().get(code, {}).get(tongue),
        wrong=wrong,
    )


@blueprint.post("/<code>/<tongue>")
@rule("company.edit")
def change(code: str, tongue: str) -> Response | str | tuple[str, int]:
    """Preview a text (`do=look`), save it, or restore the default (`do=reset`)."""
    subject, text = request.form.get("subject", ""), request.form.get("text", "")
    what = request.form.get("do", "")
    if what == "look":
        recording.require(current.reading(), current.someone())
        return _page(code, tongue, subject, text, "")
    try:
        with current.transaction() as session:
            if what == "reset":
                letters.reset(session, current.someone(), code, tongue)
            else:
                letters.change(session, current.someone(), code, tongue, subject, text)
    except NotFound:
        raise
    except BihuanError as refused:
        return _page(code, tongue, subject, text, refused.text(language())), 422
    flash(_("已保存，以后发出的都用新的文字。"))
    return redirect(url_for("texts_of_letters.show", code=code, tongue=tongue), 303)
