"""Who would get each task of a process today, by community; a role that nobody holds there is a finding."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.bpmn import diagrams
from engine.bpmn.diagrams import Node
from engine.company import people, places, roles
from engine.company.people import Holding, Person
from engine.company.places import BadGroup, KnownPlace
from engine.company.roles import KnownRoles
from engine.core.errors import BihuanError, Finding
from engine.feel import FeelError, compile, syntax

MOST_NAMED = 5
"""Communities named in one finding; the others are counted."""


@dataclass(frozen=True, slots=True)
class Staffed:
    """A group as a diagram names it: the tasks for it, and how many people hold it in each community (None: no such
    department there)."""

    group: str
    tasks: tuple[Node, ...]
    held: Mapping[int, int | None]

    def missing(self) -> list[int]:
        """Return the communities where nobody would get the tasks."""
        return [community for community, count in self.held.items() if not count]


def staffing(session: Session, files: Mapping[str, bytes]) -> list[Staffed]:
    """Return every group that the diagrams write out, by community. Two statements, whatever their number."""
    wanted: dict[str, list[Node]] = {}
    for path, text in files.items():
        for node in _tasks(text) if path.endswith(".bpmn") else ():
            for group in _groups(node.groups):
                wanted.setdefault(group, []).append(node)
    company = _Company(session)
    return [
        Staffed(group, tuple(tasks), {each.id: company.count(group, each) for each in company.communities})
        for group, tasks in wanted.items()
        if company.knows(group)
    ]


def findings(session: Session, found: list[Staffed]) -> Iterator[Finding]:
    """Yield the tasks that nobody would get somewhere, with the communities."""
    known, company = places.known(session), roles.of(session)
    for each in found:
        missing = [known[id] for id in each.missing()]
        if not missing:
            continue
        zh_more = f"等 {len(missing)} 个小区" if len(missing) > MOST_NAMED else ""
        en_more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
        zh_names = "、".join(place.name for place in missing[:MOST_NAMED])
        en_names = ", ".join(place.name_en or place.name for place in missing[:MOST_NAMED])
        zh_group, en_group = said(each.group, company)
        for task in each.tasks:
            zh = f"{zh_names}{zh_more}：今天没有人是“{zh_group}”，这个任务到了那里没人办。请先安排人。"
            en = f"{en_names}{en_more}: nobody is “{en_group}” today, so nobody would get this task there. Give somebody the role."
            yield Finding("warning", task.id, task.name, zh, en)


def said(group: str, company: KnownRoles) -> tuple[str, str]:
    """Return the names of a group's department and role, in both languages. Raises `BadGroup`."""
    wanted = places.read_group(group, company)
    both = company.departments.get(wanted.department or ""), company.roles.get(wanted.role or "")
    named = [each for each in both if each is not None]
    return " ".join(each.name for each in named) or group, " ".join(
        each.name_en or each.name for each in named
    ) or group


def _tasks(text: bytes) -> list[Node]:
    try:
        return [node for node in diagrams.read(text).nodes if node.kind in ("userTask", "manualTask") and node.groups]
    except BihuanError:
        return []


def _groups(text: str) -> Iterator[str]:
    """Yield the groups that a task names: the first of a list, or each that an expression writes out."""
    if not text.startswith("="):
        yield text.split(",")[0].strip()
        return
    try:
        waiting = [compile(text[1:]).node]
    except (FeelError, RecursionError):
        return
    while waiting:
        node = waiting.pop()
        if isinstance(node, syntax.If):
            waiting += [node.otherwise, node.then]
        elif isinstance(node, syntax.Literal) and isinstance(node.value, str):
            yield node.value


class _Company:
    """The places and roles of a company today."""

    def __init__(self, session: Session) -> None:
        self.roles = roles.of(session)
        self.places = places.known(session)
        self.communities = [each for each in places.known_communities(session) if each.code != places.UNASSIGNED]
        self.departments = {
            (each.parent_id, each.code): each.id for each in self.places.values() if each.retired_at is None
        }
        here = people.current().with_only_columns(
            Holding.place_id, Holding.role, func.count(Holding.person_id.distinct())
        )
        active = select(Person.id).where(Person.retired_at.is_(None))
        counted = here.where(Holding.person_id.in_(active)).group_by(Holding.place_id, Holding.role)
        self.held = {(place, role): count for place, role, count in session.execute(counted)}
        self.whole: dict[int, int] = {}
        for (place, _), count in self.held.items():
            self.whole[place] = self.whole.get(place, 0) + count

    def knows(self, group: str) -> bool:
        """Return whether it is a group of our people; what a resident answers, the one does whose case it is."""
        if group == places.RESIDENT:
            return False
        try:
            places.read_group(group, self.roles)
        except BadGroup:
            return False
        return True

    def count(self, group: str, community: KnownPlace) -> int | None:
        """Return how many people hold a group there, as `places.resolve` finds it; None where there is no such place."""
        wanted = places.read_group(group, self.roles)
        at: int | None = community.id
        if wanted.level != "community":
            at = community.region_id if wanted.level == "region" else int(community.path.split("/", 1)[0])
        if at is not None and wanted.department:
            at = self._department(at, wanted.department)
        if at is None:
            return None
        return self.held.get((at, wanted.role), 0) if wanted.role else self.whole.get(at, 0)

    def _department(self, place: int, code: str) -> int | None:
        at: int | None = place
        while at is not None:
            if (at, code) in self.departments:
                return self.departments[at, code]
            at = self.places[at].parent_id
        return None
