"""Leaving: a person's tasks go to others, each move in the history of its case, and their roles end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import history
from engine.casework import assignment, cases, tasks
from engine.casework.tasks import Task
from engine.company import absences, people, permissions, places, staff
from engine.company.absences import Absence
from engine.company.people import Holding, Person
from engine.company.places import Place
from engine.core.errors import Conflict, Invalid
from engine.history import NewEntry

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Group:
    """Somebody's open tasks at one place and for one role: `count` of them, the first few as `shown`."""

    place: Place
    count: int
    shown: Sequence[Task]


@dataclass(frozen=True, slots=True)
class Estate:
    """What somebody leaves behind: tasks by place, absences not over, roles; `alone`: roles that nobody else holds."""

    groups: list[Group]
    absences: list[Absence]
    held: list[Holding]
    alone: list[Holding]

    @property
    def count(self) -> int:
        """Return how many tasks need a successor."""
        return sum(each.count for each in self.groups)


def estate(session: Session, by: Person, person: Person) -> Estate:
    """Return what `person` would leave behind. The caller has checked that `by` may edit the person."""
    counted = select(Task.place_id, func.count()).where(Task.assignee_id == person.id, tasks.is_open())
    counts: dict[int, int] = {row[0]: row[1] for row in session.execute(counted.group_by(Task.place_id))}
    open_tasks = select(Task).where(Task.assignee_id == person.id, tasks.is_open()).order_by(Task.due_at, Task.id)
    shown = list(session.scalars(open_tasks.limit(SHOWN)))
    known = places.names(session, list(counts))
    groups = [
        Group(known[place_id], count, [each for each in shown if each.place_id == place_id])
        for place_id, count in sorted(counts.items(), key=lambda each: known[each[0]].path)
    ]
    held = people.holdings(session, person.id)
    return Estate(groups, absences.upcoming(session, [person.id]), held, _alone(session, person, held))


def _alone(session: Session, person: Person, held: Sequence[Holding]) -> list[Holding]:
    """Return the roles that nobody else holds at the same place: new work for them would have no one."""
    others = people.current().where(
        Holding.place_id.in_({each.place_id for each in held}), Holding.person_id != person.id
    )
    shared = {(each.role, each.place_id) for each in session.scalars(others)}
    return [each for each in held if (each.role, each.place_id) not in shared]


def successors(session: Session, by: Person, person: Person) -> list[Person]:
    """Return possible successors: active people with a role where `by` manages people, without the leaver."""
    reach = permissions.reach(session, by, staff.ACT)
    ids = people.current().where(permissions.within(reach, Holding.place_id)).with_only_columns(Holding.person_id)
    asked = select(Person).where(Person.retired_at.is_(None), Person.id.in_(ids), Person.id != person.id)
    return list(session.scalars(asked.order_by(Person.name, Person.id)))


@dataclass(frozen=True, slots=True)
class Settled:
    """The result: tasks given to a successor, and those put back because the successor may not do them."""

    given: int
    put_back: int


def leave(
    session: Session, by: Person, person_id: int, chosen: Mapping[int, int | None], note: str | None = None
) -> Settled:
    """Hand over everything and retire the person, in one transaction.

    `chosen`: successor by place (None: the tasks go back to the department). Raises `Invalid` for a place without a
    choice, `NotFound`, or `Conflict` when they have left already or nobody would be left to manage people.
    """
    person = staff.find(session, person_id, by)
    if person.retired_at is not None:
        raise Conflict(zh=f"{person.name} 已办理离职。", en=f"{person.name} has left already.")
    if by.id == person.id:
        raise Conflict(
            zh="不能给自己办理离职，请由其他管理员办理。", en="You cannot do this for yourself; ask somebody else."
        )
    allowed = {each.id: each for each in successors(session, by, person)}
    waiting = list(
        session.scalars(select(Task).where(Task.assignee_id == person.id, tasks.is_open()).order_by(Task.id))
    )
    _check(waiting, chosen, allowed)
    given = [_hand_over(session, by, person, task, allowed.get(chosen[task.place_id] or 0), note) for task in waiting]
    _end_absences(session, by, person, next((allowed[each] for each in chosen.values() if each), None))
    staff.retire(session, by, person.id)
    return Settled(sum(given), len(given) - sum(given))


def _check(waiting: Sequence[Task], chosen: Mapping[int, int | None], allowed: Mapping[int, Person]) -> None:
    wrong = {
        f"successor-{task.place_id}": ("请选择接手的人，或放回部门。", "Choose a successor, or put them back.")
        for task in waiting
        if task.place_id not in chosen or (chosen[task.place_id] is not None and chosen[task.place_id] not in allowed)
    }
    if wrong:
        raise Invalid(wrong)


def _hand_over(session: Session, by: Person, person: Person, task: Task, to: Person | None, note: str | None) -> bool:
    """Give a task to the successor, or back to the department if they may not do it; return whether they have it."""
    cases.lock(session, task.case_id)
    session.refresh(task)
    if task.state != "open" or task.assignee_id != person.id:
        return False
    return assignment.pass_on(session, task, to, by, note)


def _end_absences(session: Session, by: Person, person: Person, instead: Person | None) -> None:
    """End their absences; where they are a substitute, replace them by the successor or end that absence too."""
    for absence in absences.upcoming(session, [person.id]):
        if absence.person_id != person.id and instead is not None and absence.person_id != instead.id:
            absence.substitute_id = instead.id
            facts = {
                "person": absence.person_id,
                "substitute": instead.id,
                "since": absence.since,
                "until": absence.until,
            }
            history.add(session, history.company(session), [NewEntry("absence.entered", by.id, None, facts)])
        else:
            absences.end(session, absence)
    session.flush()
