"""Jobs: queued, done by one worker at a time, resumed if a worker died, deleted after a week."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from engine import jobs
from engine.company import people
from engine.company.people import Person
from engine.core import clock
from engine.core.errors import NotFound, Unclear
from engine.core.settings import Settings
from engine.core.store import Store
from engine.jobs import Job, Result, Told
from engine.operations.schedule import prune, run_jobs

FEW = 3


@pytest.fixture(autouse=True)
def _kinds() -> Iterator[None]:
    known = dict(jobs._kinds)
    yield
    jobs._kinds.clear()
    jobs._kinds.update(known)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def someone(store: Store, login: str = "wang") -> Person:
    with store.transaction() as session:
        return people.add(session, login, "王")


def look(store: Store, job: Job) -> Job:
    with store.reading() as session:
        return session.get_one(Job, job.id)


def count(store: Store, settings: Settings, job: Job, told: Told) -> Result:
    """Write the numbers up to the requested one."""
    most = int(job.facts["most"])
    file = jobs.folder(settings, job) / "numbers.txt"
    with file.open("w") as out:
        for number in range(most):
            clock.turn(timedelta(seconds=2))
            told(number + 1, most)
            out.write(f"{number}\n")
    return Result(file, {"rows": most})


def test_a_job_is_done_and_what_it_made_is_theirs_alone(each_store: Store, settings: Settings) -> None:
    jobs.kind("count", zh="数数", en="Count")(count)
    wang, li = someone(each_store), someone(each_store, "li")
    with each_store.transaction() as session:
        job = jobs.ask(session, "count", {"most": FEW}, by=wang)
    assert run_jobs(each_store, settings) == 1
    done = look(each_store, job)
    assert (done.state, done.done, done.of, done.outcome) == ("done", FEW, FEW, {"rows": FEW})
    assert jobs.result(settings, done).read_text() == "0\n1\n2\n"
    assert jobs.named("count", "en") == "Count"
    with each_store.reading() as session:
        assert [each.id for each in jobs.of(session, wang)] == [job.id]
        with pytest.raises(NotFound):
            jobs.find(session, li, job.id)
    assert run_jobs(each_store, settings) == 0


def test_how_far_it_is_can_be_seen_while_it_runs(each_store: Store, settings: Settings) -> None:
    seen = []

    def watched(store: Store, settings: Settings, job: Job, told: Told) -> Result:
        for number in range(FEW):
            clock.turn(timedelta(seconds=2))
            told(number, FEW)
            seen.append((look(store, job).state, look(store, job).done))
        return Result()

    jobs.kind("watched", zh="看", en="Watch")(watched)
    with each_store.transaction() as session:
        jobs.ask(session, "watched", {}, by=None)
    run_jobs(each_store, settings)
    assert seen == [("running", 0), ("running", 1), ("running", 2)]


def test_what_goes_wrong_is_said_in_words(store: Store, settings: Settings) -> None:
    def refused(*_: object) -> Result:
        raise Unclear(zh="文件里没有表格。", en="There is no table in the file.")

    def broken(*_: object) -> Result:
        raise ZeroDivisionError

    jobs.kind("refused", zh="一", en="One")(refused)
    jobs.kind("broken", zh="二", en="Two")(broken)
    with store.transaction() as session:
        first, second = (jobs.ask(session, code, {}, by=None) for code in ("refused", "broken"))
    assert run_jobs(store, settings) == 2
    assert (look(store, first).state, look(store, first).why("en")) == ("failed", "There is no table in the file.")
    assert "系统管理员" in look(store, second).why()
    with pytest.raises(NotFound):
        jobs.result(settings, look(store, second))


def test_a_job_whose_worker_died_is_begun_again_but_not_for_ever(each_store: Store, settings: Settings) -> None:
    jobs.kind("count", zh="数数", en="Count")(count)
    with each_store.transaction() as session:
        job = jobs.ask(session, "count", {"most": FEW}, by=None)
    for _ in range(jobs.MOST_TRIES):
        with each_store.transaction() as session:
            taken = jobs.claim(session, "one that dies")
            assert taken is not None
            assert jobs.claim(session, "another") is None  # while the first sends signs of life
        clock.turn(jobs.SILENT + timedelta(seconds=1))
    assert run_jobs(each_store, settings) == 0
    assert look(each_store, job).state == "failed"


def test_a_worker_that_comes_back_too_late_lets_the_job_pass(store: Store, settings: Settings) -> None:
    def slow(store: Store, settings: Settings, job: Job, told: Told) -> Result:
        clock.turn(jobs.SILENT + timedelta(seconds=1))
        with store.transaction() as session:
            assert jobs.claim(session, "another") is not None
        told(1, 2)
        raise AssertionError("it must not go on")

    jobs.kind("slow", zh="慢", en="Slow")(slow)
    with store.transaction() as session:
        job = jobs.ask(session, "slow", {}, by=None)
    jobs.run_next(store, settings)
    assert (look(store, job).state, look(store, job).worker) == ("running", "another")


def test_a_worker_that_stops_puts_its_job_back(store: Store, settings: Settings) -> None:
    jobs.kind("count", zh="数数", en="Count")(count)
    with store.transaction() as session:
        job = jobs.ask(session, "count", {"most": FEW}, by=None)
    jobs.run_next(store, settings, stopped=lambda: True)
    assert (look(store, job).state, look(store, job).tries) == ("waiting", 0)


def test_a_command_does_it_in_the_foreground(store: Store, settings: Settings) -> None:
    jobs.kind("count", zh="数数", en="Count")(count)
    told = []
    job = jobs.run_now(store, settings, "count", {"most": FEW}, lambda done, of: told.append((done, of)))
    assert (job.state, job.outcome) == ("done", {"rows": FEW})
    assert told == [(1, FEW), (2, FEW), (3, FEW)]


def test_after_a_week_it_is_gone_with_its_file(store: Store, settings: Settings) -> None:
    jobs.kind("count", zh="数数", en="Count")(count)
    job = jobs.run_now(store, settings, "count", {"most": FEW}, lambda done, of: None)
    made = jobs.result(settings, job)
    clock.turn(jobs.KEPT - timedelta(hours=1))
    prune(store, settings)
    assert made.exists()
    clock.turn(timedelta(hours=2))
    prune(store, settings)
    assert not made.exists()
    with store.reading() as session:
        assert session.get(Job, job.id) is None
