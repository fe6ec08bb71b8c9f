"""The panel beside the form: earlier complaints of the household and the place, and similar ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.company.people import Person
from engine.company.places import KnownPlace
from engine.complaints.core import access, joinings, links
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.joinings import Joining
from engine.complaints.homes.households import Household
from engine.complaints.joining import similar
from engine.complaints.joining.similar import Group, Matter
from engine.core import phones
from web.desk.form import key


@dataclass(frozen=True, slots=True)
class Beside:
    """Complaints of the household or phone, open ones first, and of the place; `asked`: whether either was given.

    `repeats`: ids of likely repeats. `group`: households with the same matter, and which complaint would
    lead them. `referred`: complaints with the same reference number of an office. `digits`: how many the phone has,
    where a mobile number of that length is doubtful.
    """

    asked: bool
    open: Sequence[Complaint]
    closed: Sequence[Complaint]
    place: Sequence[Complaint]
    repeats: frozenset[int]
    group: Group | None
    lead: Complaint | None
    referred: Sequence[Complaint]
    digits: int = 0


def read(
    session: Session, person: Person, here: KnownPlace | None, household: Household | None, typed: Mapping[str, Any]
) -> Beside:
    """What is known about the current input; a fixed number of statements."""
    matter = matter_of(here, household, typed)
    home = similar.of_home(session, person, matter)
    at_home = {each.id for each in home}
    near = similar.of_place(session, person, matter) if here is not None else []
    group = similar.group(session, person, matter) if here is not None else None
    return Beside(
        asked=bool(matter.household_id or matter.phone_hash),
        open=[each for each in home if each.is_open],
        closed=[each for each in home if not each.is_open][:5],
        place=[each for each in near if each.id not in at_home],
        repeats=frozenset(each.id for each in similar.repeats(session, matter, home)),
        group=group,
        lead=lead_of(session, person, group) if group is not None else None,
        referred=referred(session, person, str(typed.get("reference", ""))),
        digits=len(phones.digits(said)) if phones.is_doubtful(said := str(typed.get("phone", ""))) else 0,
    )


def matter_of(here: KnownPlace | None, household: Household | None, typed: Mapping[str, Any]) -> Matter:
    """The current input as a matter."""
    digits = phones.digits(typed.get("phone", "") or (household.phone if household else ""))
    return Matter(
        here.id if here is not None else 0,
        typed.get("category", ""),
        household.id if household is not None else None,
        links.phone_hash(key(), digits) if len(digits) >= 7 else "",
        typed.get("place_text", "") or (household.label if household is not None else ""),
    )


def referred(session: Session, person: Person, reference: str) -> list[Complaint]:
    """Complaints that already have this reference number of an office."""
    if not reference:
        return []
    asked = select(Complaint).where(Complaint.reference == reference, access.within(session, person))
    return list(session.scalars(asked.order_by(Complaint.id.desc()).limit(3)))


def proposals(session: Session, person: Person, complaint: Complaint) -> tuple[list[Complaint], Group | None]:
    """What a new complaint could be merged into or grouped with; nothing once it goes along with another."""
    if joinings.present(session, complaint) is not None or joinings.followers(session, complaint):
        return [], None
    matter = similar.matter_of(session, complaint)
    home = similar.of_home(session, person, matter)
    return similar.repeats(session, matter, home), similar.group(session, person, matter)


def free_to_join(session: Session, found: Group) -> list[Complaint]:
    """The others of a group that are still handled separately."""
    ids = [each.id for each in found.others]
    taken = select(Joining.follower_id, Joining.lead_id).where(
        Joining.parted_at.is_(None), Joining.follower_id.in_(ids) | Joining.lead_id.in_(ids)
    )
    bound = {each for pair in session.execute(taken) for each in pair}
    return [each for each in found.others if each.id not in bound]


def lead_of(session: Session, person: Person, found: Group) -> Complaint:
    """The lead of a group: the one its oldest already goes along with if `person` may see it, else the oldest."""
    lead = joinings.lead_of(session, found.lead)
    if lead is None:
        return found.lead
    return (
        session.scalar(select(Complaint).where(Complaint.id == lead.id, access.within(session, person))) or found.lead
    )
