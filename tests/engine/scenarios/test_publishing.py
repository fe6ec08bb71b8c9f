"""Publishing plays the scenarios first: what differs keeps it from being published, until somebody accepts it."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from engine.casework.cases import Case
from engine.company import people, places
from engine.company.people import Person
from engine.core import clock
from engine.core.errors import Conflict, Invalid
from engine.core.settings import Settings
from engine.core.store import Store
from engine.history import Entry
from engine.jobs import Job, run_next
from engine.processes import uploads, versions
from engine.processes.versions import Version
from engine.scenarios import playing, rehearsing
from engine.scenarios.rehearsing import Rehearsal
from tests.conftest import NOW
from tests.engine.casework.cases.company import build
from tests.engine.scenarios.errand import DIAGRAM, PATH, SCENARIO, Owner, files, scenario

pytestmark = pytest.mark.slow

TO_CLEANING = DIAGRAM.replace(
    'id="hurry" name="马上去" camunda:candidateGroups="security"',
    'id="hurry" name="马上去" camunda:candidateGroups="cleaning"',
)
NEVER_URGENT = DIAGRAM.replace("=urgent<", "=urgent = false<")


@pytest.fixture
def owner(store: Store, tmp_path: Path) -> Owner:
    return _owner(store, tmp_path)


def _owner(store: Store, tmp_path: Path) -> Owner:
    with store.transaction() as session:
        build(session)
        person = people.add(session, "owner", "流程负责人")
        people.hold(session, person, "process_owner", places.company(session))
    return Owner(store, Settings(home=tmp_path / "home"), person)


def test_what_goes_as_written_is_published_and_the_live_store_holds_nothing_of_the_play(owner: Owner) -> None:
    before = clock.now()
    done = owner.publish(files())
    assert (done.state, done.outcome) == ("done", {"process": "errand", "number": 1, "played": 1, "accepted": 0})
    assert owner.number() == 1
    assert clock.now() == before
    with owner.store.reading() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 0
        assert session.scalar(select(func.count()).select_from(Person)) == 5


def test_what_differs_is_said_at_the_step_and_nothing_is_published(owner: Owner) -> None:
    owner.publish(files())
    done = owner.publish(files(TO_CLEANING))
    assert done.state == "done"
    assert owner.number() == 1
    (told,) = done.outcome["scenarios"]
    assert (told["path"], told["title"]) == (SCENARIO, "急的马上去")
    first, second = told["steps"]
    assert (first["step"], first["impossible"]) == (2, False)
    assert "应在等“马上去” → guard，实际在等“马上去 hurry” → cleaning" in first["zh"]
    assert (second["step"], second["impossible"]) == (3, True)
    assert "它归 cleaning" in second["zh"]


def test_a_difference_is_accepted_with_a_reason_and_the_new_expectation_lies_with_the_version(owner: Owner) -> None:
    owner.publish(files())
    job = owner.publish(files(NEVER_URGENT))
    with pytest.raises(Invalid):
        owner.accept(job.id, " ")
    accepted = owner.accept(job.id, "以后都由工程去")
    with pytest.raises(Conflict):
        owner.accept(job.id, "再点一次")
    owner.work()
    assert owner.job(accepted).outcome["number"] == 2
    text = (owner.published(SCENARIO) or b"").decode()
    assert '"waiting": {"walk": "engineering"}' in text
    assert "hurry" not in text  # its last step can no longer be done
    with owner.store.reading() as session:
        told = session.scalars(select(Entry).where(Entry.kind == "process.expectation_accepted")).one()
        assert told.facts == {"process": "errand", "scenarios": ["urgent.json"]}
    assert owner.publish(files(NEVER_URGENT) | {SCENARIO: text.encode()}).outcome["number"] == 2  # it holds now


def test_only_what_was_shown_is_accepted(owner: Owner) -> None:
    owner.publish(files())
    job = owner.publish(files(NEVER_URGENT))
    accepted = owner.accept(job.id, "以后都由工程去")
    with owner.store.transaction() as session:  # meanwhile it differs otherwise
        session.get_one(Job, accepted).facts = {**session.get_one(Job, accepted).facts, "mark": "another"}
    owner.work()
    assert owner.job(accepted).outcome["scenarios"]
    assert owner.number() == 1


def test_a_new_scenario_alone_is_a_version_too(owner: Owner) -> None:
    owner.publish(files())
    slow = scenario(
        {"start": "errand"},
        {"do": "看急不急", "by": "agent_2"},
        {"wait": "timer slow", "then": {"ended": "late"}},
        title="没人去",
    )
    assert owner.publish(files(slow=slow)).outcome == {"process": "errand", "number": 2, "played": 2, "accepted": 0}


def test_of_two_who_publish_at_once_one_does_and_the_other_is_told(owner: Owner) -> None:
    owner.publish(files())
    first, second = owner.upload(files(slow=scenario(title="甲"))), owner.upload(files(slow=scenario(title="乙")))
    jobs = owner.ask(first), owner.ask(second)
    owner.work()
    assert owner.job(jobs[0]).outcome["number"] == 2
    assert owner.job(jobs[1]).state == "failed"
    assert "刚才有人发布了这个流程的新版本" in owner.job(jobs[1]).zh
    assert "甲" in (owner.published("bpmn/errand/scenarios/slow.json") or b"").decode()
    with pytest.raises(Conflict):
        owner.ask(second, seen=1)


def test_two_workers_publish_at_the_same_moment_on_postgresql(
    postgres_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have seen that nobody published; one version is written, and the other is told."""
    owner = _owner(postgres_store, tmp_path)
    owner.publish(files())
    both = [owner.ask(owner.upload(files(slow=scenario(title=title)))) for title in "甲乙"]
    both_played, play = Barrier(2), rehearsing.rehearse

    def together(*given: Any) -> Rehearsal:
        played = play(*given)
        both_played.wait(20)
        return played

    monkeypatch.setattr(rehearsing, "rehearse", together)
    with ThreadPoolExecutor(2) as workers:
        list(workers.map(lambda _: copy_context().run(run_next, owner.store, owner.settings), range(2)))
    assert owner.number() == 2
    assert sorted(owner.job(each).state for each in both) == ["done", "failed"]
    (failed,) = (owner.job(each) for each in both if owner.job(each).state == "failed")
    assert "刚才有人发布了这个流程的新版本" in failed.zh


def test_a_scenario_that_cannot_be_read_is_named_with_its_file(owner: Owner) -> None:
    done = owner.publish(files(slow=b'{"title": "x", "steps": [{"doo": 1}]}'))
    assert owner.number() == 0
    assert any("slow.json" in file and "第 1 步" in zh for _, _, _, zh, _, file in done.outcome["findings"])


def test_a_worker_that_died_after_publishing_does_not_publish_again(owner: Owner) -> None:
    job_id = owner.ask(owner.upload(files()))
    owner.work()
    with owner.store.transaction() as session:
        job = session.get_one(Job, job_id)
        job.state, job.tries = "waiting", 1
    owner.work()
    assert owner.job(job_id).outcome["number"] == 1
    with owner.store.reading() as session:
        assert session.scalar(select(func.count()).select_from(Version)) == 1


def test_who_lost_the_permission_meanwhile_does_not_publish(owner: Owner, store: Store) -> None:
    job_id = owner.ask(owner.upload(files()))
    with store.transaction() as session:
        for each in people.holdings(session, owner.person.id):
            people.release(session, each)
    owner.work()
    assert owner.job(job_id).state == "failed"
    assert owner.number() == 0


def test_a_clock_that_was_turned_ahead_does_not_move_a_scenario(owner: Owner) -> None:
    clock.set_offset(timedelta(days=400))
    assert owner.publish(files()).outcome["number"] == 1
    assert clock.now() == NOW + timedelta(days=400)


def test_an_endless_scenario_comes_to_an_end(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playing, "MOST_SECONDS", -1.0)
    done = owner.publish(files())
    assert "用时太长" in done.outcome["scenarios"][0]["steps"][0]["zh"]
    assert owner.number() == 0


def test_a_scenario_comes_back_to_its_folder_from_a_zip_or_alone() -> None:
    here = {"bpmn/errand/scenarios/a.json": scenario(), "forms/errand/judge.json": b"{}", PATH: DIAGRAM.encode()}
    assert uploads.place(here)[1].keys() == here.keys()
    assert uploads.place({"a.json": scenario(), "judge.json": b'{"components": []}'}, "errand")[1].keys() == {
        "bpmn/errand/scenarios/a.json",
        "forms/errand/judge.json",
    }


def test_what_differs_in_a_scenario_of_another_process_is_accepted_there(owner: Owner) -> None:
    owner.publish(files())
    theirs = "bpmn/other/scenarios/theirs.json"
    other = {"bpmn/other/other.bpmn": DIAGRAM.replace("errand", "other").encode(), theirs: scenario(title="别人的")}
    with owner.store.transaction() as session:
        versions.store(session, "other", other)
    job = owner.publish(files(NEVER_URGENT))
    assert [each["title"] for each in job.outcome["scenarios"]] == ["急的马上去", "别人的"]
    accepted = owner.accept(job.id, "以后都由工程去")
    owner.work()
    assert owner.job(accepted).outcome["number"] == 2
    with owner.store.reading() as session:
        newest = versions.latest(session, "other")
        assert newest is not None
        assert (newest.number, newest.note) == (2, "以后都由工程去")
        assert b"walk" in versions.files_of(session, newest.id)[theirs]
        told = session.scalars(select(Entry).where(Entry.kind == "process.expectation_accepted").order_by(Entry.id))
        assert [each.facts["process"] for each in told] == ["errand", "other"]
