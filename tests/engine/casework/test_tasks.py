"""Tasks: whose they are, who may claim, assign and do them, on both stores."""

import itertools
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework import assignment, cases, tasks
from engine.casework.tasks import Bar, Task
from engine.company import people, places
from engine.company.people import Person
from engine.core import clock
from engine.core.errors import Conflict, NotFound, NotPermitted
from engine.core.store import Store
from tests.engine.casework.cases.company import Company
from tests.engine.casework.cases.conftest import company as company
from tests.engine.casework.cases.conftest import draw as draw

Draw = Callable[..., None]


def process(*works: tuple[str, str]) -> str:
    """Tasks one after the other, given by id and attributes."""
    flows = ["begin", *(name for name, _ in works), "done"]
    drawn = '<startEvent id="begin"/><endEvent id="done"/>'
    drawn += "".join(
        f'<sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}"/>'
        for n, (a, b) in enumerate(itertools.pairwise(flows))
    )
    for name, more in works:
        attributes, _, properties = more.partition("|")
        inside = "".join(
            f'<camunda:property name="{key}" value="{value}"/>'
            for key, _, value in (each.partition("=") for each in properties.split(";") if each)
        )
        drawn += (
            f'<userTask id="{name}" name="{name}" {attributes}><extensionElements><camunda:properties>{inside}'
            "</camunda:properties></extensionElements></userTask>"
        )
    return drawn


def group(text: str) -> str:
    return f'camunda:candidateGroups="{text}"'


@pytest.fixture
def begin(each_store: Store, company: Company, draw: Draw) -> Callable[..., Task]:
    """Start a case of these tasks and give its first one."""

    def start(*works: tuple[str, str], barred: tuple[int, ...] = ()) -> Task:
        draw(work=process(*works))
        with each_store.transaction() as session:
            case = cases.start(session, "work", {}, business_key="K", place_id=company.community.id, barred=barred)
            return tasks.of_case(session, case.id)[0]

    return start


def waiting(store: Store, person: Person, whose: str = "all") -> list[str]:
    with store.reading() as session:
        return [task.element for task in session.scalars(tasks.inbox(session, person, whose=whose))]  # type: ignore[arg-type]


def do(store: Store, verb: Callable[..., None], task: Task, *more: Person) -> None:
    def work(session: Session) -> None:
        verb(session, session.get_one(Task, task.id), *more)

    store.attempt(work)


def finish(store: Store, task: Task, by: Person) -> object:
    return store.attempt(lambda session: cases.complete(session, session.get_one(Task, task.id), {}, by=by))


def next_task(store: Store, task: Task) -> Task:
    with store.reading() as session:
        return next(each for each in tasks.of_case(session, task.case_id) if each.state == "open")


def hire(store: Store, login: str, role: str, *codes: str) -> Person:
    with store.transaction() as session:
        person = people.add(session, login, login.title())
        people.hold(session, person, role, places.by_code(session, "/".join(codes)))
        return person


def test_a_department_shares_its_work_until_one_takes_it(
    each_store: Store, company: Company, begin: Callable[..., Task]
) -> None:
    task = begin(("mend", group("engineering")))
    assert waiting(each_store, company.ben) == waiting(each_store, company.head) == ["mend"]
    assert waiting(each_store, company.anna) == waiting(each_store, company.root) == []
    do(each_store, assignment.claim, task, company.ben)
    do(each_store, assignment.claim, task, company.ben)
    assert waiting(each_store, company.ben, "mine") == ["mend"]
    assert waiting(each_store, company.head) == []
    with pytest.raises(Conflict):
        do(each_store, assignment.claim, task, company.head)
    with pytest.raises(Conflict):
        finish(each_store, task, company.head)
    do(each_store, assignment.unclaim, task, company.ben)
    assert waiting(each_store, company.head, "department") == ["mend"]


def test_a_role_of_a_department_is_for_that_role_only(
    each_store: Store, company: Company, begin: Callable[..., Task]
) -> None:
    task = begin(("decide", group("engineering/head")))
    assert waiting(each_store, company.head) == ["decide"]
    assert waiting(each_store, company.ben) == []
    with pytest.raises(NotPermitted):
        do(each_store, assignment.claim, task, company.ben)
    with pytest.raises(NotPermitted):
        finish(each_store, task, company.ben)


def test_a_role_held_above_counts_for_the_communities_below(
    each_store: Store, company: Company, begin: Callable[..., Task]
) -> None:
    caller = hire(each_store, "caller", "callback", "east")
    elsewhere = hire(each_store, "elsewhere", "handler", "ygl", "engineering")
    task = begin(("call", group("callback")))
    assert waiting(each_store, caller) == ["call"]
    assert waiting(each_store, elsewhere) == []
    finish(each_store, task, caller)
    assert waiting(each_store, caller) == []


def test_only_who_may_assign_gives_work_and_takes_it_over(
    each_store: Store, company: Company, begin: Callable[..., Task]
) -> None:
    task = begin(("mend", group("engineering")))
    for verb, more in ((assignment.assign, (company.ben, company.anna)), (assignment.take_over, (company.anna, "急"))):
        with pytest.raises(NotFound):
            do(each_store, verb, task, *more)
    with pytest.raises(NotPermitted):
        do(each_store, assignment.assign, task, company.head, company.ben)
    with pytest.raises(NotPermitted):
        do(each_store, assignment.take_over, task, company.ben, "急")
    do(each_store, assignment.assign, task, company.ben, company.head)
    assert waiting(each_store, company.ben, "mine") == ["mend"]
    with pytest.raises(NotFound):
        do(each_store, assignment.unclaim, task, company.anna)
    do(each_store, assignment.take_over, task, company.head, "急")
    assert waiting(each_store, company.head, "mine") == ["mend"]
    with pytest.raises(Conflict):
        finish(each_store, task, company.ben)
    finish(each_store, task, company.head)
    with pytest.raises(Conflict):
        do(each_store, assignment.assign, task, company.ben, company.head)


def test_nobody_checks_their_own_work(each_store: Store, company: Company, begin: Callable[..., Task]) -> None:
    task = begin(("mend", group("engineering")), ("check", f"{group('engineering')}|not_by=mend, other"))
    finish(each_store, task, company.ben)
    check = next_task(each_store, task)
    assert waiting(each_store, company.ben) == []
    assert waiting(each_store, company.head) == ["check"]
    with pytest.raises(NotPermitted):
        finish(each_store, check, company.ben)
    with pytest.raises(NotPermitted):
        do(each_store, assignment.assign, check, company.ben, company.head)
    finish(each_store, check, company.head)


def test_who_is_barred_from_a_case_never_sees_its_work(
    each_store: Store, company: Company, begin: Callable[..., Task]
) -> None:
    task = begin(("mend", group("engineering")), ("next", group("engineering")), barred=(company.head.id,))
    for each in (task, None):
        found = each or next_task(each_store, task)
        assert waiting(each_store, company.head) == []
        with pytest.raises(NotPermitted):
            finish(each_store, found, company.head)
        with pytest.raises(NotPermitted):
            do(each_store, assignment.take_over, found, company.head, "急")
        with each_store.reading() as session, pytest.raises(NotFound):
            tasks.find(session, company.head, found.id)
        if each:
            finish(each_store, each, company.ben)


def test_work_that_became_barred_leaves_the_list_of_mine(
    each_store: Store, company: Company, begin: Callable[..., Task]
) -> None:
    task = begin(("mend", f'{group("engineering")} camunda:assignee="ben"'))
    assert waiting(each_store, company.ben, "mine") == ["mend"]
    with each_store.transaction() as session:
        session.add(Bar(task_id=task.id, person_id=company.ben.id))
    assert waiting(each_store, company.ben, "mine") == []


def test_somebody_who_has_left_gets_no_work(each_store: Store, company: Company, begin: Callable[..., Task]) -> None:
    task = begin(("mend", group("engineering")))
    with each_store.transaction() as session:
        people.retire(session, session.get_one(Person, company.ben.id))
    with each_store.reading() as session:
        gone = session.get_one(Person, company.ben.id)
    assert waiting(each_store, gone) == []
    with pytest.raises(NotPermitted):
        do(each_store, assignment.assign, task, gone, company.head)


def test_what_is_due_first_comes_first_then_what_presses_most(
    each_store: Store, company: Company, begin: Callable[..., Task], draw: Draw
) -> None:
    soon = (clock.now() + timedelta(hours=1)).isoformat()
    for name, more in (
        ("calm", ""),
        ("pressing", 'camunda:priority="90"'),
        ("later", f'camunda:dueDate="{(clock.now() + timedelta(hours=3)).isoformat()}"'),
        ("soon", f'camunda:dueDate="{soon}"'),
    ):
        begin((name, f"{group('desk')} {more}"))
    assert waiting(each_store, company.anna) == ["soon", "later", "pressing", "calm"]


def test_moving_work_to_another_department_frees_it(
    each_store: Store, company: Company, begin: Callable[..., Task]
) -> None:
    task = begin(("mend", group("engineering")))
    do(each_store, assignment.claim, task, company.ben)
    with each_store.transaction() as session:
        assignment.reassign_group(session, session.get_one(Task, task.id), "desk")
    assert waiting(each_store, company.ben) == []
    assert waiting(each_store, company.anna) == ["mend"]
    with each_store.reading() as session:
        assert session.scalar(select(Task.assignee_id).where(Task.id == task.id)) is None
