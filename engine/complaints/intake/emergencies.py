"""Many emergencies at once: so many from one sender or at one place raise an alarm of their own.

One above the bounds goes along with the emergency that runs there. Where none runs it is kept as urgent as said, and
the desk confirms it before anybody is called out. The bounds are thresholds.
"""

from contextlib import suppress
from datetime import timedelta

from sqlalchemy.orm import Session

from engine.complaints.alarms import reading
from engine.complaints.core.complaint import Complaint
from engine.complaints.homes import addresses
from engine.complaints.homes.households import Household
from engine.complaints.joining import joining
from engine.complaints.limits import thresholds
from engine.core import throttle
from engine.core.errors import Conflict, Throttled

WITHIN = timedelta(hours=1)
SENDER, PLACE = "sender", "place"
JOINED = {
    SENDER: "同一来源一小时内的特急件已到上限，并入同一地点正在处置的险情。",
    PLACE: "同一地点一小时内的特急件已到上限，并入正在处置的险情。",
}


def bound(session: Session, complaint: Complaint, sender: str) -> None:
    """Count a new emergency; above the bounds it stays as urgent, but the desk says first whether there is danger."""
    limits = thresholds.of(session)
    keys, at = dict[str, tuple[str, int]](), building(session, complaint)
    if at:  # what names no building is no one place
        keys = {PLACE: (f"alarm at:{complaint.community_id}:{at}", limits["alarms_per_place"])}
    if sender:
        keys = {SENDER: (f"alarm by:{sender}", limits["alarms_per_sender"]), **keys}
    for why, (key, most) in keys.items():
        try:
            throttle.count(session, key, most=most, within=WITHIN)
        except Throttled:
            complaint.danger, complaint.danger_doubt, complaint.urgency = False, why, "critical"
            return


def building(session: Session, complaint: Complaint) -> str:
    """Return the building that a complaint names, however it names the entrance; "" when it names none."""
    home = session.get(Household, complaint.household_id) if complaint.household_id is not None else None
    return addresses.building_of(home.label if home is not None else complaint.place_text).partition("-")[0]


def join(session: Session, complaint: Complaint) -> None:
    """Let an emergency above a bound go along with the one of its kind that runs in its building, if one does.

    Another kind of emergency, or one whose building is not known, is another one: the desk confirms it.
    """
    at = building(session, complaint)
    if complaint.danger_doubt not in JOINED or not at:
        return
    for lead in reading.emergencies(session, complaint.community_id):
        same = lead.id != complaint.id and lead.category == complaint.category
        if same and building(session, lead) == at:
            with suppress(Conflict), session.begin_nested():
                joining.bring_along(session, lead, complaint, JOINED[complaint.danger_doubt])
                return
