"""Who may start what, and where: whoever would have a task of one of the groups that the diagram names there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.company import permissions, places, roles
from engine.company.people import Person
from engine.company.places import BadGroup, Group, KnownPlace
from engine.processes import start_events
from engine.processes.start_events import StartEvent
from engine.processes.versions import Version


@dataclass(frozen=True, slots=True)
class Around:
    """The company's places as the search for a group needs them, and the roles that somebody holds."""

    places: Mapping[int, KnownPlace]
    departments: Mapping[tuple[int, str], int]
    held: frozenset[tuple[str, int]]

    def has(self, group: Group, community: KnownPlace) -> bool:
        """Return whether they would have a task of this group at a community (as `places.resolve` finds its place)."""
        place_id = self._place(group, community)
        if place_id is None:
            return False
        if group.role is None:
            return any(held == place_id for _role, held in self.held)
        around = {int(each) for each in self.places[place_id].path.rstrip("/").split("/")}
        return any(role == group.role and held in around for role, held in self.held)

    def _place(self, group: Group, community: KnownPlace) -> int | None:
        root = int(community.path.split("/", 1)[0])
        found = {"community": community.id, "region": community.region_id, "company": root}.get(group.level)
        if group.department is None or found is None:
            return found
        while found is not None and (found, group.department) not in self.departments:
            found = self.places[found].parent_id
        return self.departments.get((found, group.department)) if found is not None else None


def communities(session: Session, person: Person, event: StartEvent) -> list[KnownPlace]:
    """Return the communities where a person may start a process, by name; no statement for each."""
    around, wanted = _around(session, person), _groups(session, event.started_by)
    return [each for each in places.known_communities(session) if any(around.has(group, each) for group in wanted)]


def may_start(session: Session, person: Person, event: StartEvent, community_id: int) -> bool:
    """Return whether a person may start a process for a community."""
    community = places.known(session).get(community_id)
    if community is None or community.kind != "community" or community.retired_at is not None:
        return False
    around = _around(session, person)
    return any(around.has(group, community) for group in _groups(session, event.started_by))


def offered(session: Session, person: Person) -> list[tuple[StartEvent, Version]]:
    """Return what a person may start anywhere, by process."""
    around, everywhere = _around(session, person), places.known_communities(session)
    found = []
    for event, version in start_events.startable(session):
        wanted = _groups(session, event.started_by)
        if any(around.has(group, each) for group in wanted for each in everywhere):
            found.append((event, version))
    return found


def _groups(session: Session, named: Iterable[str]) -> list[Group]:
    """Return the groups as read; one that the company no longer has lets nobody in."""
    known, found = roles.of(session), []
    for text in named:
        try:
            found.append(places.read_group(text, known))
        except BadGroup:
            continue
    return [each for each in found if each.role != places.RESIDENT]


def _around(session: Session, person: Person) -> Around:
    every = places.known(session)
    there = {
        (each.parent_id, each.code): each.id
        for each in every.values()
        if each.kind == "department" and each.parent_id is not None and each.retired_at is None
    }
    held = frozenset(permissions.grants(session, person).held)
    return Around(every, there, held)
