"""Alarms: the banner on every open page, "I am going" in one tap, and whom to telephone until somebody is going."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.casework import attendance, tasks
from engine.casework.attendance import Attendance
from engine.casework.cases import Case
from engine.casework.tasks import Task
from engine.company import places
from engine.company.people import Person
from engine.complaints.alarms import going, reading
from engine.complaints.alarms.reading import Reached, Ringing, Standing
from engine.complaints.core import access, categories
from engine.complaints.core import complaint as complaints
from engine.complaints.core.complaint import Complaint
from engine.complaints.lists.exporting import without_phones
from engine.letters import Letter
from engine.letters.rows import BOUNCED, DELIVERED, HANDED_OVER, LOGGED, NO_WAY, WAITING
from web.shared import codes_in_words
from web.shell import current
from web.shell.formats import name_of
from web.shell.guard import SIGNED_IN, rule
from web.shell.language import gettext as _

blueprint = Blueprint("alarms", __name__, url_prefix="/alarms")
MOST_SHOWN = 5
"""So many alarms, the most pressing, are in the banner, which every open page asks for."""

blueprint.context_processor(codes_in_words.context)


WORDS_SHOWN = 20
"""How many characters of a complaint the banner shows, where it shows more than one."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An alarm as the banner shows it: what happened and where, in the reader's language; how the complaint begins."""

    alarm: Ringing
    what: str
    where: str
    words: str


@blueprint.app_context_processor
def known() -> dict[str, object]:
    """For templates: the alarms that call the reader, and how the alarm of a complaint stands."""
    return {"ringing": ringing, "most_alarms": MOST_SHOWN, "alarm_of": alarm_of, "how": how, "tapped": tapped}


def ringing() -> list[Shown]:
    """The alarms that call the reader, where somebody has to be soonest first.

    No statement while none does, but for the first page after one was raised or answered.
    """
    person = current.person()
    if person is None:
        return []
    session = current.reading()
    found = reading.ringing(session, person.id)
    texts = _texts(session, [each.number for each in found]) if len(found) > 1 else {}
    return [_shown(session, each, texts.get(each.number, "")) for each in sorted(found, key=_soonest)]


def _soonest(alarm: Ringing) -> tuple[datetime, int]:
    return alarm.arrive_by or alarm.raised_at, alarm.id


def _texts(session: Session, numbers: Sequence[str]) -> dict[str, str]:
    asked = select(Complaint.number, Complaint.text).where(Complaint.number.in_(numbers))
    return {number: without_phones(text)[:WORDS_SHOWN] for number, text in session.execute(asked)}


def _shown(session: Session, alarm: Ringing, words: str) -> Shown:
    category = categories.known(session).get(alarm.category)
    where = f"{name_of(places.known(session)[alarm.community_id])} {alarm.place}"
    return Shown(alarm, name_of(category) if category else alarm.category, where.strip(), words)


def alarm_of(complaint: Complaint | None) -> Standing | None:
    """How the alarm of a complaint stands while it runs; one that is not critical costs no statement."""
    if complaint is None or complaint.urgency != "critical" or not complaint.is_open:
        return None
    found = reading.standing(current.reading(), complaint.case_id)
    return found if found is not None and found.alarm.ended_at is None else None


def tapped(task: Task, going: Person) -> Attendance | None:
    """What the person who is going tapped last: on the way, on site or left."""
    return attendance.latest(current.reading(), task, going)


def how(reached: Reached) -> list[tuple[str, str]]:
    """By which ways somebody was called and what came of each: words, and the state of a chip."""
    pushed = [each for each in reached.letters if each.to_kind != "person"]
    mailed = [each for each in reached.letters if each.to_kind == "person" and each.state != NO_WAY]
    found = [(_("页面上已看到"), "done")] if reached.call.seen_at else []
    if pushed:
        best = next((each for each in pushed if each.state == HANDED_OVER), pushed[0])
        words = {HANDED_OVER: _("推送服务已收下"), WAITING: _("推送待发"), LOGGED: _("推送只写进日志")}
        found.append(_state(best, words, _("推送失败")))
    if mailed:
        words = {
            HANDED_OVER: _("邮件服务器已收下"),
            DELIVERED: _("邮件已送达"),
            WAITING: _("邮件待发"),
            BOUNCED: _("邮件被退回"),
            LOGGED: _("只写进日志，没有发邮件"),
        }
        found.append(_state(mailed[0], words, _("邮件失败")))
    none = _("没有通知到，只能打电话") if reached.person.phone else _("没有通知到，也没有登记电话")
    return found or [(none, "late")]


def _state(letter: Letter, words: Mapping[str, str], failed: str) -> tuple[str, str]:
    if letter.state == WAITING and letter.error:
        return failed, "late"
    chips = {HANDED_OVER: "plain", DELIVERED: "done", WAITING: "soon", LOGGED: "plain"}
    return words.get(letter.state, failed), chips.get(letter.state, "late")


@blueprint.get("/now")
@rule(SIGNED_IN)
def now() -> str | tuple[str, int]:
    """The banner for an open page, which asks every ten seconds; nothing when no alarm calls the reader."""
    return render_template("alarms/banner.html") if ringing() else ("", 204)


@blueprint.get("/<int:alarm_id>")
@rule(SIGNED_IN)
def show(alarm_id: int) -> str:
    """An alarm, for somebody whom it called: what, where, and the button."""
    session, me = current.reading(), current.someone()
    alarm = going.find(session, alarm_id, me)
    task = session.get_one(Task, alarm.task_id)
    complaint = complaints.of(session, session.get_one(Case, alarm.case_id))
    may_see_phone = access.may(session, me, complaint.id, ["complaint.see_phone"])
    return render_template(
        "alarms/show.html",
        alarm=alarm,
        task=task,
        complaint=complaint,
        words=complaint.text if may_see_phone else without_phones(complaint.text),
        community=places.known(session)[complaint.community_id],
        category=categories.known(session).get(complaint.category),
        going=session.get(Person, alarm.going_id) if alarm.going_id is not None else None,
        may_open=tasks.may_do(session, me, task),
    )


@blueprint.post("/<int:alarm_id>/go")
@rule(SIGNED_IN)
def go(alarm_id: int) -> Response:
    """I am going."""
    me = current.someone()
    task_id = current.attempt(lambda session: going.go(session, alarm_id, me).id)
    undo = url_for("tasks.stay", task_id=task_id)
    flash({"text": _("已记下：您正赶过去，不再通知别人。到了请点“已到场”。"), "undo": undo})  # type: ignore[arg-type]
    return redirect(url_for("tasks.show", task_id=task_id), 303)


@blueprint.post("/<int:alarm_id>/seen")
@rule(SIGNED_IN)
def seen(alarm_id: int) -> tuple[str, int]:
    """An open page shows it."""
    current.attempt(lambda session: going.see(session, alarm_id, current.someone()))
    return "", 204


@blueprint.get("/of/<int:complaint_id>")
@rule("complaint.see", "complaint.register")
def of_complaint(complaint_id: int) -> str:
    """Whom to telephone for a complaint, for an open page."""
    complaint = access.find(current.reading(), current.someone(), complaint_id)
    return render_template("alarms/standing.html", complaint=complaint)
