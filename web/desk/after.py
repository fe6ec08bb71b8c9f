"""After a call: the number to read aloud, complaints to merge or group with, and additions to existing ones."""

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import complaints
from engine.casework import tasks
from engine.casework.tasks import Task
from engine.company import places
from engine.company.people import Person
from engine.complaints.core import access
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.joinings import GROUP, REPEAT
from engine.complaints.joining import joining
from engine.core import clock
from engine.core.errors import BihuanError, NotFound
from web.desk import beside
from web.desk.form import ACT
from web.desk.parts import blueprint
from web.shared import qr_codes, resident_links
from web.shell import current
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.language import language

AT_HAND = timedelta(hours=1)
"""How long the person who registered it can return to the number and the link."""


@blueprint.get("/done/<int:complaint_id>")
@rule(ACT)
def done(complaint_id: int) -> str:
    """The number to read aloud and the resident's link, for an hour, for the person who registered it."""
    session, me = current.reading(), current.someone()
    complaint = just_written(session, me, complaint_id)
    visible = may_open(session, me, complaint)
    repeats, group = beside.proposals(session, me, complaint) if visible else ([], None)
    link = resident_links.address(complaint)
    return render_template(
        "desk/done.html",
        complaint=complaint,
        community=places.find(session, complaint.community_id),
        category=session.get(complaints.Category, complaint.category),
        aloud=aloud(complaint.number),
        link=link if visible else "",
        qr=qr_codes.qr(link) if visible else "",
        phone=places.phone(session, places.find(session, complaint.community_id)),
        may_open=visible,
        repeats=repeats,
        group=group,
        lead=beside.lead_of(session, me, group) if group else None,
        following=session.scalar(tasks.inbox(session, me).where(Task.case_id == complaint.case_id).limit(1)),
    )


def just_written(session: Session, person: Person, complaint_id: int) -> Complaint:
    """The complaint, if this person registered it within the hour. Raises `NotFound`."""
    complaint = session.get(Complaint, complaint_id)
    fresh = complaint is not None and complaint.received_at > clock.now() - AT_HAND
    if complaint is None or complaint.registered_by_id != person.id or not fresh:
        raise NotFound
    return complaint


@blueprint.post("/done/<int:complaint_id>/along")
@rule(joining.ACT)
def along(complaint_id: int) -> Response:
    """Merge the complaint just registered into an earlier one, or add it to a group."""
    just_written(current.reading(), current.someone(), complaint_id)
    kind = REPEAT if request.form.get("kind") == REPEAT else GROUP
    go_along(complaint_id, request.form.get("lead", ""), kind)
    return redirect(url_for("desk.done", complaint_id=complaint_id), 303)


def go_along(complaint_id: int, lead_id: str, kind: str) -> None:
    """Group or merge and confirm it; what cannot be grouped stays unchanged, with the reason."""
    me = current.someone()

    def bring(session: Session) -> str:
        found = access.find(session, me, complaint_id)
        lead = access.find(session, me, int(lead_id) if lead_id.isdecimal() and len(lead_id) < 10 else 0)
        if kind == REPEAT:
            joining.merge(session, lead, found, by=me)
            return lead.number
        _repeats, group = beside.proposals(session, me, found)
        others = beside.free_to_join(session, group) if group else []
        joining.join(session, lead, [*(each for each in others if each.id != lead.id), found], by=me)
        return lead.number

    try:
        number = current.attempt(bring)
    except BihuanError as refused:
        flash(_("已登记，但没有归到一起：") + refused.text(language()), "error")
        return
    said = _("已合并到 {number}。", number=number) if kind == REPEAT else _("已归入 {number} 一组。", number=number)
    flash(said)


@blueprint.get("/added/<int:complaint_id>")
@rule(ACT)
def added(complaint_id: int) -> str:
    """The call was added to an open complaint: show its number to read aloud."""
    session, me = current.reading(), current.someone()
    complaint = access.find(session, me, complaint_id, ACT)
    return render_template("desk/added.html", complaint=complaint, aloud=aloud(complaint.number))


def may_open(session: Session, person: Person, complaint: Complaint) -> bool:
    """Whether the person who registered it may see it: not if it is about them."""
    seen = select(Complaint.id).where(Complaint.id == complaint.id, access.within(session, person))
    return session.scalar(seen) is not None


def aloud(number: str) -> str:
    """A number as read out on the phone, part by part: Y G L，二六 幺幺 二三，零零 零幺."""
    parts = number.split("-")
    if language() != "zh":
        return ", ".join(" ".join(part) for part in parts)
    digits = str.maketrans("0123456789", "零幺二三四五六七八九")
    return "，".join(_spoken(part).translate(digits) for part in parts)


def _spoken(part: str) -> str:
    if not part.isdecimal():
        return " ".join(part)
    return " ".join(part[start : start + 2] for start in range(0, len(part), 2))
