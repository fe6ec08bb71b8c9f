"""A trial run: the clock turned over a weekend and a holiday, steps taken back, kept as a scenario that holds."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from engine.casework.tasks import Task, is_open
from engine.letters import Letter
from engine.operations import metadata
from engine.processes import publishing, versions
from engine.scenarios import playing, rehearsing, sandboxes, saving, script
from engine.scenarios.sandboxes import Founding, Sandbox, Sandboxes, SandboxGone, Stuck
from engine.scenarios.script import Scenario, Step
from tests.engine.scenarios.errand import DIAGRAM, files

pytestmark = pytest.mark.slow

SHANGHAI = ZoneInfo("Asia/Shanghai")
ERRAND = Founding({"errand": files()}, {})
BEGIN = Step("start", "errand")
JUDGE = Step("do", "judge", {"by": "agent"})
URGENT = Step("do", "judge", {"by": "agent", "with": {"urgent": True}})


assert metadata.metadata.tables, "the small company has every table"


@pytest.fixture
def boxes(tmp_path: Path) -> Sandboxes:
    """Sandboxes in the test's own folder."""
    return Sandboxes(tmp_path / "trials")


def standing(sandbox: Sandbox) -> tuple[list[str], str]:
    """What waits, and the time in Shanghai."""
    with sandbox.play.store.reading() as session:
        waiting = session.scalars(select(Task.element).where(is_open()).order_by(Task.id))
        return list(waiting), f"{sandbox.marks[-1].moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def letters(sandbox: Sandbox) -> set[str]:
    """The letters of the last step."""
    with sandbox.play.store.reading() as session:
        return set(session.scalars(select(Letter.template).where(Letter.id > sandbox.marks[-2].letter)))


def test_a_complaint_tried_over_a_holiday_then_otherwise_and_kept_as_a_scenario(boxes: Sandboxes) -> None:
    shipped = Founding(publishing.shipped(), {})
    key = boxes.found(shipped)
    slow = [
        Step("wait", "2026-04-03 16:00"),  # the Friday before the three days of Qingming
        Step("complain", {"text": "楼道灯坏了三天", "category": "1004"}),
        Step("do", "acknowledge", {"by": "agent", "with": {"told_how": "phone"}}),
    ]
    judged = {"kind": "complaint", "category": "1004", "urgency": "normal", "department": "engineering",
              "households": 1, "way": "department"}  # fmt: skip
    slow += [Step("do", "confirm_triage", {"by": "agent", "with": judged}), Step("wait", "+3 days")]
    waiting, now = boxes.visit(key, slow, standing)
    assert now == "2026-04-06 16:00"
    assert waiting == ["accept_work", "supervise"], "nobody moved for three days"
    assert "escalation" in boxes.visit(key, slow, letters)
    working_day = [*slow[:-1], Step("wait", "+1 working day")]
    assert boxes.visit(key, working_day, standing)[1] == "2026-04-07 16:00", "weekend and holiday are no working days"
    urgent = Step("do", "confirm_triage", {"by": "agent", "with": {**judged, "urgency": "urgent"}})
    otherwise = [*slow[:-2], urgent, Step("do", "accept_work", {"by": "engineer"}), Step("wait", "due first_contact")]
    assert boxes.visit(key, otherwise, standing)[0][0] == "first_contact"
    names = playing.names_of(shipped.processes)
    kept = saving.with_expectations(boxes, key, otherwise, saving.PINS, names)
    assert kept[2].then["waiting"] == {"confirm_triage": "desk"}
    scenario = Scenario("bpmn/complaint/scenarios/tried.json", "节前没人接", "", tuple(kept))
    text = script.written(scenario)
    rest = {name: versions.without_scenarios(each) for name, each in shipped.processes.items()}
    rest["complaint"] |= {scenario.path: text}
    assert rehearsing.rehearse(rest).differing == ()
    slower = text.replace(b'"confirm_triage": "desk"', b'"confirm_triage": "security"', 1)
    rest["complaint"] |= {scenario.path: slower}
    assert "研判" in rehearsing.rehearse(rest).differing[0].differs[0].zh


def test_a_step_that_cannot_be_done_says_so_and_nothing_of_it_stays(boxes: Sandboxes) -> None:
    key = boxes.found(ERRAND)
    with pytest.raises(Stuck) as stuck:
        boxes.visit(key, [BEGIN, Step("do", "hurry", {"by": "guard"})], standing)
    assert stuck.value.done == 1
    assert "看急不急" in playing.why(stuck.value.problem)[0]
    assert boxes.visit(key, [BEGIN], standing)[0] == ["judge"]


def test_what_somebody_does_in_a_visit_is_thrown_away(boxes: Sandboxes) -> None:
    key = boxes.found(ERRAND)

    def spoil(sandbox: Sandbox) -> None:
        with sandbox.play.store.transaction() as session:
            session.scalars(select(Task)).one().state = "done"

    boxes.visit(key, [BEGIN], spoil)
    assert boxes.visit(key, [BEGIN], standing)[0] == ["judge"]


def test_a_lost_sandbox_is_played_again_and_a_lost_company_is_said(boxes: Sandboxes) -> None:
    key = boxes.found(ERRAND)
    before = boxes.visit(key, [BEGIN, URGENT], standing)
    for path in boxes.folder.glob("*.db"):
        if path.stem != key:
            path.unlink()
    assert boxes.visit(key, [BEGIN, URGENT], standing) == before
    for path in boxes.folder.glob("*.db"):
        path.unlink()
    with pytest.raises(SandboxGone):
        boxes.visit(key, [BEGIN], standing)
    assert boxes.found(ERRAND) == key, "the same draft founds the same company"


def test_old_sandboxes_make_room(boxes: Sandboxes, monkeypatch: pytest.MonkeyPatch) -> None:
    key = boxes.found(ERRAND)
    boxes.visit(key, [BEGIN], standing)
    size = sum(path.stat().st_size for path in boxes.folder.glob("*.db"))
    monkeypatch.setattr(sandboxes, "MOST_BYTES", size + 1)
    for number in range(1, 4):
        boxes.visit(key, [BEGIN, Step("wait", f"+{number} minutes")], standing)
    assert sum(path.stat().st_size for path in boxes.folder.iterdir()) <= size + 1


def test_a_diagram_that_goes_round_for_ever_ends_the_step(boxes: Sandboxes, monkeypatch: pytest.MonkeyPatch) -> None:
    round_and_round = DIAGRAM.replace("PT4H", "PT1M").replace(
        'sourceRef="slow" targetRef="late"', 'sourceRef="slow" targetRef="judge_again"'
    )
    round_and_round = round_and_round.replace(
        '<endEvent id="late" name="没办"/>',
        '<endEvent id="late" name="没办"/><exclusiveGateway id="judge_again"/><sequenceFlow id="f6" sourceRef="judge_again" targetRef="walk"/>',
    )
    key = boxes.found(Founding({"errand": files(round_and_round)}, {}))
    monkeypatch.setattr(sandboxes, "ACT_SECONDS", 0.2)
    boxes.visit(key, [BEGIN, JUDGE], standing)
    with pytest.raises(Stuck) as stuck:
        boxes.visit(key, [BEGIN, JUDGE, Step("wait", "+1 week")], standing)
    assert "用时太长" in playing.why(stuck.value.problem)[0]
