"""Where a person may do something, as lists to choose from."""

from sqlalchemy.orm import Session

from engine.company import permissions, places
from engine.company.people import Person
from engine.company.places import Place


def communities(session: Session, person: Person, act: str) -> list[Place]:
    """The communities in use where `person` may do `act`, or within which a department of theirs may."""
    reach = permissions.reach(session, person, act)
    return [
        each
        for each in places.communities(session, unassigned=True)
        if reach.covers(each.path) or any(path.startswith(each.path) for path in reach.places)
    ]
