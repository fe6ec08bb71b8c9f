"""A resident's complaint behind its secret link: its status, and what the resident can do now."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from engine import files
from engine.company import places
from engine.complaints.core import categories, links
from engine.complaints.core.categories import Category
from engine.complaints.core.codes import RATED
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.feedback import Verdict
from engine.complaints.resident import asking_up, callback_questions, resident_acts, status_page
from engine.complaints.resident.resident_acts import WINDOW
from engine.complaints.resident.status_page import Standing
from engine.complaints.timeline import timeline
from engine.core import throttle
from engine.core.errors import Conflict, Invalid, NotFound
from engine.files import File
from web.residents import follow_now, large_type, uploads
from web.shared import codes_in_words
from web.shared.files import attached
from web.shared.resident_links import for_receipt
from web.shell import current, guard
from web.shell.guard import PUBLIC, rule
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("resident", __name__)
blueprint.context_processor(codes_in_words.context)
blueprint.app_context_processor(lambda: {"large": large_type.is_large()})

MOST_WORDS = 30
MOST_FILES = 40
NOTHING: Mapping[str, Any] = MappingProxyType({})
Errors = Mapping[str, tuple[str, str]]


@blueprint.before_request
def let_only_residents_act() -> None:
    """Staff who are logged in may look at a resident's page, not act in the resident's place. Raises `Conflict`."""
    if request.method == "POST" and "secret" in (request.view_args or {}) and current.person() is not None:
        raise Conflict(
            zh="您已登录为员工，不能代业主操作。您自己就是业主的话，请先退出登录，或换一个浏览器打开链接。",
            en="You are logged in as staff and cannot act for the resident. If you are the resident, log out first, or open the link in another browser.",
        )


@blueprint.after_request
def keep_private(response: Response) -> Response:
    """Pages behind a secret link must not be cached or indexed."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@blueprint.post("/large")
@rule(PUBLIC)
def switch_large() -> AnyResponse:
    """Switch to the large version, or back to the standard one."""
    back = guard.safe_target(request.form.get("back")) or url_for("start.home")
    return large_type.switch(redirect(back, 303), request.form.get("large") == "1")


# ---- one complaint ---------------------------------------------------------------------------------------------------


@blueprint.get("/c/<secret>")
@rule(PUBLIC)
def show(secret: str) -> str:
    """The status page."""
    reading = current.reading()
    complaint = links.enter(reading, secret)
    known = about(reading, complaint, secret)
    return render_template(
        "resident/show.html",
        **known,
        coming=follow_now.coming(reading, complaint),
        pause=follow_now.paused(reading, complaint),
        late=follow_now.late(reading, complaint, known["standing"]),
        silence=silence_of(reading, complaint, known["standing"]),
        stands=follow_now.stands(complaint, is_made_safe=known["standing"].is_made_safe),
        expected=follow_now.expected(known["standing"]),
        told=timeline.for_resident(reading, complaint),
        files=files_of(reading, complaint),
        category=None if complaint.category == categories.UNSORTED else reading.get(Category, complaint.category),
    )


def silence_of(reading: Session, complaint: Complaint, standing: Standing) -> follow_now.Silence | None:
    """What no answer means, while a plan waits for one."""
    return follow_now.silence(reading, complaint) if "plan_answer" in standing.offers else None


def about(reading: Session, complaint: Complaint, secret: str) -> dict[str, Any]:
    """The context of every page of a complaint."""
    community = places.find(reading, complaint.community_id)
    return {
        "complaint": complaint,
        "secret": secret,
        "community": community,
        "phone": places.phone(reading, community),
        "standing": status_page.of(reading, complaint),
    }


def files_of(reading: Session, complaint: Complaint) -> list[File]:
    """The resident's files; files of tasks are internal."""
    asked = select(File).where(File.complaint_id == complaint.id, File.task_id.is_(None))
    return list(reading.scalars(asked.order_by(File.id)))


@blueprint.get("/c/<secret>/receipt")
@rule(PUBLIC)
def receipt(secret: str) -> str:
    """The receipt: number, link, and what happens next."""
    reading = current.reading()
    complaint = links.enter(reading, secret)
    return render_template(
        "resident/receipt.html", **for_receipt("resident.show", secret), **about(reading, complaint, secret)
    )


@blueprint.get("/c/<secret>/files/<int:file_id>")
@rule(PUBLIC)
def show_file(secret: str, file_id: int) -> Response:
    """One of the files that belong to this complaint."""
    reading = current.reading()
    complaint = links.enter(reading, secret)
    found = next((each for each in files_of(reading, complaint) if each.id == file_id), None)
    if found is None:
        raise NotFound
    return attached(found)


# ---- what the resident can do ----------------------------------------------------------------------------------------


def ask(secret: str, act: str, typed: Mapping[str, Any] = NOTHING, errors: Errors = NOTHING) -> str | AnyResponse:
    """The page of one act, or back to the complaint if the case does not wait for it."""
    reading = current.reading()
    complaint = links.enter(reading, secret)
    facts = about(reading, complaint, secret)
    waits = complaint.is_open if act == "words" else MESSAGES[act] in facts["standing"].offers
    if not waits:
        flash(_("现在不需要这一步，请看最新进展。"))
        return redirect(url_for("resident.show", secret=secret), 303)
    uploads.word()  # before the first file: several sent at once must belong to one browser
    limits = files.limits.of(reading)
    asked = callback_questions.of(reading) if act == "callback" else None
    most = MOST_FILES - len(files_of(reading, complaint)) if act == "words" else None
    silence = silence_of(reading, complaint, facts["standing"]) if act == "plan" else None
    return render_template(
        f"resident/{act}.html",
        typed=typed,
        errors=errors,
        asked=asked,
        limits=limits,
        silence=silence,
        most=most,
        **facts,
    )


MESSAGES = {
    "plan": "plan_answer",
    "callback": "resident_answer",
    "appeal": "resident_appeal",
    "withdrawal": "withdraw",
    "supervisor": "supervisor_wanted",
}
"""Page of an act → the message that the case must be waiting for."""


def say(
    secret: str, act: str, work: Callable[[Session, Complaint], None], typed: Mapping[str, Any], done: str
) -> AnyResponse | tuple[str, int]:
    """Do what the resident asks and confirm it; errors are shown on the act's page with the input."""
    try:
        current.attempt(lambda writing: work(writing, links.enter(writing, secret)))
    except Invalid as wrong:
        return ask_again(secret, act, typed, wrong)
    except Conflict as refused:
        flash(refused.text(language()), "error")
    else:
        flash(done)
    return redirect(url_for("resident.show", secret=secret), 303)


def ask_again(secret: str, act: str, typed: Mapping[str, Any], wrong: Invalid) -> AnyResponse | tuple[str, int]:
    """The page of an act with the input and its errors."""
    shown = ask(secret, act, typed, wrong.fields)
    return (shown, 422) if isinstance(shown, str) else shown


def typed_words() -> str:
    """The text of a form field, with normalised line breaks."""
    return request.form.get("words", "").replace("\r\n", "\n").replace("\x00", "").strip()


@blueprint.get("/c/<secret>/plan")
@rule(PUBLIC)
def ask_plan(secret: str) -> str | AnyResponse:
    """The page for accepting or objecting to the plan."""
    return ask(secret, "plan")


@blueprint.post("/c/<secret>/plan")
@rule(PUBLIC)
def answer_plan(secret: str) -> AnyResponse | tuple[str, int]:
    """Accept the plan, or object with a reason."""
    words, choice = typed_words(), request.form.get("accepted", "")

    def work(writing: Session, complaint: Complaint) -> None:
        if choice not in {"yes", "no"}:
            raise Invalid({"accepted": ("请选择同意或不同意。", "Please say whether you agree.")})
        resident_acts.answer_plan(writing, complaint, accepted=choice == "yes", words=words)

    done = _("谢谢，我们按方案开始处理。") if choice == "yes" else _("您的意见已收到，我们会重新考虑方案。")
    return say(secret, "plan", work, {"accepted": choice, "words": words}, done)


@blueprint.get("/c/<secret>/callback")
@rule(PUBLIC)
def ask_callback(secret: str) -> str | AnyResponse:
    """The page for rating the result."""
    return ask(secret, "callback")


@blueprint.post("/c/<secret>/callback")
@rule(PUBLIC)
def answer_callback(secret: str) -> AnyResponse | tuple[str, int]:
    """Save the rating."""
    names = ("outcome", "score", *RATED)
    typed = {**{name: request.form.get(name, "") for name in names}, "words": typed_words()}
    apart = {name: score(typed[name]) if typed[name] else None for name in RATED}
    verdict = Verdict(typed["outcome"], score(typed["score"]), words=typed["words"], **apart)
    done = _("谢谢您的评价。")
    return say(
        secret, "callback", lambda writing, mine: resident_acts.answer_callback(writing, mine, verdict), typed, done
    )


def score(text: str) -> int:
    """A score from a form; zero, which is not a score, for anything else."""
    return int(text) if text in {"1", "2", "3", "4", "5"} else 0


@blueprint.get("/c/<secret>/appeal")
@rule(PUBLIC)
def ask_appeal(secret: str) -> str | AnyResponse:
    """The page for an appeal."""
    return ask(secret, "appeal")


@blueprint.post("/c/<secret>/appeal")
@rule(PUBLIC)
def appeal(secret: str) -> AnyResponse | tuple[str, int]:
    """Appeal against the finding that the complaint is unfounded."""
    words = typed_words()
    done = _("申诉已提交，由另一级的同事复核。")
    return say(
        secret, "appeal", lambda writing, mine: resident_acts.appeal(writing, mine, words), {"words": words}, done
    )


@blueprint.get("/c/<secret>/withdrawal")
@rule(PUBLIC)
def ask_withdrawal(secret: str) -> str | AnyResponse:
    """The page that confirms a withdrawal."""
    return ask(secret, "withdrawal")


@blueprint.post("/c/<secret>/withdrawal")
@rule(PUBLIC)
def withdraw(secret: str) -> AnyResponse | tuple[str, int]:
    """Withdraw the complaint."""
    words = typed_words()
    done = _("已撤回。以后有需要，欢迎再告诉我们。")
    return say(
        secret, "withdrawal", lambda writing, mine: resident_acts.withdraw(writing, mine, words), {"words": words}, done
    )


@blueprint.get("/c/<secret>/supervisor")
@rule(PUBLIC)
def ask_supervisor(secret: str) -> str | AnyResponse:
    """The page that confirms that the resident asks for a supervisor."""
    return ask(secret, "supervisor")


@blueprint.post("/c/<secret>/supervisor")
@rule(PUBLIC)
def want_supervisor(secret: str) -> AnyResponse | tuple[str, int]:
    """Ask for a supervisor."""
    words = typed_words()
    done = _("已请上级处理，上一级的负责人会看您的话。")
    return say(secret, "supervisor", lambda writing, mine: asking_up.ask(writing, mine, words), {"words": words}, done)


@blueprint.get("/c/<secret>/words")
@rule(PUBLIC)
def ask_words(secret: str) -> str | AnyResponse:
    """The page for additional words."""
    return ask(secret, "words")


@blueprint.post("/c/<secret>/words")
@rule(PUBLIC)
def add_words(secret: str) -> AnyResponse | tuple[str, int]:
    """Add words and photos."""
    words = typed_words()
    fresh = [each for each in request.files.getlist("photos") if each.filename]
    named = [text for text in request.form.getlist("photos.kept") if text.isascii() and text.isdigit()]
    kept = [int(text) for text in named if len(text) < 10][:MOST_FILES]
    links.enter(current.reading(), secret)  # nothing is decoded for somebody without a link
    try:
        prepared = uploads.look_through({"photos": fresh[: MOST_FILES + 1]})
    except Invalid as wrong:
        return ask_again(secret, "words", {"words": words}, wrong)

    def work(writing: Session, complaint: Complaint) -> None:
        throttle.count(writing, f"words:{complaint.id}", most=MOST_WORDS, within=WINDOW)
        before = len(files_of(writing, complaint))
        came = len(fresh) + uploads.claim(writing, complaint, {"photos": kept})
        resident_acts.add(writing, complaint, words, came)
        if before + came > MOST_FILES:
            raise Invalid(
                {"photos": (f"一件诉求最多 {MOST_FILES} 个文件。", f"A complaint takes at most {MOST_FILES} files.")}
            )
        uploads.keep(writing, complaint, prepared)

    uploads.say_missing(uploads.missing(current.reading(), {"photos": kept}))
    return say(secret, "words", work, {"words": words}, _("已收到您补充的内容。"))
