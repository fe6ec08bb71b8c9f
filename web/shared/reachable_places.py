"""The places where a person may do something, as choices."""

from sqlalchemy.orm import Session

from engine.company import permissions, places
from engine.company.people import Person
from engine.company.places import KnownPlace


def communities(session: Session, person: Person, act: str) -> list[KnownPlace]:
    """Active communities where `person` may do `act`, or where one of their departments may."""
    granted = permissions.grants(session, person)
    reach = granted.reach(act)
    return granted.once(
        ("communities", act),
        lambda: [
            each
            for each in places.known_communities(session)
            if reach.covers(each.path) or any(path.startswith(each.path) for path in reach.places)
        ],
    )
