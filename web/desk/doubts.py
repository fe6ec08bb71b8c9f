"""What is asked once before a call is registered: a number with a digit missing, where it is, whether it is a second one.

Asked for the input as it stands: pressing "register" again is the answer.
"""

from collections.abc import Mapping
from datetime import timedelta

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.complaints.core.complaint import Complaint
from engine.complaints.homes.households import Household
from engine.complaints.intake.registration import Concern
from engine.core import clock, phones
from web.desk.form import ACT, household_of
from web.shared.reachable_places import communities
from web.shell import current

ASKED = "asked"
"""Name of the hidden fields that hold what this person was asked already."""

AGAIN = timedelta(minutes=30)
"""The same words within this time are asked about."""

SOMEWHERE = frozenset({"complaint", "repair"})
"""Kinds of which somebody has to know where."""


def doubts(session: Session, typed: Mapping[str, str], concern: Concern) -> dict[str, tuple[str, str]]:
    """What is to be asked about this input, by field, in Chinese and English."""
    household = household_of(session, communities(session, current.someone(), ACT), typed["household"])
    found = {}
    if phones.is_doubtful(typed["phone"]):
        count, usual = len(phones.digits(typed["phone"])), phones.MOBILE
        found["phone"] = (
            f"手机号是 {usual} 位，这里有 {count} 位。请和来电人核对；就是这个号码，再按一次“登记”。",
            f"A mobile number has {usual} digits; this has {count}. Check it with the caller; if it is right, press “Register” again.",
        )
    if is_nowhere(typed, household):
        found["place_text"] = (
            "在哪里？请选住户或写具体位置；来电人说不清，再按一次“登记”。",
            "Where is it? Choose the household or write the place; if the caller does not know, press “Register” again.",
        )
    if (twin := earlier(session, concern)) is not None:
        found["text"] = (
            f"您刚登记过一样的内容，编号 {twin.number}，这次没有再登记。确是另一件，再按一次“登记”。",
            f"You just registered the same as {twin.number}, so nothing was registered again. If this is another matter, press “Register” again.",
        )
    return found


def is_nowhere(typed: Mapping[str, str], household: Household | None) -> bool:
    """Whether neither a household nor a place is given, for a matter that is somewhere."""
    return household is None and not typed["place_text"] and typed["kind"] in SOMEWHERE


def earlier(session: Session, concern: Concern) -> Complaint | None:
    """The complaint that this person just registered with the same words, as after going back to the form."""
    same = select(Complaint).where(
        Complaint.registered_by_id == current.someone().id,
        Complaint.community_id == concern.community_id,
        Complaint.text == concern.text.strip(),
        Complaint.phone == phones.tidy(concern.phone),
        Complaint.place_text == concern.place_text.strip(),
        Complaint.received_at > clock.now() - AGAIN,
    )
    return session.scalar(same.order_by(Complaint.id.desc()).limit(1))


def named(found: Mapping[str, tuple[str, str]], typed: Mapping[str, str]) -> list[str]:
    """These questions, each with what it was asked about."""
    return [f"{field}={typed[field]}" for field in found]


def was_asked(found: Mapping[str, tuple[str, str]], typed: Mapping[str, str]) -> bool:
    """Whether all of this was asked before, about the same input."""
    return set(named(found, typed)) <= set(request.form.getlist(ASKED))
