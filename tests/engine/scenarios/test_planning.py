"""Publications that wait: at their time judged and played again, and approved by somebody else where it is asked."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.company import people, places
from engine.company.people import Person
from engine.core import clock
from engine.core.errors import NotPermitted
from engine.core.settings import Settings
from engine.core.store import Store
from engine.history import Entry
from engine.letters import Letter
from engine.operations.schedule import publish_planned
from engine.processes import four_eyes, planned, publishing, versions
from engine.processes.planned import PlannedPublication
from engine.processes.rights import ProcessRight
from engine.scenarios import planning
from engine.scenarios.publishing import ask, of_upload
from tests.conftest import NOW
from tests.engine.casework.cases.company import build
from tests.engine.scenarios.errand import DIAGRAM, SCENARIO, Owner, files

pytestmark = pytest.mark.slow

TOMORROW = NOW + timedelta(hours=20)
RENAMED = files(DIAGRAM.replace("跑腿", "帮忙跑腿"))


class Planner(Owner):
    """Somebody who publishes at a time."""

    def plan(self, found: dict[str, bytes], at: datetime | None) -> PlannedPublication:
        """Have it published at a time; return the row as it is then."""
        upload = self.upload(found)

        def do(session: Session) -> int:
            proposal = of_upload(session, upload, self.number(), "换个名字", by=self.person, at=at)
            return ask(session, proposal, by=self.person).id

        job_id = self.store.attempt(do)
        self.work()
        return self.planned(self.job(job_id).outcome["planned"])

    def planned(self, planned_id: int) -> PlannedPublication:
        """The row as it is now."""
        with self.store.reading() as session:
            return session.get_one(PlannedPublication, planned_id)

    def turn(self, at: timedelta) -> None:
        """Let time pass; the schedule runs."""
        clock.turn(at)
        publish_planned(self.store)
        self.work()
        publish_planned(self.store)

    def letters(self) -> list[tuple[str, int]]:
        """The letters about publications, to whom."""
        with self.store.reading() as session:
            found = session.scalars(select(Letter).where(Letter.template.like("publication%")).order_by(Letter.id))
            return [(each.template, each.to_ref) for each in found]


@pytest.fixture
def owner(store: Store, tmp_path: Path) -> Iterator[Planner]:
    with clock.at(NOW):
        with store.transaction() as session:
            build(session)
            person = people.add(session, "owner", "流程负责人")
            people.hold(session, person, "process_owner", places.company(session))
            versions.store(session, "errand", files(), note="第一版")
        yield Planner(store, Settings(home=tmp_path / "home"), person)


def second(store: Store) -> Person:
    """Another process owner."""
    with store.transaction() as session:
        person = people.add(session, "second", "另一位")
        people.hold(session, person, "process_owner", places.company(session))
        return person


def with_approval(store: Store) -> None:
    with store.transaction() as session:
        four_eyes.keep(session, four_eyes.EVERY, True)


def test_it_is_published_at_its_time_and_not_before(owner: Planner) -> None:
    row = owner.plan(RENAMED, TOMORROW)
    assert (row.state, owner.number()) == (planned.PLANNED, 1)
    owner.turn(timedelta(hours=19))
    assert owner.number() == 1
    owner.turn(timedelta(hours=1))
    row = owner.planned(row.id)
    assert (row.state, row.number, owner.number()) == (planned.PUBLISHED, 2, 2)
    assert owner.letters() == [("publication_ended", owner.person.id)]


def test_a_newer_version_meanwhile_is_never_undone(owner: Planner) -> None:
    row = owner.plan(RENAMED, TOMORROW)
    with owner.store.transaction() as session:
        versions.store(session, "errand", files(DIAGRAM.replace("办完", "完成")), note="抢先")
    owner.turn(timedelta(hours=20))
    row = owner.planned(row.id)
    assert (row.state, owner.number()) == (planned.FAILED, 2)
    assert "第 2 版" in row.why()
    assert ("publication_ended", owner.person.id) in owner.letters()


def test_scenarios_are_played_again_at_its_time(owner: Planner) -> None:
    """Another process came to depend on it meanwhile: its scenario would break, so nothing is published."""
    row = owner.plan(files(DIAGRAM.replace('name="办完"', 'name="完成"')), TOMORROW)
    errand = {path.replace("errand", "other"): text.replace(b"errand", b"other") for path, text in files().items()}
    expects = b'{"title": "x", "steps": [{"start": "other", "then": {"ended": true}}]}'
    with owner.store.transaction() as session:
        versions.store(session, "other", errand | {"bpmn/other/scenarios/urgent.json": expects})
    owner.turn(timedelta(hours=20))
    row = owner.planned(row.id)
    assert (row.state, owner.number()) == (planned.FAILED, 1)
    assert "场景和原来不同了：x" in row.why()


def test_what_was_accepted_when_it_was_planned_is_accepted_at_its_time(owner: Planner) -> None:
    upload = owner.upload(files(DIAGRAM.replace("=urgent<", "=urgent = false<")))

    def do(session: Session) -> int:
        proposal = of_upload(session, upload, 1, "都由工程去", by=owner.person, at=TOMORROW)
        return ask(session, proposal, by=owner.person).id

    job_id = owner.store.attempt(do)
    owner.work()
    assert owner.job(job_id).outcome["scenarios"]
    accepted = owner.accept(job_id, "以后都由工程去")
    owner.work()
    row = owner.planned(owner.job(accepted).outcome["planned"])
    assert (row.state, owner.number()) == (planned.PLANNED, 1)
    owner.turn(timedelta(hours=20))
    assert (owner.planned(row.id).state, owner.number()) == (planned.PUBLISHED, 2)
    assert b"hurry" not in (owner.published(SCENARIO) or b"hurry")


def test_what_was_cancelled_while_it_is_played_is_not_published(owner: Planner) -> None:
    row = owner.plan(RENAMED, TOMORROW)
    clock.turn(timedelta(hours=20))
    publish_planned(owner.store)
    with owner.store.transaction() as session:  # its job waits; whatever ends it meanwhile counts
        session.get_one(PlannedPublication, row.id).state = planned.CANCELLED
    owner.work()
    publish_planned(owner.store)
    assert (owner.planned(row.id).state, owner.number()) == (planned.CANCELLED, 1)


def test_whoever_asked_cannot_approve_and_somebody_else_publishes(owner: Planner) -> None:
    other = second(owner.store)
    with_approval(owner.store)
    row = owner.plan(RENAMED, None)
    assert (row.state, owner.letters()) == (planned.ASKED, [("publication_asked", other.id)])
    owner.turn(timedelta(hours=1))
    with pytest.raises(NotPermitted):
        owner.store.attempt(lambda session: planning.approve(session, row.id, by=owner.person))
    assert owner.number() == 1
    owner.store.attempt(lambda session: planning.approve(session, row.id, by=other))
    owner.turn(timedelta())
    assert owner.number() == 2
    with owner.store.reading() as session:
        kinds = list(session.scalars(select(Entry.kind).where(Entry.kind.like("process.%")).order_by(Entry.id)))
        assert kinds == ["process.approval_asked", "process.publication_approved", "process.published"]


def test_an_approval_works_together_with_a_time(owner: Planner) -> None:
    other = second(owner.store)
    with_approval(owner.store)
    row = owner.plan(RENAMED, TOMORROW)
    owner.store.attempt(lambda session: planning.approve(session, row.id, by=other))
    owner.turn(timedelta(hours=2))
    assert owner.number() == 1
    owner.turn(timedelta(hours=18))
    assert owner.number() == 2


def test_nothing_is_published_by_a_way_around_the_approval(owner: Planner) -> None:
    with_approval(owner.store)
    with owner.store.reading() as session:
        judged = publishing.judge(session, "errand", RENAMED)
    with pytest.raises(four_eyes.NotApproved), owner.store.transaction() as session:
        publishing.publish(session, "errand", RENAMED, by=owner.person, judged=judged)


def test_a_role_named_for_a_process_narrows_down_and_lapses_with_its_last_holder(owner: Planner) -> None:
    other = second(owner.store)
    with owner.store.transaction() as session:
        session.add(ProcessRight(process="errand", act="process.publish", role="administrator"))
    assert owner.upload(RENAMED)  # nobody is an administrator here: the role does not count
    with owner.store.transaction() as session:
        people.hold(session, other, "administrator", places.company(session))
        session.add(ProcessRight(process="errand", act="process.draft", role="head"))
    with (
        owner.store.transaction() as session
    ):  # an administrator may not publish by default, so it still does not count
        assert planning.rights.may(session, owner.person, "errand", "process.publish")
    with owner.store.transaction() as session:
        session.add(ProcessRight(process="errand", act="process.publish", role="process_owner"))
    with owner.store.reading() as session:
        assert planning.rights.who_may(session, "errand", "process.publish") == [owner.person.id, other.id]
