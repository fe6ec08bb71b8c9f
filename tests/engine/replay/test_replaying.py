"""Closed complaints lived again: the version that they ran on gives no difference, a draft what can be computed by hand."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from shutil import copy

import pytest
from sqlalchemy import delete

from engine import jobs
from engine.company.permissions import Permission
from engine.core import clock
from engine.core.errors import NotPermitted
from engine.core.settings import Settings
from engine.core.store import Store
from engine.processes import process_drafts, versions
from engine.replay import replaying, results
from engine.replay.comparing import Compared
from engine.replay.replaying import Wanted
from tests.conftest import NOW
from tests.stories import acts
from tests.stories.company import Company
from tests.stories.conftest import begun
from tests.stories.hands import Hands

pytestmark = pytest.mark.slow

__all__ = ["begun"]

LIMITS, DIAGRAM = "bpmn/complaint/limits.dmn", "bpmn/complaint/complaint.bpmn"


@pytest.fixture
def hands(begun: tuple[Path, Company], tmp_path: Path) -> Iterator[Hands]:
    """A company of the stories, with its clock."""
    path, company = begun
    store = Store(f"sqlite:///{copy(path, tmp_path / 'story.db')}")
    with clock.at(NOW):
        yield Hands(store, company)
    store.close()


@pytest.fixture(scope="module")
def solved(begun: tuple[Path, Company], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That company with a complaint whose resident was contacted after two and a half hours, made once."""
    path, company = begun
    store = Store(f"sqlite:///{copy(path, tmp_path_factory.mktemp('solved') / 'solved.db')}")
    with clock.at(NOW):
        contacted(Hands(store, company), 2.5)
    store.close()
    return Path(str(store.url.database))


@pytest.fixture
def after(solved: Path, begun: tuple[Path, Company], tmp_path: Path) -> Iterator[Hands]:
    """A copy of it, a week later."""
    store = Store(f"sqlite:///{copy(solved, tmp_path / 'story.db')}")
    with clock.at(NOW + timedelta(days=7)):
        yield Hands(store, begun[1])
    store.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def draft(hands: Hands, path: str = "", old: str = "", new: str = "") -> None:
    """The owner begins a draft of the newest version and changes one file of it."""
    owner = hands.person("owner")
    with hands.store.transaction() as session:
        begun = process_drafts.begin(session, "complaint", by=owner)
        if path:
            file = process_drafts.file(session, begun, path)
            assert old.encode() in file.content
            process_drafts.save(session, begun, path, file.content.replace(old.encode(), new.encode()), 1, by=owner)


def replayed(hands: Hands, settings: Settings) -> list[Compared]:
    """What the draft comes to for every closed complaint, by the job itself."""
    by = hands.person("owner")
    facts = {**Wanted("complaint").facts(), "hash": "x"}
    job = jobs.run_now(hands.store, settings, replaying.KIND, facts, lambda done, of: None, by=by)
    assert job.state == "done", job.zh
    with hands.store.reading() as session:
        return replaying.read(session, settings, by, job)


def contacted(hands: Hands, after_hours: float) -> None:
    """A complaint whose resident is contacted so long after it came in, and that is then solved."""
    acts.acknowledged(hands)
    acts.judged(hands)
    hands.do("engineer", "accept_work")
    hands.later(hours=after_hours)
    hands.do("engineer", "first_contact", contact="reached", said="业主说明了情况")
    acts.planned(hands, consent="not_needed")
    acts.done(hands)
    acts.called(hands)
    assert hands.now().status == "closed"


def test_the_version_that_they_ran_on_gives_no_difference(hands: Hands, settings: Settings) -> None:
    contacted(hands, 1)
    hands.complain()  # up the ladder to the head, who gives it to another department; then it is not solved, and again
    hands.do("agent", "acknowledge", told_how="phone")
    acts.judged(hands)
    hands.until("supervise", hours=1)
    hands.do("engineering_head", "supervise", action="reassign", to_department="security", reason="属门岗照明")
    acts.in_contact(hands, "guard")
    acts.planned(hands, "guard")
    hands.accept_plan()
    acts.done(hands, "guard")
    hands.answer(1, "unsolved", "灯还是不亮")
    hands.withdraw()
    hands.call(category="1011", text="有人困在电梯里")  # an emergency
    acts.judged(hands, urgency="critical", category="1011")
    hands.later(minutes=30)
    hands.withdraw()
    draft(hands)
    found = replayed(hands, settings)
    assert [(each.what, each.unknown, each.odd) for each in found] == [([], None, None)] * 3
    assert sorted(each.rung[0] for each in found)[-1] >= 2


def test_a_shorter_limit_makes_late_what_was_not_and_climbs_the_ladder(after: Hands, settings: Settings) -> None:
    draft(after, LIMITS, '"PT24H"', '"PT2H"')  # of the first response; rungs at 1, 1.6, 2, 3 and 4 hours
    [found] = replayed(after, settings)
    assert found.what == ["limits", "later", "higher"]
    assert (found.late, found.rung, found.unknown) == ([[], ["first_response"]], [0, 3], None)
    [why] = [each for each in found.why if each[0] == "table:limits"]
    assert ('"PT24H"' in why[1], '"PT2H"' in why[2]) == (True, True)
    counted = results.tally([found], 1)
    [bar] = counted.bars["late"]
    assert (bar.value, bar.before, bar.after) == ("first_response", 0, 1)
    assert results.listed([found], bar.after_what, found.number[-4:].lower(), 1) == [found]


def test_what_was_confirmed_as_proposed_follows_the_draft_and_what_was_changed_stays(
    hands: Hands, settings: Settings
) -> None:
    contacted(hands, 1)  # a lamp (1004): proposed as normal, for engineering, and confirmed so
    hands.complain()
    hands.do("agent", "acknowledge", told_how="phone")
    acts.judged(hands, department="security")  # the desk chose another department than the one proposed
    hands.withdraw()
    draft(hands, "bpmn/complaint/triage.dmn", '"10","80","90"', '"80","90"')  # equipment goes to the desk then
    changed, confirmed = replayed(hands, settings)
    assert (changed.department, confirmed.department) == (["engineering", "desk"], ["engineering", "desk"])
    assert any(each[0].startswith("step:") and each[1:] == ["engineering", "desk"] for each in confirmed.why)
    assert not any(each[0].startswith("step:") for each in changed.why)


def test_how_long_a_step_takes_that_never_was_is_unknown(after: Hands, settings: Settings) -> None:
    flow = 'id="gw_acknowledged__met_acknowledge" sourceRef="gw_acknowledged" targetRef='
    step = '<bpmn:userTask id="photo" name="现场拍照确认"/><bpmn:sequenceFlow id="photo_done" sourceRef="photo" targetRef="met_acknowledge"/>'
    with after.store.reading() as session:
        newest = versions.latest(session, "complaint")
        assert newest
        text = versions.files_of(session, newest.id)[DIAGRAM].decode()
    line = next(each for each in text.splitlines() if flow in each)
    draft(after, DIAGRAM, line, step + line.replace('"met_acknowledge"', '"photo"'))
    [found] = replayed(after, settings)
    assert found.unknown is not None
    assert "现场拍照确认" in found.unknown[0]
    assert not {"later", "sooner", "higher", "lower", "way"} & set(found.what)
    counted = results.tally([found], 1)
    assert (counted.whats["unknown"], counted.whats["same"]) == (1, 0)
    assert "late" not in counted.bars


def test_complaints_of_earlier_versions_and_corrected_ones_are_told_apart(after: Hands, settings: Settings) -> None:
    with after.store.transaction() as session:
        newest = versions.latest(session, "complaint")
        assert newest
        files = versions.files_of(session, newest.id)
        versions.store(session, "complaint", {**files, LIMITS: files[LIMITS].replace(b'"PT24H"', b'"PT20H"')})
    draft(after)
    [found] = replayed(after, settings)
    assert (found.version, found.what) == (1, ["limits"])
    assert results.tally([found], 2).whats["older"] == 1


def test_who_may_not_see_a_complaint_any_more_reads_nothing_of_it(after: Hands, settings: Settings) -> None:
    draft(after)
    owner = after.person("owner")
    assert len(replayed(after, settings)) == 1
    with after.store.transaction() as session:
        job = replaying.newest(session, owner, "complaint")
        session.execute(delete(Permission).where(Permission.role == "process_owner", Permission.act == "complaint.see"))
    with after.store.transaction() as session:
        assert job is not None
        assert replaying.read(session, settings, owner, job) == []
        begun_draft = process_drafts.require(session, owner, "complaint")
        with pytest.raises(NotPermitted):
            replaying.ask(session, begun_draft, Wanted("complaint"), by=owner)


def test_a_cancelled_replay_leaves_nothing(after: Hands, settings: Settings) -> None:
    draft(after)
    owner = after.person("owner")
    with after.store.transaction() as session:
        open_draft = process_drafts.require(session, owner, "complaint")
        job_id = replaying.ask(session, open_draft, Wanted("complaint"), by=owner).id

    def stopped() -> bool:
        after.store.attempt(lambda session: jobs.cancel(session, owner, job_id))
        return False

    jobs.run_next(after.store, settings, stopped)
    with after.store.reading() as session:
        job = session.get_one(jobs.Job, job_id)
        assert (job.state, job.zh, job.outcome) == ("failed", "已取消。", {})
