"""Task lists on both stores: only one's own tasks, in order, counted, at constant cost."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from engine.casework import assignment, tasks
from engine.casework.tasks import Bar, Task
from engine.core import clock
from engine.core.store import Store
from tests.engine.casework.cases.company import Company, build
from tests.engine.casework.cases.conftest import company as company
from tests.engine.casework.cases.conftest import draw as draw
from tests.engine.casework.test_tasks import begin as begin
from tests.engine.casework.test_tasks import group, hire
from tests.engine.company.test_absences import away

pytestmark = pytest.mark.slow

Begin = Callable[..., Task]
DAY = timedelta(days=1)


def test_lists_of_work_hold_what_is_theirs_and_nothing_else(each_store: Store, company: Company, begin: Begin) -> None:
    """The fast lists agree with the rule of whose a task is, and with what may be done to each task."""
    caller = hire(each_store, "caller", "callback", "east")
    crowd = [company.anna, company.ben, company.head, company.root, caller]
    for number, wanted in enumerate(["desk", "engineering", "engineering/head", "callback", "desk", "engineering"] * 3):
        due = (clock.now() + timedelta(hours=number * 7 % 5 - 2)).isoformat() if number % 3 else ""
        task = begin((f"t{number}", f"{group(wanted)} camunda:priority='{number % 4}' " + (f'camunda:dueDate="{due}"' if due else "")))  # fmt: skip
        taker = crowd[number % 5]
        if number % 2:
            with each_store.transaction() as session:
                if tasks.may_do(session, taker, task):
                    assignment.claim(session, session.get_one(Task, task.id), taker)
        if number % 7 == 3:
            with each_store.transaction() as session:
                session.add(Bar(task_id=task.id, person_id=crowd[number % 4].id))
    away(each_store, company.head, company.anna, company.head)
    away(each_store, caller, company.ben, company.root)
    with each_store.transaction() as session:
        for task in session.scalars(select(Task)).all()[::5]:
            task.can_wait = False
    with each_store.reading() as session:
        for person in crowd:
            listed = tasks.in_order(session, person, tasks.Wanted())
            theirs = list(session.scalars(tasks.inbox(session, person)))
            assert listed == [each.id for each in theirs], person.login
            every = session.scalars(select(Task).where(tasks.is_open())).all()
            free = [each for each in every if tasks.is_free_for(session, person, each)]
            assert set(listed) == {each.id for each in free if tasks.may_do(session, person, each)}, person.login
            counted = tasks.figures(session, person, clock.now(), clock.now() + DAY)
            assert counted.all == counted.listed == len(theirs)
            pages = [tasks.in_order(session, person, tasks.Wanted(), most=4, skipped=at) for at in range(0, 20, 4)]
            assert [each for page in pages for each in page] == listed
            assert counted.late == sum(each.due_at is not None and each.due_at <= clock.now() for each in theirs)
            for sort in ("-due", "opened", "-opened"):
                assert sorted(tasks.in_order(session, person, tasks.Wanted(), sort)) == sorted(listed)  # type: ignore[arg-type]


def test_a_list_is_read_from_indexes_of_what_is_open(store: Store) -> None:
    """However long a company's history: no task list reads closed tasks, or sorts what it does not show."""
    with store.transaction() as session:
        built = build(session)
    asked: list[tuple[str, tuple[object, ...]]] = []

    def note(*said: object) -> None:
        asked.append((str(said[2]), said[3]))  # type: ignore[arg-type]

    with store.reading() as session:
        tasks.figures(session, built.ben, clock.now(), clock.now() + DAY)  # fills the cache
        event.listen(store.engine, "before_cursor_execute", note)
        tasks.in_order(session, built.ben, tasks.Wanted())
        tasks.figures(session, built.ben, clock.now(), clock.now() + DAY)
        event.remove(store.engine, "before_cursor_execute", note)
        assert len(asked) == 2
        for statement, values in asked:
            plan = session.connection().exec_driver_sql(f"explain query plan {statement}", values).all()
            reading = [str(row[-1]) for row in plan if " tasks " in f"{row[-1]} "]
            assert reading
            assert all("ix_tasks_open_" in each for each in reading), reading
